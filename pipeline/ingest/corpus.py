"""A corpus: a folder of articles as they were found, and ``articles.jsonl``, which says where each came from."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pipeline import ingest
from pipeline.errors import InputError
from pipeline.ingest.item import Item, media_type_of
from pipeline.ingest.reading import METADATA, Reading
from pipeline.ingest.record import Entry, Record, read_entries, replace_file
from pipeline.records import Document, digest_bytes

if TYPE_CHECKING:
    from pipeline.ingest.fetch import Fetcher

LIST = "articles.jsonl"
FETCHES = "fetches.jsonl"
BATCH = 200
"""So many articles of a container are put on record at once."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of articles."""

    path: Path
    home: Path = field(init=False, repr=False, compare=False)
    record: Record = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "home", self.path.resolve())
        object.__setattr__(self, "record", Record(self.path / LIST))

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.home.name

    def uri_of(self, file: str) -> str:
        """What a file of the corpus is called wherever the corpus lies: "corpora/us-korea/us-korea.txt"."""
        return f"{self.home.parent.name}/{self.home.name}/{file}"

    @classmethod
    def open(cls, path: str | Path) -> Corpus:
        """The corpus in a folder. Raises ``InputError`` where there is none, no article in it or a malformed record."""
        corpus = cls(Path(path))
        if not corpus.path.is_dir():
            raise InputError(f"{path} is no folder: name the folder of a corpus, or make one with claims ingest")
        if not corpus.recorded() and all(file in (LIST, FETCHES) for file in corpus.walk()):
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

    def entries(self) -> list[Entry]:
        """The articles on record in their order, then the other files in the folder, sorted by path.

        Files that hold several articles are not among them (see ``containers``).
        """
        return self.listing()[0]

    def containers(self) -> list[str]:
        """The feeds, tables and archives in the folder; ``add_all`` puts their articles on record."""
        return [file for file in self.files() if is_container(file)]

    def listing(self) -> tuple[list[Entry], list[str]]:
        """The entries and the containers of the corpus."""
        entries, containers = self.recorded(), []
        known = {entry.file for entry in entries}
        for file in self.files():
            if file in known:
                continue
            if is_container(file):
                containers.append(file)
            else:
                entries.append(Entry(file=file, uri=self.uri_of(file)))
        return entries, containers

    def recorded(self) -> list[Entry]:
        """The lines of ``articles.jsonl``; ``InputError`` names the line that is malformed."""
        return read_entries(self.path / LIST)

    def files(self) -> list[str]:
        """The files in the folder and below as sorted paths relative to it, the corpus's own records aside.

        Hidden ones are left out, and so is what browsers put beside a saved page (``page.html``, ``page_files/``).
        Raises ``InputError`` for a folder that cannot be listed.
        """
        return sorted(file for file in self.walk() if file not in (LIST, FETCHES))

    def walk(self) -> Iterator[str]:
        """The files in no order, folder by folder."""
        waiting = [""]
        while waiting:
            inside = waiting.pop()
            try:
                with os.scandir(self.path / inside) as listed:
                    here = [entry for entry in listed if entry.name[0] != "."]
            except OSError as error:
                raise InputError(f"{self.path / inside} cannot be listed: {error.strerror}; check it") from None
            folders = [entry for entry in here if entry.is_dir()]
            saved = {name for entry in folders if (name := entry.name).endswith("_files")}
            if saved:
                saved = {f"{e.name.rpartition('.')[0]}_files" for e in here if media_type_of(e.name) == "text/html"}
            waiting += (f"{inside}{e.name}/" for e in folders if e.name not in saved and not e.is_symlink())
            yield from (inside + entry.name for entry in here if not entry.is_dir())

    def raw_path(self, entry: Entry) -> Path:
        """Where the entry's bytes lie; ``InputError`` where its path leads out of the corpus."""
        path = self.path / entry.file
        if not path.resolve().is_relative_to(self.home):
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
        found = ingest.items(source, uri=uri or place)
        while batch := list(islice(found, BATCH)):
            if is_container(place):
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
        several = item.media_type in ingest.CONTAINERS
        return self.add_items(list(ingest.opened(item, url)), container=url if several else None, **said)

    def relative(self, source: Path) -> str | None:
        """The path of a file in the corpus folder, ``None`` for one outside."""
        there = source.resolve()
        return there.relative_to(self.home).as_posix() if there.is_relative_to(self.home) else None

    def add_items(
        self, items: Sequence[Item], *, inside: str | None = None, container: str | None = None, **said: Any
    ) -> list[Entry | InputError]:
        """Put articles on record whose bytes are at hand, all at once; those that cannot be read give errors instead.

        ``inside`` is where the bytes of a single one lie in the corpus already, ``container`` what they were found in.
        Bytes that are on record are not read again.
        """
        with self.locked():
            self.record.refresh()
            known = frozenset(self.record.entries)
        read = [None if digest_bytes(item.raw) in known else attempt(item, said) for item in items]
        done: list[Entry | InputError] = []
        with self.locked():
            self.record.refresh()
            for item, reading in zip(items, read, strict=True):
                entry = self.record.entries.get(digest_bytes(item.raw))
                if entry is not None:
                    found: Entry | InputError = with_source(entry, ingest.storable(item.uri), said)
                else:
                    reading = reading or attempt(item, said)
                    found = reading if isinstance(reading, InputError) else self.new(item, reading, inside, container)
                if isinstance(found, Entry):
                    self.record.put(found)
                done.append(found)
            self.record.save()
        return done

    def new(self, item: Item, reading: Reading, inside: str | None, container: str | None) -> Entry:
        """The entry of an article that is not on record yet, its bytes put into the folder unless they lie there."""
        document = ingest.document_of(item, reading)
        file = inside or f"raw/{document.doc_id}{extension_of(item)}"
        entry = entry_of(document, reading, item, file, container)
        entry = replace(entry, supersedes=self.record.latest.get(document.uri))
        if written := self.record.drop(file):  # by hand, without a ``doc_id``
            entry = replace(entry, **{name: v for name in METADATA if (v := getattr(written, name))})
        if inside is None:
            replace_file(self.path / file, item.raw)
        return entry

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


def attempt(item: Item, said: Mapping[str, Any]) -> Reading | InputError:
    """What an item's reader makes of it, with what is said of it; the error where it cannot be read."""
    try:
        reading = ingest.understood(item)
    except InputError as error:
        return error
    return replace(reading, **said, origins={**reading.origins, **dict.fromkeys(said, "given")})


def with_source(entry: Entry, uri: str, said: dict[str, Any]) -> Entry:
    """The entry with one more place where it was found, and what is now said of it."""
    uris = dict.fromkeys((*entry.other_uris, uri))
    uris.pop(entry.uri or "", None)
    return replace(entry, other_uris=tuple(uris), **said)


def is_container(file: str) -> bool:
    """Whether a file holds several articles, by its name."""
    return media_type_of(file) in ingest.CONTAINERS


def extension_of(item: Item) -> str:
    """The extension by which the raw file's format is known again."""
    own = PurePosixPath(item.uri).suffix.lower()
    if ingest.MEDIA_TYPES.get(own) == item.media_type:
        return own
    return next((ext for ext, media_type in ingest.MEDIA_TYPES.items() if media_type == item.media_type), ".html")
