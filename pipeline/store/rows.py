"""Records to rows and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table

from pipeline import records
from pipeline.errors import ClaimsError
from pipeline.records import (
    Amount,
    Block,
    Claim,
    Detail,
    Document,
    Prediction,
    Provenance,
    Quote,
    Span,
    Speaker,
)
from pipeline.store.schema import (
    amounts,
    claims,
    mentions,
    predictions,
    quote_spans,
    quotes,
    speakers,
)

if TYPE_CHECKING:
    from pipeline.assembly import Extraction

Row = dict[str, Any]
LARGEST = Decimal(10) ** 21
"""Amounts are smaller than this; a thousand times the world's yearly product in its smallest currencies."""


def document_row(document: Document) -> Row:
    """The row of ``documents``; raises ``ClaimsError`` where the text cannot be stored as Unicode."""
    try:
        document.text.encode()
    except UnicodeEncodeError as error:
        raise ClaimsError(f"{document.uri}: not valid Unicode at character {error.start}") from None
    known = (document.title, document.byline, document.publisher, document.published, document.uri, document.language)
    structure = [(b.kind, b.start, b.end, b.section, *filter(None, [b.page])) for b in document.blocks]
    hashed = records.text_hash(document.text)
    row: Row = {c: getattr(document, c) for c in DOCUMENT_COLUMNS}
    return row | {"text_hash": hashed, "input_hash": records.digest(hashed, known, structure)}


DOCUMENT_COLUMNS = (
    "doc_id",
    "uri",
    "text",
    "title",
    "byline",
    "publisher",
    "published",
    "language",
    "media_type",
    "fetched_at",
    "licence",
)


def block_rows(document: Document) -> list[Row]:
    """The rows of ``blocks``, in the document's order."""
    return [{"doc_id": document.doc_id, "position": i, **b.to_dict()} for i, b in enumerate(document.blocks)]


def document(row: Mapping[str, Any], block_rows: Iterable[Mapping[str, Any]]) -> Document:
    """The document that the rows hold."""
    found = tuple(
        Block(b["kind"], b["start"], b["end"], tuple(b["section"]), b["page"], b["language"]) for b in block_rows
    )
    return Document(blocks=found, **{c: row[c] for c in DOCUMENT_COLUMNS})


def extraction_rows(found: Sequence[Extraction], run_id: str) -> dict[Table, list[Row]]:
    """The rows of all tables that hold what was extracted, parents before children."""
    out: dict[Table, list[Row]] = {
        t: [] for t in (speakers, mentions, claims, amounts, quotes, quote_spans, predictions)
    }
    for e in found:
        doc = {"doc_id": e.document.doc_id}
        out[speakers] += [doc | s.to_dict() for s in e.speakers]
        out[mentions] += [
            doc
            | {"position": i, "speaker_id": m.speaker_id, "rule": m.rule, "confidence": m.confidence}
            | m.span.to_dict()
            for i, m in enumerate(e.mentions)
        ]
        for c in e.claims:
            key = doc | {"claim_id": c.claim_id}
            out[claims].append(claim_row(c, run_id))
            if isinstance(c.detail, Amount):
                out[amounts].append(key | values(c.detail))
            elif isinstance(c.detail, Prediction):
                out[predictions].append(key | prediction_row(c.detail))
            else:
                out[quotes].append(key | {"quote_type": c.detail.quote_type, "act": c.detail.act})
                out[quote_spans] += [
                    key | {"role": role, "position": i, "start": s.start, "end": s.end}
                    for role, parts in (("content", c.detail.content), ("verbatim", c.detail.verbatim))
                    for i, s in enumerate(parts)
                ]
    return out


def claim_row(c: Claim, run_id: str) -> Row:
    """The row of ``claims``."""
    return {
        "doc_id": c.doc_id,
        "claim_id": c.claim_id,
        "kind": c.kind,
        **c.span.to_dict(),
        "prefix": c.prefix,
        "suffix": c.suffix,
        **ends("sentence", c.sentence),
        "section": list(c.section),
        "standalone": c.standalone,
        "speaker_id": c.speaker.speaker_id if c.speaker else None,
        **ends("speaker", c.mention),
        **ends("cue", c.cue),
        "within": c.within,
        "check_worthiness": c.check_worthiness,
        "confidence": c.confidence,
        **values(c.provenance),
        "run_id": run_id,
    }


