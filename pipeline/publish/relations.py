"""The published links, clusters and outcomes: those of claims that are published as they were linked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.outcomes import log
from pipeline.store import schema
from pipeline.store.reads import fetch
from pipeline.store.rows import Row


def rows(connection: Connection, claims: Sequence[pa.Table], *, as_extracted: bool) -> dict[str, list[Row]]:
    """The rows of ``links``, ``clusters`` and ``outcomes``.

    ``claims``: what is published, with ``claim_id``, ``doc_id``, ``kind`` and ``corrected``. A claim that a reviewer
    has corrected says something else than what was linked, so it has no links, unless claims are published
    ``as_extracted``.
    """
    published = pa.concat_tables(claims) if claims else None
    if published is None:
        return {"links": [], "clusters": [], "outcomes": []}
    linked = published
    if not as_extracted:
        linked = published.filter(pc.equal(pc.list_value_length(published["corrected"]), 0))
    known = linked["claim_id"]
    links = _of(connection, schema.claim_links, known, "claim_id", "other_claim_id")
    inside = _of(connection, schema.claim_clusters, known, "claim_id")
    size = Counter(r["cluster_id"] for r in inside)
    first: dict[str, str] = {}
    members = {r["claim_id"] for r in inside}
    for row in sorted(inside, key=lambda r: r["claim_id"]):
        old = row["cluster_id"]
        first.setdefault(old, old if old in members else row["claim_id"])
    clusters = [
        {"claim_id": r["claim_id"], "cluster_id": first[r["cluster_id"]]} for r in inside if size[r["cluster_id"]] > 1
    ]
    return {"links": links, "clusters": clusters, "outcomes": _outcomes(connection, published)}


def _of(connection: Connection, table: sa.Table, known: Any, *ids: str) -> list[Row]:
    """The rows whose claims are all known, once each, in the order of the ids."""
    names = [c.name for c in table.columns if not c.name.endswith("doc_id")]
    found = fetch(connection, sa.select(*(table.c[n] for n in names)).distinct())
    if not found:
        return []
    present = pa.array([True] * len(found))
    for name in ids:
        present = pc.and_(present, pc.is_in(pa.array([r[name] for r in found], pa.string()), value_set=known))
    kept = [r for r, there in zip(found, present.to_pylist(), strict=True) if there]
    return sorted(kept, key=lambda r: tuple(r[name] for name in ids))


def _outcomes(connection: Connection, published: pa.Table) -> list[Row]:
    """The last word on each published prediction, by its id."""
    told = {claim_id: outcome for (_, claim_id), outcome in log.standing(connection).items()}
    if not told:
        return []
    wanted = pc.and_(
        pc.equal(published["kind"], "prediction"), pc.is_in(published["claim_id"], value_set=pa.array(list(told)))
    )
    names = ("state", "source", "note", "happened_on", "recorded_by", "recorded_at")
    ids = sorted(set(published["claim_id"].filter(wanted).to_pylist()))
    return [{"claim_id": i} | {n: getattr(told[i], n) for n in names} for i in ids]
