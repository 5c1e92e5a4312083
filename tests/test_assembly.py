"""Claims from hand-built documents: containment, voices, ids, sentences, sections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

from pipeline import records
from pipeline.assembly import EXTRACTORS, Extraction, assemble
from pipeline.components import extensions  # noqa: F401  registers doc._.claims_*
from pipeline.records import (
    Amount,
    AmountMention,
    Attribution,
    Block,
    Document,
    Prediction,
    PredictionMention,
    Provenance,
    Span,
    Speaker,
)

TEXT = 'Costs\n\nReed said: "We will pay $5 million." Rain fell. It may cost $7 million.'
REED = Speaker("reed", "Ada Reed", "person")
PROVENANCE = {kind: Provenance(name, "0", "m", "c") for kind, name in EXTRACTORS.items()}


def span(words: str, text: str = TEXT) -> Span:
    start = text.index(words)
    return Span.of(text, start, start + len(words))


def million(n: int) -> AmountMention:
    value = Decimal(n) * 10**6
    return AmountMention(span(f"${n} million"), Amount(value, value, "exact", "USD", "symbol"), 0.9)


def build(text: str = TEXT, doc_text: str | None = None, **values: Any) -> Extraction:
    doc = spacy.blank("en")(doc_text or text)
    for token in doc:
        token.is_sent_start = token.i == 0 or token.text in {"Reed", "Rain", "It"}
    for name, value in values.items():
        setattr(doc._, f"claims_{name}", value)
    blocks = (Block("heading", 0, 5), Block("paragraph", 7, len(text), ("Costs",)))
    return assemble(doc, Document("d" * 64, "test.txt", text, blocks), PROVENANCE)


@pytest.fixture
def extraction() -> Extraction:
    said = Attribution(
        (span("We will pay $5 million."),), "direct", "statement", 0.8, "net", span("Reed"), span("said"), (), "reed"
    )
    pay = PredictionMention(span("We will pay $5 million"), span("will"), Prediction("commitment", "certain"), 0.7)
    cost = PredictionMention(span("It may cost $7 million"), span("may"), Prediction("forecast", "possible"), 0.6)
    return build(attributions=(said,), predictions=(pay, cost), amounts=(million(5), million(7)), speakers=(REED,))


def test_assembly_orders_claims_outer_first(extraction: Extraction) -> None:
    assert [(c.kind, c.text) for c in extraction.claims] == [
        ("quote", "We will pay $5 million."),
        ("prediction", "We will pay $5 million"),
        ("amount", "$5 million"),
        ("prediction", "It may cost $7 million"),
        ("amount", "$7 million"),
    ]


def test_assembly_within_names_the_innermost_container(extraction: Extraction) -> None:
    quote, pay, five, cost, seven = extraction.claims
    assert (quote.within, pay.within, five.within) == (None, quote.claim_id, pay.claim_id)
    assert (cost.within, seven.within) == (None, cost.claim_id)


def test_assembly_claims_in_a_quote_have_its_speaker_and_others_the_author(extraction: Extraction) -> None:
    names = [c.speaker.name if c.speaker else None for c in extraction.claims]
    assert names == ["Ada Reed", "Ada Reed", "Ada Reed", "author", "author"]
    assert [c.mention.text if c.mention else None for c in extraction.claims] == ["Reed", "Reed", "Reed", None, None]
    assert [s.kind for s in extraction.speakers] == ["person", "author"]


def test_assembly_prediction_keeps_its_own_cue_in_a_quote(extraction: Extraction) -> None:
    assert [c.cue.text if c.cue else None for c in extraction.claims] == ["said", "will", "said", "may", None]


def test_assembly_context_is_taken_from_the_text(extraction: Extraction) -> None:
    quote = extraction.claims[0]
    assert TEXT[: quote.start].endswith(quote.prefix)
    assert TEXT[quote.end :].startswith(quote.suffix)
    assert quote.sentence.text == 'Reed said: "We will pay $5 million."'
    assert quote.section == ("Costs",)
    assert 0 < quote.check_worthiness < 1
    assert quote.claim_id == records.claim_id(records.text_hash(TEXT), "quote", quote.start, quote.end)


def test_assembly_same_span_twice_keeps_the_surer() -> None:
    twice = [
        Attribution((span("Rain fell"),), "indirect", "statement", p, "net", None, None, (), who)
        for p, who in ((0.3, None), (0.6, "reed"))
    ]
    claims = build(attributions=tuple(twice), speakers=(REED,)).claims
    assert [(c.confidence, c.speaker) for c in claims] == [(0.6, REED)]


def test_assembly_spans_come_from_the_text_as_given() -> None:
    given = TEXT.replace("Rain", "R\ud800in")
    quote = Attribution(
        (Span.of(TEXT, 44, 53),), "indirect", "statement", 0.5, "net", None, None, (Span(44, 48, "Rain"),)
    )
    result = build(given, doc_text=TEXT, attributions=(quote,)).claims[0].to_dict()
    assert result["text"] == result["quote"]["content"][0]["text"] == given[44:53]
    assert result["quote"]["verbatim"][0]["text"] == given[44:48]


def test_assembly_speaker_of_a_quote_nobody_is_named_for_is_null() -> None:
    quote = Attribution((span("Rain fell"),), "indirect", "statement", 0.5, "net")
    assert build(attributions=(quote,)).claims[0].to_dict()["speaker"] is None


def test_assembly_source_of_an_unknown_speaker_is_kept() -> None:
    quote = Attribution((span("Rain fell"),), "indirect", "statement", 0.5, "net", source=span("Reed"))
    extraction = build(attributions=(quote,))
    speaker = extraction.claims[0].to_dict()["speaker"]
    assert (speaker["name"], speaker["kind"], speaker["mention"]["text"]) == ("unnamed: Reed", "unnamed", "Reed")
    assert [s.name for s in extraction.speakers] == ["unnamed: Reed"]


def test_assembly_document_without_findings_has_no_claims_and_no_speakers() -> None:
    assert build() == Extraction(build().document, (), (), ())


def test_assembly_doc_survives_serialisation() -> None:
    doc = spacy.blank("en")(TEXT)
    doc._.claims_amounts = (million(5),)
    assert Doc(doc.vocab).from_bytes(doc.to_bytes())._.claims_amounts == (million(5),)
