"""What annotation tools exchange: texts with marked spans; how claims become marks, and marks decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from pipeline import records
from pipeline.errors import InputError
from pipeline.records import Amount, Claim, Document, Quote
from pipeline.review import corrections, index, service
from pipeline.review import decisions as log
from pipeline.review.corrections import Form, FormError
from pipeline.review.survey import MIN_OVERLAP, Item
from pipeline.store.database import reading, writing
from pipeline.store.schema import documents, sources
from pipeline.store.types import plain_decimal

TextOf = Callable[[str, str], str | None]
"""Gives the text of a document by its id or, failing that, its address."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a text, in code points, with the kind of claim it is; ``values`` are fields as a form has them."""

    kind: str
    start: int
    end: int
    claim_id: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text with its marks, in the order of its characters."""

    doc_id: str
    uri: str
    text: str
    marks: tuple[Mark, ...]


def annotated(engine: Engine, corpus: str | None = None) -> Iterator[Annotated]:
    """The documents of the queue with their claims as they stand: corrected, added, not the rejected ones."""
    for doc_id in reviewed_documents(engine, corpus):
        with reading(engine) as connection:
            document, items = index.items_of(connection, doc_id)
        gone = [i for i in items if i.status == "rejected" or (i.status == "returned" and not i.extracted)]
        marks = sorted((_mark(i) for i in items if i not in gone), key=lambda m: (m.start, -m.end, m.kind))
        yield Annotated(document.doc_id, document.uri, document.text, tuple(marks))


def reviewed_documents(engine: Engine, corpus: str | None = None) -> list[str]:
    """The ids of the documents in the queue, or of those of one corpus."""
    query = sa.select(index.review_documents.c.doc_id).order_by(index.review_documents.c.doc_id)
    if corpus is not None:
        listed = sa.select(sources.c.doc_id).where(sources.c.corpus == corpus)
        query = query.where(index.review_documents.c.doc_id.in_(listed))
    with reading(engine) as connection:
        return list(connection.scalars(query))


def apply(engine: Engine, found: Iterable[Annotated], reviewer: str) -> dict[str, int]:
    """Take marked texts as a reviewer's decisions; returns how many of each kind there were.

    A mark on a claim accepts it, or corrects it where span or values differ; a mark elsewhere adds a claim; an
    extracted claim without a mark is rejected. What the reviewer has decided so before is not decided again.
    Raises ``InputError`` for a text that is not in the store, and for values that make no sense.
    """
    counts = {"accept": 0, "correct": 0, "add": 0, "reject": 0}
    for one in found:
        with writing(engine) as connection:
            document = _document(connection, one)
            _, items = index.items_of(connection, document.doc_id)
        for verdict, item, mark in _verdicts(one, items):
            form = _form(one, mark) | {"review_id": service.new_id()}
            try:
                if verdict == "add" and mark:
                    service.add(engine, document.doc_id, mark.kind, reviewer, form)
                elif item is not None and not _said(item, reviewer, verdict):
                    if verdict == "accept" and mark and mark.values and _differs(engine, document, item, form):
                        verdict = "correct"
                    service.decide(engine, item.claim.claim_id, verdict, reviewer, form)
                else:
                    continue
            except FormError as error:
                raise InputError(
                    f"{one.uri}: the {mark.kind if mark else 'claim'} cannot be taken over: {error}"
                ) from None
            counts[verdict] += 1
    return counts


def text_finder(engine: Engine) -> TextOf:
    """Looks texts up in the store."""

    def text_of(doc_id: str, uri: str) -> str | None:
        at = sa.select(sources.c.doc_id).where(sources.c.uri == uri)
        query = sa.select(documents.c.text).where(sa.or_(documents.c.doc_id == doc_id, documents.c.doc_id.in_(at)))
        with reading(engine) as connection:
            return connection.scalars(query.order_by(documents.c.doc_id != doc_id).limit(1)).first()

    return text_of


def values_of(claim: Claim) -> dict[str, str]:
    """What a claim says, field by field, as a form has it."""
    d = claim.detail
    out: dict[str, object] = {"speaker": claim.speaker.name if claim.speaker else ""}
    if isinstance(d, Amount):
        numbers = {f: plain_decimal(v) if v is not None else "" for f, v in (("low", d.low), ("high", d.high))}
        out |= numbers | {f: getattr(d, f) or "" for f in ("bound", "unit", "per", "change")}
    elif isinstance(d, Quote):
        out |= {"quote_type": d.quote_type, "act": d.act}
    else:
        out |= {"type": d.type, "certainty": d.certainty, "negated": "yes" if d.negated else "no"}
    return {k: str(v) for k, v in out.items()}


def _mark(item: Item) -> Mark:
    claim = item.settled or item.claim
    return Mark(claim.kind, claim.start, claim.end, item.claim.claim_id, values_of(claim))


def _document(connection: Connection, one: Annotated) -> Document:
    """The stored document with the marked text."""
    same = sa.select(documents.c.doc_id).where(documents.c.text_hash == records.text_hash(one.text))
    listed = sa.select(index.review_documents.c.doc_id)
    order = (documents.c.doc_id != one.doc_id, documents.c.doc_id)
    doc_id = connection.scalars(same.where(documents.c.doc_id.in_(listed)).order_by(*order).limit(1)).first()
    if doc_id is None:
        raise InputError(
            f"{one.uri or one.doc_id}: no article in the store has this text; run the pipeline on it first"
        )
    return index.items_of(connection, doc_id)[0]


def _verdicts(one: Annotated, items: Sequence[Item]) -> Iterator[tuple[str, Item | None, Mark | None]]:
    """What each mark says, and each claim that no mark is on. A mark is on the claim with its span, its id, or most of
    its words."""
    left = {i.claim.claim_id: i for i in items}
    by_span: dict[tuple[str, int, int], str] = {
        (s.kind, s.start, s.end): i.claim.claim_id for i in items for s in (i.settled, i.claim) if s is not None
    }
    others = []
    for mark in (_trimmed(m, one.text) for m in one.marks):
        if not 0 <= mark.start < mark.end <= len(one.text):
            raise InputError(f"{one.uri}: a {mark.kind} at characters {mark.start} to {mark.end}, which are not there")
        item = left.pop(by_span.get((mark.kind, mark.start, mark.end), ""), None)
        if item is None:
            others.append(mark)
        else:
            same = (mark.start, mark.end) == (item.claim.start, item.claim.end)
            yield "accept" if same else "correct", item, mark
    for mark in others:
        named = left.get(mark.claim_id or "")
        item = named or max(left.values(), key=partial(_overlap, mark), default=None)
        if item is not None and item.claim.kind == mark.kind and (named or _overlap(mark, item) > MIN_OVERLAP):
            yield "correct", left.pop(item.claim.claim_id), mark
        else:
            yield "add", None, mark
    for item in left.values():
        if item.extracted and item.status != "rejected":
            yield "reject", item, None


def _overlap(mark: Mark, item: Item) -> float:
    """Of the characters that mark or claim cover, the share that both do; 0 for claims of another kind."""
    claim = item.claim
    both = min(mark.end, claim.end) - max(mark.start, claim.start)
    if claim.kind != mark.kind or both <= 0:
        return 0.0
    return both / (max(mark.end, claim.end) - min(mark.start, claim.start))


def _trimmed(mark: Mark, text: str) -> Mark:
    """The mark without white space at its edges, as claims are."""
    words = text[mark.start : mark.end]
    start = mark.start + len(words) - len(words.lstrip())
    return replace(mark, start=start, end=max(start, mark.end - len(words) + len(words.rstrip())))


def _said(item: Item, reviewer: str, verdict: str) -> bool:
    """Whether the reviewer's standing decision on the claim is of that kind."""
    mine = item.outcome.by_reviewer.get(reviewer)
    said = {"add": "accept"}.get(mine.decision, mine.decision) if mine else None
    return said == verdict or (said == "correct" and verdict == "accept")


def _differs(engine: Engine, document: Document, item: Item, form: Form) -> bool:
    with reading(engine) as connection:
        find = service.finder(connection, document)
        after = corrections.corrected(document, item.claim, form, find)
    return log.substance(after.to_dict()) != log.substance(item.claim.to_dict())


def _form(one: Annotated, mark: Mark | None) -> dict[str, str]:
    return {} if mark is None else {**mark.values, "start": str(mark.start), "end": str(mark.end)}
