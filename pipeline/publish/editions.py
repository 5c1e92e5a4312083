"""Which articles say what others say: equal texts, near copies, older versions; and what that makes of their claims.

A claim that several articles share is published once, of the first article that has it: the current version, else the
one published (or fetched) earliest. Claims that only an older version has are not published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.store import reads, schema
from pipeline.store.contents import IDS, ordered, parts
from pipeline.store.rows import Row
from pipeline.versions.claims import Stated, shared
from pipeline.versions.similarity import Similarity
from pipeline.versions.sketch import METHOD

EQUAL = Similarity(1.0, 1.0)
Became = Callable[[str], Mapping[str, str | None]]
"""What became of the claims of an article by review: id -> id as published, ``None`` where it is not."""


@dataclass(frozen=True)
class Editions:
    """``documents``: those with a source, by address, each with ``duplicate_of`` and ``superseded_by``.

    ``published_as`` says of articles that share claims: id of a claim of theirs -> id under which it is published, or
    ``None`` where it is not; claims that are not there are published as they are. ``links``: rows of document_links.
    ``copies``: article -> those with an equal text.
    """

    documents: list[Row]
    published_as: Mapping[str, Mapping[str, str | None]]
    links: list[Row]
    copies: Mapping[str, list[Row]]


def editions(connection: Connection, became: Became) -> Editions:
    """What the store knows of articles that say the same."""
    found = _documents(connection)
    newer = _newest(connection, found)
    first: dict[str, Row] = {}
    for row in found:
        row["superseded_by"] = newer.get(row["doc_id"])
    for row in sorted(found, key=_precedence):
        first.setdefault(row["text_hash"], row)
    copies: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        original = first[row["text_hash"]]["doc_id"]
        row["duplicate_of"] = None if original == row["doc_id"] else original
        if row["duplicate_of"]:
            copies[original].append(row)
    shown = sorted((r for r in found if r["duplicate_of"] is None), key=_precedence)
    near = _near(connection, shown)
    published_as = _published_as(connection, shown, near, became)
    return Editions(found, published_as, _links(connection, found, near), copies)


def _documents(connection: Connection) -> list[Row]:
    d, current = schema.documents.c, schema.extractions
    names = (d.doc_id, d.uri, d.text_hash, d.content_hash, d.published, d.fetched_at, d.media_type)
    query = (
        sa.select(*names, current.c.run_id)
        .select_from(schema.documents)
        .outerjoin(current, sa.and_(current.c.doc_id == d.doc_id, current.c.current))
        .where(d.doc_id.in_(sa.select(schema.sources.c.doc_id)))
    )
    return sorted(reads.fetch(connection, query), key=lambda r: (r["uri"], r["doc_id"]))


def _precedence(row: Row) -> tuple[Any, ...]:
    """Of articles that say the same, the first is the original."""
    fetched = row["fetched_at"]
    day = row["published"] or (fetched.date() if fetched else date.max)
    moment = fetched.timestamp() if fetched else float("inf")
    superseded = row["superseded_by"] is not None
    return superseded, row["run_id"] is None, day, moment, row["uri"], row["doc_id"]


def _newest(connection: Connection, found: Sequence[Row]) -> dict[str, str]:
    """For each superseded article the newest version of it that has been extracted."""
    known = {row["doc_id"]: row for row in found}
    after: dict[str, list[str]] = defaultdict(list)
    for new, old in _versions(connection):
        if new in known and old in known:
            after[old].append(new)
    out = {}
    for doc_id in after:
        seen, at, newest = {doc_id}, doc_id, None
        while following := [d for d in after.get(at, ()) if d not in seen]:
            at = max(following, key=lambda d: (str(known[d]["fetched_at"] or ""), d))
            seen.add(at)
            newest = at if known[at]["run_id"] else newest
        if newest:
            out[doc_id] = newest
    return out


def _versions(connection: Connection) -> list[tuple[str, str]]:
    """The pairs of an article and the one that it supersedes."""
    s = schema.sources.c
    query = sa.select(s.doc_id, s.supersedes).where(s.supersedes.is_not(None), s.supersedes != s.doc_id).distinct()
    return sorted((new, old) for new, old in connection.execute(query))


def _near(connection: Connection, shown: Sequence[Row]) -> dict[str, list[tuple[str, Similarity]]]:
    """For each article those before it in ``shown`` that it is a near copy of, the most similar first.

    Of articles with the same words all are copies of the first, which alone is compared with others.
    """
    leaders: dict[str, Row] = {}
    near: dict[str, list[tuple[str, Similarity]]] = defaultdict(list)
    for row in shown:
        if row["content_hash"] is not None:
            leader = leaders.setdefault(row["content_hash"], row)
            if leader is not row:
                near[row["doc_id"]].append((leader["doc_id"], EQUAL))
    rank = {row["doc_id"]: i for i, row in enumerate(shown)}
    for (a, b), similar in _similarities(connection).items():
        if a in leaders and b in leaders and similar.is_near:
            early, late = sorted((leaders[a]["doc_id"], leaders[b]["doc_id"]), key=rank.__getitem__)
            near[late].append((early, similar))
    for found in near.values():
        found.sort(key=lambda pair: (-pair[1].jaccard, -pair[1].containment, rank[pair[0]]))
    return near


def _similarities(connection: Connection) -> dict[tuple[str, str], Similarity]:
    query = sa.select(schema.similarities)
    return {(a, b): Similarity(jaccard, containment) for a, b, jaccard, containment in connection.execute(query)}


def _published_as(
    connection: Connection,
    shown: Sequence[Row],
    near: Mapping[str, Sequence[tuple[str, Similarity]]],
    became: Became,
) -> dict[str, dict[str, str | None]]:
    """The claims of articles that say what others say, as they are published; in the order of precedence."""
    partners = {
        row["doc_id"]: [*([row["superseded_by"]] if row["superseded_by"] else []), *(d for d, _ in near.get(row["doc_id"], ()))]
        for row in shown
        if row["superseded_by"] or row["doc_id"] in near
    }
    needed = {d for doc_id, others in partners.items() for d in (doc_id, *others)}
    claims = _stated(connection, sorted(needed))
    settled = {doc_id: became(doc_id) for doc_id in needed}
    stands_for: dict[str, dict[str, str]] = {}
    out: dict[str, dict[str, str | None]] = {}
    for row in shown:
        doc_id = row["doc_id"]
        if doc_id not in partners:
            continue
        own = stands_for[doc_id] = {}
        for other in partners[doc_id]:
            rest = [c for c in claims[doc_id] if c.claim_id not in own]
            for new, old in shared(claims[other], rest).items():
                original = stands_for.get(other, {}).get(old, old)
                if original not in own.values():
                    own[new] = original
        result: dict[str, str | None] = dict.fromkeys((c.claim_id for c in claims[doc_id]) if row["superseded_by"] else ())
        out[doc_id] = result | {new: _settled(settled, original) for new, original in own.items()}
    return out


def _settled(settled: Mapping[str, Mapping[str, str | None]], claim_id: str) -> str | None:
    """The id under which a claim is published after review."""
    for known in settled.values():
        if claim_id in known:
            return known[claim_id]
    return claim_id


def _stated(connection: Connection, doc_ids: Sequence[str]) -> dict[str, list[Stated]]:
    """The claims of articles, as they were extracted."""
    out: dict[str, list[Stated]] = {doc_id: [] for doc_id in doc_ids}
    for some in parts(doc_ids, 500):
        for doc_id, stated in reads_stated(connection, some):
            out[doc_id].append(stated)
    return out


def reads_stated(connection: Connection, doc_ids: Iterable[str]) -> Iterator[tuple[str, Stated]]:
    c, s = schema.claims.c, schema.speakers
    texts = dict(
        connection.execute(
            sa.select(schema.documents.c.doc_id, schema.documents.c.text).where(schema.documents.c.doc_id.in_(doc_ids))
        )
        .tuples()
        .all()
    )
    query = (
        sa.select(c.doc_id, c.claim_id, c.kind, c.start, c.text, c.sentence_start, c.sentence_end, s.c.name)
        .outerjoin_from(schema.claims, s, sa.and_(s.c.doc_id == c.doc_id, s.c.speaker_id == c.speaker_id))
        .where(c.doc_id.in_(doc_ids))
        .order_by(c.doc_id, c.start, c.claim_id)
    )
    for doc_id, claim_id, kind, start, text, first, last, name in connection.execute(query):
        yield doc_id, Stated(claim_id, kind, start, text, texts[doc_id][first:last], name)
