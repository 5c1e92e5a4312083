"""What changed between two runs, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade import TEXT, document, extraction
from sqlalchemy import Engine

from pipeline.assembly import Extraction
from pipeline.errors import InputError
from pipeline.store import writes
from pipeline.store.database import reading, writing
from pipeline.store.diff import counts, diff
from pipeline.store.schema import runs


def run(store: Engine, run_id: str, version: str, *found: Extraction) -> None:
    """Put a run on record that extracted this."""
    with writing(store) as connection:
        made = writes.start_run(connection, "test", version, model="none", config_hash="c")
        connection.execute(runs.update().where(runs.c.run_id == made).values(run_id=run_id))
        for e in found:
            source = writes.Source("test", e.document.uri, (e.document.uri,))
            writes.store_documents(connection, run_id, [(source, e.document)])
        writes.store_extractions(connection, run_id, found)


@pytest.fixture
def history(store: Engine) -> Engine:
    """Three runs: one article; the same by a new version that changes a claim and loses one; a second article."""
    quote, amount, prediction = extraction().claims
    surer = replace(quote, confidence=0.99)
    run(store, "1-a", "1.0", extraction())
    run(store, "2-b", "2.0", replace(extraction(), claims=(surer, replace(amount, within=surer.claim_id))))
    run(store, "3-c", "2.0", extraction(document(TEXT + " ", "second.txt")))
    assert prediction.kind == "prediction"
    return store


def test_diff_new_version(history: Engine) -> None:
    with reading(history) as connection:
        found = diff(connection, "1", "2")
    assert [(d.change, d.kind, d.fields) for d in found] == [
        ("changed", "quote", ("confidence",)),
        ("went", "prediction", ()),
    ]
    assert {d.reason for d in found} == {"version 2.0 after 1.0"}


def test_diff_new_article(history: Engine) -> None:
    with reading(history) as connection:
        found = diff(connection, "2-b", "3-c")
    assert counts(found) == {"came": 3, "went": 0, "changed": 0}
    assert {(d.uri, d.reason) for d in found} == {("corpora/test/second.txt", "new article")}


def test_diff_backwards_and_nothing(history: Engine) -> None:
    with reading(history) as connection:
        assert counts(diff(connection, "3", "1")) == {"came": 1, "went": 3, "changed": 1}
        assert diff(connection, "2", "2") == []


def test_diff_unknown_run_names_the_latest(history: Engine) -> None:
    with reading(history) as connection:
        with pytest.raises(InputError, match="no run begins with 'x'; the latest are 3-c, 2-b, 1-a"):
            diff(connection, "x", "1")
        with pytest.raises(InputError, match="3 runs begin with ''"):
            diff(connection, "", "1")
