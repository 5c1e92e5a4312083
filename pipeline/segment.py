"""Plain text -> blocks: title, headings, paragraphs, list items, quotes on a line of their own, page furniture.

The text itself is never changed; a block is a span of it without the white space, bullets, numbering and emoji at its
edges. Each line is read once, so the time grows with the length of the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.boilerplate import heads_links, is_foreign, is_furniture, is_latin
from pipeline.lines import LOWER, SECTION_GAP, TERMINAL, TURN, Line, closes, paragraphs, read_lines
from pipeline.records import Block, BlockKind

Rank = tuple[int, int]
"""How far out a heading stands: by its style, then by the white space before it (smaller is further out)."""

HEADING_WORDS = 16
HEADING_CHARS = 120
TITLE_CHARS = 250

SECOND_SENTENCE = re.compile(r"[a-z]{2}[.!?] +[A-Z]\w{3}")
LEDE = re.compile(r"^(?:The|An?|In|On|At|After|He|She|It|They|We|I|This|There)\b|\bsaid\b")
WORD = re.compile(r"[^\W\d_][\w'’-]*")
BYLINE = re.compile(r"(?:By|BY|Written by|Posted by) (?P<name>[A-Z][\w.'’-]+(?:,? (?:and |[A-Z])[\w.'’-]*){1,8})$")
DATELINE = re.compile(r"[A-Z][^()—–\n]{2,60}(?:\([A-Z][\w .]{1,20}\) ?)?[—–-]{1,2} ?\w")
CONTACT = re.compile(r"https?://|www\.|@\w")
QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "‘": "’", "'": "'"}


@dataclass(slots=True)
class Unit:
    """Lines that belong together, and what they were found to be."""

    lines: list[Line]
    text: str
    kind: BlockKind = "paragraph"
    rank: Rank | None = None

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def start(self) -> int:
        return self.lines[0].start

    @property
    def end(self) -> int:
        return self.lines[-1].end


def segment(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text: sorted, apart from each other, none empty; any text will do."""
    units = [Unit(p, text[p[0].start : p[-1].end]) for p in paragraphs(list(read_lines(text)), text)]
    mark_quotes_and_items(units)
    mark_furniture(units, text)
    body = [u for u in units if u.kind != "boilerplate"]
    mark_title(body)
    mark_headings(body)
    return tuple(with_sections(units))


def mark_quotes_and_items(units: list[Unit]) -> None:
    """Tell the blocks that are wholly somebody's words, and the items of lists."""
    for unit in units:
        if unit.first.marker == "angle" or is_quotation(unit.text):
            unit.kind = "quote"
        elif unit.first.marker in ("symbol", "bullet", "number"):
            unit.kind = "list_item"


def is_quotation(text: str) -> bool:
    """Whether the whole text stands in one pair of quotation marks."""
    text = text.rstrip(".,;")
    closing = QUOTES.get(text[0]) if text else None
    if closing is None or len(text) < 3 or text[-1] not in closing or text[0] in "'‘":
        return False
    depth = 0
    for found in re.finditer(f"[{re.escape(text[0] + closing)}]", text[:-1]):
        if found.group() in closing and found.start():
            depth -= 1
        else:
            depth += 1
        if depth == 0:
            return False
    return True


def mark_furniture(units: list[Unit], text: str) -> None:
    """Tell page furniture: known phrases, short lines in another script, lists of links and scraps below them."""
    latin = is_latin(text) is not False
    for unit in units:
        if is_furniture(unit.text) or (unit.kind != "quote" and is_foreign(unit.text, latin)):
            unit.kind = "boilerplate"
    links = False
    for unit in units:
        if unit.kind == "boilerplate":
            links = heads_links(unit.text)
        elif links := links and unit.kind == "list_item" and unit.text[-1] != ".":
            unit.kind = "boilerplate"
    scraps: list[Unit] = []
    for unit in reversed(units):
        if unit.kind == "boilerplate":
            for scrap in scraps:
                scrap.kind = "boilerplate"
            scraps = []
        elif is_scrap(unit):
            scraps.append(unit)
        else:
            break


def is_scrap(unit: Unit) -> bool:
    """Whether the words are too few and too loose to be a sentence or a heading of anything."""
    return len(unit.text) <= 40 and len(unit.text.split()) <= 5 and not closes(unit.text) and unit.kind == "paragraph"


