"""Claims as they are kept in decisions: the JSON form of ``Claim.to_dict``, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline import records
from pipeline.records import (
    CONTEXT_CHARS,
    Amount,
    Claim,
    Detail,
    Prediction,
    Provenance,
    Quote,
    Span,
    Speaker,
)

Snapshot = Mapping[str, Any]
"""A claim (or speaker) in JSON form."""


def claim_of(snapshot: Snapshot) -> Claim:
    """The claim that ``Claim.to_dict`` gave; ``KeyError``, ``TypeError`` or ``ValueError`` where it is none."""
    said = snapshot["speaker"]
    return Claim(
        claim_id=snapshot["claim_id"],
        kind=snapshot["kind"],
        doc_id=snapshot["doc_id"],
        span=_span_of(snapshot),
        prefix=snapshot["prefix"],
        suffix=snapshot["suffix"],
        sentence=_span_of(snapshot["sentence"]),
        section=tuple(snapshot["section"]),
        speaker=speaker_of(said) if said else None,
        mention=_maybe_span(said["mention"]) if said else None,
        cue=_maybe_span(snapshot["cue"]),
        within=snapshot["within"],
        standalone=snapshot["standalone"],
        check_worthiness=snapshot["check_worthiness"],
        confidence=snapshot["confidence"],
        detail=_detail_of(snapshot["kind"], snapshot[snapshot["kind"]]),
        provenance=Provenance(**{f.name: snapshot[f.name] for f in fields(Provenance)}),
    )


def speaker_of(snapshot: Snapshot) -> Speaker:
    """The speaker of a claim in JSON form."""
    known = {f.name: snapshot[f.name] for f in fields(Speaker) if f.name in snapshot and f.name != "aliases"}
    return Speaker(**known, aliases=tuple(snapshot.get("aliases", ())))


def move(claim: Claim, text: str, start: int, end: int) -> Claim:
    """The same claim on the characters ``[start, end)`` of a text, with all that follows from it.

    A quote's parts are cut to the new span and its outer edges follow it; other spans (cue, mention, condition) keep
    their words where the text still has them at the same distance, and are dropped elsewhere.
    """
    span = Span.of(text, start, end)
    shift = start - claim.start if text[start:end] == claim.text else 0
    sentence = _shifted(claim.sentence, shift, text)
    around = sentence if sentence and sentence.contains(span) else span
    if sentence and not sentence.contains(span):
        around = records.envelope((sentence, span), text)
    return replace(
        claim,
        claim_id=records.claim_id(records.text_hash(text), claim.kind, start, end),
        span=span,
        prefix=text[max(0, start - CONTEXT_CHARS) : start],
        suffix=text[end : end + CONTEXT_CHARS],
        sentence=around,
        mention=_shifted(claim.mention, shift, text),
        cue=_shifted(claim.cue, shift, text),
        standalone=claim.standalone if text[start:end] == claim.text else text[start:end],
        detail=_moved_detail(claim.detail, claim.span, span, shift, text),
    )


def _moved_detail(detail: Detail, old: Span, new: Span, shift: int, text: str) -> Detail:
    if isinstance(detail, Quote):
        content = _cut(detail.content, old, new, shift, text) or (new,)
        return replace(detail, content=content, verbatim=_cut(detail.verbatim, old, new, shift, text))
    if isinstance(detail, Prediction):
        return replace(
            detail, condition=_shifted(detail.condition, shift, text), horizon=_shifted(detail.horizon, shift, text)
        )
    return detail


def _cut(parts: tuple[Span, ...], old: Span, new: Span, shift: int, text: str) -> tuple[Span, ...]:
    """The parts inside the new span; a part that reached the old span's edge reaches the new one's."""
    out = []
    for part in parts:
        start = new.start if part.start == old.start else max(part.start + shift, new.start)
        end = new.end if part.end == old.end else min(part.end + shift, new.end)
        if start < end:
            out.append(Span.of(text, start, end))
    return tuple(out)


def _shifted(span: Span | None, shift: int, text: str) -> Span | None:
    if span is None or span.start + shift < 0 or text[span.start + shift : span.end + shift] != span.text:
        return None
    return Span(span.start + shift, span.end + shift, span.text)


def _span_of(value: Snapshot) -> Span:
    return Span(value["start"], value["end"], value["text"])


def _maybe_span(value: Snapshot | None) -> Span | None:
    return None if value is None else _span_of(value)


def _detail_of(kind: str, value: Snapshot) -> Detail:
    if kind == "amount":
        numbers = {f: _decimal(value[f]) for f in ("low", "high", "usd_low", "usd_high", "usd_rate")}
        return Amount(**{**value, **numbers, "usd_date": _date(value["usd_date"])})
    if kind == "quote":
        content, verbatim = (tuple(_span_of(s) for s in value[f]) for f in ("content", "verbatim"))
        return Quote(value["quote_type"], value["act"], content, verbatim)
    if kind == "prediction":
        spans = {f: _maybe_span(value[f]) for f in ("condition", "horizon")}
        days = {f: _date(value[f]) for f in ("horizon_from", "horizon_to")}
        return Prediction(**{**value, **spans, **days})
    raise ValueError(f"{kind!r} is no kind of claim")


def _decimal(value: float | int | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
