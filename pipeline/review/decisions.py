"""Decisions of reviewers: an append-only log, what stands of it, and what it says of a claim."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.review.snapshots import Snapshot
from pipeline.store.schema import reviews

Verdict = Literal["accept", "reject", "correct", "add", "undo", "merge"]
Status = Literal["open", "accepted", "rejected", "corrected", "added", "disputed", "returned"]
STATUS: dict[str, Status] = {"accept": "accepted", "reject": "rejected", "correct": "corrected", "add": "added"}
"""What a claim is once a verdict stands."""

INCIDENTAL = frozenset({"unit_reason", "usd_low", "usd_high", "usd_rate", "usd_date"})
"""Details that follow from others (the reading of a unit, the day's exchange rate): no reviewer judges them."""

NAME_CHARS = 80
"""The longest name of a reviewer."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that one reviewer decided; never changed afterwards.

    ``before`` is what was judged, ``after`` what the reviewer made of it (both in JSON form). An ``undo`` takes back
    the decision ``refers_to`` (which may itself be an undo: a redo). ``adjudicates``: it settles a disagreement.
    """

    review_id: str
    claim_id: str
    doc_id: str
    uri: str
    reviewer: str
    decided_at: datetime
    decision: Verdict
    before: Snapshot | None
    after: Snapshot | None
    pipeline_version: str
    refers_to: str | None = None
    adjudicates: bool = False

    @property
    def record(self) -> Snapshot:
        """What the reviewer holds to be there: the corrected or added claim, else the one that was judged."""
        return (self.after if self.decision in ("correct", "add") else self.before) or {}


FIELDS = tuple(f.name for f in fields(Decision))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the standing decisions on a claim come to."""

    status: Status
    by_reviewer: dict[str, Decision]
    final: Decision | None


def append(connection: Connection, decision: Decision) -> bool:
    """Put a decision on record; ``False`` where one with its id is there already (a repeated request)."""
    known = connection.scalar(sa.select(reviews.c.review_id).where(reviews.c.review_id == decision.review_id))
    if known is not None:
        return False
    connection.execute(reviews.insert().values({f: getattr(decision, f) for f in FIELDS}))
    return True


def next_moment(connection: Connection, reviewer: str) -> datetime:
    """Now, but after the reviewer's last decision, so that time gives the order even where a clock was set back."""
    last = connection.scalar(sa.select(sa.func.max(reviews.c.decided_at)).where(reviews.c.reviewer == reviewer))
    now = datetime.now(UTC)
    return now if last is None or now > last else last + timedelta(microseconds=1)


def of_documents(connection: Connection, doc_ids: Sequence[str], uris: Sequence[str]) -> list[Decision]:
    """All decisions on the documents, or on what stood at the addresses before, oldest first."""
    return _select(connection, sa.or_(reviews.c.doc_id.in_(doc_ids), reviews.c.uri.in_(uris)))


def merges(connection: Connection) -> list[Decision]:
    """All decisions that two speakers are one, with what was taken back of them, oldest first."""
    merged = sa.select(reviews.c.review_id).where(reviews.c.decision == "merge")
    if connection.scalar(merged.limit(1)) is None:
        return []
    claims = sa.select(reviews.c.claim_id).where(reviews.c.decision == "merge")
    either = sa.or_(
        reviews.c.decision == "merge", sa.and_(reviews.c.decision == "undo", reviews.c.claim_id.in_(claims))
    )
    return _select(connection, either)


def everything(connection: Connection) -> Iterator[Decision]:
    """The whole log, oldest first."""
    order = (reviews.c.decided_at, reviews.c.review_id)
    for row in connection.execute(sa.select(reviews).order_by(*order)).mappings():
        yield _decision(row)


def _select(connection: Connection, where: sa.ColumnElement[bool]) -> list[Decision]:
    order = (reviews.c.decided_at, reviews.c.review_id)
    return [_decision(row) for row in connection.execute(sa.select(reviews).where(where).order_by(*order)).mappings()]


def _decision(row: Any) -> Decision:
    return Decision(**{f: row[f] for f in FIELDS})


def standing(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that have not been taken back; undos themselves are left out."""
    undone: set[str] = set()
    out = []
    for d in reversed(decisions):
        if d.review_id in undone:
            continue
        if d.decision == "undo":
            undone.add(d.refers_to or "")
        else:
            out.append(d)
    return out[::-1]


def to_undo(connection: Connection, reviewer: str) -> Decision | None:
    """The reviewer's last decision that stands."""
    undone: set[str] = set()
    for d in _newest_first(connection, reviewer):
        if d.review_id in undone:
            continue
        if d.decision != "undo":
            return d
        undone.add(d.refers_to or "")
    return None


def to_redo(connection: Connection, reviewer: str) -> Decision | None:
    """The reviewer's last undo that stands, unless something was decided since."""
    undone: set[str] = set()
    for d in _newest_first(connection, reviewer):
        if d.review_id in undone:
            continue
        if d.decision != "undo":
            return None
        undone.add(d.refers_to or "")
        taken_back = connection.scalar(sa.select(reviews.c.decision).where(reviews.c.review_id == d.refers_to))
        if taken_back != "undo":
            return d
    return None


def _newest_first(connection: Connection, reviewer: str) -> Iterator[Decision]:
    order = (reviews.c.decided_at.desc(), reviews.c.review_id.desc())
    query = sa.select(reviews).where(reviews.c.reviewer == reviewer).order_by(*order)
    with connection.execute(query.execution_options(yield_per=20)) as found:
        for row in found.mappings():
            yield _decision(row)


def outcome(decisions: Iterable[Decision]) -> Outcome:
    """What standing decisions on one claim, oldest first, come to: each reviewer's last word counts.

    Where these differ, the claim is disputed until somebody adjudicates, and again when somebody disagrees later.
    """
    by_reviewer: dict[str, Decision] = {}
    settled: Decision | None = None
    for d in decisions:
        by_reviewer.pop(d.reviewer, None)
        by_reviewer[d.reviewer] = d
        if d.adjudicates:
            settled = d
        elif settled is not None and opinion(d) != opinion(settled):
            settled = None
    if not by_reviewer:
        return Outcome("open", {}, None)
    last = list(by_reviewer.values())
    if settled is None and len({opinion(d) for d in last}) > 1:
        return Outcome("disputed", by_reviewer, None)
    final = settled or next((d for d in last if d.decision in ("add", "correct")), last[-1])
    return Outcome(STATUS[final.decision], by_reviewer, final)


def opinion(decision: Decision) -> str:
    """What two reviewers agree in: the same verdict, and for a correction the same values.

    Who adds a claim holds it to be right, as does one who accepts it.
    """
    if decision.decision == "correct":
        return "correct:" + json.dumps(substance(decision.record), sort_keys=True, ensure_ascii=False)
    return "accept" if decision.decision == "add" else decision.decision


def substance(record: Snapshot) -> dict[str, Any]:
    """What a claim says, without where it stands and who extracted it; equal for claims that say the same."""
    kind = record["kind"]
    detail = {k: _words(v) for k, v in record[kind].items() if k not in INCIDENTAL}
    speaker = record["speaker"]
    return {"kind": kind, "text": _words(record["text"]), "speaker": speaker and speaker["name"], **detail}


def _words(value: Any) -> Any:
    """Spans as their words, white space made even."""
    if isinstance(value, dict):
        return _words(value["text"])
    if isinstance(value, list):
        return [_words(v) for v in value]
    return " ".join(value.split()) if isinstance(value, str) else value


def reviewer_name(text: str) -> str:
    """A reviewer's name as it is kept: composed, single spaces; ``ValueError`` where nothing or too much is left."""
    name = " ".join(unicodedata.normalize("NFC", re.sub(r"[\x00-\x1f\x7f]", " ", text)).split())
    if not name or len(name) > NAME_CHARS:
        raise ValueError(f"a reviewer's name has 1 to {NAME_CHARS} characters")
    return name
