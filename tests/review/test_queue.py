"""The queue: every claim once, in order, whatever the filters; its index is what the store says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
import sqlalchemy as sa
from harbour import OTHER, SPEAKER, TEXT, make_claim, make_document, put, usual_claims
from sqlalchemy import Engine, select

from pipeline.records import Document
from pipeline.review import index, queue, service
from pipeline.review.follower import Follower
from pipeline.review.queue import Entry, Filters, Position
from pipeline.store import open_store
from pipeline.store.database import reading, writing
from pipeline.store.writes import forget_unlisted


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Twelve articles with four claims each, many of the same confidence, in two corpora."""
    engine = open_store(tmp_path_factory.mktemp("queue") / "claims.db")
    index.prepare(engine)
    for i in range(12):
        document = make_document(f"Edition {i} of the port’s paper.\n" + make_document().text, f"news/{i}.txt", ())
        claims = [
            replace(c, confidence=round(0.3 + (i * k % 5) / 10, 4), speaker=OTHER if (i + k) % 7 == 0 else SPEAKER)
            for k, c in enumerate(usual_claims(document), 1)
        ]
        put(engine, document, claims, corpus="small" if i % 4 == 0 else "large")
    yield engine
    engine.dispose()


def everything(engine: Engine, filters: Filters, limit: int) -> list[Entry]:
    out: list[Entry] = []
    with reading(engine) as connection:
        while found := queue.page(connection, filters, queue.position(filters, out[-1]) if out else None, limit=limit):
            out += found
    return out


ALL = [
    Filters(),
    Filters(order="certain"),
    Filters(kind="quote"),
    Filters(corpus="small"),
    Filters(speaker="R. Lind"),
    Filters(speaker="rosa"),
    Filters(speaker="R. Lind", corpus="large", kind="quote"),
    Filters(article="news/1"),
    Filters(text="toll road"),
    Filters(text="QUAY", below=0.5),
    Filters(view="all", below=0.4),
]


