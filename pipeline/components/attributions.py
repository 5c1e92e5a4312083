"""claims_attributions: who is said to have said, thought or wanted what."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc

from pipeline import models
from pipeline.attribution.decision import WIDTH, Decision
from pipeline.attribution.finder import Finder
from pipeline.attribution.network import Network
from pipeline.components import extensions


@Language.factory(
    "claims_attributions",
    assigns=["doc._.claims_attributions", "doc.spans"],
    requires=["token.tag", "token.dep", "token.head", "token.lemma", "token.ent_type", "doc.tensor"],
    default_config={"models": None},
)
def make_attributions(nlp: Language, name: str, models: str | None = None) -> Callable[[Doc], Doc]:
    """The component, which keeps nothing between documents; ``models``: a folder that ``claims train`` wrote.

    Raises ``InputError`` where its weights do not fit this program.
    """
    finder = load_finder() if models is None else read_finder(models)

    def set_attributions(doc: Doc) -> Doc:
        found = finder(doc)
        doc._.claims_attributions = found
        groups = {
            "claims_contents": ((s, a.quote_type) for a in found for s in a.content),
            "claims_sources": ((a.source, "source") for a in found if a.source),
            "claims_cues": ((a.cue, a.act) for a in found if a.cue),
        }
        for group, spans in groups.items():
            extensions.set_span_group(doc, group, spans)
        return doc

    return set_attributions


@cache
def load_finder() -> Finder:
    """The finder with the project's trained weights."""
    return read_finder(None)


def read_finder(folder: str | None) -> Finder:
    """The finder with the weights of a folder, or the project's."""
    with models.told(folder):
        finder = Finder(Network(read_arrays(models.NETWORK, folder)), Decision(read_arrays(models.DECISION, folder)))
        if len(finder.decision.mean) != WIDTH:
            raise ValueError(f"{len(finder.decision.mean)} features in place of {WIDTH}")
    return finder


def read_arrays(name: str, folder: str | None) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of a file of weights."""
    with models.weights(name, folder) as path, np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)
