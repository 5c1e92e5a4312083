"""The queue's index: one row per claim to review, derived from claims and decisions, built for fast filters.

Everything in these tables can be thrown away and built again from the store (``refresh``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
)

from pipeline.records import Document, Speaker
from pipeline.review import decisions as log
from pipeline.review.survey import Item, merged_speakers, survey
from pipeline.store.database import reading, writing
from pipeline.store.reads import load_claims, load_documents
from pipeline.store.schema import claims, documents, extractions, reviews, sources, speakers
from pipeline.store.types import Text

metadata = MetaData()

review_documents = Table(
    "review_documents",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("doc_id", String(64), nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False),
    Column("uri", Text, nullable=False),
)
"""The documents whose claims are in the queue; ``state``: the extraction and the corpora that they were taken from."""

review_queue = Table(
    "review_queue",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("claim_id", String(32), nullable=False),
    Column("corpus", Text, nullable=False),
    Column("doc_id", String(64), nullable=False),
    Column("first", Boolean, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("start", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("speaker_id", String(32)),
    Column("speaker", Text),
    Column("speaker_key", Text),
    UniqueConstraint("claim_id", "corpus"),
    Index("review_queue_who", "speaker_id"),
    Index("review_queue_all", "first", "kind", "status", "confidence", "claim_id"),
    Index("review_queue_corpus", "corpus", "kind", "status", "confidence", "claim_id"),
    Index("review_queue_speaker", "speaker_key", "kind", "status", "confidence", "claim_id"),
    Index("review_queue_document", "doc_id", "kind", "status", "confidence", "claim_id"),
)
"""One row per claim and corpus that has it; ``first`` marks one row of each claim."""


def _searched(name: str, table: str, columns: str, tokenize: str) -> list[str]:
    """SQLite's index of the words in a table's columns (FTS5), kept by triggers."""
    old, new = (", ".join(f"{row}.{c}" for c in columns.split(", ")) for row in ("old", "new"))
    return [
        f"CREATE VIRTUAL TABLE {name} USING fts5({columns}, content='{table}', content_rowid='row',"
        f" tokenize='{tokenize}')",
        f"CREATE TRIGGER {name}_in AFTER INSERT ON {table} BEGIN"
        f' INSERT INTO {name}(rowid, {columns}) VALUES (new."row", {new}); END',
        f"CREATE TRIGGER {name}_out AFTER DELETE ON {table} BEGIN"
        f" INSERT INTO {name}({name}, rowid, {columns}) VALUES ('delete', old.\"row\", {old}); END",
    ]


_SEARCHED = {
    "sqlite": {
        "review_queue": _searched("review_words", "review_queue", "text", "unicode61 remove_diacritics 2"),
        "review_documents": _searched("review_titles", "review_documents", "title_key, uri", "trigram"),
    },
    "postgresql": {
        "review_queue": ["CREATE INDEX review_words ON review_queue USING gin (to_tsvector('simple', text))"],
    },
}
"""What makes words fast to find: those of claims, and any part of titles and addresses (PostgreSQL scans these)."""


@event.listens_for(metadata, "after_create")
def _index_words(_metadata: MetaData, connection: Connection, tables: Sequence[Table], **_options: Any) -> None:
    for table in tables:
        for statement in _SEARCHED[connection.dialect.name].get(table.name, []):
            connection.exec_driver_sql(statement)


CACHE_KIB = 400_000
"""Memory for SQLite while it fills the queue: the rows of a large store go to random places of its indexes."""

BATCH = 400
"""Documents that one transaction of ``catch_up`` brings into the queue; other writers wait no longer than for that."""

MANY, MANY_BATCH = 4000, 2000
"""From so many documents on the first filling makes the indexes at its end; so many go into one transaction."""


def prepare(engine: Engine) -> None:
    """Create the queue's tables where the store does not have them yet, or those of an older version."""
    with writing(engine) as connection:
        inspector = sa.inspect(connection)
        if inspector.has_table(review_documents.name) and "row" not in {
            c["name"] for c in inspector.get_columns(review_documents.name)
        }:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("DROP TABLE review_words")
            metadata.drop_all(connection)
        metadata.create_all(connection)
        _make_indexes(connection)


def _make_indexes(connection: Connection) -> None:
    """Make the queue's indexes that are not there (a first filling builds them at its end)."""
    known = {i["name"] for i in sa.inspect(connection).get_indexes(review_queue.name)}
    for index in sorted(review_queue.indexes, key=lambda i: str(i.name)):
        if index.name not in known:
            index.create(connection)


