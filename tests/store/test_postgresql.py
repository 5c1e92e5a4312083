"""What PostgreSQL has of its own: servers that go away, several writers at once, passwords; and the same dataset."""

from __future__ import annotations

import multiprocessing
import os
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from handmade import TEXT, document, extraction
from sqlalchemy import Engine

from pipeline.errors import InputError
from pipeline.publish.files import publish
from pipeline.records import Document
from pipeline.review import index
from pipeline.review.queue import Filters, page
from pipeline.store import open_store, schema, writes
from pipeline.store.database import StoreUnavailable, opened, reading, without_password, writing
from pipeline.store.types import escaped, unescaped

NAMES = (
    "b.txt",
    "B.txt",
    "ä.txt",
    "Z.txt",
    "_.txt",
    "a b.txt",
    "é.txt",
    unicodedata.normalize("NFD", "é.txt"),
    "10",
    "9",
)
"""Names that databases order in different ways unless they are told."""


def article(name: str) -> Document:
    """A document with a character that PostgreSQL cannot hold."""
    return document(f"{TEXT} {name}\x00 \U0010fffd0", name, title=f"About \x00{name}", byline=name)


def fill(store: Engine) -> None:
    with writing(store) as connection:
        run = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        for name in NAMES:
            found = article(name)
            source = writes.Source("test", name, (found.uri, f"https://example.org/{name}"))
            writes.store_documents(connection, run, [(source, found)])
            writes.store_extractions(connection, run, [extraction(found)])
        writes.record_failure(connection, run, "test", "é broken", "ingest", "empty")


def copy(source: Engine, target: Engine) -> None:
    """Every row as it is."""
    with reading(source) as old, writing(target) as new:
        for table in schema.metadata.sorted_tables:
            rows = [row._asdict() for row in old.execute(sa.select(table))]
            if rows and table is not schema.store_info:
                new.execute(table.insert(), rows)


def test_postgresql_and_sqlite_publish_the_same_bytes(tmp_path: Path, new_database: Callable[[], str]) -> None:
    with opened(tmp_path / "claims.db") as ours, opened(new_database()) as theirs:
        fill(ours)
        copy(ours, theirs)
        for store, place in ((ours, tmp_path / "sqlite"), (theirs, tmp_path / "postgresql")):
            assert publish(store, place).rows["claims"] == 3 * len(NAMES)
            index.prepare(store)
            index.catch_up(store)
        queues = []
        for store in (ours, theirs):
            with reading(store) as connection:
                queues.append(page(connection, Filters()))
    files = [{p.name: p.read_bytes() for p in (tmp_path / kind).iterdir()} for kind in ("sqlite", "postgresql")]
    assert files[0] == files[1]
    assert queues[0] == queues[1] and queues[0]


@pytest.mark.parametrize(
    "text", ["", "\x00", "0", "\U0010fffd", "\U0010fffd\x00", "\x00\U0010fffd0", "\U0010fffd" * 3 + "0\x00"]
)
def test_postgresql_keeps_characters_that_it_cannot_hold(text: str) -> None:
    kept = escaped(text)
    assert kept is not None and "\x00" not in kept
    assert unescaped(kept) == text


def write_some(url: str, numbers: range) -> None:
    """What a flow writes: documents in one transaction, their claims in another."""
    with opened(url) as store:
        for i in numbers:
            found = article(f"{i}.txt")
            with writing(store) as connection:
                run = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
                writes.store_documents(connection, run, [(writes.Source("test", f"{i}.txt", (found.uri,)), found)])
            with writing(store, alongside=True) as connection:
                writes.lock_documents(connection, [found.doc_id])
                writes.store_extractions(connection, run, [extraction(found)])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_postgresql_takes_several_writers_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """So does SQLite. Each writes documents of its own and some that the others write, too, into an empty store."""
    url = str(tmp_path / "claims.db") if kind == "sqlite" else request.getfixturevalue("new_database")()
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=write_some, args=(url, range(3 * i, 3 * i + 8))) for i in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with opened(url) as store, reading(store) as connection:
        claims = connection.execute(
            sa.select(schema.claims.c.doc_id, sa.func.count()).group_by(sa.text("doc_id"))
        ).all()
        current = connection.scalars(sa.select(schema.extractions.c.doc_id).where(schema.extractions.c.current)).all()
    assert sorted(n for _, n in claims) == [3] * 14
    assert len(current) == len(set(current)) == 14


