"""Corpora: articles and where each came from."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.ingest.corpus import Corpus

TEXT = "Rail plan approved\n\nThe ministry said that the plan would cost £3bn and more than that.\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "inbox" / "rail.txt"
    path.parent.mkdir()
    path.write_text(TEXT, "utf-8")
    return path


def corpus_in(tmp_path: Path) -> Corpus:
    return Corpus.create(tmp_path / "corpora", "rail")


def test_corpus_keeps_the_bytes_under_their_hash(tmp_path: Path, article: Path) -> None:
    corpus = corpus_in(tmp_path)
    entry = corpus.add(article, published=date(2024, 3, 4), publisher="The Daily Test")
    assert entry.file == f"raw/{entry.doc_id}.txt"
    assert (corpus.path / entry.file).read_bytes() == article.read_bytes()
    (again,) = Corpus.open(corpus.path).entries()
    assert again == entry
    document = corpus.read(again)
    assert (document.uri, document.published, document.publisher) == (
        article.as_posix(),
        date(2024, 3, 4),
        "The Daily Test",
    )
    assert document.title == "Rail plan approved"
    assert document.fetched_at == entry.fetched_at is not None


def test_corpus_same_bytes_are_one_article_with_two_sources(tmp_path: Path, article: Path) -> None:
    corpus = corpus_in(tmp_path)
    corpus.add(article)
    before = (corpus.path / "articles.jsonl").read_bytes()
    corpus.add(article)
    assert (corpus.path / "articles.jsonl").read_bytes() == before
    other = article.with_name("copy.txt")
    other.write_bytes(article.read_bytes())
    entry = corpus.add(other)
    assert corpus.entries() == [entry]
    assert (entry.uri, entry.other_uris) == (article.as_posix(), (other.as_posix(),))


def test_corpus_keeps_a_file_that_lies_in_it(tmp_path: Path) -> None:
    corpus = corpus_in(tmp_path)
    path = corpus.path / "rail.txt"
    path.write_text(TEXT, "utf-8")
    (loose,) = corpus.entries()
    assert (loose.file, loose.doc_id, loose.uri) == ("rail.txt", None, "corpora/rail/rail.txt")
    entry = corpus.add(path)
    assert (entry.file, entry.uri) == ("rail.txt", "corpora/rail/rail.txt")
    assert corpus.entries() == [entry]


def test_corpus_loose_files_are_found_in_order(tmp_path: Path) -> None:
    corpus = corpus_in(tmp_path)
    for name in ("b.txt", "a/c.md", ".hidden.txt", ".git/x.txt", "a.html", "a_files/style.css"):
        path = corpus.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT, "utf-8")
    assert [entry.file for entry in corpus.entries()] == ["a.html", "a/c.md", "b.txt"]


def test_corpus_without_articles(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no articles in"):
        Corpus.open(corpus_in(tmp_path).path)
    with pytest.raises(InputError, match="is no folder"):
        Corpus.open(tmp_path / "none")


@pytest.mark.parametrize("name", ["", "..", "a/b", "../x", ".hidden", "a\x00b", "a b"])
def test_corpus_name_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no name for a corpus"):
        Corpus.create(tmp_path, name)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2"),
        ('{"file": "a.txt", "colour": "red"}', "unknown field 'colour'"),
        ('{"doc_id": "x"}', "line 2"),
        ("[]", "line 2"),
        ('{"file": "a.txt", "published": "soon"}', "line 2"),
    ],
)
def test_corpus_malformed_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    corpus = corpus_in(tmp_path)
    (corpus.path / "articles.jsonl").write_text(json.dumps({"file": "a.txt"}) + "\n" + line + "\n", "utf-8")
    with pytest.raises(InputError, match=said) as caught:
        Corpus.open(corpus.path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("file", ["../secret.txt", "/etc/passwd", "a/../../secret.txt"])
def test_corpus_file_cannot_lie_outside(tmp_path: Path, file: str) -> None:
    corpus = corpus_in(tmp_path)
    (tmp_path / "corpora" / "secret.txt").write_text(TEXT, "utf-8")
    (corpus.path / "articles.jsonl").write_text(json.dumps({"file": file}) + "\n", "utf-8")
    (entry,) = corpus.entries()
    with pytest.raises(InputError, match="outside"):
        corpus.read(entry)


def test_corpus_changed_file_is_refused(tmp_path: Path, article: Path) -> None:
    corpus = corpus_in(tmp_path)
    entry = corpus.add(article)
    (corpus.path / entry.file).write_text("Something else entirely was written here.", "utf-8")
    with pytest.raises(InputError, match="has changed since"):
        corpus.read(entry)


def test_corpus_unreadable_article_is_not_added(tmp_path: Path) -> None:
    corpus = corpus_in(tmp_path)
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"")
    with pytest.raises(InputError, match="is empty"):
        corpus.add(bad)
    assert corpus.entries() == []


def test_corpus_adding_at_once_loses_nothing(tmp_path: Path) -> None:
    corpus = corpus_in(tmp_path)
    paths = []
    for i in range(12):
        path = tmp_path / f"{i}.txt"
        path.write_text(f"{TEXT}\nIt is article number {i} of the series.\n", "utf-8")
        paths.append(path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(corpus.add, paths))
    assert {entry.uri for entry in corpus.entries()} == {p.as_posix() for p in paths}


def test_corpus_entry_fingerprint_changes_with_what_is_said(tmp_path: Path, article: Path) -> None:
    corpus = corpus_in(tmp_path)
    entry = corpus.add(article)
    assert corpus.add(article, publisher="X").fingerprint != entry.fingerprint


def test_corpus_seed_article_is_on_record() -> None:
    corpus = Corpus.open(Path(__file__).parents[2] / "corpora" / "us-korea")
    (entry,) = corpus.entries()
    assert corpus.read(entry).uri.endswith("us-korea.txt")
