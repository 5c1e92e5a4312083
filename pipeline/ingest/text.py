"""Plain text: the canonical text is the decoded text itself, nothing stripped but a byte order mark."""

from __future__ import annotations

import re
from datetime import date

from pipeline.ingest.dates import parse_date
from pipeline.ingest.encoding import decode
from pipeline.ingest.reading import Reading, squeeze, title_of
from pipeline.segment import BYLINE, segment

HEAD_BLOCKS = 5
"""A byline or date line stands among the first so many blocks."""


def read(raw: bytes, name: str, charset: str | None = None) -> Reading:
    """The text with its blocks; title, byline and date where they stand on lines of their own at the top.

    Raises ``InputError`` for bytes that are not text.
    """
    decoded = decode(raw, name, charset)
    text, blocks = decoded.text, segment(decoded.text)
    head = [squeeze(text[b.start : b.end]) for b in blocks[:HEAD_BLOCKS]]
    return Reading(
        text,
        blocks,
        title=title_of(text, blocks),
        byline=byline(head),
        published=dated(head),
        origins={"title": "first line", "byline": "line at the top", "published": "line at the top"},
        encoding=decoded.encoding,
        repaired_lines=decoded.repaired_lines,
    )


def byline(head: list[str]) -> str | None:
    """The name on a line such as "By Jane Doe"."""
    return next((found["name"] for line in head if (found := BYLINE.match(line))), None)


def dated(head: list[str]) -> date | None:
    """The date on a line of its own, as in "Published: 4 March 2024"."""
    for line in head:
        if len(line) <= 60 and (found := parse_date(re.sub(r"^(Published|Posted|Updated|Date)( on)?:? ", "", line))):
            return found
    return None
