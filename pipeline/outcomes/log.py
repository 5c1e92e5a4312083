"""The log of outcomes, what stands of it, and to which present claims it belongs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.errors import InputError
from pipeline.records import Claim
from pipeline.review.anchoring import locate
from pipeline.store.reads import find_claim
from pipeline.store.schema import claims, documents, outcomes, predictions, sources, speakers

State = Literal["open", "came_true", "failed", "unclear"]
OVERLAP = 0.5
"""Share of the characters of both together that an earlier prediction and a present one must have in common."""
Key = tuple[str, str]
"""``doc_id`` and ``claim_id``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one person found of a prediction; never changed afterwards, a later one takes its place.

    ``source`` is an address that shows it, ``note`` the person's own words (one of them is there, unless the state goes
    back to open); ``happened_on`` is the day on which it came true or failed. ``claim``: the prediction as it was.
    """

    outcome_id: str
    claim_id: str
    doc_id: str
    uri: str
    state: State
    source: str | None
    note: str | None
    happened_on: date | None
    recorded_by: str
    recorded_at: datetime
    claim: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """A prediction whose outcome nobody has told, and the last day for it."""

    claim_id: str
    until: date | None
    speaker: str | None
    text: str
    uri: str
    published: date | None


FIELDS = tuple(f.name for f in fields(Outcome))


def record(
    connection: Connection,
    claim_id: str,
    state: State,
    by: str,
    *,
    source: str | None = None,
    note: str | None = None,
    happened_on: date | None = None,
) -> Outcome:
    """Put on record what became of a prediction, named by so much of its id as is unique.

    Raises ``InputError`` where there is no such claim, it is no prediction, or nothing tells of the outcome.
    """
    origin = find_claim(connection, claim_id)
    claim = origin.claim
    if claim.kind != "prediction":
        raise InputError(f"{claim.claim_id} is a claim of kind {claim.kind}; only predictions have an outcome")
    if state != "open" and not (source or note):
        raise InputError("say what shows it: --source with an address, or --note with words")
    last = connection.scalar(sa.select(sa.func.max(outcomes.c.recorded_at)))
    now = datetime.now(UTC)
    moment = now if last is None or now > last else last + timedelta(microseconds=1)
    made = Outcome(
        outcome_id=secrets.token_hex(16),
        claim_id=claim.claim_id,
        doc_id=claim.doc_id,
        uri=origin.document.uri,
        state=state,
        source=source,
        note=note,
        happened_on=happened_on,
        recorded_by=by,
        recorded_at=moment,
        claim=claim.to_dict(),
    )
    append(connection, made)
    return made


def append(connection: Connection, outcome: Outcome) -> bool:
    """Put an outcome on record; ``False`` where it is there already."""
    known = connection.scalar(sa.select(outcomes.c.outcome_id).where(outcomes.c.outcome_id == outcome.outcome_id))
    if known is None:
        connection.execute(outcomes.insert().values({f: getattr(outcome, f) for f in FIELDS}))
    return known is None


def everything(connection: Connection) -> Iterator[Outcome]:
    """The whole log, oldest first."""
    order = (outcomes.c.recorded_at, outcomes.c.outcome_id)
    for row in connection.execute(sa.select(outcomes).order_by(*order)).mappings():
        yield Outcome(**{f: row[f] for f in FIELDS})


def standing(connection: Connection) -> dict[Key, Outcome]:
    """The last word on each present prediction that somebody has told of, by article and claim.

    A prediction that a later extraction sees otherwise is found again by its words and those around them.
    """
    last: dict[Key, Outcome] = {}
    for outcome in everything(connection):
        key = _present(connection, outcome)
        if key is not None:
            last[key] = outcome
    return {key: last[key] for key in sorted(last)}


def _present(connection: Connection, outcome: Outcome) -> Key | None:
    """The claim as it is now."""
    here = sa.select(claims.c.doc_id).where(claims.c.claim_id == outcome.claim_id).order_by(claims.c.doc_id)
    doc_id = connection.scalar(here.limit(1))
    if doc_id is not None:
        return doc_id, outcome.claim_id
    at = sa.select(sources.c.doc_id).where(sources.c.uri == outcome.uri)
    articles = sa.select(documents.c.doc_id, documents.c.text).where(
        sa.or_(documents.c.doc_id == outcome.doc_id, documents.c.doc_id.in_(at))
    )
    for article in connection.execute(articles.order_by(documents.c.doc_id)).all():
        place = locate(outcome.claim, article.text)
        if place is None:
            continue
        those = sa.select(claims).where(claims.c.doc_id == article.doc_id, claims.c.kind == "prediction")
        shares = [
            (_overlap(c.start, c.end, place.start, place.end), c.claim_id) for c in connection.execute(those).all()
        ]
        share, claim_id = max(shares, default=(0.0, ""))
        if share >= OVERLAP:
            return article.doc_id, claim_id
    return None


def _overlap(start: int, end: int, other: int, other_end: int) -> float:
    shared = min(end, other_end) - max(start, other)
    return shared / (max(end, other_end) - min(start, other)) if shared > 0 else 0.0


def due(connection: Connection, by: date) -> list[Due]:
    """Predictions whose last day has come by a date and that are open, the longest due first."""
    told = {key for key, outcome in standing(connection).items() if outcome.state != "open"}
    c, p, d, s = claims.c, predictions.c, documents.c, speakers.c
    query = (
        sa.select(c.doc_id, c.claim_id, p.horizon_to, s.name, c.standalone, d.uri, d.published)
        .join_from(claims, predictions, sa.and_(p.doc_id == c.doc_id, p.claim_id == c.claim_id))
        .join(documents, d.doc_id == c.doc_id)
        .outerjoin(speakers, sa.and_(s.doc_id == c.doc_id, s.speaker_id == c.speaker_id))
        .where(p.horizon_to <= by, c.doc_id.in_(sa.select(sources.c.doc_id)))
    )
    found: dict[str, Due] = {}
    for doc_id, claim_id, *rest in connection.execute(query.order_by(p.horizon_to, d.uri, c.start)).all():
        if (doc_id, claim_id) not in told:
            found.setdefault(claim_id, Due(claim_id, *rest))
    return list(found.values())


def history(connection: Connection, claim: Claim) -> list[Outcome]:
    """All that was told of a claim, oldest first."""
    return [o for o in everything(connection) if o.claim_id == claim.claim_id]


def tally(states: Iterable[str]) -> Mapping[str, int]:
    """How many predictions are in each state."""
    counted = dict.fromkeys(("came_true", "failed", "unclear", "open"), 0)
    for state in states:
        counted[state] += 1
    return counted
