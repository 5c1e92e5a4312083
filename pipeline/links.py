"""Links to the very words of a page: URL text fragments (WICG, "URL Fragment Text Directives")."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

MAX_EXACT = 200
"""A longer passage is named by its first and last words, so that the link stays short."""

END_WORDS = 5
CONTEXT_WORDS = 3
WORD = re.compile(r"\w")
PLAIN = re.compile(r"[A-Za-z0-9_.~ ]*")
"""Words in which only the spaces need encoding: most."""
WINDOW = 200
"""So many characters hold three words of any ordinary text."""


def claim_link(uri: str, text: str, start: int, end: int, page: int | None = None) -> str | None:
    """A link to ``text[start:end]``: the page of a PDF where one is given, else the words on a web page.

    ``None`` where the address is none on the web.
    """
    if page is not None:
        return f"{uri.partition('#')[0]}#page={page}" if is_web(uri) else None
    return text_link(uri, text, start, end)


def text_link(uri: str, text: str, start: int, end: int) -> str | None:
    """A link that opens the page and marks ``text[start:end]``; ``None`` where the address is no web page's."""
    fragment = text_fragment(text, start, end) if is_web(uri) else None
    return None if fragment is None else uri.partition("#")[0] + fragment


def is_web(uri: str) -> bool:
    """Whether a browser can open the address."""
    return urlsplit(uri).scheme in ("http", "https")


def text_fragment(text: str, start: int, end: int) -> str | None:
    """What makes a page's address lead to ``text[start:end]``; ``None`` for nothing but spaces.

    The words before and behind tell repeated passages apart. Blocks end at line breaks, over which a browser does not
    match, so the words of neighbouring blocks are left out.
    """
    passage = text[start:end].strip()
    if not passage:
        return None
    words = passage.split()
    if len(passage) <= MAX_EXACT and "\n" not in passage:
        directive = encoded(" ".join(words))
    else:
        directive = f"{encoded(' '.join(words[:END_WORDS]))},{encoded(' '.join(words[-END_WORDS:]))}"
    prefix, suffix = before(text, start), behind(text, end)
    prefix, suffix = prefix and f"{encoded(prefix)}-,", suffix and f",-{encoded(suffix)}"
    return f"#:~:text={prefix}{directive}{suffix}"


def before(text: str, start: int) -> str:
    """The last words of the line before a place, up to the place itself; empty where there are none."""
    words = " ".join(
        text[max(0, start - WINDOW) : start].rpartition("\n")[2].rsplit(maxsplit=CONTEXT_WORDS)[-CONTEXT_WORDS:]
    )
    return words if WORD.search(words) else ""


def behind(text: str, end: int) -> str:
    """The first words of the rest of the line behind a place; empty where there are none."""
    words = " ".join(text[end : end + WINDOW].partition("\n")[0].split(maxsplit=CONTEXT_WORDS)[:CONTEXT_WORDS])
    return words if WORD.search(words) else ""


def encoded(words: str) -> str:
    """Percent-encoded, with the characters that have a meaning in a text directive."""
    if PLAIN.fullmatch(words):
        return words.replace(" ", "%20")
    return quote(words, safe="", errors="replace").replace("-", "%2D")
