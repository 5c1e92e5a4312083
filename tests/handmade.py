"""Hand-made documents and extractions with every kind of claim, for tests that need no model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from pipeline import records
from pipeline.assembly import Extraction
from pipeline.records import (
    Amount,
    Block,
    Claim,
    ClaimKind,
    Detail,
    Document,
    Mention,
    Prediction,
    Provenance,
    Quote,
    Span,
    Speaker,
)

TEXT = (
    "Bridge fund\n\n"
    "“We will spend €2.5 billion a year,” said Ana Ruiz 🌉, the transport minister, “if parliament agrees.” "
    "The ministry expects work to begin by 2031."
)


def document(text: str = TEXT, name: str = "bridge.txt", **metadata: object) -> Document:
    """A document as a reader would make it: a title and a paragraph."""
    cut = text.find("\n\n")
    blocks = (Block("title", 0, cut), Block("paragraph", cut + 2, len(text), ("Bridge fund",))) if cut > 0 else ()
    found = Document(
        doc_id=records.digest_bytes(text.encode("utf-8", "surrogatepass")),
        uri=f"corpora/test/{name}",
        text=text,
        blocks=blocks,
        title=text[:cut] if cut > 0 else None,
        published=date(2026, 3, 1),
    )
    return replace(found, **metadata)  # type: ignore[arg-type]


def extraction(doc: Document | None = None) -> Extraction:
    """A quote in two parts with an amount in it, and a prediction; made from the words of ``TEXT``."""
    doc = doc or document()
    text, hashed = doc.text, records.text_hash(doc.text)

    def at(words: str) -> Span:
        start = text.index(words)
        return Span.of(text, start, start + len(words))

    ruiz = Speaker("a" * 32, "Ana Ruiz", "person", "transport minister", ("Ruiz",), "Q1")
    ministry = Speaker("b" * 32, "Ministry", "organisation")
    first, second = at("We will spend €2.5 billion a year,"), at("if parliament agrees.")
    money = Amount(Decimal("2500000000"), Decimal("2500000000"), "exact", "EUR", "symbol €", per="year")
    quote = Quote("direct", "statement", (first, second), (first, second))
    horizon = at("by 2031")
    begin = Prediction("forecast", "probable", horizon=horizon, horizon_to=date(2031, 12, 31))
    sentence = Span.of(text, text.index("“We"), text.index(" The ministry"))
    last = Span.of(text, text.index("The ministry"), len(text))
    quoted = records.envelope((first, second), text)

    def claim(kind: ClaimKind, span: Span, around: Span, who: Speaker, mention: Span, cue: Span, what: Detail) -> Claim:
        return Claim(
            claim_id=records.claim_id(hashed, kind, span.start, span.end),
            kind=kind,
            doc_id=doc.doc_id,
            span=span,
            prefix=text[max(0, span.start - 32) : span.start],
            suffix=text[span.end : span.end + 32],
            sentence=around,
            section=("Bridge fund",),
            speaker=who,
            mention=mention,
            cue=cue,
            within=None,
            standalone=span.text,
            check_worthiness=0.5,
            confidence=0.9,
            detail=what,
            provenance=Provenance("claims_test", "1.0", "none", "c" * 16),
        )

    said = claim("quote", quoted, sentence, ruiz, at("Ana Ruiz"), at("said"), quote)
    sum_ = claim("amount", at("€2.5 billion a year"), sentence, ruiz, at("Ana Ruiz"), at("said"), money)
    work = claim("prediction", at("work to begin by 2031"), last, ministry, at("The ministry"), at("expects"), begin)
    return Extraction(
        document=doc,
        speakers=(ruiz, ministry),
        mentions=(Mention(ruiz.speaker_id, at("Ana Ruiz"), "name", 0.9),),
        claims=(said, replace(sum_, within=said.claim_id), work),
    )