def mark_title(units: list[Unit]) -> None:
    """The first block is the title where it is short and something longer follows."""
    if len(units) < 2 or units[0].kind not in ("paragraph", "list_item"):
        return
    head, body = units[0], units[1]
    if head.first.marker in ("bullet", "number") or len(head.text) > TITLE_CHARS or TURN.match(head.text):
        return
    apart = bool(body.first.gap) or head.first.marker == "hash" or bool(head.first.underline)
    if head.text[-1] in ":," or LOWER.match(head.text) or not (apart or is_body(body)):
        return
    if head.text.endswith(".") and not looks_like_headline(head.text, units):
        return
    if len(head.lines) <= 3 and any(unit.kind == "paragraph" and is_body(unit) for unit in units[1:4]):
        head.kind = "title"


def looks_like_headline(text: str, units: list[Unit]) -> bool:
    """Whether a first line that ends in a full stop is a headline after all.

    Its capitals tell, or the dateline below it; or it is short, has many longer paragraphs below it and does not read
    like a sentence of running text.
    """
    if len(text) > 160 or len(units) < 3 or SECOND_SENTENCE.search(text):
        return False
    if capitals(text) >= 0.7 or DATELINE.match(units[1].text):
        return True
    terse = len(text) <= 110 and len(text) < 0.8 * len(units[1].text) and not LEDE.search(text)
    return terse and len(units) >= 6


def is_body(unit: Unit) -> bool:
    """Whether the unit reads like running text."""
    return bool(TERMINAL.search(unit.text[-8:])) or unit.text.endswith(":") or len(unit.text) > HEADING_CHARS


def mark_headings(units: list[Unit]) -> None:
    """Tell the headings, by their form and by what follows them; one with nothing of its own below it is none."""
    neighbours = zip([None, *units], units, [*units[1:], None], strict=False)
    ranks = [heading_rank(before, unit, after) for before, unit, after in neighbours]
    for i in range(len(units) - 2, -1, -1):
        rank, below, unit, after = ranks[i], ranks[i + 1], units[i], units[i + 1]
        if rank is None:
            continue
        if below is None:
            owns = after.kind in ("list_item", "quote") or is_body(after)
        else:
            owns = after.kind == "heading" and rank < below
            if rank == below and unit.first.marker == "symbol" and unit.first.sign == after.first.sign:
                after.kind, after.rank = "list_item", None
        if owns:
            unit.kind, unit.rank = "heading", rank


def heading_rank(before: Unit | None, unit: Unit, after: Unit | None) -> Rank | None:
    """How far out the unit would stand as a heading; ``None`` where its form or place forbids it."""
    line = unit.first
    if after is None or unit.kind not in ("paragraph", "list_item"):
        return None
    if line.marker == "hash" or line.underline:
        return (-10 + (len(line.sign) if line.marker == "hash" else 1 + (line.underline != "=")), 0)
    alone = bool(line.gap) or before is None or before.kind == "title"
    if not alone or not has_heading_form(unit) or not (after.first.gap or is_body(after) or after.first.marker):
        return None
    if line.marker == "symbol":
        return (0, int(line.gap < SECTION_GAP)) if after.first.marker != "symbol" or after.first.gap else None
    if line.marker == "number":
        return (2 + len(re.findall(r"\w+", line.sign)), 0) if after.first.gap else None
    if line.marker is not None:
        return None
    return (1, 0) if unit.text.isupper() else (9, 0)


def has_heading_form(unit: Unit) -> bool:
    """Whether the words could be a heading: few, on a line or two, begun with a capital, not closed like a sentence."""
    text = unit.text
    if len(unit.lines) > 2 or len(text) > HEADING_CHARS or not 1 <= len(text.split()) <= HEADING_WORDS:
        return False
    if LOWER.match(text) or text[0] in "([—–-" or CONTACT.search(text) or TURN.match(text) or BYLINE.match(text):
        return False
    if "\t" in text or "|" in text or not any(c.isalpha() for c in text):
        return False
    asks = text[-1] in "?!" and (unit.first.marker is not None or capitals(text) >= 0.7)
    return asks or not closes(text)


def capitals(text: str) -> float:
    """The share of capitalised words among the longer words after the first."""
    words = [w for w in WORD.findall(text) if len(w) > 3][1:]
    return sum(1 for w in words if w[0].isupper()) / len(words) if len(words) > 2 else 0.0


def with_sections(units: list[Unit]) -> Iterator[Block]:
    """The blocks, each with the headings above it, outermost first."""
    path: list[tuple[Rank, str]] = []
    for unit in units:
        if unit.rank is not None:
            while path and path[-1][0] >= unit.rank:
                path.pop()
        yield Block(unit.kind, unit.start, unit.end, tuple(heading for _, heading in path))
        if unit.rank is not None:
            path.append((unit.rank, " ".join(unit.text.split())))
