"""A speaker's record: how many predictions came true, failed, are unclear or open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.outcomes import log
from pipeline.store.schema import claims, documents, sources, speakers


@dataclass(frozen=True, slots=True)
class Record:
    """What became of a speaker's predictions in the articles of one year (``None``: of no known date)."""

    speaker_id: str
    speaker: str
    year: int | None
    came_true: int
    failed: int
    unclear: int
    open: int


def records(connection: Connection) -> list[Record]:
    """The records of all speakers with a prediction, those most told of first; each prediction counts once."""
    told = {key: outcome.state for key, outcome in log.standing(connection).items()}
    c, s, d = claims.c, speakers.c, documents.c
    query = (
        sa.select(c.doc_id, c.claim_id, c.speaker_id, s.name, d.published)
        .join_from(claims, speakers, sa.and_(s.doc_id == c.doc_id, s.speaker_id == c.speaker_id))
        .join(documents, d.doc_id == c.doc_id)
        .where(c.kind == "prediction", d.doc_id.in_(sa.select(sources.c.doc_id)))
        .order_by(d.uri, c.start, c.claim_id)
    )
    states: dict[tuple[str, int | None], list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    seen: set[str] = set()
    for doc_id, claim_id, speaker_id, name, published in connection.execute(query):
        if claim_id not in seen:
            seen.add(claim_id)
            names.setdefault(speaker_id, name)
            states[speaker_id, published.year if published else None].append(told.get((doc_id, claim_id), "open"))
    found = [Record(who, names[who], year, **log.tally(of)) for (who, year), of in states.items()]
    total: dict[str, int] = defaultdict(int)
    for r in found:
        total[r.speaker_id] += r.came_true + r.failed + r.unclear
    return sorted(found, key=lambda r: (-total[r.speaker_id], r.speaker, r.speaker_id, r.year or 0))
