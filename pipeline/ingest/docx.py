"""Word documents (.docx): paragraph styles give the structure, document properties the metadata."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.ingest.archive import UNPACKING_ERRORS, open_zip
from pipeline.ingest.reading import METADATA, Piece, Reading, build, squeeze, table_pieces, title_of

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
JUNK_AUTHOR = re.compile(r"microsoft|python-docx|\b(user|owner|admin\w*|unknown)\b", re.IGNORECASE)


def read(raw: bytes, name: str, charset: str | None = None) -> Reading:
    """The text of a Word document, footnotes last. Raises ``InputError`` for a damaged or oversized file."""
    import docx  # slow to import
    from docx.opc.exceptions import OpcError
    from lxml import etree

    with open_zip(raw, name):  # refuses what would unpack to more than an article
        pass
    try:
        document = docx.Document(io.BytesIO(raw))
        pieces = [*body(document), *footnotes(document)]
        said = document.core_properties
        title, author, created, language = said.title, squeeze(said.author), said.created, squeeze(said.language)
    except (*UNPACKING_ERRORS, KeyError, AttributeError, TypeError, etree.LxmlError, OpcError):
        raise InputError(f"{name} cannot be read as a Word document: it is damaged or of another kind") from None
    text, blocks = build(pieces, squeeze(title))
    return Reading(
        text,
        blocks,
        title=title_of(text, blocks),
        byline=author if author and not JUNK_AUTHOR.search(author) else None,
        published=created.date() if created else None,
        language=language or None,
        origins=dict.fromkeys(METADATA, "document properties") | {"title": "title block"},
    )


def body(document: Document) -> Iterator[Piece]:
    """The pieces of the document's body, in reading order."""
    from docx.table import Table

    names = {style.style_id: (style.name or "").lower() for style in document.styles}
    items = 0
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            yield from cells_of(part)
            items = 0
        elif piece := piece_of(part, names, follows_item=bool(items)):
            items = items + 1 if piece.kind == "list_item" else 0
            yield piece


def piece_of(paragraph: Paragraph, names: Mapping[str, str], follows_item: bool) -> Piece | None:
    """What a paragraph is by its style, nothing where it has no words; ``names`` are the styles' by their ids."""
    text = "\n".join(filter(None, map(squeeze, paragraph.text.split("\n"))))
    if not text:
        return None
    style = names.get(paragraph._p.style or "", "")
    if style == "title":
        return Piece("title", squeeze(text))
    if found := re.fullmatch(r"heading ([1-9])", style):
        return Piece("heading", squeeze(text), int(found.group(1)))
    if style == "caption":
        return Piece("caption", squeeze(text))
    if "quote" in style:
        return Piece("quote", squeeze(text))
    numbering = paragraph._p.find(f".//{W}numPr")
    if numbering is not None or re.match(r"list (bullet|number)", style):
        level = numbering.find(f"{W}ilvl") if numbering is not None else None
        depth = int(level.get(f"{W}val") or 0) if level is not None else 0
        return Piece("list_item", text, lead="  " * min(depth, 9) + "• ", glue="\n" if follows_item else "\n\n")
    if all(run.bold for run in paragraph.runs if run.text.strip()) and paragraph.runs and len(text) <= 120:
        return Piece("heading", squeeze(text), 10) if text[-1] not in ".!?:;," else Piece("paragraph", text)
    return Piece("paragraph", text)


def cells_of(table: Table) -> Iterator[Piece]:
    """The cells of a table, a merged cell once; its first row holds the heads of its columns."""
    rows = []
    for row in table.rows:
        seen: dict[Any, str] = {cell._tc: cell.text for cell in row.cells}
        rows.append(list(seen.values()))
    yield from table_pieces(rows, has_head=len(rows) > 1)


def footnotes(document: Document) -> Iterator[Piece]:
    """The words of the footnotes and endnotes."""
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/footnotes", "/endnotes")) and not relation.is_external:
            for note in parse_xml(relation.target_part.blob):
                if note.get(f"{W}type") is None:  # the others are separators
                    yield Piece("footnote", squeeze("".join(note.itertext(f"{W}t"))))
