"""``claims_predictions``: what the article's writer, or a person in it, says will be the case."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.components import extensions
from pipeline.predictions.finder import find


class Predictions:
    """Sets ``doc._.claims_predictions`` and ``doc.spans["claims_predictions"]`` (label: the type of prediction)."""

    def __call__(self, doc: Doc) -> Doc:
        found = find(doc)
        doc._.claims_predictions = found
        extensions.set_span_group(doc, "claims_predictions", ((p.span, p.prediction.type) for p in found))
        return doc


@Language.factory(
    "claims_predictions",
    assigns=["doc._.claims_predictions", "doc.spans"],
    requires=["token.dep", "token.head", "token.tag", "token.lemma", "doc.sents"],
)
def make_predictions(nlp: Language, name: str) -> Predictions:
    """The factory; it takes no settings."""
    return Predictions()
