"""A corpus: a folder of articles as they were found, and ``articles.jsonl``, which says where each came from."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from pipeline import ingest
from pipeline.errors import InputError
from pipeline.ingest.item import Item, media_type_of
from pipeline.ingest.reading import METADATA, Reading
from pipeline.records import Document, digest

if TYPE_CHECKING:
    from pipeline.ingest.fetch import Fetcher

LIST = "articles.jsonl"
FETCHES = "fetches.jsonl"
BATCH = 200
"""So many articles of a container are put on record at once."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article of a corpus: a line of ``articles.jsonl``.

    ``file`` leads from the corpus folder to the raw bytes, whose SHA-256 ``doc_id`` is (``None``: not recorded yet).
    ``other_uris`` are further places where the same bytes were found, ``container`` is the feed, table or archive that
    it was taken from, ``supersedes`` the ``doc_id`` of what was found at the same address before. ``origins`` says
    where the title, the date and so on were found, ``encoding`` and ``repaired_lines`` what was done to the text. What
    is said here of title, date and so on wins over what the article says of itself.
    """

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
        plain = TypeAdapter(Entry).dump_python(self, mode="json")
        return {k: v for k, v in plain.items() if v not in (None, [], {}, 0)}

    @property
    def fingerprint(self) -> str:
        """A hash that changes when anything about the entry does."""
        return digest(json.dumps(self.to_dict(), sort_keys=True))


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of articles."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    def uri_of(self, file: str) -> str:
        """What a file of the corpus is called wherever the corpus lies: "corpora/us-korea/us-korea.txt"."""
        return f"{self.path.resolve().parent.name}/{self.name}/{file}"

    @classmethod
    def open(cls, path: str | Path) -> Corpus:
        """The corpus in a folder. Raises ``InputError`` where there is none, or no article in it."""
        corpus = cls(Path(path))
        if not corpus.path.is_dir():
            raise InputError(f"{path} is no folder: name the folder of a corpus, or make one with claims ingest")
        if next(corpus.entries(), None) is None:
            raise InputError(f"no articles in {path}: put files there, or add some with claims ingest")
        return corpus

    @classmethod
    def create(cls, folder: str | Path, name: str) -> Corpus:
        """The corpus of that name in a folder of corpora, made where it is not there yet.

        Raises ``InputError`` for a name that could lead out of the folder.
        """
        if not NAME.fullmatch(name):
            raise InputError(f"{name!r} is no name for a corpus: use letters, digits, '-', '_' and '.' only")
        path = Path(folder) / name
        path.mkdir(parents=True, exist_ok=True)
        return cls(path)

    def entries(self) -> Iterator[Entry]:
        """The articles on record in their order, then the other files in the folder, sorted by path."""
        recorded = self.recorded()
        yield from recorded
        known = {LIST, FETCHES, *(entry.file for entry in recorded)}
        containers = {entry.container for entry in recorded}
        for file in self.files():
            if file not in known and self.uri_of(file) not in containers:
                yield Entry(file=file, uri=self.uri_of(file))

    def recorded(self) -> list[Entry]:
        """The lines of ``articles.jsonl``; ``InputError`` names the line that is malformed."""
        path = self.path / LIST
        if not path.is_file():
            return []
        adapter = TypeAdapter(Entry)
        known = {f.name for f in fields(Entry)}
        entries = []
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            if not line.strip():
                continue
            try:
                raw = json.loads(line)
                if unknown := set(raw) - known:
                    allowed = ", ".join(sorted(known))
                    raise InputError(f"{path} line {number}: unknown field {min(unknown)!r}; known are {allowed}")
                entries.append(adapter.validate_python(raw))
            except (ValueError, ValidationError, TypeError, RecursionError) as error:
                reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                raise InputError(f"{path} line {number}: {reason}; mend or remove the line") from None
        return entries

    def files(self) -> list[str]:
        """The files in the folder and below, hidden ones aside, as sorted paths relative to it."""
        found = []
        for folder, inner, names in os.walk(self.path):
            inner[:] = [d for d in inner if not d.startswith(".")]
            for name in names:
                if not name.startswith("."):
                    found.append((Path(folder) / name).relative_to(self.path).as_posix())
        return sorted(found)

    def raw_path(self, entry: Entry) -> Path:
        """Where the entry's bytes lie; ``InputError`` where its path leads out of the corpus."""
        path = self.path / entry.file
        if not path.resolve().is_relative_to(self.path.resolve()):
            raise InputError(f"{self.path / LIST}: the file {entry.file!r} lies outside of the corpus; move it there")
        return path

    def read(self, entry: Entry) -> Document:
        """The article of an entry. Raises ``InputError`` where it cannot be read or is not what was recorded."""
        path = self.raw_path(entry)
        if entry.media_type is None or not path.is_file():
            document = ingest.read(path, uri=entry.uri)
        else:
            item = Item(path.read_bytes(), entry.uri or self.uri_of(entry.file), entry.media_type, entry.charset)
            document = ingest.read_item(item, path.as_posix())
        if entry.doc_id not in (None, document.doc_id):
            raise InputError(
                f"{path} has changed since it was recorded in {LIST}; remove its line there, then add it again"
            )
        said = {name: value for name in METADATA if (value := getattr(entry, name)) is not None}
        return replace(document, **said, fetched_at=entry.fetched_at)

    def add(self, source: str | Path, *, uri: str | None = None, **said: Any) -> Entry:
        """Put an article on record, copied into the corpus unless it lies there; ``said`` wins over its own metadata.

        The same bytes again are no new article, but their source is kept. Raises ``InputError`` for a source that
        cannot be read as an article.
        """
        for added in self.add_all(source, uri=uri, **said):
            if isinstance(added, InputError):
                raise added
            return added
        raise InputError(f"{source}: no article in it")

    def add_all(self, source: str | Path, *, uri: str | None = None, **said: Any) -> Iterator[Entry | InputError]:
        """Put every article of a feed, a table or an archive on record, or the one of any other file, as ``add`` does.

        An article that cannot be read gives its error instead. Raises ``InputError`` for a source bad as a whole.
        """
        inside = self.relative(Path(source))
        place = self.uri_of(inside) if inside else Path(source).as_posix()
        is_container = media_type_of(place) in ingest.CONTAINERS
        found = ingest.items(source, uri=uri or place)
        while batch := list(islice(found, BATCH)):
            if is_container:
                yield from self.add_items(batch, container=place, **said)
            else:
                yield from self.add_items(batch, inside=inside, **said)

    def add_url(self, url: str, fetcher: Fetcher, *, again: bool = False, **said: Any) -> list[Entry | InputError]:
        """Fetch an address and put what lies there on record, as ``add_all`` does; nothing where it has not changed.

        The request goes into ``fetches.jsonl``. Raises ``InputError`` where it cannot be had.
        """
        fetcher.log = self.path / FETCHES
        item = fetcher.fetch(url, again=again)
        if item is None:
            return []
        is_container = item.media_type in ingest.CONTAINERS
        return self.add_items(list(ingest.opened(item, url)), container=url if is_container else None, **said)

    def relative(self, source: Path) -> str | None:
        """The path of a file in the corpus folder, ``None`` for one outside."""
        here, there = self.path.resolve(), source.resolve()
        return there.relative_to(here).as_posix() if there.is_relative_to(here) else None

    def add_items(
        self, items: Sequence[Item], *, inside: str | None = None, container: str | None = None, **said: Any
    ) -> list[Entry | InputError]:
        """Put articles on record whose bytes are at hand, all at once; an error for each that cannot be read.

        ``inside`` is where the bytes of a single one lie in the corpus already, ``container`` what they were found in.
        """
        done: list[Entry | InputError] = []
        read: list[tuple[Item, Reading]] = []
        for item in items:
            try:
                reading = ingest.understood(item)
                origins = {**reading.origins, **dict.fromkeys(said, "given")}
                read.append((item, replace(reading, **said, origins=origins)))
            except InputError as error:
                done.append(error)
        with self.locked():
            entries = {entry.doc_id or entry.file: entry for entry in self.recorded()}
            latest = {entry.uri: entry.doc_id for entry in entries.values()}
            for item, reading in read:
                document = ingest.document_of(item, reading)
                known = entries.get(document.doc_id)
                if known is not None:
                    entry = with_source(known, document.uri, said)
                else:
                    file = inside or f"raw/{document.doc_id}{extension_of(item)}"
                    entry = entry_of(document, reading, item, file, container)
                    entry = replace(entry, supersedes=latest.get(document.uri))
                    if written := entries.pop(file, None):  # by hand, without a ``doc_id``
                        entry = replace(entry, **{name: v for name in METADATA if (v := getattr(written, name))})
                    if inside is None:
                        replace_file(self.path / file, item.raw)
                    latest[document.uri] = document.doc_id
                entries[document.doc_id] = entry
                done.append(entry)
            self.write(list(entries.values()))
        return done

    def write(self, entries: list[Entry]) -> None:
        """Replace ``articles.jsonl`` as a whole."""
        lines = [json.dumps(entry.to_dict(), ensure_ascii=False) + "\n" for entry in entries]
        replace_file(self.path / LIST, "".join(lines).encode())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from changing the record meanwhile."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def entry_of(document: Document, reading: Reading, item: Item, file: str, container: str | None) -> Entry:
    """The line of ``articles.jsonl`` for a new article."""
    return Entry(
        file=file,
        doc_id=document.doc_id,
        uri=document.uri,
        container=container,
        media_type=item.media_type,
        charset=item.charset,
        fetched_at=item.fetched_at or datetime.now(UTC).replace(microsecond=0),
        **{name: getattr(document, name) for name in METADATA},
        origins={name: reading.origins.get(name, "text") for name in METADATA if getattr(document, name) is not None},
        encoding=reading.encoding,
        repaired_lines=reading.repaired_lines,
    )


def with_source(entry: Entry, uri: str, said: dict[str, Any]) -> Entry:
    """The entry with one more place where it was found, and what is now said of it."""
    uris = dict.fromkeys((*entry.other_uris, uri))
    uris.pop(entry.uri or "", None)
    return replace(entry, other_uris=tuple(uris), **said)


def extension_of(item: Item) -> str:
    """The extension by which the raw file's format is known again."""
    own = PurePosixPath(item.uri).suffix.lower()
    if ingest.MEDIA_TYPES.get(own) == item.media_type:
        return own
    return next((ext for ext, media_type in ingest.MEDIA_TYPES.items() if media_type == item.media_type), ".html")


def replace_file(path: Path, raw: bytes) -> None:
    """Write a file so that at any instant either the old or the whole new one is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as handle:
        handle.write(raw)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)