def states(connection: Connection, doc_ids: Sequence[str] | None = None) -> dict[str, str]:
    """For each document with claims and a source: its extraction and its corpora, one a line.

    The text differs whenever its claims or corpora do. ``doc_ids``: only of these.
    """
    query = (
        sa.select(sources.c.doc_id, extractions.c.run_id, extractions.c.input_hash, sources.c.corpus)
        .join(extractions, sa.and_(extractions.c.doc_id == sources.c.doc_id, extractions.c.current))
        .order_by(sources.c.doc_id, sources.c.corpus)
    )
    out: dict[str, str] = {}
    for doc_id, run_id, input_hash, corpus in connection.execute(
        query if doc_ids is None else query.where(sources.c.doc_id.in_(doc_ids))
    ):
        begun = out.get(doc_id, f"{run_id} {input_hash}")
        out[doc_id] = begun if begun.endswith(f"\n{corpus}") else f"{begun}\n{corpus}"
    return out


def pulse(connection: Connection) -> tuple[object, ...]:
    """A cheap sign of whether ``states`` may have changed."""
    extracted = connection.execute(sa.select(sa.func.count(), sa.func.max(extractions.c.run_id))).one()
    listed = connection.execute(sa.select(sa.func.count()).select_from(sources)).one()
    return (*extracted, *listed)


def catch_up(engine: Engine) -> int:
    """Bring everything into the queue that has changed in the store since; returns how many documents."""
    with reading(engine) as connection:
        wanted = states(connection)
        rows = connection.execute(sa.select(review_documents.c.doc_id, review_documents.c.state))
        known = {row.doc_id: row.state for row in rows}
    stale = sorted(d for d in wanted.keys() | known.keys() if wanted.get(d) != known.get(d))
    many = not known and len(stale) > MANY
    if many:
        with writing(engine) as connection:
            for index in review_queue.indexes:
                index.drop(connection, checkfirst=True)
    for some in batched(stale, MANY_BATCH if many else BATCH):
        with writing(engine) as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")
            refresh(connection, some)
    if many:
        with writing(engine) as connection:
            _make_indexes(connection)
    return len(stale)


def refresh(connection: Connection, doc_ids: Sequence[str]) -> None:
    """Build the queue's rows of some documents, and of others with the same text, anew."""
    ids = _same_text(connection, doc_ids)
    connection.execute(review_queue.delete().where(review_queue.c.doc_id.in_(ids)))
    connection.execute(review_documents.delete().where(review_documents.c.doc_id.in_(ids)))
    state_of = states(connection, ids)
    if not state_of:
        return
    same = merged_speakers(log.merges(connection))
    plain = _untouched(connection, state_of, same)
    _insert_plain(connection, {d: state_of[d].splitlines()[1] for d in plain})
    rows: list[dict[str, object]] = []
    taken: dict[str, set[str]] = defaultdict(set)
    for doc_id in sorted(state_of.keys() - plain):
        names = set(state_of[doc_id].splitlines()[1:])
        for item in items_of(connection, doc_id)[1]:
            already = taken[item.claim.claim_id]
            for corpus in sorted(names - already):
                rows.append(_row(item, doc_id, corpus, same, first=not already))
                already.add(corpus)
    if rows:
        connection.execute(review_queue.insert(), rows)
    listed = sa.select(documents.c.doc_id, documents.c.title, documents.c.uri).where(documents.c.doc_id.in_(state_of))
    connection.execute(
        review_documents.insert(),
        [
            {"doc_id": d, "state": state_of[d], "title": t or u, "title_key": (t or u).casefold(), "uri": u}
            for d, t, u in connection.execute(listed)
        ],
    )


def _untouched(connection: Connection, state_of: Mapping[str, str], same: Mapping[str, Speaker]) -> set[str]:
    """The documents that no decision has to do with, and of whose text there is no other: the most, at first."""
    ids = list(state_of)
    by_address = sa.select(sources.c.doc_id).join(reviews, reviews.c.uri == sources.c.uri)
    judged = set(connection.scalars(sa.select(reviews.c.doc_id).where(reviews.c.doc_id.in_(ids))))
    judged |= set(connection.scalars(by_address.where(sources.c.doc_id.in_(ids))))
    hashes = sa.select(documents.c.doc_id, documents.c.text_hash).where(documents.c.doc_id.in_(ids))
    twins: dict[str, list[str]] = defaultdict(list)
    for doc_id, text_hash in connection.execute(hashes):
        twins[text_hash].append(doc_id)
    if same:
        spoken = sa.select(speakers.c.doc_id).where(speakers.c.doc_id.in_(ids), speakers.c.speaker_id.in_(list(same)))
        judged |= set(connection.scalars(spoken))
    alone = {d[0] for d in twins.values() if len(d) == 1}
    return {d for d in alone - judged if state_of[d].count("\n") == 1}


