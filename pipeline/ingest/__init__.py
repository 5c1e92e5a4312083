"""Sources in, documents out: each format has a reader of its own, loaded when a source of that format comes."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import InputError
from pipeline.ingest.item import CONTAINERS, MEDIA_TYPES, READERS, Item, media_type_of
from pipeline.ingest.language import detect, mark_foreign, normalise
from pipeline.ingest.reading import METADATA, Reading
from pipeline.ingest.signature import recognised
from pipeline.records import Document

__all__ = ["CONTAINERS", "MEDIA_TYPES", "READERS", "Item", "items", "read", "read_bytes", "read_item"]

MAX_BYTES = 100_000_000
"""An article of more bytes than this is none."""
MAX_CHARS = 5_000_000
"""A text of more characters than this (several long books) is no article."""
MAX_CONTAINER = 2_000_000_000
OFFICE = (".doc", ".odt", ".pages", ".rtf", ".wpd")
MAX_DEPTH = 3
"""Archives in archives are opened down to this depth."""


def read(source: str | Path, *, uri: str | None = None) -> Document:
    """The article in a file; ``uri`` says where it came from (default: the path as given).

    Raises ``InputError`` where the file is missing, a folder, empty, not text, of an unknown format or without words,
    and where it holds several articles.
    """
    return only(items(source, uri=uri), str(source))


def read_bytes(
    raw: bytes,
    *,
    uri: str = "",
    media_type: str = "text/plain",
    charset: str | None = None,
    name: str | None = None,
    fetched_at: datetime | None = None,
) -> Document:
    """The article in some bytes, standard input say.

    ``charset`` is the encoding that their server declared, ``name`` what messages call them.
    Raises ``InputError`` as ``read`` does.
    """
    name = name or uri or "the input"
    return only(opened(Item(raw, uri, media_type, charset, fetched_at), name), name)


def items(source: str | Path, *, uri: str | None = None) -> Iterator[Item]:
    """The articles in a file, not yet read: one, or those of a feed, a table or an archive.

    Raises ``InputError`` where the file is missing, a folder, of an unknown format, or damaged as a whole.
    """
    path, name = Path(source), str(source)
    if path.is_dir():
        raise InputError(f"{name} is a folder: name the files in it, or run it as a corpus with: claims run {name}")
    if not path.is_file():
        raise InputError(f"{name} does not exist: check the path")
    media_type = media_type_of(path.name)
    if media_type is None:
        extension = PurePosixPath(name).suffix
        said = f"the extension {extension!r} is unknown" if extension else "it has no extension"
        if extension.lower() in OFFICE:
            raise InputError(f"{name}: {extension} files cannot be read; save it as .docx or .pdf")
        known = ", ".join(sorted(MEDIA_TYPES))
        raise InputError(f"{name}: {said}, so its format cannot be told; rename it to one of {known}")
    try:
        size = path.stat().st_size
        if size > (MAX_CONTAINER if media_type in CONTAINERS else MAX_BYTES):
            raise InputError(f"{name} has {size:,} bytes, too many to read; split it up")
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}; check its permissions") from None
    yield from opened(Item(raw, uri or path.as_posix(), media_type), name)


def opened(item: Item, name: str, depth: int = 0) -> Iterator[Item]:
    """The item itself, or what it holds where it is a container."""
    if item.media_type not in CONTAINERS:
        yield recognised(item)
        return
    if not item.raw.strip():
        raise InputError(f"{name} is empty: nothing to read")
    if depth == MAX_DEPTH:
        raise InputError(f"{name}: archives nested too deeply; unpack it first")
    split: Callable[[Item, str], Iterator[Item]]
    split = importlib.import_module(f"pipeline.ingest.{CONTAINERS[item.media_type]}").items
    for inner in split(item, name):
        try:
            yield from opened(inner, inner.uri, depth + 1)
        except InputError as error:
            yield replace(inner, media_type="text/plain", problem=str(error))


def only(found: Iterator[Item], name: str) -> Document:
    """The one article of a source; ``InputError`` where it holds none or several."""
    first = list(islice(found, 2))
    if not first:
        raise InputError(f"{name}: no article in it")
    if len(first) > 1:
        raise InputError(
            f"{name} holds several articles: add them to a corpus with: claims ingest {name} --corpus NAME"
        )
    return read_item(first[0], name)


def read_item(item: Item, name: str | None = None) -> Document:
    """The article of an item. Raises ``InputError`` where it cannot be read; ``name`` is what messages call it."""
    return document_of(item, understood(item, name))


def understood(item: Item, name: str | None = None) -> Reading:
    """What the reader of its format makes of an item; raises ``InputError`` as ``read_item`` does."""
    name = name or item.uri or "the input"
    if item.problem is not None:
        raise InputError(item.problem)
    if item.media_type not in READERS:
        raise InputError(f"{name}: no reader for {item.media_type}; readable are {', '.join(sorted(READERS))}")
    if not item.raw.strip():
        raise InputError(f"{name} is empty: nothing to read")
    if len(item.raw) > MAX_BYTES:
        raise InputError(f"{name} has {len(item.raw):,} bytes, more than an article has; split it up")
    reader: Callable[[bytes, str, str | None], Reading]
    reader = importlib.import_module(f"pipeline.ingest.{READERS[item.media_type]}").read
    reading = reader(item.raw, name, item.charset)
    if len(reading.text) > MAX_CHARS:
        raise InputError(f"{name} has {len(reading.text):,} characters of text, more than an article has; split it up")
    if not any(block.kind != "boilerplate" for block in reading.blocks):
        raise InputError(f"{name}: no text found in it; check that it holds an article")
    language = agreed_language(reading)
    if language in (None, "en"):
        reading = replace(reading, blocks=mark_foreign(reading.text, reading.blocks))
    found = "text" if language != normalise(reading.language) else reading.origins.get("language", "text")
    origins = {**reading.origins, "language": found, **dict.fromkeys(item.said, "container")}
    return replace(reading, **{"language": language, **item.said}, origins=origins)


def document_of(item: Item, reading: Reading) -> Document:
    """The document of an item as its reader understood it."""
    return Document(
        doc_id=hashlib.sha256(item.raw).hexdigest(),
        uri=storable(item.uri or reading.uri or ""),
        text=reading.text,
        blocks=reading.blocks,
        media_type=item.media_type,
        fetched_at=item.fetched_at,
        **{field: storable(getattr(reading, field)) for field in METADATA},
    )


def storable(value: Any) -> Any:
    """A field's value without lone surrogates, which JSON may smuggle in and no database takes."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def agreed_language(reading: Reading) -> str | None:
    """The language found in the text; what the source declares where the text is too short to tell."""
    body = "\n".join(reading.text[b.start : b.end] for b in reading.blocks if b.kind != "boilerplate")
    return detect(body) or normalise(reading.language)
