"""Web archives (WARC): an article per page that its server answered with, and with the time when it did."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr, suppress
from datetime import datetime
from email.message import Message
from typing import Any

from pipeline.errors import InputError
from pipeline.ingest.item import READERS, Item

MAX_RECORD = 50_000_000
"""A page of more bytes than this, unpacked, is refused."""


def items(item: Item, name: str) -> Iterator[Item]:
    """The readable answers with status 200, in the archive's order. Raises ``InputError`` for a damaged archive."""
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]  # slow to import
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

    try:
        for record in quietly(ArchiveIterator(io.BytesIO(item.raw))):
            http = record.http_headers
            if record.rec_type != "response" or http is None or http.get_statuscode() != "200":
                continue
            media_type, charset = content_type(http.get_header("Content-Type"))
            uri = record.rec_headers.get_header("WARC-Target-URI") or item.uri
            if media_type not in READERS:
                continue
            raw = record.content_stream().read(MAX_RECORD + 1)
            problem = f"{name}: {uri} has more than {MAX_RECORD:,} bytes" if len(raw) > MAX_RECORD else None
            when = moment(record.rec_headers.get_header("WARC-Date"))
            yield Item(raw[:MAX_RECORD], uri, media_type, charset, when, problem=problem)
    except (ArchiveLoadFailed, EOFError, OSError, ValueError, AttributeError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise InputError(f"{name} is damaged as a web archive: {reason[:100]}") from None


def quietly(records: Iterator[Any]) -> Iterator[Any]:
    """The records, without the warnings that the library prints about the archive's faults."""
    while True:
        with redirect_stderr(io.StringIO()):
            record = next(records, None)
        if record is None:
            return
        yield record


def content_type(value: str | None) -> tuple[str, str | None]:
    """The media type and the encoding of a Content-Type header."""
    message = Message()
    message["Content-Type"] = value or "text/html"
    return message.get_content_type(), message.get_content_charset()


def moment(value: str | None) -> datetime | None:
    """A time in ISO 8601."""
    with suppress(ValueError, TypeError):
        return datetime.fromisoformat(value or "")
    return None
