"""What a corpus holds, in figures: for the end of a run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.records import plain
from pipeline.store import reads
from pipeline.store.reads import Failure
from pipeline.store.schema import amounts, blocks, claims, documents, extractions, sources, speakers

TOP = 5
"""How many speakers and amounts are listed."""


@dataclass(frozen=True, slots=True)
class LargeAmount:
    """An amount of money, by the claim that states it; ``usd`` where its value in US dollars is known."""

    claim_id: str
    text: str
    unit: str
    usd: Decimal | None
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Articles, claims by kind, the speakers of most claims, the largest amounts, what was left out, what failed.

    ``foreign`` counts the blocks that are not in English, by language.
    """

    corpus: str
    documents: int
    claims: dict[str, int]
    speakers: tuple[tuple[str, int], ...]
    amounts: tuple[LargeAmount, ...]
    foreign: dict[str, int]
    failures: tuple[Failure, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self) | {
            "speakers": [{"name": name, "claims": count} for name, count in self.speakers],
            "amounts": [{k: plain(v) for k, v in asdict(a).items()} for a in self.amounts],
            "failures": [asdict(f) for f in self.failures],
        }


def summarise(connection: Connection, corpus: str) -> Summary:
    """The summary of a corpus; articles with the same text count once."""
    listed = sa.select(sources.c.doc_id).where(sources.c.corpus == corpus)
    once = (
        sa.select(sa.func.min(documents.c.doc_id))
        .join(extractions, sa.and_(extractions.c.doc_id == documents.c.doc_id, extractions.c.current))
        .where(documents.c.doc_id.in_(listed))
        .group_by(documents.c.text_hash)
    )
    ours = claims.c.doc_id.in_(once)
    kinds = sa.select(claims.c.kind, sa.func.count().label("claims")).where(ours).group_by(claims.c.kind)
    counted = {row.kind: row.claims for row in connection.execute(kinds)}
    total = connection.execute(sa.select(sa.func.count()).where(documents.c.doc_id.in_(listed))).scalar_one()
    return Summary(
        corpus=corpus,
        documents=total,
        claims={kind: counted.get(kind, 0) for kind in ("quote", "amount", "prediction")},
        speakers=_speakers(connection, ours),
        amounts=_amounts(connection, ours),
        foreign=_foreign(connection, listed),
        failures=tuple(reads.open_failures(connection, corpus)),
    )


def _speakers(connection: Connection, ours: sa.ColumnElement[bool]) -> tuple[tuple[str, int], ...]:
    count = sa.func.count().label("claims")
    query = (
        sa.select(sa.func.min(speakers.c.name).label("name"), count)
        .join_from(claims, speakers, _same_speaker())
        .where(ours)
        .group_by(speakers.c.speaker_id)
    )
    found = sorted(((r.name, r.claims) for r in connection.execute(query)), key=lambda r: (-r[1], r[0]))
    return tuple(found[:TOP])


def _amounts(connection: Connection, ours: sa.ColumnElement[bool]) -> tuple[LargeAmount, ...]:
    own = sa.case((amounts.c.unit == "USD", sa.func.coalesce(amounts.c.high, amounts.c.low)))
    usd = sa.func.coalesce(amounts.c.usd_high, amounts.c.usd_low, own)
    query = (
        sa.select(claims.c.claim_id, claims.c.text, amounts.c.unit, usd.label("usd"), speakers.c.name)
        .join_from(
            claims, amounts, sa.and_(amounts.c.doc_id == claims.c.doc_id, amounts.c.claim_id == claims.c.claim_id)
        )
        .outerjoin(speakers, _same_speaker())
        .where(ours, amounts.c.unit.not_in(("percent", "ratio")), usd.is_not(None))
        .order_by(sa.cast(usd, sa.Float).desc(), claims.c.claim_id)
        .limit(TOP)
    )
    return tuple(LargeAmount(*row) for row in connection.execute(query))


def _foreign(connection: Connection, listed: sa.Select[Any]) -> dict[str, int]:
    code = blocks.c.language
    query = sa.select(code, sa.func.count()).where(code.is_not(None), blocks.c.doc_id.in_(listed))
    return {row[0]: row[1] for row in connection.execute(query.group_by(code).order_by(code))}


def _same_speaker() -> sa.ColumnElement[bool]:
    return sa.and_(speakers.c.doc_id == claims.c.doc_id, speakers.c.speaker_id == claims.c.speaker_id)
