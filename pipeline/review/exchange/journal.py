"""What people decided as JSONL in git: one file per person, one entry a line, oldest first.

An entry never changes, so files of two branches merge by taking the lines of both; reading takes each once.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from pipeline import records
from pipeline.errors import InputError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Journal(Generic[T]):
    """How one kind of entry is kept: ``what`` it is called; ``parse`` raises ``ValueError`` for what is none."""

    what: str
    entry_id: Callable[[T], str]
    person: Callable[[T], str]
    moment: Callable[[T], datetime]
    line: Callable[[T], str]
    parse: Callable[[dict[str, Any]], T]

    def write(self, folder: Path, entries: Iterable[T]) -> dict[Path, int]:
        """Write the entries to their people's files; returns how many each file has now.

        Entries that are in a file but not among these stay. Writing twice gives the same bytes.
        """
        by_person: dict[str, list[T]] = defaultdict(list)
        for entry in entries:
            by_person[self.person(entry)].append(entry)
        out = {}
        for person, found in sorted(by_person.items()):
            path = folder / file_name(person)
            known = {self.entry_id(e): e for e in self.read(path)} if path.exists() else {}
            known |= {self.entry_id(e): e for e in found}
            lines = [self.line(e) for e in sorted(known.values(), key=lambda e: (self.moment(e), self.entry_id(e)))]
            write_whole(path, "".join(f"{text}\n" for text in lines))
            out[path] = len(lines)
        return out

    def read(self, path: Path) -> Iterator[T]:
        """The entries of a file; ``InputError`` names the line that is none."""
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from None
        for number, text in enumerate(lines, 1):
            place = f"{path}, line {number}"
            if re.match(r"<{7}|={7}|>{7}", text):
                raise InputError(f"{place}: a merge conflict; keep the lines of both sides, drop the marks")
            if text.strip():
                try:
                    yield self.parse(json.loads(text))
                except (ValueError, TypeError, KeyError, AttributeError) as error:
                    raise InputError(f"{place}: not {self.what} ({error})") from None


def file_name(person: str) -> str:
    """The name of a person's file: readable, and different for different people on any file system."""
    plain = re.sub(r"[^a-z0-9]+", "-", person.casefold()).strip("-") or "reviewer"
    return f"{plain[:40]}-{records.digest(person, length=6)}.jsonl"


def write_whole(path: Path, text: str) -> None:
    """Write a whole file or leave the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
