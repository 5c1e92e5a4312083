"""Files under a wrong name: what their first bytes say they are."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.ingest.item import MEDIA_TYPES, Item

HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]{0,200}\?>\s*)?(?:<!--.{0,1000}?-->\s*)?<(?:!doctype html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
MARKUP = re.compile(rb"[<&]")
HEAD = 2000


def recognised(item: Item) -> Item:
    """The item with the media type that its content has beyond doubt, else as it is.

    A saved page may be called .txt or .pdf, a PDF .docx; plain text may be called .html.
    """
    head = item.raw[:HEAD].lstrip()
    if head.startswith(b"%PDF-"):
        found = ".pdf"
    elif head.startswith(b"PK\x03\x04") and b"word/document.xml" in item.raw:
        found = ".docx"
    elif HTML.match(head):
        found = ".html"
    elif item.media_type == MEDIA_TYPES[".html"] and not MARKUP.search(item.raw):
        found = ".txt"
    else:
        return item
    page = found == ".html" and item.media_type == "application/xhtml+xml"
    return item if page else replace(item, media_type=MEDIA_TYPES[found])
