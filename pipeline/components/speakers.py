"""``claims_speakers``: tie the source of every attribution to a speaker, over the whole article."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.components import extensions
from pipeline.speakers.knowledge import Knowledge, load_knowledge
from pipeline.speakers.resolver import Resolver


class Speakers:
    """Sets ``doc._.claims_speakers`` and ``doc._.claims_mentions``, and the speaker of each attribution."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __call__(self, doc: Doc) -> Doc:
        resolution = Resolver(doc, doc._.claims_attributions, self.knowledge, doc._.claims_context.byline).run()
        doc._.claims_speakers = resolution.speakers
        doc._.claims_mentions = resolution.mentions
        doc._.claims_attributions = resolution.attributions
        extensions.set_span_group(doc, "claims_speakers", ((m.span, m.speaker_id) for m in resolution.mentions))
        return doc


@Language.factory(
    "claims_speakers",
    assigns=["doc._.claims_speakers", "doc._.claims_mentions", "doc._.claims_attributions", "doc.spans"],
    requires=["token.tag", "token.dep", "doc.ents", "doc._.claims_attributions"],
    default_config={"knowledge": None},
)
def make_speakers(nlp: Language, name: str, knowledge: str | None) -> Speakers:
    """The component; ``knowledge``: path of a knowledge file, in any form that ``claims knowledge import`` reads.

    Raises ``pipeline.speakers.knowledge.KnowledgeError`` where that file cannot be used.
    """
    return Speakers(load_knowledge(knowledge))
