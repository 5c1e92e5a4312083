"""The lines of printed pages -> pieces in reading order: columns, running heads, hyphenation, headings, paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.ingest.reading import Piece
from pipeline.lines import LOWER, TERMINAL, closes

MARGIN = 0.12
"""Running heads and page numbers stand in this share of the printed height, above and below."""

MIN_COLUMN_LINES = 4
MAX_LINES = 2000
"""A page of more lines than this is a table or a drawing; columns are not looked for in it."""
HEADING_SIZE = 1.12
"""A line this much larger than the body is a heading."""
NOTE_SIZE = 0.88
"""A line this much smaller than the body, at the page's foot, belongs to a footnote."""
HEADING_CHARS = 200
PAGE_NUMBER = re.compile(
    r"(?:page |p\. ?|[-–—| ]+)?(?:\d{1,4}|[ivxl]{1,6})(?: ?(?:of|/) ?\d{1,4})?[-–—| ]*", re.IGNORECASE
)
ITEM = re.compile(r"(?:[•‣◦▪■●·–*✅➢➤-]|\(?(?:\d{1,2}|[a-z])[.)]) ?(?=\S)")
LONGEST_WORD = 60
CUT = re.compile(r"[^\W\d_]+-$")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its words, its box in points (origin at the lower left), the height of its characters."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool
    page: int


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together."""

    lines: list[Line]
    is_note: bool = False

    @property
    def size(self) -> float:
        return max(self.lines, key=lambda line: len(line.text)).size


def pieces_of_pages(pages: Sequence[Sequence[Line]]) -> list[Piece]:
    """The pieces of a document's pages, each with the number of the page it begins on."""
    running = running_heads(pages)
    kept = [without_running(page, running) for page in pages]
    body = body_size([line for page in kept for line in page])
    paragraphs: list[Paragraph] = []
    for page in kept:
        found = list(paragraphs_of(in_reading_order(page), body))
        text = [p for p in found if not p.is_note]
        if text and goes_on(last_text(paragraphs), text[0]):
            last_text(paragraphs).lines += text.pop(0).lines  # type: ignore[union-attr]
        paragraphs += text
        paragraphs += (p for p in found if p.is_note)
    vocabulary = words_of(line.text for page in kept for line in page)
    return list(as_pieces(paragraphs, body, vocabulary))


def last_text(paragraphs: Sequence[Paragraph]) -> Paragraph | None:
    """The last paragraph that is no footnote."""
    return next((p for p in reversed(paragraphs) if not p.is_note), None)


def goes_on(before: Paragraph | None, here: Paragraph) -> bool:
    """Whether a page's first paragraph is the rest of the last one on the page before."""
    if before is None or abs(before.size - here.size) > 0.05 * before.size:
        return False
    return not TERMINAL.search(before.lines[-1].text) and bool(LOWER.match(here.lines[0].text))


def pattern(line: Line) -> tuple[str, int]:
    """The line's words, any number alike, and about how high it stands."""
    return re.sub(r"\d+|\b[ivxl]+\b", "#", line.text.casefold()), round(line.bottom / 4)


def edges(page: Sequence[Line]) -> tuple[float, float]:
    """Above and below which heights a page's margins lie."""
    low, high = min(line.bottom for line in page), max(line.top for line in page)
    return low + MARGIN * (high - low), high - MARGIN * (high - low)


def running_heads(pages: Sequence[Sequence[Line]]) -> frozenset[tuple[str, int]]:
    """The lines that come back at one place in the margins of page after page."""
    counts: Counter[tuple[str, int]] = Counter()
    for page in pages:
        if page:
            low, high = edges(page)
            counts.update({pattern(line) for line in page if line.top < low or line.bottom > high})
    enough = 2 if len(pages) <= 4 else 3
    return frozenset(one for one, count in counts.items() if count >= enough)


def without_running(page: Sequence[Line], running: frozenset[tuple[str, int]]) -> list[Line]:
    """The page without its running head and foot and its number."""
    if not page:
        return []
    low, high = edges(page)

    def is_running(line: Line) -> bool:
        if not (line.top < low or line.bottom > high):
            return False
        return pattern(line) in running or PAGE_NUMBER.fullmatch(line.text) is not None

    return [line for line in page if not is_running(line)]


def body_size(lines: Sequence[Line]) -> float:
    """The character height of most of the text, in points."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.size, 1)] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 1.0


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """The lines of a page or a part of it: column by column, those across both columns between what they divide."""
    gutter = find_gutter(lines)
    if gutter is None:
        return by_rows(lines)
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.top):
        if line.left < gutter < line.right:
            ordered += in_reading_order(left) + in_reading_order(right) + [line]
            left, right = [], []
        else:
            (left if line.right <= gutter else right).append(line)
    return ordered + in_reading_order(left) + in_reading_order(right)


def find_gutter(lines: Sequence[Line]) -> float | None:
    """Where a vertical strip divides two columns of text; ``None`` in a single column.

    Few lines cross it, several lines of running text stand on either side of it, and side by side.
    """
    if len(lines) > MAX_LINES:
        return None
    best: tuple[int, float] | None = None
    starts = Counter(round(line.left - 2.0, 0) for line in lines)
    for x in sorted(x for x, count in starts.items() if count > 1):
        left = [line for line in lines if line.right <= x]
        right = [line for line in lines if line.left >= x]
        crossing = len(lines) - len(left) - len(right)
        if min(len(left), len(right)) < MIN_COLUMN_LINES or crossing > 0.4 * len(lines):
            continue
        if not (is_text(left) and is_text(right) and side_by_side(left, right)):
            continue
        if best is None or crossing < best[0]:
            best = (crossing, x)
    return best[1] if best else None


def is_text(lines: Sequence[Line]) -> bool:
    """Whether the lines are long enough for running text rather than table cells or numbers in a margin."""
    return sum(len(line.text) for line in lines) >= 18 * len(lines)


def side_by_side(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether the two groups share most of the height of the smaller one."""
    high = min(max(line.top for line in left), max(line.top for line in right))
    low = max(min(line.bottom for line in left), min(line.bottom for line in right))
    heights = [max(line.top for line in g) - min(line.bottom for line in g) for g in (left, right)]
    return high - low >= 0.5 * min(heights)


