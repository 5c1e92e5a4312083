"""PDF files with a text layer, read with PDFium; their page layout is undone in ``layout``."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Any

from pipeline.errors import InputError
from pipeline.ingest.layout import Line, pieces_of_pages
from pipeline.ingest.reading import METADATA, Reading, build, squeeze, title_of

MAX_PAGES = 2000
MAX_PAGE_CHARS = 200_000
MAX_ANGLE = 0.1
"""Text turned by more than this (radians) is a watermark or stands in the margin."""

BREAKS = frozenset((0x0A, 0x0D))
SIGNS = {0x02: "-", 0xFFFE: "-", 0xAD: "-", 0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
"""What PDFium gives for a hyphen at a line's end, and ligatures."""

BOLD = 600
"""Font weights from this on are bold (CSS Fonts Level 4 calls 600 semi-bold)."""

JUNK_TITLE = re.compile(
    r"untitled|microsoft word|\.(docx?|pdf|indd|pptx?|qxd|tex|html?)\b|^\W*$|https?://", re.IGNORECASE
)


def read(raw: bytes, name: str, charset: str | None = None) -> Reading:
    """The text of a PDF in reading order, without running heads and page numbers; blocks know their page.

    Raises ``InputError`` for a damaged or encrypted file, and for one without a text layer (a scan).
    """
    import pypdfium2  # type: ignore[import-untyped]  # slow to import

    try:
        pdf = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        hint = "it is encrypted; save a copy without a password" if "assword" in str(error) else "it is damaged"
        raise InputError(f"{name} cannot be read as a PDF: {hint}") from None
    try:
        if len(pdf) > MAX_PAGES:
            raise InputError(f"{name} has {len(pdf):,} pages, more than an article has; save the pages you need")
        pages = [list(lines_of(pdf, number)) for number in range(len(pdf))]
        meta = pdf.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError as error:
        raise InputError(f"{name} is damaged: {str(error).rstrip('.')}; get or print the PDF again") from None
    finally:
        pdf.close()
    if not any(pages):
        raise InputError(f"{name} has no text layer (a scan?): run it through text recognition (OCR) first")
    stated = squeeze(meta.get("Title"))
    pieces = pieces_of_pages(pages)
    if not stated or JUNK_TITLE.search(stated) or any(p.kind == "heading" for p in pieces[:3]):
        stated = ""
    text, blocks = build(pieces, stated)
    return Reading(
        text,
        blocks,
        title=title_of(text, blocks),
        byline=squeeze(meta.get("Author")) or None,
        published=pdf_date(meta.get("CreationDate")),
        origins=dict.fromkeys(METADATA, "PDF properties") | ({} if stated else {"title": "largest heading"}),
    )


def pdf_date(value: str | None) -> date | None:
    """The day of a PDF date, "D:20240304101500+01'00'" (ISO 32000-1, 7.9.4)."""
    found = re.match(r"(?:D:)?(\d{4})(\d{2})(\d{2})", value or "")
    with suppress(ValueError):
        return date(*map(int, found.groups())) if found else None
    return None


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character that leaves ink, with its box in points (origin at the lower left)."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def lines_of(pdf: Any, number: int) -> Iterator[Line]:
    """The lines of a page as PDFium finds them, cut where a column or a cell ends; rotated ones left out."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    page = pdf[number]
    textpage = page.get_textpage()
    box = pdfium.FS_RECTF()
    glyphs: list[Glyph] = []
    first, space = 0, False

    def line() -> Iterator[Line]:
        if glyphs and abs(pdfium.FPDFText_GetCharAngle(textpage, first)) < MAX_ANGLE:
            yield line_of(glyphs, pdfium.FPDFText_GetFontWeight(textpage, first) >= BOLD, number + 1)

    for i in range(min(textpage.count_chars(), MAX_PAGE_CHARS)):
        code = pdfium.FPDFText_GetUnicode(textpage, i)
        if code in BREAKS:
            yield from line()
            glyphs, space = [], False
            continue
        character = SIGNS.get(code) or chr(code)
        if code == 0 or character.isspace():
            space = True
            continue
        pdfium.FPDFText_GetLooseCharBox(textpage, i, ctypes.byref(box))
        glyph = Glyph(character, box.left, box.bottom, box.right, box.top)
        if glyphs and is_break(glyphs[-1], glyph):
            yield from line()
            glyphs, space = [], False
        if not glyphs:
            first = i
        glyphs.append(replace(glyph, text=f" {character}") if space and glyphs else glyph)
        space = False
    yield from line()
    textpage.close()
    page.close()


def is_break(before: Glyph, here: Glyph) -> bool:
    """Whether a character stands on another line or in another column than the one before it."""
    height = max(before.top - before.bottom, 1.0)
    overlap = min(before.top, here.top) - max(before.bottom, here.bottom)
    return overlap < 0.3 * min(height, here.top - here.bottom) or not -height < here.left - before.right < 1.5 * height


def line_of(glyphs: Sequence[Glyph], bold: bool, page: int) -> Line:
    """A line with its box; its size is the usual height of its characters."""
    text = "".join(g.text for g in glyphs).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Line(
        squeeze(text),
        left=min(g.left for g in glyphs),
        bottom=min(g.bottom for g in glyphs),
        right=max(g.right for g in glyphs),
        top=max(g.top for g in glyphs),
        size=median(g.top - g.bottom for g in glyphs),
        bold=bold,
        page=page,
    )
