"""Which articles say what others say: equal texts, near copies, older versions; and what that makes of their claims.

A claim that several articles share is published once, of the first article that has it: the current version, else the
one published (or fetched) earliest. Claims that only an older version has are not published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.store import reads, schema
from pipeline.store.contents import ordered
from pipeline.store.rows import Row
from pipeline.store.stated import stated
from pipeline.versions.claims import shared
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
        sa.select(*names, current.c.run_id, schema.contents.c.shingles)
        .select_from(schema.documents)
        .outerjoin(schema.contents, schema.contents.c.content_hash == d.content_hash)
        .outerjoin(current, sa.and_(current.c.doc_id == d.doc_id, current.c.current))
        .where(d.doc_id.in_(sa.select(schema.sources.c.doc_id)))
    )
    return sorted(reads.fetch(connection, query), key=lambda r: (r["uri"], r["doc_id"]))


def _precedence(row: Row) -> tuple[Any, ...]:
    """Of articles that say the same, the first is the original: the earliest; of undated ones the longest."""
    fetched = row["fetched_at"]
    day = row["published"] or (fetched.date() if fetched else date.max)
    moment = fetched.timestamp() if fetched else float("inf")
    superseded = row["superseded_by"] is not None
    length = row["shingles"] or 0
    return superseded, row["run_id"] is None, day, moment, -length, row["uri"], row["doc_id"]


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
    partners: dict[str, list[str]] = {}
    for row in shown:
        others = [row["superseded_by"], *(doc_id for doc_id, _ in near.get(row["doc_id"], ()))]
        if known := list(dict.fromkeys(filter(None, others))):
            partners[row["doc_id"]] = known
    needed = sorted({d for doc_id, others in partners.items() for d in (doc_id, *others)})
    claims = stated(connection, needed)
    settled: dict[str, str | None] = {}
    for doc_id in needed:
        settled |= became(doc_id)
    stands_for: dict[str, dict[str, str]] = {}
    out: dict[str, dict[str, str | None]] = {}
    for row in shown:
        doc_id = row["doc_id"]
        if doc_id not in partners:
            continue
        own: dict[str, str] = {}
        taken: set[str] = set()
        for other in partners[doc_id]:
            rest = [c for c in claims[doc_id] if c.claim_id not in own]
            for new, old in shared(claims[other], rest).items():
                original = stands_for.get(other, {}).get(old, old)
                if original not in taken:
                    own[new] = original
                    taken.add(original)
        stands_for[doc_id] = own
        gone = [c.claim_id for c in claims[doc_id]] if row["superseded_by"] else []
        out[doc_id] = dict.fromkeys(gone) | {new: settled.get(old, old) for new, old in own.items()}
    return out


def _links(
    connection: Connection, found: Sequence[Row], near: Mapping[str, Sequence[tuple[str, Similarity]]]
) -> list[Row]:
    """The rows of document_links: an article, and the one that it is a copy or a new version of."""
    content = {row["doc_id"]: row["content_hash"] for row in found}
    known = _similarities(connection)
    out, versions = [], set()
    for new, old in _versions(connection):
        if new in content and old in content:
            a, b = content[new], content[old]
            similar = EQUAL if a == b else known.get(ordered((a or "", b or "")))
            out.append(_link(new, old, "supersedes", similar, "found at the same address later"))
            versions |= {(new, old), (old, new)}
    for doc_id, others in near.items():
        for other, similar in others:
            if (doc_id, other) not in versions:
                how = "the same words" if similar == EQUAL else f"shared runs of words among candidates by {METHOD}"
                out.append(_link(doc_id, other, "near_copy", similar, how))
    return sorted(out, key=lambda r: (r["doc_id"], r["relation"], -(r["similarity"] or 0), r["other_doc_id"]))


def _link(doc_id: str, other: str, relation: str, similar: Similarity | None, how: str) -> Row:
    """A row of document_links."""
    shares = {"similarity": similar and similar.jaccard, "containment": similar and similar.containment}
    return {"doc_id": doc_id, "other_doc_id": other, "relation": relation, **shares, "how": how}
