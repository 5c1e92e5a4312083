"""Stores of both kinds, for the same tests: a SQLite file and a database on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from pipeline.store import open_store
from pipeline.store.schema import metadata, store_info


@pytest.fixture(scope="session")
def postgresql_store(new_database: Callable[[], str]) -> Iterator[Engine]:
    """A store that the tests share; each leaves it empty."""
    engine = open_store(new_database())
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty store."""
    if request.param == "sqlite":
        engine = open_store(tmp_path / "claims.db")
        yield engine
        engine.dispose()
    else:
        engine = request.getfixturevalue("postgresql_store")
        yield engine
        names = ", ".join(name for name in metadata.tables if name != store_info.name)
        with engine.begin() as connection:
            connection.execute(sa.text(f"TRUNCATE {names}"))
