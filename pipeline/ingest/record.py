"""``articles.jsonl``: the articles of a corpus on record, one a line, and how lines are added to it.

New articles are appended, so that adding one costs the same however many there are, and so that two branches that add
articles can be merged. A line that a crash cut short is no line. Where two lines name the same file the later one wins.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipeline.errors import InputError
from pipeline.records import digest_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article of a corpus: a line of ``articles.jsonl``.

    ``file`` leads from the corpus folder to the raw bytes, whose SHA-256 ``doc_id`` is (``None``: not recorded yet).
    ``other_uris`` are further places where the same bytes were found, ``container`` is the feed, table or archive that
    it was taken from, ``supersedes`` the ``doc_id`` of what was found at the same address before. ``origins`` says
    where the title, the date and so on were found, ``encoding`` and ``repaired_lines`` what was done to the text. What
    is said here of title, date and so on wins over what the article says of itself.
    """

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    file: str
    doc_id: str | None = None
    uri: str | None = None
    other_uris: tuple[str, ...] = ()
    container: str | None = None
    supersedes: str | None = None
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: date | None = None
    language: str | None = None
    media_type: str | None = None
    charset: str | None = None
    fetched_at: datetime | None = None
    licence: str | None = None
    origins: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    repaired_lines: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The entry's JSON form, without what is not known."""
        return {k: v for k, v in adapter().dump_python(self, mode="json").items() if v not in (None, [], {}, 0)}

    @property
    def fingerprint(self) -> str:
        """A hash that changes when anything about the entry does."""
        return digest_bytes(adapter().dump_json(self, exclude_defaults=True))


@cache
def adapter() -> TypeAdapter[Entry]:
    """What checks an entry's fields; slow to make."""
    return TypeAdapter(Entry)


@dataclass(slots=True)
class Record:
    """The record as a writer knows it, read anew only where somebody else has changed it.

    ``entries`` are found by ``doc_id``, those without one by file. Whoever changes it holds the corpus's lock from
    ``refresh`` to ``save``.
    """

    path: Path
    entries: dict[str, Entry] = field(default_factory=dict)
    latest: dict[str | None, str | None] = field(default_factory=dict)
    state: tuple[int, int, int] | None = None
    new: list[Entry] = field(default_factory=list)
    is_altered: bool = False

    def refresh(self) -> None:
        """Take in what the file says; ``InputError`` names the line that is malformed."""
        state = state_of(self.path)
        if state is None or state != self.state:
            found = read_entries(self.path)
            self.entries = {entry.doc_id or entry.file: entry for entry in found}
            self.latest = {entry.uri: entry.doc_id for entry in found}
        self.new, self.is_altered = [], False

    def put(self, entry: Entry) -> None:
        """Take in an entry, in the place of the one about the same bytes."""
        key = entry.doc_id or entry.file
        known = self.entries.get(key)
        if known is None:
            self.new.append(entry)
            self.latest[entry.uri] = entry.doc_id
        elif known != entry:
            self.is_altered = True
        self.entries[key] = entry

    def drop(self, key: str) -> Entry | None:
        """Take out the entry of that ``doc_id`` or file, and return it."""
        known = self.entries.pop(key, None)
        self.is_altered = self.is_altered or known is not None
        return known

    def save(self) -> None:
        """Append what is new; write the whole file anew where an older entry has changed."""
        if self.is_altered:
            replace_file(self.path, lines_of(self.entries.values()))
        elif self.new:
            append(self.path, lines_of(self.new))
        self.state = state_of(self.path)


def state_of(path: Path) -> tuple[int, int, int] | None:
    """Differs when the file does; ``None`` where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def lines_of(entries: Iterable[Entry]) -> bytes:
    """The entries as JSON lines."""
    return "".join(json.dumps(entry.to_dict(), ensure_ascii=False) + "\n" for entry in entries).encode()


def read_entries(path: Path) -> list[Entry]:
    """The entries of a file, in their order; ``InputError`` names the line that is malformed."""
    if not path.is_file():
        return []
    lines = path.read_bytes().split(b"\n")
    if lines[-1] and is_torn(lines[-1]):
        lines.pop()
    found: dict[str, Entry] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            entry = read_entry(line, f"{path} line {number}")
            found[entry.file] = entry
    return list(found.values())


def read_entry(line: bytes, place: str) -> Entry:
    """The entry of one line; ``place`` names it in messages."""
    try:
        return adapter().validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"]
        if first["type"] == "unexpected_keyword_argument":
            allowed = ", ".join(sorted(f.name for f in fields(Entry)))
            said = f"unknown field {str(first['loc'][0])!r}; known are {allowed}"
        raise InputError(f"{place}: {said}; mend or remove the line") from None


def is_torn(line: bytes) -> bool:
    """Whether a last line without its end is one that a crash cut short: whole ones are JSON."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return True
    return False


def append(path: Path, lines: bytes) -> None:
    """Add lines to a file, in the place of a last one that a crash cut short."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        end = os.lseek(handle, 0, os.SEEK_END)
        last = last_line(handle, end)
        if last and is_torn(last):
            end -= len(last)
            os.ftruncate(handle, end)
        elif last:  # written by hand
            lines = b"\n" + lines
        with open(handle, "wb", closefd=False) as file:
            file.seek(end)
            file.write(lines)
        os.fsync(handle)
    finally:
        os.close(handle)


def last_line(handle: int, end: int) -> bytes:
    """What stands behind the last line end of a file of ``end`` bytes."""
    last, begin = b"", end
    while begin and b"\n" not in last:
        size = min(begin, 65536)
        begin -= size
        last = os.pread(handle, size, begin) + last
    return last.rpartition(b"\n")[2]


def replace_file(path: Path, raw: bytes) -> None:
    """Write a file so that at any instant either the old or the whole new one is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as handle:
        handle.write(raw)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)
