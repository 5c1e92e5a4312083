"""What a run reads again, and what it leaves alone; feeds and archives that lie in a corpus's folder."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from spacy.language import Language
from sqlalchemy import Engine

from pipeline import extraction, steps
from pipeline.ingest import corpus as corpora
from pipeline.ingest.corpus import Corpus
from pipeline.store import open_store, reads, schema
from pipeline.store.database import reading
from pipeline.store.summary import summarise

TEXT = "The ministry said that the plan number {} would cost £3bn and more than that.\n"
FEED = """<rss version="2.0"><channel><title>The Daily Test</title>{}</channel></rss>"""
ITEM = "<item><title>Plan</title><link>https://daily.example/{}</link><description>{}</description></item>"
LONG_AGO = time.time() - 3600


@pytest.fixture(autouse=True)
def _loaded(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps use the pipeline that the session has loaded."""
    monkeypatch.setattr(extraction, "default_pipeline", lambda: nlp)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(tmp_path / "claims.db")
    yield engine
    engine.dispose()


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.create(tmp_path / "corpora", "news")


def write(corpus: Corpus, name: str, text: str, changed: float = LONG_AGO) -> Path:
    path = corpus.path / name
    path.write_text(text, "utf-8")
    os.utime(path, (changed, changed))
    return path


def run(store: Engine, corpus: Corpus) -> list[str]:
    """The files that a run reads."""
    with steps.recorded(store, corpus) as run_id:
        steps.take_in(store, run_id, corpus)
        entries = steps.unread(store, corpus)
        steps.ingest(store, run_id, corpus, entries)
    return [entry.file for entry in entries]


def failed(store: Engine) -> dict[str, str]:
    with reading(store) as connection:
        return {f.file: f.reason for f in reads.open_failures(connection, "news")}


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be long ago that the files were made: their change time cannot be set."""
    monkeypatch.setattr("pipeline.ingest.stamp.SETTLED_NS", 0)


def opened_files(corpus: Corpus, store: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose bytes the next run looks at."""
    seen: list[str] = []
    plain = corpora.Corpus.raw_path

    def watched(self: Corpus, entry: corpora.Entry) -> Path:
        seen.append(entry.file)
        return plain(self, entry)

    monkeypatch.setattr(corpora.Corpus, "raw_path", watched)
    run(store, corpus)
    return seen


def test_steps_read_only_what_is_new(store: Engine, corpus: Corpus) -> None:
    write(corpus, "a.txt", TEXT.format(1))
    write(corpus, "empty.txt", "")
    assert run(store, corpus) == ["a.txt", "empty.txt"]
    assert run(store, corpus) == []
    assert list(failed(store)) == ["empty.txt"]
    write(corpus, "b.txt", TEXT.format(2))
    assert run(store, corpus) == ["b.txt"]
    write(corpus, "empty.txt", TEXT.format(3))
    assert run(store, corpus) == ["empty.txt"]
    assert failed(store) == {}


def test_steps_do_not_open_files_that_look_unchanged(
    store: Engine, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(monkeypatch)
    write(corpus, "a.txt", TEXT.format(1))
    run(store, corpus)
    assert opened_files(corpus, store, monkeypatch) == []


def test_steps_notice_a_change_of_the_same_size(store: Engine, corpus: Corpus) -> None:
    """Even one that leaves the time of change as it was, like `rsync --times` or `cp --preserve`."""
    path = write(corpus, "a.txt", TEXT.format(1))
    run(store, corpus)
    size = path.stat().st_size
    write(corpus, "a.txt", TEXT.format(2))
    assert (path.stat().st_size, path.stat().st_mtime) == (size, pytest.approx(LONG_AGO))
    assert run(store, corpus) == ["a.txt"]


def test_steps_do_not_trust_the_time_of_a_file_that_has_just_changed(store: Engine, corpus: Corpus) -> None:
    """It may change again within the same tick of the clock; so it is hashed again until it has settled."""
    write(corpus, "a.txt", TEXT.format(1), time.time())
    run(store, corpus)
    with reading(store) as connection:
        assert connection.scalars(sa.select(schema.files.c.stamp)).all() == [None]
    assert run(store, corpus) == []


def test_steps_note_the_looks_of_files_that_were_only_touched(
    store: Engine, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(monkeypatch)
    path = write(corpus, "a.txt", TEXT.format(1))
    run(store, corpus)
    os.utime(path)
    assert opened_files(corpus, store, monkeypatch) == ["a.txt"]
    assert opened_files(corpus, store, monkeypatch) == []


def test_steps_read_again_what_the_record_says_otherwise(store: Engine, corpus: Corpus) -> None:
    path = write(corpus, "a.txt", TEXT.format(1))
    run(store, corpus)
    corpus.add(path, title="Another title")
    assert run(store, corpus) == ["a.txt"]


def test_steps_take_in_feeds_that_lie_in_the_folder(store: Engine, corpus: Corpus) -> None:
    write(corpus, "news.rss", FEED.format(ITEM.format("1", TEXT.format(1)) + ITEM.format("2", "")))
    (file,) = run(store, corpus)
    (entry,) = corpus.entries()
    assert (entry.file, entry.uri, entry.container) == (file, "https://daily.example/1", "corpora/news/news.rss")
    assert (entry.publisher, entry.origins["publisher"]) == ("The Daily Test", "container")
    assert list(failed(store)) == ["news.rss#2"]
    assert run(store, corpus) == []


def test_steps_take_in_what_is_new_in_a_feed_and_keep_what_it_dropped(store: Engine, corpus: Corpus) -> None:
    write(corpus, "news.rss", FEED.format(ITEM.format("1", TEXT.format(1)) + ITEM.format("2", "")))
    first = run(store, corpus)
    write(corpus, "news.rss", FEED.format(ITEM.format("2", TEXT.format(2)) + ITEM.format("3", TEXT.format(3))))
    second = run(store, corpus)
    assert len(second) == 2
    assert {e.file: e.uri for e in corpus.entries()}.keys() == {*first, *second}
    assert failed(store) == {}


def test_steps_damaged_archive_is_a_failure_until_it_is_gone(store: Engine, corpus: Corpus) -> None:
    path = write(corpus, "all.zip", "no archive")
    assert run(store, corpus) == []
    assert list(failed(store)) == ["all.zip"]
    path.unlink()
    run(store, corpus)
    assert failed(store) == {}


def test_steps_summary_tells_blocks_in_other_languages(store: Engine, corpus: Corpus) -> None:
    german = "Der Minister sagte, dass der Bau der Brücke rund 40 Millionen Euro kosten werde."
    write(corpus, "a.txt", f"{TEXT.format(1)}\n{german}\n\n{TEXT.format(2)}")
    run(store, corpus)
    with reading(store) as connection:
        assert summarise(connection, "news").foreign == {"de": 1}
