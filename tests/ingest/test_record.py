"""``articles.jsonl``: adding lines, and reading what crashes, merges and people leave in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.ingest.record import Entry, Record, read_entries


def saved(path: Path, *entries: Entry) -> Record:
    record = Record(path)
    record.refresh()
    for entry in entries:
        record.put(entry)
    record.save()
    return record


def entry(name: str, title: str | None = None) -> Entry:
    return Entry(file=f"raw/{name}.txt", doc_id=name * 64, title=title)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "articles.jsonl"


def test_record_appends_new_entries_and_leaves_the_old_lines_alone(path: Path) -> None:
    path.write_text('{"title":  "By hand", "file": "x.txt"}\n', "utf-8")
    inode = path.stat().st_ino
    saved(path, entry("a"), entry("b"))
    saved(path, entry("c"), entry("a"))
    assert path.stat().st_ino == inode
    assert path.read_text("utf-8").startswith('{"title":  "By hand", "file": "x.txt"}\n')
    assert [e.file for e in read_entries(path)] == ["x.txt", "raw/a.txt", "raw/b.txt", "raw/c.txt"]


def test_record_replaces_an_entry_that_changed(path: Path) -> None:
    saved(path, entry("a"), entry("b"))
    saved(path, entry("a", "Another title"), entry("c"))
    assert [(e.file, e.title) for e in read_entries(path)] == [
        ("raw/a.txt", "Another title"),
        ("raw/b.txt", None),
        ("raw/c.txt", None),
    ]


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_record_forgets_a_line_that_a_crash_cut_short(path: Path, cut: int) -> None:
    saved(path, entry("a"), entry("b"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    survived = ["raw/a.txt", *(["raw/b.txt"] if cut == 1 else [])]
    assert [e.file for e in read_entries(path)] == survived
    saved(path, entry("b"), entry("c"))
    assert [e.file for e in read_entries(path)] == ["raw/a.txt", "raw/b.txt", "raw/c.txt"]
    assert all(json.loads(line) for line in path.read_text("utf-8").splitlines())


def test_record_of_two_merged_branches_names_each_file_once(path: Path) -> None:
    saved(path, entry("a"), entry("b"))
    mine = path.read_bytes()
    path.write_bytes(mine + mine)
    saved(path, entry("b", "Later"))
    path.write_bytes(mine + path.read_bytes())
    assert [(e.file, e.title) for e in read_entries(path)] == [("raw/a.txt", None), ("raw/b.txt", "Later")]


def test_record_notices_what_others_have_added(path: Path) -> None:
    record = saved(path, entry("a"))
    saved(path, entry("b"))
    record.refresh()
    assert set(record.entries) == {"a" * 64, "b" * 64}
