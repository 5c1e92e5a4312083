"""What a source holds: one article, or (a feed, a table, an archive) several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MEDIA_TYPES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eml": "message/rfc822",
    ".mht": "multipart/related",
    ".mhtml": "multipart/related",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".xml": "application/xml",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/jsonl",
    ".json": "application/json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".warc": "application/warc",
    ".warc.gz": "application/warc",
    ".zip": "application/zip",
}
"""File name extension -> media type."""

READERS = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "message/rfc822": "email",
    "multipart/related": "email",
}
"""Media type of an article -> the module of this package that reads it."""

CONTAINERS = {
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/xml": "feed",
    "text/xml": "feed",
    "application/jsonl": "table",
    "application/json": "table",
    "text/csv": "table",
    "text/tab-separated-values": "table",
    "application/warc": "warc",
    "application/zip": "archive",
}
"""Media type of several articles -> the module of this package that tells them apart."""


@dataclass(frozen=True, slots=True)
class Item:
    """One article as it was found, not yet read.

    ``charset`` is what its server declared. ``said`` is what its container says of it (title, published, ...: fields of
    a ``Document``). ``problem`` says why it cannot be had, where it cannot.
    """

    raw: bytes
    uri: str
    media_type: str
    charset: str | None = None
    fetched_at: datetime | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None


def media_type_of(name: str) -> str | None:
    """The media type by a file name's extension, ``None`` for one that nothing here reads."""
    _, *extensions = name.rpartition("/")[2].lower().lstrip(".").rsplit(".", 2)
    joined = "".join(f".{extension}" for extension in extensions)
    return MEDIA_TYPES.get(joined) or MEDIA_TYPES.get(f".{extensions[-1]}" if extensions else "")
