"""Finding near copies in a store, on SQLite and PostgreSQL: once for each article, whatever the order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from pipeline.compare import compare
from pipeline.records import Document, digest_bytes
from pipeline.store import schema, writes
from pipeline.store.database import reading, writing


def article(seed: int, edits: int = 0, length: int = 200) -> Document:
    """An article of random words, some replaced."""
    words = random.Random(seed).choices([f"w{i}" for i in range(3000)], k=length)
    words[: edits * 9 : 9] = ["edited"] * len(words[: edits * 9 : 9])
    text = " ".join(words)
    return Document(digest_bytes(text.encode()), f"{seed}-{edits}", text, ())


ARTICLES = [article(seed, edits) for seed in range(6) for edits in (0, 3, 6)] + [article(7), article(8, 0, 20)]


def put(store: Engine, documents: list[Document], supersedes: str | None = None) -> None:
    with writing(store) as connection:
        run = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        found = [(writes.Source("test", f"{d.doc_id}.txt", (d.uri,), supersedes), d) for d in documents]
        writes.store_documents(connection, run, found)


def similar(store: Engine) -> list[tuple[str, str, float, float]]:
    with reading(store) as connection:
        s = schema.similarities.c
        return [tuple(row) for row in connection.execute(sa.select(schema.similarities).order_by(s[0], s[1]))]


@pytest.mark.parametrize("seed", [1, 2])
def test_contents_compared_piece_by_piece_as_all_at_once(store: Engine, seed: int) -> None:
    shuffled = random.Random(seed).sample(ARTICLES, len(ARTICLES))
    found = 0
    for i in range(0, len(shuffled), 7):
        put(store, shuffled[i : i + 7])
        found += compare(store)
    stepwise = similar(store)
    assert len(stepwise) == found == 6 * 3
    with writing(store) as connection:
        connection.execute(schema.similarities.delete())
        connection.execute(schema.contents.update().values(compared=False))
        connection.execute(schema.contents.update().where(schema.contents.c.signature.is_(None)).values(compared=True))
    assert compare(store) == found
    assert similar(store) == stepwise
    assert compare(store) == 0


def test_contents_of_changed_text_are_compared_again(store: Engine) -> None:
    first, copy = article(1), article(1, 3)
    other = replace(article(2), doc_id=copy.doc_id, uri=copy.uri)
    put(store, [first, copy])
    assert compare(store) == 1
    put(store, [other])  # the same bytes, read in another way
    assert compare(store) == 0
    with reading(store) as connection:
        hashes = connection.scalars(sa.select(schema.documents.c.content_hash)).all()
        assert None not in hashes and len(set(hashes)) == 2


def test_contents_made_by_another_method_are_made_anew(store: Engine) -> None:
    put(store, [article(1), article(1, 3)])
    compare(store)
    before = similar(store)
    with writing(store) as connection:
        connection.execute(schema.contents.update().values(method="older", signature=b"?"))
    assert compare(store) == 1
    assert similar(store) == before


def test_contents_of_versions_are_compared_however_different(store: Engine) -> None:
    old, new = article(1), article(2)
    put(store, [old])
    put(store, [new], supersedes=old.doc_id)
    assert compare(store) == 0
    (pair,) = similar(store)
    assert pair[2] < 0.1
    compare(store)
    assert similar(store) == [pair]