@pytest.mark.parametrize("filters", ALL, ids=str)
@pytest.mark.parametrize("limits", [(1000, 500), (0, 0)], ids=["lookups", "walks"])
def test_queue_pages_hold_every_fitting_claim_once_in_order(
    many: Engine, filters: Filters, limits: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "FEW", limits[0])
    monkeypatch.setattr(queue, "FEW_ARTICLES", limits[1])
    found = everything(many, filters, 7)
    whole = everything(many, Filters(view="all"), 1000)
    words = filters.text.lower().split()
    expected = [
        e
        for e in whole
        if filters.kind in ("", e.kind)
        and (e.speaker or "").lower().startswith(filters.speaker.lower())
        and e.confidence <= filters.below
        and all(w in e.text.lower() for w in words)
        and filters.article in f"news/{e.title}"
        and (not filters.corpus or (int(e.title) % 4 == 0) == (filters.corpus == "small"))
    ]
    assert {e.claim_id for e in found} == {e.claim_id for e in expected}
    assert len(found) == len(expected) > 0
    sign = -1 if filters.order == "certain" else 1
    assert all((sign * a.confidence, a.claim_id) < (sign * b.confidence, b.claim_id) for a, b in pairwise(found))
    with reading(many) as connection:
        assert queue.count(connection, filters) in (len(found), None)
        middle = queue.position(filters, found[len(found) // 2])
        back = queue.page(connection, filters, middle, backwards=True, limit=5)
    assert back == found[: len(found) // 2][-5:]


def test_queue_index_filled_at_once_equals_the_survey(many: Engine) -> None:
    def rows() -> list[tuple[object, ...]]:
        columns = [c for c in index.review_queue.c if c.name != "row"]
        with reading(many) as connection:
            found = connection.execute(select(*columns).order_by("claim_id", "corpus"))
            return [tuple(r) for r in found]

    quick = rows()
    plain = index._untouched
    index._untouched = lambda *_: set()
    try:
        with writing(many) as connection:
            index.refresh(connection, sorted({str(r[2]) for r in quick}))
    finally:
        index._untouched = plain
    assert rows() == quick
    assert len(quick) == 48


def test_queue_finds_words_whatever_their_case_and_operators_mean_nothing(engine: Engine, harbour: Document) -> None:
    def hits(text: str) -> int:
        return len(everything(engine, Filters(text=text), 10))

    assert hits("TOLL") == hits("toll nowhere") == 1
    assert hits('"toll') == 1
    assert [hits(t) for t in ("toll AND", "toll*", "NEAR(toll)", "zeppelin", "text:toll")] == [0, 1, 0, 0, 0]


def test_queue_uncertain_first_and_decided_ones_leave_it(engine: Engine, harbour: Document) -> None:
    found = everything(engine, Filters(), 10)
    assert [e.confidence for e in found] == [0.4, 0.5, 0.7, 0.9]
    service.decide(engine, found[0].claim_id, "accept", "Ann", {"review_id": service.new_id()})
    assert [e.confidence for e in everything(engine, Filters(), 10)] == [0.5, 0.7, 0.9]
    assert [e.claim_id for e in everything(engine, Filters(view="accepted"), 10)] == [found[0].claim_id]


def test_queue_follows_what_a_run_extracts(engine: Engine, harbour: Document) -> None:
    follower = Follower(engine)
    follower.follow()
    document = make_document("A second article said “one more quay”.", "news/second.txt", ())
    put(engine, document, [make_claim(document, "quote", "one more quay")], follow=False)
    assert len(everything(engine, Filters(), 10)) == 4
    follower.follow()
    assert len(everything(engine, Filters(), 10)) == 5
    put(engine, document, [], follow=False)
    follower.follow()
    assert len(everything(engine, Filters(), 10)) == 4


def test_queue_forgets_what_no_corpus_lists(engine: Engine, harbour: Document) -> None:
    with writing(engine) as connection:
        forget_unlisted(connection, "news", [])
    index.catch_up(engine)
    assert everything(engine, Filters(view="all"), 10) == []


def test_queue_addresses_are_read_back() -> None:
    filters = Filters(view="all", corpus="a b&c", kind="quote", speaker="Ü", text="x=1", below=0.6, order="certain")
    assert Filters.read(filters.query()) == filters
    assert Filters.read({"view": "none", "kind": "x", "below": "x", "order": "y", "doc": "z"}) == Filters()
    place = Position(0.1 + 0.2, "a" * 32)
    assert Position.read(str(place)) == place
    assert Position.read("nan~" + "a" * 32) is None


def test_queue_suggests_names_and_titles(many: Engine, engine: Engine) -> None:
    with reading(many) as connection:
        assert queue.speaker_names(connection, "r") == ["R. Lind", "Rosa Lind"]
        assert queue.article_titles(connection, "11") == ["11"]
        assert queue.corpora(connection) == ["large", "small"]
    document = make_document(uri="news/ÜBER.txt")
    put(engine, document, [make_claim(document, "quote", "a toll", speaker=replace(SPEAKER, name="Ülle Ääs"))])
    with reading(engine) as connection:
        assert queue.article_titles(connection, "über") == ["ÜBER"]
        assert queue.speaker_names(connection, "ül") == ["Ülle Ääs"]


def test_index_first_filling_of_a_large_store_gives_the_same_queue(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        document = make_document(f"{TEXT}\nStraße {n}\n", f"news/{n}.txt")
        put(engine, document, usual_claims(document), follow=False)
    index.catch_up(engine)
    filters = Filters.read({"view": "all"})
    with reading(engine) as connection:
        usual = queue.page(connection, filters)
    with writing(engine) as connection:
        connection.execute(index.review_queue.delete())
        connection.execute(index.review_documents.delete())
    monkeypatch.setattr(index, "MANY", 1)
    monkeypatch.setattr(index, "MANY_BATCH", 2)
    assert index.catch_up(engine) == 5
    with reading(engine) as connection:
        assert queue.page(connection, filters) == usual
        made = {i["name"] for i in sa.inspect(connection).get_indexes("review_queue")}
    assert {i.name for i in index.review_queue.indexes} <= made


def test_index_prepare_makes_what_a_killed_filling_left_out(engine: Engine, harbour: Document) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP INDEX review_queue_who")
    index.prepare(engine)
    with reading(engine) as connection:
        assert "review_queue_who" in {i["name"] for i in sa.inspect(connection).get_indexes("review_queue")}


def test_index_prepare_replaces_the_tables_of_an_older_version(engine: Engine, harbour: Document) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP TABLE review_titles")
        connection.exec_driver_sql("DROP TABLE review_documents")
        connection.exec_driver_sql("CREATE TABLE review_documents (doc_id TEXT PRIMARY KEY, state TEXT)")
    index.prepare(engine)
    assert index.catch_up(engine) == 1
    with reading(engine) as connection:
        assert len(queue.page(connection, Filters.read({"article": "arbou"}))) == 4
        assert queue.article_titles(connection, "ar") == ["harbour"]