def test_postgresql_writers_wait_for_each_other(
    new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.store.database.BUSY_SECONDS", 1)
    with opened(new_database()) as store, writing(store, alongside=True), writing(store, alongside=True):
        pass  # both at once
    with opened(new_database()) as store, writing(store, alongside=True) as connection:
        assert connection.in_transaction()
        with pytest.raises(StoreUnavailable, match="lock"), writing(store):
            pass


def test_postgresql_readers_see_one_state(new_database: Callable[[], str]) -> None:
    count = sa.select(sa.func.count()).select_from(schema.runs)
    with opened(new_database()) as store, reading(store) as before:
        assert before.scalar(count) == 0
        with writing(store) as connection:
            writes.start_run(connection, "test", "1.0")
        assert before.scalar(count) == 0
        with reading(store) as after:
            assert after.scalar(count) == 1


def test_postgresql_gone_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="No such file or directory") as caught:
        open_store(f"postgresql://ana:secret@/claims?host={tmp_path}")
    assert "\n" not in str(caught.value) and "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://ana:se@cret@db:port/claims", "nosuch://a:secret@b/c"])
def test_postgresql_password_is_never_shown(url: str) -> None:
    with pytest.raises(InputError) as caught:
        open_store(url)
    assert "cret" not in str(caught.value)


def test_postgresql_password_leaves_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    assert without_password("postgresql://ana:p%40ss@db:5433/claims?sslmode=require") == (
        "postgresql+psycopg://ana@db:5433/claims?sslmode=require"
    )
    assert os.environ["PGPASSWORD"] == "p@ss"
    for plain in ("claims.db", "postgresql://db/claims"):
        assert without_password(plain) == plain


def test_postgresql_older_store_is_brought_up_to_date(new_database: Callable[[], str]) -> None:
    """As one of version 1 was: without what is new, with other CHECKs and a column that is gone."""
    url = new_database()
    with opened(url) as store:
        fill(store)
        with writing(store) as connection:
            for statement in (
                "DROP TABLE files",
                "ALTER TABLE runs DROP COLUMN host",
                "ALTER TABLE runs DROP CONSTRAINT status_known",
                "ALTER TABLE runs ADD CONSTRAINT status_known CHECK (status IN ('running', 'completed', 'failed'))",
                "ALTER TABLE sources ADD COLUMN fingerprint VARCHAR(32) NOT NULL DEFAULT ''",
                'ALTER TABLE documents ALTER COLUMN uri TYPE TEXT COLLATE "default"',
                "UPDATE store_info SET schema_version = 1",
            ):
                connection.exec_driver_sql(statement)
    with opened(url) as store, writing(store) as connection:
        connection.execute(schema.runs.update().values(status="interrupted", host="h"))
        columns = {c["name"]: c for c in sa.inspect(connection).get_columns("sources")}
        uri = next(c for c in sa.inspect(connection).get_columns("documents") if c["name"] == "uri")
        assert "fingerprint" not in columns and uri["type"].collation == "C"  # type: ignore[attr-defined]
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.files)) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.claims)) == 3 * len(NAMES)
        found = replace(article(NAMES[0]), title="new")
        writes.store_documents(
            connection,
            connection.scalars(sa.select(schema.runs.c.run_id)).one(),
            [(writes.Source("test", NAMES[0], (found.uri,)), found)],
        )
