"""A small store to review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harbour import make_document, put, usual_claims
from sqlalchemy import Engine

from pipeline.records import Document
from pipeline.review import index
from pipeline.store import open_store


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty store, ready for review."""
    store = open_store(tmp_path / "claims.db")
    index.prepare(store)
    yield store
    store.dispose()


@pytest.fixture
def harbour(engine: Engine) -> Document:
    """The usual article with its four claims."""
    document = make_document()
    return put(engine, document, usual_claims(document))
