"""Links are made once, follow what changes in the store, and are published for what is published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from handmade import TEXT, document, extraction
from sqlalchemy import Engine

from pipeline.dataset import load_dataset
from pipeline.linking.stored import link, of_claim
from pipeline.linking.words import parse
from pipeline.publish.files import publish
from pipeline.records import Document
from pipeline.store import open_store, schema, writes
from pipeline.store.database import reading, writing


def put(engine: Engine, *docs: Document) -> None:
    with writing(engine) as connection:
        run_id = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        found = [(writes.Source("test", d.uri, (d.uri,)), d) for d in docs]
        writes.store_documents(connection, run_id, found)
        writes.store_extractions(connection, run_id, [extraction(d) for d in docs])


FIRST = document()
SECOND = document(TEXT.replace("Bridge fund", "Bridge fund again"), "again.txt", published=date(2026, 3, 5))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    store = open_store(tmp_path / "claims.db")
    put(store, FIRST, SECOND)
    return store


def rows(engine: Engine) -> list[tuple[object, ...]]:
    with reading(engine) as connection:
        return [tuple(r) for r in connection.execute(sa.select(schema.claim_links).order_by("claim_id"))]


def test_linking_stored_is_done_once(engine: Engine) -> None:
    assert link(engine)
    found = rows(engine)
    assert "same_quote" in {r[4] for r in found}
    assert not link(engine)
    assert rows(engine) == found


def test_linking_stored_follows_a_new_article_and_one_that_goes(engine: Engine) -> None:
    link(engine)
    before = len(rows(engine))
    put(engine, document(TEXT.replace("Bridge fund", "Third report"), "third.txt", published=date(2026, 3, 9)))
    assert link(engine)
    assert len(rows(engine)) > before
    with writing(engine) as connection:
        writes.forget_file(connection, "test", SECOND.uri)
        writes.forget_file(connection, "test", "corpora/test/third.txt")
    assert link(engine)
    assert rows(engine) == []


def test_linking_stored_goes_with_its_claims(engine: Engine) -> None:
    link(engine)
    with writing(engine) as connection:
        writes.retire(connection, [SECOND.doc_id])
    assert rows(engine) == []


def test_linking_stored_does_not_repeat_near_copies(engine: Engine) -> None:
    with writing(engine) as connection:
        for doc, content in ((FIRST, "a" * 64), (SECOND, "b" * 64)):
            named = schema.documents.update().where(schema.documents.c.doc_id == doc.doc_id)
            connection.execute(named.values(content_hash=content))
        similar = {"content_hash": "a" * 64, "other_hash": "b" * 64, "jaccard": 0.9, "containment": 0.95}
        connection.execute(schema.similarities.insert().values(similar))
    link(engine)
    assert rows(engine) == []


def test_linking_stored_tells_a_claim_its_links(engine: Engine) -> None:
    link(engine)
    quote = next(c for c in extraction(SECOND).claims if c.kind == "quote")
    with reading(engine) as connection:
        (shown,), cluster = of_claim(connection, quote.claim_id)
    assert (shown.relation, shown.uri, shown.later) == ("same_quote", FIRST.uri, True)
    assert cluster == shown.other_claim_id


def test_linking_stored_is_published(engine: Engine, tmp_path: Path) -> None:
    link(engine)
    publish(engine, tmp_path / "dataset")
    dataset = load_dataset(tmp_path / "dataset")
    assert len(dataset.links) == len(rows(engine))
    assert set(dataset.links.claim_id) <= set(dataset.claims.claim_id)
    assert len(dataset.table("clusters")) == 2 * len(dataset.links)


def test_linking_words_name_an_unknown_table() -> None:
    with pytest.raises(ValueError, match="tables must be"):
        parse({"stop": {"words": ""}})
