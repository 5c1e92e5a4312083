"""Sources in, documents out: each format has a reader of its own, loaded when a source of that format comes."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath

from pipeline.errors import InputError
from pipeline.ingest import language
from pipeline.ingest.reading import Reading
from pipeline.records import Document

__all__ = ["MEDIA_TYPES", "media_type_of", "read", "read_bytes"]

MEDIA_TYPES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".pdf": "application/pdf",
}
"""File name extension -> media type."""

READERS = {"text/plain": "text", "text/markdown": "markdown", "text/html": "html", "application/pdf": "pdf"}
"""Media type -> the module of this package that reads it."""


def read(source: str | Path, *, uri: str | None = None) -> Document:
    """The article in a file; ``uri`` says where it came from (default: the path as given).

    Raises ``InputError`` where the file is missing, a folder, empty, not text, of an unknown format or without words.
    """
    path = Path(source)
    name = str(source)
    if path.is_dir():
        raise InputError(f"{name} is a folder: name the files in it, or run it as a corpus with: claims run {name}")
    if not path.is_file():
        raise InputError(f"{name} does not exist: check the path")
    media_type = media_type_of(name)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}; check its permissions") from None
    return read_bytes(raw, uri=uri or path.as_posix(), media_type=media_type, name=name)


def media_type_of(name: str) -> str:
    """The media type by the file name's extension; ``InputError`` for one that no reader knows."""
    extension = PurePosixPath(name).suffix.lower()
    if extension in MEDIA_TYPES:
        return MEDIA_TYPES[extension]
    known = ", ".join(sorted(MEDIA_TYPES))
    said = f"the extension {extension!r} is unknown" if extension else "it has no extension"
    raise InputError(f"{name}: {said}, so its format cannot be told; rename it to one of {known}")


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
    if media_type not in READERS:
        raise InputError(f"{name}: no reader for {media_type}; readable are {', '.join(sorted(READERS))}")
    if not raw.strip():
        raise InputError(f"{name} is empty: nothing to read")
    reader: Callable[[bytes, str, str | None], Reading]
    reader = importlib.import_module(f"pipeline.ingest.{READERS[media_type]}").read
    reading = reader(raw, name, charset)
    if not any(block.kind != "boilerplate" for block in reading.blocks):
        raise InputError(f"{name}: no text found in it; check that it holds an article")
    return Document(
        doc_id=hashlib.sha256(raw).hexdigest(),
        uri=uri or reading.uri or "",
        text=reading.text,
        blocks=reading.blocks,
        title=reading.title,
        byline=reading.byline,
        publisher=reading.publisher,
        published=reading.published,
        language=agreed_language(reading),
        media_type=media_type,
        fetched_at=fetched_at,
        licence=reading.licence,
    )


def agreed_language(reading: Reading) -> str | None:
    """The language found in the text; what the source declares where the text is too short to tell."""
    body = "\n".join(reading.text[b.start : b.end] for b in reading.blocks if b.kind != "boilerplate")
    return language.detect(body) or language.normalise(reading.language)
