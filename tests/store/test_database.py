"""Opening a store: what is no store is refused in one line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.errors import InputError
from pipeline.store import default_url, open_store
from pipeline.store.database import StoreError, opened, reading, writing
from pipeline.store.schema import SCHEMA_VERSION, store_info


def test_database_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "claims.db"
    for _ in range(2):
        with opened(path) as engine, reading(engine) as connection:
            assert connection.execute(sa.select(store_info.c.schema_version)).scalars().all() == [SCHEMA_VERSION]
            assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1


def test_database_url_from_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAIMS_DATABASE", raising=False)
    assert default_url() == "claims.db"
    monkeypatch.setenv("CLAIMS_DATABASE", "postgresql://team/claims")
    assert default_url() == "postgresql://team/claims"


def test_database_absent_is_refused_to_readers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such store"):
        open_store(tmp_path / "claims.db", create=False)
    assert not (tmp_path / "claims.db").exists()


@pytest.mark.parametrize("content", [b"hello " * 500, bytes(range(256)) * 64, b"SQLite format 3\x00" + b"\x07" * 4096])
def test_database_damaged_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "claims.db"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"claims\.db: cannot be opened") as caught:
        open_store(path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE albums (title TEXT)")
    connection.close()
    with pytest.raises(InputError, match="not a store of claims"):
        open_store(path)


@pytest.mark.parametrize(("version", "advice"), [(SCHEMA_VERSION + 1, "newer policy-claims"), (0, "new file")])
def test_database_of_another_version_is_refused(tmp_path: Path, version: int, advice: str) -> None:
    path = tmp_path / "claims.db"
    with opened(path) as engine, writing(engine) as connection:
        connection.execute(store_info.update().values(schema_version=version))
    with pytest.raises(InputError, match=advice):
        open_store(path)


@pytest.mark.parametrize("url", ["nosuchdriver://x/y", "sqlite:///no/such/folder/claims.db"])
def test_database_bad_url_is_refused(url: str) -> None:
    with pytest.raises(InputError) as caught:
        open_store(url)
    assert "\n" not in str(caught.value)


def test_database_locked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "claims.db"
    monkeypatch.setattr("pipeline.store.database.BUSY_SECONDS", 0)
    with opened(path) as engine, writing(engine):
        with opened(path) as second, pytest.raises(StoreError, match="locked"), writing(second):
            pass
        with opened(path) as second, reading(second) as connection:
            assert connection.execute(sa.select(store_info)).all()


def test_database_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "claims.db") as engine:
        with pytest.raises(ZeroDivisionError), writing(engine) as connection:
            connection.execute(store_info.delete())
            _ = 1 / 0
        with reading(engine) as connection:
            assert connection.execute(sa.select(store_info)).all()
