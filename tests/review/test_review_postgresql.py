"""The queue, decisions and reviews as gold on PostgreSQL, which a team shares, as on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from harbour import make_document, put, usual_claims
from sqlalchemy import Engine

from pipeline.records import Document
from pipeline.review import index, queue, service
from pipeline.review.queue import Filters
from pipeline.review.settled import reviewed
from pipeline.store import open_store
from pipeline.store.database import reading


@pytest.fixture(scope="module")
def shared(new_database: Callable[[], str]) -> Iterator[tuple[Engine, Document]]:
    """A store with the usual article and its claims."""
    engine = open_store(new_database())
    index.prepare(engine)
    index.prepare(engine)  # a second start finds everything there
    document = make_document()
    put(engine, document, usual_claims(document))
    yield engine, document
    engine.dispose()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 4),
        ({"kind": "quote", "order": "certain"}, 2),
        ({"speaker": "rosa"}, 4),
        ({"article": "harb"}, 4),
        ({"article": "zeppelin"}, 0),
        ({"text": "toll nowhere"}, 1),
        ({"text": "zeppelin"}, 0),
        ({"below": "50"}, 2),
        ({"corpus": "news"}, 4),
        ({"corpus": "other"}, 0),
    ],
)
def test_postgresql_queue_answers_every_filter(
    shared: tuple[Engine, Document], query: dict[str, str], found: int
) -> None:
    with reading(shared[0]) as connection:
        filters = Filters.read(query)
        entries = queue.page(connection, filters)
        assert len(entries) == found
        assert queue.count(connection, filters) in (found, None)
        if len(entries) > 1:
            after = queue.page(connection, filters, queue.position(filters, entries[0]))
            assert after == entries[1:]


def test_postgresql_suggests_speakers_and_articles(shared: tuple[Engine, Document]) -> None:
    with reading(shared[0]) as connection:
        assert queue.speaker_names(connection, "ro") == ["Rosa Lind"]
        assert queue.article_titles(connection, "HARB") == ["harbour"]
        assert queue.corpora(connection) == ["news"]


def test_postgresql_keeps_decisions_and_takes_them_back(shared: tuple[Engine, Document]) -> None:
    engine, document = shared
    prediction = next(c for c in usual_claims(document) if c.kind == "prediction")
    service.decide(engine, prediction.claim_id, "accept", "Ann", {"review_id": service.new_id()})
    (one,) = reviewed(engine)
    assert one.complete() == ("prediction",)
    service.undo(engine, "Ann", {"review_id": service.new_id()})
    assert list(reviewed(engine)) == []
