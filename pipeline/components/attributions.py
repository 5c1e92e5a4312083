"""claims_attributions: who is said to have said, thought or wanted what."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.attribution.decision import Decision
from pipeline.attribution.finder import Finder
from pipeline.attribution.network import Network
from pipeline.components import extensions


@Language.factory(
    "claims_attributions",
    assigns=["doc._.claims_attributions", "doc.spans"],
    requires=["token.tag", "token.dep", "token.head", "token.lemma", "token.ent_type", "doc.tensor"],
)
def make_attributions(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """The component; it has no settings and keeps nothing between documents."""
    finder = load_finder()

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
    folder = files("pipeline.knowledge").joinpath("attributions")
    weights = {}
    for name in ("network", "decision"):
        with as_file(folder.joinpath(f"{name}.npz")) as path, np.load(path, allow_pickle=False) as arrays:
            weights[name] = dict(arrays)
    return Finder(Network(weights["network"]), Decision(weights["decision"]))