def by_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines from top to bottom; parts of one row from left to right."""
    ordered = sorted(lines, key=lambda line: -line.top)
    rows: list[list[Line]] = []
    for line in ordered:
        if rows and overlaps(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.left)]


def overlaps(a: Line, b: Line) -> bool:
    """Whether two lines stand on one row."""
    return min(a.top, b.top) - max(a.bottom, b.bottom) > 0.5 * min(a.top - a.bottom, b.top - b.bottom)


def paragraphs_of(lines: Sequence[Line], body: float) -> Iterator[Paragraph]:
    """Put the lines of one paragraph together."""
    here: list[Line] = []
    foot = min((line.bottom for line in lines), default=0.0)
    top = max((line.top for line in lines), default=0.0)
    for i, line in enumerate(lines):
        if here and not follows(here, line, column_edge(lines, i)):
            yield Paragraph(here, is_note(here, body, foot, top))
            here = []
        here.append(line)
    if here:
        yield Paragraph(here, is_note(here, body, foot, top))


def is_note(lines: Sequence[Line], body: float, foot: float, top: float) -> bool:
    """Whether a paragraph is a footnote: small, and in the lower third of the page."""
    return lines[0].size < NOTE_SIZE * body and lines[0].top < foot + (top - foot) / 3


def column_edge(lines: Sequence[Line], i: int) -> float:
    """About where the column ends at the right: what most lines near by reach."""
    near = sorted(one.right for one in lines[max(0, i - 8) : i + 9] if abs(one.left - lines[i].left) < 3 * one.size)
    return near[len(near) * 3 // 4]


def follows(here: Sequence[Line], line: Line, edge: float) -> bool:
    """Whether a line goes on with the paragraph; ``edge`` is where its column ends."""
    before = here[-1]
    if overlaps(before, line) and line.left >= before.right - 1:  # the rest of a row
        return True
    if abs(before.size - line.size) > 0.1 * before.size or (before.bold != line.bold and len(here) == 1):
        return False
    gap = before.bottom - line.top
    if not -0.6 * line.size <= gap <= 0.55 * line.size:
        # the next column goes on where the sentence does
        return line.top > before.top and not closes(before.text) and bool(LOWER.match(line.text))
    if ITEM.match(line.text) and (closes(before.text) or ITEM.match(here[0].text)):
        return False
    indented = line.left > max(one.left for one in here[-2:]) + 0.6 * line.size
    letter = (before.right - before.left) / max(len(before.text), 1)
    had_room = before.right + letter * (1 + len(line.text.split(maxsplit=1)[0])) < edge
    if TERMINAL.search(before.text):
        return not (indented or had_room)
    return not had_room or bool(LOWER.match(line.text))


def as_pieces(paragraphs: Sequence[Paragraph], body: float, vocabulary: Counter[str]) -> Iterator[Piece]:
    """The pieces: headings by the size of their letters, list items by their marks, the rest paragraphs."""
    sizes = sorted({round(p.size, 0) for p in paragraphs if is_heading(p, body)}, reverse=True)
    for paragraph in paragraphs:
        page = paragraph.lines[0].page
        text = joined([line.text for line in paragraph.lines], vocabulary)
        if paragraph.is_note:
            yield Piece("footnote", text, page=page)
        elif is_heading(paragraph, body):
            level = 1 + sizes.index(round(paragraph.size, 0))
            level = len(sizes) + 1 if paragraph.size < HEADING_SIZE * body else level
            yield Piece("heading", text, level, page=page)
        elif found := ITEM.match(text):
            yield Piece("list_item", text[found.end() :], lead=f"{found.group().strip()} ", page=page)
        else:
            yield Piece("paragraph", text, page=page)


def is_heading(paragraph: Paragraph, body: float) -> bool:
    """Whether a paragraph is short, and larger than the body or bold."""
    lines = paragraph.lines
    length = sum(len(line.text) for line in lines)
    if paragraph.is_note or length > HEADING_CHARS or len(lines) > 4 or not any(c.isalpha() for c in lines[0].text):
        return False
    large = paragraph.size >= HEADING_SIZE * body
    return large or (all(line.bold for line in lines) and len(lines) <= 2 and not closes(lines[-1].text))


def words_of(texts: Iterator[str]) -> Counter[str]:
    """How often each word stands in the lines, those cut at a line's end left out."""
    return Counter(word for text in texts for word in WORD.findall(text.casefold()) if not text.endswith(f"{word}-"))


def joined(lines: Sequence[str], vocabulary: Counter[str]) -> str:
    """The lines as one, a word that was cut at a line's end put together again."""
    parts = [lines[0]]
    for line in lines[1:]:
        cut = CUT.search(parts[-1][-LONGEST_WORD:])
        if cut and line[:1].islower():
            rest = WORD.match(line)
            word = f"{cut.group()}{rest.group() if rest else ''}".casefold()
            is_compound = vocabulary[word] > vocabulary[word.replace("-", "")]
            parts[-1] = parts[-1] if is_compound else parts[-1][:-1]
            parts.append(line)
        else:
            parts += (" ", line)
    return "".join(parts)
