"""Links to the very words of a page: URL text fragments (WICG, "URL Fragment Text Directives")."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

MAX_EXACT = 200
"""A longer passage is named by its first and last words, so that the link stays short."""

END_WORDS = 5
CONTEXT_WORDS = 3
WINDOW = 200
"""So many characters hold three words of any ordinary text."""


def text_link(uri: str, text: str, start: int, end: int) -> str | None:
    """A link that opens the page and marks ``text[start:end]``; ``None`` where the address is no web page's.

    The words before and behind tell repeated passages apart. Blocks end at line breaks, over which a browser does not
    match, so the words of neighbouring blocks are left out.
    """
    passage = text[start:end].strip()
    if urlsplit(uri).scheme not in ("http", "https") or not passage:
        return None
    words = passage.split()
    if len(passage) <= MAX_EXACT and "\n" not in passage:
        directive = encoded(" ".join(words))
    else:
        directive = f"{encoded(' '.join(words[:END_WORDS]))},{encoded(' '.join(words[-END_WORDS:]))}"
    prefix, suffix = before(text, start), behind(text, end)
    prefix, suffix = prefix and f"{encoded(prefix)}-,", suffix and f",-{encoded(suffix)}"
    return f"{uri.partition('#')[0]}#:~:text={prefix}{directive}{suffix}"


def before(text: str, start: int) -> str:
    """The last words of the line before a place, up to the place itself; empty where there are none."""
    words = " ".join(text[max(0, start - WINDOW) : start].rpartition("\n")[2].split()[-CONTEXT_WORDS:])
    return words if re.search(r"\w", words) else ""


def behind(text: str, end: int) -> str:
    """The first words of the rest of the line behind a place; empty where there are none."""
    words = " ".join(text[end : end + WINDOW].partition("\n")[0].split()[:CONTEXT_WORDS])
    return words if re.search(r"\w", words) else ""


def encoded(words: str) -> str:
    """Percent-encoded, with the characters that have a meaning in a text directive."""
    return quote(words, safe="").replace("-", "%2D")
