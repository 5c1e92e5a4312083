"""claims_amounts (placeholder until its component lands)."""
from spacy.language import Language
from spacy.tokens import Doc
from pipeline.components import extensions  # noqa: F401


class Component:
    def __call__(self, doc: Doc) -> Doc:
        return doc


@Language.factory("claims_amounts")
def make_amounts(nlp: Language, name: str) -> Component:
    return Component()
