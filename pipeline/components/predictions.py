"""``claims_predictions``: what the article's writer, or a person in it, says will be the case."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.components import extensions
from pipeline.predictions.finder import find
from pipeline.predictions.scorer import Scorer, read_scorer, scorer


class Predictions:
    """Sets ``doc._.claims_predictions`` and ``doc.spans["claims_predictions"]`` (label: the type of prediction)."""

    def __init__(self, model: Scorer) -> None:
        self.model = model

    def __call__(self, doc: Doc) -> Doc:
        found = find(doc, self.model)
        doc._.claims_predictions = found
        extensions.set_span_group(doc, "claims_predictions", ((p.span, p.prediction.type) for p in found))
        return doc


@Language.factory(
    "claims_predictions",
    assigns=["doc._.claims_predictions", "doc.spans"],
    requires=["token.dep", "token.head", "token.tag", "token.lemma", "doc.sents"],
    default_config={"models": None},
)
def make_predictions(nlp: Language, name: str, models: str | None = None) -> Predictions:
    """The component; ``models``: a folder that ``claims train`` wrote (``InputError`` where it does not fit)."""
    return Predictions(scorer() if models is None else read_scorer(models))
