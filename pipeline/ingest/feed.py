"""RSS and Atom feeds, read with feedparser: an article per entry, in full or the summary that the feed gives."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

from pipeline.errors import InputError
from pipeline.ingest.item import Item
from pipeline.ingest.language import normalise
from pipeline.ingest.reading import squeeze

DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
"""Left out, so that no entity of a feed's own making is ever expanded."""

SURROGATE = re.compile(rb"&#x0*d[89a-f][0-9a-f]{2};", re.IGNORECASE)
"""A reference to what is no character."""


def items(item: Item, name: str) -> Iterator[Item]:
    """The entries of a feed, in its order. Raises ``InputError`` where it is no feed."""
    import feedparser  # type: ignore[import-untyped]  # slow to import

    # A stream, because feedparser takes a string for an address or a path and would open it.
    source = SURROGATE.sub(b"&#xFFFD;", DOCTYPE.sub(b"", item.raw, count=1))
    try:
        found = feedparser.parse(io.BytesIO(source))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):  # what it raises for damaged ones
        raise InputError(f"{name} cannot be read as a feed: it is damaged; fetch it again") from None
    if not found.version:
        raise InputError(f"{name} is no RSS or Atom feed; give a page as .html")
    feed = found.feed
    for number, entry in enumerate(found.entries, 1):
        uri = squeeze(entry.get("link")) or f"{item.uri}#entry={number}"
        content, media_type = words_of(entry)
        said = {
            "title": plain(entry.get("title")),
            "byline": plain(entry.get("author")),
            "publisher": plain(feed.get("title")),
            "published": day(entry.get("published_parsed") or entry.get("updated_parsed")),
            "language": normalise(feed.get("language")),
            "licence": plain(entry.get("rights") or feed.get("rights")),
        }
        said = {field: value for field, value in said.items() if value is not None}
        problem = None if content.strip() else f"{name}: entry {number} ({uri}) has no text; fetch its page instead"
        yield Item(content.encode("utf-8", "replace"), uri, media_type, "utf-8", item.fetched_at, said, problem)


def words_of(entry: Any) -> tuple[str, str]:
    """The fullest text of an entry and its media type."""
    parts = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    best = max(parts, key=lambda part: len(part.get("value") or ""))
    return best.get("value") or "", "text/plain" if best.get("type") == "text/plain" else "text/html"


def plain(value: str | None) -> str | None:
    """A field's words without markup."""
    return squeeze(re.sub(r"<[^<>]*>", " ", value or "")) or None


def day(moment: Any) -> date | None:
    """The day of a time in UTC as feedparser gives it."""
    with suppress(ValueError, TypeError):
        return date(*moment[:3])
    return None
