"""What a reader makes of a source, and how pieces of a structured source become a text with blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.boilerplate import heads_links, is_foreign, is_furniture, is_latin
from pipeline.lines import MarkerKind, content
from pipeline.records import Block, BlockKind
from pipeline.segment import is_quotation, segment

METADATA = ("title", "byline", "publisher", "published", "language", "licence")
"""The fields of a document that say something of it, in the order of its record."""

ATTRIBUTION = re.compile(r"[—―–-] ?[A-Z].{0,120}$")
"""The line below a block quote that says whose words it holds."""
SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Reading:
    """One source as its reader understood it.

    ``origins`` says where each piece of metadata was found; ``encoding`` and ``repaired_lines`` are those of its text.
    """

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: date | None = None
    language: str | None = None
    licence: str | None = None
    uri: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    repaired_lines: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a structured source. ``level`` is a heading's (1 outermost).

    ``heads`` are a table cell's row and column heads. ``lead`` is what the text shows before the words (a bullet),
    ``glue`` what divides it from the piece before. ``page`` is the number of the printed page it begins on.
    """

    kind: BlockKind
    text: str
    level: int = 0
    heads: tuple[str, ...] = ()
    lead: str = ""
    glue: str = "\n\n"
    page: int | None = None


def squeeze(text: str | None) -> str:
    """The text with single spaces, without any at its edges."""
    return SPACE.sub(" ", text or "").strip()


def table_pieces(rows: Sequence[Sequence[str]], has_head: bool) -> Iterator[Piece]:
    """The cells of a table, each with the heads of its row and column; ``has_head``: the first row holds the latter.

    An empty head of a row stands for the one above it, which spans both rows.
    """
    row_head = ""
    for r, row in enumerate(rows):
        is_head = has_head and r == 0
        row_head = "" if is_head else next(iter(row[:1]), "").strip() or row_head
        for c, cell in enumerate(row):
            column = rows[0][c : c + 1] if has_head else ()
            heads = () if is_head else (*((row_head,) if c else ()), *column)
            glue = " | " if c else "\n" if r else "\n\n"
            yield Piece("table_cell", squeeze(cell), heads=tuple(filter(None, map(squeeze, heads))), glue=glue)


def title_of(text: str, blocks: Sequence[Block]) -> str | None:
    """The words of the title block, ``None`` where there is none."""
    return next((squeeze(text[b.start : b.end]) for b in blocks if b.kind == "title"), None)


def build(pieces: Sequence[Piece], title: str | None = None) -> tuple[str, tuple[Block, ...]]:
    """The canonical text of the pieces, and its blocks; ``title`` is put first where the pieces do not have it."""
    pieces = with_title([p for p in pieces if p.text or p.kind == "table_cell"], title)
    parts: list[str] = []
    ranges: list[tuple[int, int]] = []
    length = 0
    for piece in pieces:
        before = (piece.glue if parts else "") + piece.lead
        ranges.append((length + len(before), length + len(before) + len(piece.text)))
        parts += (before, piece.text)
        length = ranges[-1][1]
    text = "".join(parts)
    structured = any(p.kind in ("heading", "table_cell", "quote") for p in pieces)
    return text, tuple(placed(text, pieces, ranges) if structured else guessed(text, pieces, ranges))


def with_title(pieces: list[Piece], title: str | None) -> list[Piece]:
    """The pieces, the one that is the title marked as such, or the title put before them."""
    wanted = squeeze(title).casefold()
    if any(piece.kind == "title" for piece in pieces):
        return pieces
    for i, piece in enumerate(pieces[:5]):
        if piece.kind in ("heading", "paragraph") and squeeze(piece.text).casefold() == wanted:
            return [*pieces[:i], replace(piece, kind="title"), *pieces[i + 1 :]]
    for i, piece in enumerate(pieces[:3]):
        if piece.kind == "heading" and piece.level == 1:
            return [*pieces[:i], replace(piece, kind="title"), *pieces[i + 1 :]]
    return [Piece("title", squeeze(title)), *pieces] if title and wanted else pieces


def placed(text: str, pieces: Sequence[Piece], ranges: Sequence[tuple[int, int]]) -> Iterator[Block]:
    """The blocks of pieces whose headings the source marks."""
    latin = is_latin(text) is not False
    path: list[tuple[int, str]] = []
    links = False
    for piece, (start, end) in zip(pieces, ranges, strict=True):
        section = tuple(heading for _, heading in path)
        if "\n" in piece.text:
            yield from lines_of(piece, start, section)
            continue
        start, end, marker = content(text, start, end)
        if start >= end:
            continue
        words = text[start:end]
        kind = kind_of(piece, words, marker, latin)
        links = heads_links(words) if kind == "boilerplate" else links and kind == "list_item" and words[-1] != "."
        kind = "boilerplate" if links else kind
        if kind == "heading":
            while path and path[-1][0] >= piece.level:
                path.pop()
            section = tuple(heading for _, heading in path)
            path.append((piece.level, words))
        yield Block(kind, start, end, (*section, *piece.heads), piece.page)


def kind_of(piece: Piece, words: str, marker: MarkerKind | None, latin: bool) -> BlockKind:
    """What a piece is, by its words where the source calls it no more than a paragraph."""
    if piece.kind not in ("table_cell", "title") and (is_furniture(words) or is_foreign(words, latin)):
        return "boilerplate"
    if piece.kind == "quote" and ATTRIBUTION.match(piece.text):
        return "paragraph"
    if piece.kind == "paragraph":
        if is_quotation(words):
            return "quote"
        if marker in ("symbol", "bullet"):
            return "list_item"
    return piece.kind


def lines_of(piece: Piece, offset: int, section: tuple[str, ...]) -> Iterator[Block]:
    """The blocks of a piece of several lines: the lines may be items or quotes of their own."""
    for block in segment(piece.text):
        plain = block.kind in ("title", "heading", "paragraph")
        kind = piece.kind if plain else block.kind
        yield Block(kind, block.start + offset, block.end + offset, section, piece.page)


def guessed(text: str, pieces: Sequence[Piece], ranges: Sequence[tuple[int, int]]) -> Iterator[Block]:
    """The blocks of pieces whose source says little of them: found as in plain text."""
    told = iter(zip(ranges, pieces, strict=True))
    (_, end), piece = next(told, ((0, 0), None))
    for block in segment(text):
        while end <= block.start:
            (_, end), piece = next(told)
        if piece is not None:
            kind = piece.kind if piece.kind in ("title", "caption", "footnote") else block.kind
            yield replace(block, kind=kind, page=piece.page)
