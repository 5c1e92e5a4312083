"""An article and claims made by hand: no model is needed to review."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine

from pipeline import records
from pipeline.assembly import Extraction
from pipeline.records import (
    Amount,
    Block,
    Claim,
    ClaimKind,
    Detail,
    Document,
    Prediction,
    Provenance,
    Quote,
    Span,
    Speaker,
)
from pipeline.review import index
from pipeline.store.database import writing
from pipeline.store.writes import Source, finish_run, start_run, store_documents, store_extractions

VERSION = "1.0"
SPEAKER = Speaker("s" * 32, "Rosa Lind", "person", "harbour minister", ("Lind",))
OTHER = Speaker("t" * 32, "R. Lind", "person")
TEXT = (
    "Harbour plan 🚢 moves ahead\n\n"
    "Rosa Lind said “the new quay 🏗️ will cost €40 million” on Friday.\n\n"
    "• Café owners expect the works to end by 2031.\n"
    "• Critics <b>called</b> & the plan “a toll road to nowhere”.\n\n"
    "Follow us for more stories\n"
)


def block(kind: str, words: str, text: str = TEXT) -> Block:
    start = text.index(words)
    return Block(kind, start, start + len(words), ())  # type: ignore[arg-type]


BLOCKS = (
    block("title", "Harbour plan 🚢 moves ahead"),
    block("paragraph", "Rosa Lind said “the new quay 🏗️ will cost €40 million” on Friday."),
    block("list_item", "Café owners expect the works to end by 2031."),
    block("list_item", "Critics <b>called</b> & the plan “a toll road to nowhere”."),
    block("boilerplate", "Follow us for more stories"),
)


def make_document(text: str = TEXT, uri: str = "news/harbour.txt", blocks: tuple[Block, ...] = BLOCKS) -> Document:
    fitting = tuple(b for b in blocks if b.end <= len(text))
    return Document(records.digest_bytes(f"{uri}{text}".encode()), uri, text, fitting, title=Path(uri).stem)


def make_claim(
    document: Document,
    kind: ClaimKind,
    words: str,
    *,
    confidence: float = 0.6,
    speaker: Speaker | None = SPEAKER,
    detail: Detail | None = None,
) -> Claim:
    text = document.text
    start = text.index(words)
    span = Span.of(text, start, start + len(words))
    details: dict[ClaimKind, Detail] = {
        "amount": Amount(Decimal(40_000_000), Decimal(40_000_000), "exact", "EUR", "€"),
        "quote": Quote("direct", "statement", (span,), (span,)),
        "prediction": Prediction("forecast", "probable"),
    }
    return Claim(
        claim_id=records.claim_id(records.text_hash(text), kind, span.start, span.end),
        kind=kind,
        doc_id=document.doc_id,
        span=span,
        prefix=text[max(0, span.start - 32) : span.start],
        suffix=text[span.end : span.end + 32],
        sentence=span,
        section=(),
        speaker=speaker,
        mention=None,
        cue=None,
        within=None,
        standalone=words,
        check_worthiness=0.5,
        confidence=confidence,
        detail=detail or details[kind],
        provenance=Provenance(f"claims_{kind}s", VERSION, "none", "c0ffee", None),
    )


def usual_claims(document: Document) -> list[Claim]:
    found: tuple[tuple[ClaimKind, str, float], ...] = (
        ("quote", "the new quay 🏗️ will cost €40 million", 0.7),
        ("amount", "€40 million", 0.9),
        ("prediction", "the works to end by 2031", 0.4),
        ("quote", "a toll road to nowhere", 0.5),
    )
    return [make_claim(document, kind, words, confidence=c) for kind, words, c in found if words in document.text]


def put(
    engine: Engine, document: Document, claims: list[Claim], corpus: str = "news", file: str = "", follow: bool = True
) -> Document:
    """What a run does: store a document and what it extracts, and bring the queue up to it."""
    with writing(engine) as connection:
        run = start_run(connection, corpus, VERSION, model="none", config_hash="c0ffee")
        source = Source(corpus, file or Path(document.uri).name, (document.uri,))
        store_documents(connection, run, [(source, document)])
        speakers = {c.speaker.speaker_id: c.speaker for c in claims if c.speaker} | {OTHER.speaker_id: OTHER}
        made = tuple(replace(c, provenance=replace(c.provenance, run_id=run)) for c in claims)
        store_extractions(connection, run, [Extraction(document, tuple(speakers.values()), (), made)])
        finish_run(connection, run, "completed")
    if follow:
        index.catch_up(engine)
    return document
