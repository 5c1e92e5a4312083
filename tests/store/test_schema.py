"""The database itself refuses what breaks the invariants, whoever writes to it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from handmade import document, extraction
from sqlalchemy import Engine

from pipeline.store import schema, writes
from pipeline.store.database import reading, writing

SOURCE = writes.Source("test", "bridge.txt", ("corpora/test/bridge.txt",))


@pytest.fixture
def filled(store: Engine) -> Engine:
    """A store with one extracted document."""
    with writing(store) as connection:
        run = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        writes.store_documents(connection, run, [(SOURCE, document())])
        writes.store_extractions(connection, run, [extraction()])
    return store


BROKEN: list[tuple[sa.Table, dict[str, Any]]] = [
    (schema.claims, {"kind": "rumour"}),
    (schema.claims, {"start": -1}),
    (schema.claims, {"end": 0}),
    (schema.claims, {"sentence_start": 100_000}),
    (schema.claims, {"speaker_id": "nobody"}),
    (schema.claims, {"speaker_end": None}),
    (schema.claims, {"run_id": "no such run"}),
    (schema.claims, {"doc_id": "no such document"}),
    (schema.claims, {"within": "no such claim"}),
    (schema.claims, {"confidence": 1.5}),
    (schema.claims, {"check_worthiness": -0.1}),
    (schema.amounts, {"bound": "maybe"}),
    (schema.amounts, {"high": "3000000000"}),
    (schema.amounts, {"bound": "at_least"}),
    (schema.amounts, {"bound": "range", "low": "9", "high": "8"}),
    (schema.amounts, {"unit": "euro"}),
    (schema.amounts, {"claim_id": "no such claim"}),
    (schema.quotes, {"quote_type": "loud"}),
    (schema.quote_spans, {"role": "aside"}),
    (schema.quote_spans, {"start": 9, "end": 8}),
    (schema.predictions, {"certainty": "sure"}),
    (schema.predictions, {"horizon_from": "2040-01-01"}),
    (schema.predictions, {"horizon_end": None}),
    (schema.speakers, {"kind": "robot"}),
    (schema.mentions, {"confidence": 2}),
    (schema.blocks, {"kind": "banner"}),
    (schema.documents, {"doc_id": "short"}),
    (schema.runs, {"status": "lost"}),
    (schema.extractions, {"replaced": b"x"}),
    (schema.sources, {"doc_id": "no such document"}),
]


@pytest.mark.parametrize(("table", "change"), BROKEN, ids=lambda v: v.name if isinstance(v, sa.Table) else str(v))
def test_schema_refuses_broken_rows(filled: Engine, table: sa.Table, change: dict[str, Any]) -> None:
    """Raw SQL, as another program would write it, past all checks in Python."""
    names = ", ".join(f'"{name}" = :{name}' for name in change)
    with pytest.raises(sa.exc.IntegrityError), writing(filled) as connection:
        connection.execute(sa.text(f"UPDATE {table.name} SET {names}"), change)


def test_schema_accepts_what_is_sound(filled: Engine) -> None:
    """The same kind of statement passes with values that are allowed."""
    with writing(filled) as connection:
        changed = connection.execute(sa.text("UPDATE claims SET confidence = 0.25, kind = 'quote'"))
    assert changed.rowcount == 3


@pytest.mark.parametrize("statement", ["UPDATE reviews SET decision = 'reject'", "DELETE FROM reviews"])
def test_schema_reviews_are_append_only(store: Engine, statement: str) -> None:
    row = {
        "review_id": "r",
        "claim_id": "c",
        "doc_id": "d",
        "uri": "corpora/test/bridge.txt",
        "reviewer": "ana",
        "decided_at": datetime(2026, 1, 1, tzinfo=UTC),
        "decision": "accept",
        "pipeline_version": "1.0",
        "adjudicates": False,
    }
    with writing(store) as connection:
        connection.execute(schema.reviews.insert().values(row))
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), writing(store) as connection:
        connection.execute(sa.text(statement))
    with reading(store) as connection:
        assert connection.execute(sa.select(schema.reviews.c.decision)).scalar_one() == "accept"


def test_schema_one_current_extraction_a_document(filled: Engine) -> None:
    with pytest.raises(sa.exc.IntegrityError), writing(filled) as connection:
        run = writes.start_run(connection, "test", "2.0")
        row = connection.execute(sa.select(schema.extractions)).one()._asdict()
        connection.execute(schema.extractions.insert().values(row | {"run_id": run}))


def test_schema_names_are_plain(store: Engine) -> None:
    """Table and column names work unquoted in a shell, a few SQL words aside."""
    names = [c.name for t in schema.metadata.tables.values() for c in t.columns]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in [*schema.metadata.tables, *names])
