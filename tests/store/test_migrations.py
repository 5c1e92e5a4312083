"""An older store is brought up to date in place: nothing is lost, and all that is new holds.

``version-1.db.gz`` was made by the program at version 1 of its tables: an article extracted twice, a file that could
not be read, a decision, a review queue, and a run that was killed.
"""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.errors import InputError
from pipeline.publish.files import publish
from pipeline.review import index
from pipeline.store import migrations, reads, schema
from pipeline.store.database import opened, reading, writing

OLD = Path(__file__).with_name("version-1.db.gz")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of version 1."""
    path = tmp_path / "claims.db"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    return path


def common(path: Path) -> dict[str, str]:
    """The tables of a store that are still there, each with those of its columns that are."""
    connection = sqlite3.connect(path)
    out = {}
    for table in schema.metadata.sorted_tables:
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")]
        if names and table is not schema.store_info:
            out[table.name] = ", ".join(f'"{name}"' for name in names if name in table.columns)
    connection.close()
    return out


def rows(path: Path, tables: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    """The rows of some columns of a store by plain SQL, in an order of their own."""
    connection = sqlite3.connect(path)
    found = {t: sorted(connection.execute(f"SELECT {names} FROM {t}"), key=repr) for t, names in tables.items()}
    connection.close()
    return found


def shape(path: Path) -> dict[str, list[str]]:
    """The tables, indexes and triggers of a store in the words that made them; the review queue's aside."""
    connection = sqlite3.connect(path)
    listed = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master WHERE tbl_name NOT GLOB 'review_*'"
    found = {name: sql.replace('"', "").split() for name, sql in connection.execute(listed)}
    connection.close()
    return found


def test_migrations_lose_nothing(old: Path) -> None:
    tables = common(old)
    before = rows(old, tables)
    assert {t for t, found in before.items() if found} >= {"documents", "claims", "extractions", "failures", "reviews"}
    for _ in range(2):
        with opened(old) as store, reading(store) as connection:
            assert connection.scalar(sa.select(schema.store_info.c.schema_version)) == schema.SCHEMA_VERSION
            assert connection.scalar(sa.text("PRAGMA foreign_keys")) == 1
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        assert rows(old, tables) == before


def test_migrations_give_the_tables_of_a_new_store(old: Path, tmp_path: Path) -> None:
    for path in (old, tmp_path / "new.db"):
        with opened(path):
            pass
    assert shape(old) == shape(tmp_path / "new.db")


def test_migrations_store_is_used_as_ever(old: Path, tmp_path: Path) -> None:
    """Readers, the dataset and the review queue take it; the database refuses what it always refused."""
    with opened(old) as store:
        assert publish(store, tmp_path / "dataset").rows["claims"] > 0
        index.prepare(store)
        index.catch_up(store)
        with reading(store) as connection:
            assert [f.file for f in reads.open_failures(connection)] == ["empty.txt"]
            queued = connection.scalars(sa.select(index.review_queue.c.claim_id)).all()
            assert sorted(queued) == sorted(connection.scalars(sa.select(schema.claims.c.claim_id)))
        with writing(store) as connection:
            connection.execute(schema.runs.update().values(status="interrupted"))
        with pytest.raises(sa.exc.IntegrityError), writing(store) as connection:
            connection.execute(schema.runs.update().values(status="lost"))
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), writing(store) as connection:
            connection.execute(sa.text("DELETE FROM reviews"))


def test_migrations_happen_whole_or_not_at_all(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that breaks a rule is found; the store stays as it was, for the older program to go on with."""
    connection = sqlite3.connect(old)
    connection.execute("UPDATE claims SET run_id = 'nobody'")
    connection.commit()
    connection.close()
    tables = common(old)
    before = shape(old), rows(old, tables)
    with (
        pytest.raises(InputError, match=r"cannot be opened as a store of claims \(a row of claims refers"),
        opened(old),
    ):
        pass
    assert (shape(old), rows(old, tables)) == before
    monkeypatch.setattr(migrations, "OLDEST", 2)
    with pytest.raises(InputError, match="a store of version 1"), opened(old):
        pass
