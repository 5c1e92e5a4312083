"""What is kept of articles to find near copies among them, and which were found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.store.schema import contents, documents, similarities, sources
from pipeline.versions.similarity import Similarity
from pipeline.versions.sketch import Sketch

IDS = 10_000
"""So many ids fit into one statement."""
Pair = tuple[str, str]
T = TypeVar("T")


def unsketched(connection: Connection, method: str) -> list[str]:
    """The ids of the documents without a sketch made by the method from their present text."""
    query = (
        sa.select(documents.c.doc_id)
        .outerjoin(contents, contents.c.content_hash == documents.c.content_hash)
        .where(sa.or_(contents.c.method.is_(None), contents.c.method != method))
    )
    return list(connection.scalars(query.order_by(documents.c.doc_id)))


def store_sketches(connection: Connection, method: str, found: Mapping[str, Sketch]) -> None:
    """Put the sketches of documents on record, by ``doc_id``; contents that were not there are to be compared."""
    new = {s.content_hash: s for s in found.values()}
    known = sa.select(contents.c.content_hash, contents.c.method).where(contents.c.content_hash.in_(list(new)))
    stale = []
    for content_hash, made_by in connection.execute(known):
        if made_by == method:
            del new[content_hash]
        else:
            stale.append(content_hash)
    if stale:
        connection.execute(contents.delete().where(contents.c.content_hash.in_(stale)))
        both = sa.or_(similarities.c.content_hash.in_(stale), similarities.c.other_hash.in_(stale))
        connection.execute(similarities.delete().where(both))
    if new:
        rows = [asdict(s) | {"method": method, "compared": s.signature is None} for s in new.values()]
        connection.execute(contents.insert(), rows)
    if found:
        here = documents.update().where(documents.c.doc_id == sa.bindparam("doc"))
        named = here.values(content_hash=sa.bindparam("hash"))
        connection.execute(named, [{"doc": doc_id, "hash": s.content_hash} for doc_id, s in found.items()])


def uncompared(connection: Connection, limit: int) -> list[tuple[str, bytes]]:
    """Some contents that have not been compared yet, with their signatures, by hash."""
    query = sa.select(contents.c.content_hash, contents.c.signature).where(~contents.c.compared)
    return [(h, s) for h, s in connection.execute(query.order_by(contents.c.content_hash).limit(limit))]


def compared(connection: Connection, batch: int) -> Iterator[list[tuple[str, bytes]]]:
    """All contents that have been compared, with their signatures, some at a time."""
    query = sa.select(contents.c.content_hash, contents.c.signature)
    query = query.where(contents.c.compared, contents.c.signature.is_not(None)).order_by(contents.c.content_hash)
    for rows in connection.execute(query, execution_options={"yield_per": batch}).partitions():
        yield [(h, s) for h, s in rows]


def store_similarities(connection: Connection, found: Mapping[Pair, Similarity], done: Iterable[str]) -> None:
    """Put on record how similar pairs of contents are, and which contents have now been compared."""
    wanted = {ordered(pair): similar for pair, similar in found.items()}
    for part in parts(sorted(wanted), IDS // 2):
        both = sa.tuple_(similarities.c.content_hash, similarities.c.other_hash)
        for pair in connection.execute(sa.select(*both.clauses).where(both.in_(part))):
            wanted.pop((pair[0], pair[1]))
    if wanted:
        names = ("content_hash", "other_hash")
        rows = [dict(zip(names, pair, strict=True)) | asdict(similar) for pair, similar in sorted(wanted.items())]
        connection.execute(similarities.insert(), rows)
    for some in parts(list(done), IDS):
        connection.execute(contents.update().where(contents.c.content_hash.in_(some)).values(compared=True))


def versions_to_compare(connection: Connection) -> list[Pair]:
    """The contents of documents and of those that they supersede, where it is not known how similar they are."""
    new, old, known = documents.alias(), documents.alias(), similarities
    query = (
        sa.select(new.c.content_hash, old.c.content_hash)
        .select_from(sources)
        .join(new, new.c.doc_id == sources.c.doc_id)
        .join(old, old.c.doc_id == sources.c.supersedes)
        .where(new.c.content_hash != old.c.content_hash)
        .distinct()
    )
    pairs = {ordered((a, b)) for a, b in connection.execute(query)}
    there = sa.tuple_(known.c.content_hash, known.c.other_hash)
    for part in parts(sorted(pairs), IDS // 2):
        pairs -= {(a, b) for a, b in connection.execute(sa.select(*there.clauses).where(there.in_(part)))}
    return sorted(pairs)


def holders(connection: Connection, content_hashes: Sequence[str]) -> dict[str, str]:
    """For each content a document that has it."""
    first = sa.func.min(documents.c.doc_id)
    query = sa.select(documents.c.content_hash, first).group_by(documents.c.content_hash)
    found: dict[str, str] = {}
    for some in parts(content_hashes, IDS):
        found |= {r[0]: r[1] for r in connection.execute(query.where(documents.c.content_hash.in_(some)))}
    return found


def parts(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The values in parts of at most ``size``."""
    for i in range(0, len(values), size):
        yield values[i : i + size]


def ordered(pair: Pair) -> Pair:
    """The pair as it is stored."""
    return pair if pair[0] < pair[1] else (pair[1], pair[0])