def _insert_plain(connection: Connection, corpus_of: Mapping[str, str]) -> None:
    """Bring in the claims of documents that nothing was decided on, each as it was extracted."""
    names = ("claim_id", "doc_id", "kind", "confidence", "start", "text", "speaker_id")
    here = sa.and_(speakers.c.doc_id == claims.c.doc_id, speakers.c.speaker_id == claims.c.speaker_id)
    query = sa.select(*(claims.c[n] for n in names), speakers.c.name).outerjoin_from(claims, speakers, here)
    if connection.dialect.name == "sqlite":  # its rows need not leave the database: five times as fast
        driver: Any = connection.connection.driver_connection
        driver.create_function("casefold", 1, lambda name: name and name.casefold(), deterministic=True)
        by_corpus: dict[str, list[str]] = defaultdict(list)
        for doc_id, corpus in corpus_of.items():
            by_corpus[corpus].append(doc_id)
        for corpus, doc_ids in by_corpus.items():
            fixed = (sa.literal(corpus), sa.true(), sa.literal("open"), sa.func.casefold(speakers.c.name))
            into = (*names, "speaker", "corpus", "first", "status", "speaker_key")
            found = query.add_columns(*fixed).where(claims.c.doc_id.in_(doc_ids))
            connection.execute(review_queue.insert().from_select(into, found, include_defaults=False))
        return
    rows = [
        dict(zip(names, row, strict=False))
        | {"corpus": corpus_of[row.doc_id], "first": True, "status": "open", "speaker": row.name}
        | {"speaker_key": row.name.casefold() if row.name else None}
        for row in connection.execute(query.where(claims.c.doc_id.in_(list(corpus_of))))
    ]
    if rows:
        connection.execute(review_queue.insert(), rows)


def items_of(connection: Connection, doc_id: str) -> tuple[Document, list[Item]]:
    """A document and all there is to review in it."""
    document = load_documents(connection, [doc_id])[0]
    addresses = connection.scalars(sa.select(sources.c.uri).where(sources.c.doc_id == doc_id)).all()
    judged = log.of_documents(connection, _same_text(connection, [doc_id]), sorted({*addresses, document.uri}))
    return document, survey(document, load_claims(connection, doc_id), judged)


def outdate(connection: Connection, speaker_id: str) -> None:
    """Have ``catch_up`` bring in anew all documents in which a speaker speaks, who has been merged or parted again."""
    here = sa.select(review_queue.c.doc_id).where(review_queue.c.speaker_id == speaker_id)
    connection.execute(review_documents.update().where(review_documents.c.doc_id.in_(here)).values(state=""))


def outdate_documents(connection: Connection, doc_ids: Iterable[str], uris: Iterable[str]) -> None:
    """Have ``catch_up`` bring in anew the documents, those with the same text, and those at the addresses."""
    found = set(doc_ids)
    for some in batched(sorted(uris), BATCH):
        found |= set(connection.scalars(sa.select(sources.c.doc_id).where(sources.c.uri.in_(some))))
    for some in batched(sorted(found), BATCH):
        here = review_documents.c.doc_id.in_(_same_text(connection, some))
        connection.execute(review_documents.update().where(here).values(state=""))


def batched(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The values in parts of at most ``size``."""
    for i in range(0, len(values), size):
        yield values[i : i + size]


def _row(item: Item, doc_id: str, corpus: str, same: Mapping[str, Speaker], first: bool) -> dict[str, object]:
    own = (item.settled or item.claim).speaker
    speaker = same.get(own.speaker_id, own) if own else None
    return {
        "claim_id": item.claim.claim_id,
        "corpus": corpus,
        "doc_id": doc_id,
        "first": first,
        "kind": item.claim.kind,
        "status": item.status,
        "confidence": item.claim.confidence,
        "start": item.claim.start,
        "text": item.claim.text,
        "speaker_id": own.speaker_id if own else None,
        "speaker": speaker.name if speaker else None,
        "speaker_key": speaker.name.casefold() if speaker else None,
    }


def _same_text(connection: Connection, doc_ids: Iterable[str]) -> list[str]:
    twin = documents.alias()
    query = sa.select(twin.c.doc_id).join(documents, documents.c.text_hash == twin.c.text_hash)
    found = connection.scalars(query.where(documents.c.doc_id.in_(list(doc_ids)))).all()
    return sorted({*found, *doc_ids})