def values(record: Amount | Provenance) -> Row:
    """A record's fields by name; unlike ``asdict`` it copies none, which took a third of the time of storing."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def prediction_row(p: Prediction) -> Row:
    """The row of ``predictions``, without its key."""
    plain = ("type", "certainty", "negated", "horizon_from", "horizon_to")
    return {f: getattr(p, f) for f in plain} | ends("condition", p.condition) | ends("horizon", p.horizon)


def ends(name: str, span: Span | None) -> Row:
    """The two columns that hold a span."""
    return {f"{name}_start": span.start if span else None, f"{name}_end": span.end if span else None}


def claim(row: Mapping[str, Any], text: str, speaker: Speaker | None, detail: Detail) -> Claim:
    """The claim that a row of ``claims`` and its detail hold; ``text`` is the document's."""
    sentence = span_at(row, "sentence", text)
    assert sentence is not None  # the column is NOT NULL
    return Claim(
        claim_id=row["claim_id"],
        kind=row["kind"],
        doc_id=row["doc_id"],
        span=Span.of(text, row["start"], row["end"]),
        prefix=row["prefix"],
        suffix=row["suffix"],
        sentence=sentence,
        section=tuple(row["section"]),
        speaker=speaker,
        mention=span_at(row, "speaker", text),
        cue=span_at(row, "cue", text),
        within=row["within"],
        standalone=row["standalone"],
        check_worthiness=row["check_worthiness"],
        confidence=row["confidence"],
        detail=detail,
        provenance=Provenance(
            row["extractor"], row["extractor_version"], row["model"], row["config_hash"], row["run_id"]
        ),
    )


def span_at(row: Mapping[str, Any], name: str, text: str) -> Span | None:
    """The span whose ends the row holds under ``name``."""
    start = row[f"{name}_start"]
    return None if start is None else Span.of(text, start, row[f"{name}_end"])


def amount(row: Mapping[str, Any]) -> Amount:
    return Amount(**{f: row[f] for f in Amount.__dataclass_fields__})


def prediction(row: Mapping[str, Any], text: str) -> Prediction:
    return Prediction(
        type=row["type"],
        certainty=row["certainty"],
        negated=row["negated"],
        condition=span_at(row, "condition", text),
        horizon=span_at(row, "horizon", text),
        horizon_from=row["horizon_from"],
        horizon_to=row["horizon_to"],
    )


def quote(row: Mapping[str, Any], spans: Iterable[Mapping[str, Any]], text: str) -> Quote:
    parts: dict[str, list[Span]] = {"content": [], "verbatim": []}
    for s in spans:
        parts[s["role"]].append(Span.of(text, s["start"], s["end"]))
    return Quote(row["quote_type"], row["act"], tuple(parts["content"]), tuple(parts["verbatim"]))


def speaker(row: Mapping[str, Any]) -> Speaker:
    plain = ("speaker_id", "name", "kind", "role", "wikidata", "party")
    return Speaker(aliases=tuple(row["aliases"]), **{f: row[f] for f in plain})


def check(extraction: Extraction) -> None:
    """Raise ``ClaimsError`` unless the extraction can be stored.

    Every span holds exactly the document's characters at its offsets (invariant 1), and numbers are of a size that
    the published tables can hold.
    """
    text, uri = extraction.document.text, extraction.document.uri
    for s in spans(extraction):
        if not 0 <= s.start <= s.end <= len(text) or text[s.start : s.end] != s.text:
            raise ClaimsError(f"{uri}: {s.text[:40]!r} is not what stands at characters {s.start} to {s.end}")
    for c in extraction.claims:
        if isinstance(c.detail, Amount):
            for value in (c.detail.low, c.detail.high, c.detail.usd_low, c.detail.usd_high, c.detail.usd_rate):
                if value is not None and (not value.is_finite() or abs(value) >= LARGEST):
                    raise ClaimsError(f"{uri}: the amount in {c.text[:40]!r} is out of range")


def spans(extraction: Extraction) -> Iterator[Span]:
    """Every span in the extraction."""
    for m in extraction.mentions:
        yield m.span
    for c in extraction.claims:
        parts: tuple[Span | None, ...] = (c.span, c.sentence, c.mention, c.cue)
        if isinstance(c.detail, Quote):
            parts += c.detail.content + c.detail.verbatim
        elif isinstance(c.detail, Prediction):
            parts += (c.detail.condition, c.detail.horizon)
        yield from (s for s in parts if s is not None)
