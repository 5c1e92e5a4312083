"""Plain text -> blocks: title, headings, paragraphs, list items, quotes on a line of their own, page furniture.

The text itself is never changed; a block is a span of it without the white space, bullets, numbering and emoji at its
edges. Each line is read once, so the time grows with the length of the text alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipeline.boilerplate import is_foreign, is_furniture, latin_share
from pipeline.records import Block, BlockKind

MarkerKind = Literal["symbol", "bullet", "number", "hash", "angle"]
Rank = tuple[int, int]
"""How far out a heading stands: by its style, then by the white space before it (smaller is further out)."""

HEADING_WORDS = 16
HEADING_CHARS = 120
TITLE_CHARS = 250
WRAP_COLUMNS = 160
"""Lines longer than this are paragraphs, not lines that an editor broke."""
SECTION_GAP = 3
"""So many blank lines before a heading divide sections of the outer level."""

EDGE = r"\s\x00-\x1f\x7f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\ufffc"
EDGE_CHAR = re.compile(f"[{EDGE}]")
BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
TERMINAL = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
OPEN_END = re.compile(r"[:;,][\"'”’»)\]]*$")
TURN = re.compile(r"[\"“]?[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){0,4}(?: \([^)\n]{1,40}\))?: ")
BYLINE = re.compile(r"(?:By|BY|Written by|Posted by) (?P<name>[A-Z][\w.'’-]+(?:,? (?:and |[A-Z])[\w.'’-]*){1,8})$")
DATELINE = re.compile(r"[A-Z][^()—–\n]{2,60}(?:\([A-Z][\w .]{1,20}\) ?)?[—–-]{1,2} ?\w")
CONTACT = re.compile(r"https?://|www\.|@\w")
SECOND_SENTENCE = re.compile(r"[a-z]{2}[.!?] +[A-Z]\w{3}")
LEDE = re.compile(r"^(?:The|An?|In|On|At|After|He|She|It|They|We|I|This|There)\b|\bsaid\b")
WORD = re.compile(r"[^\W\d_][\w'’-]*")
LOWER = re.compile(r"[^\w]*[a-zß-öø-ÿ]")
QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "‘": "’", "'": "'"}


class Markers(BaseModel):
    """The data file of markers."""

    model_config = ConfigDict(extra="forbid")
    source: str
    bullets: str
    spaced_bullets: str
    symbols: list[tuple[str, str]]
    modifiers: list[tuple[str, str]]
    rules: str


@dataclass(frozen=True, slots=True)
class Patterns:
    """The expressions built from the data file."""

    lead: re.Pattern[str]
    trail: re.Pattern[str]
    rule: re.Pattern[str]
    spaced: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: its own words ``[start, end)``, and what stands before them."""

    raw: int
    start: int
    end: int
    width: int
    gap: int
    marker: MarkerKind | None
    sign: str
    text: str
    underline: str = ""


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


@cache
def patterns() -> Patterns:
    """The marker expressions; ``ValueError`` where the data file is malformed."""
    raw = files("pipeline.knowledge.ingest").joinpath("markers.toml").read_text("utf-8")
    m = Markers.model_validate(tomllib.loads(raw))
    bullets, spaced, rules = (re.escape(chars) for chars in (m.bullets, m.spaced_bullets, m.rules))
    symbols, modifiers = (
        "".join(f"\\U{int(a, 16):08x}-\\U{int(b, 16):08x}" for a, b in r) for r in (m.symbols, m.modifiers)
    )
    lead = (
        rf"(?P<hash>#{{1,6}}(?=\s|$))|(?P<angle>>+)|(?P<bullet>[{bullets}]|[{spaced}](?=\s|$))"
        rf"|(?P<symbol>(?:[{symbols}]|[0-9#*]\ufe0f?\u20e3)[{symbols}{modifiers}]*)"
        r"|(?P<number>\(?(?:\d{1,3}|[a-z]|[ivx]{2,5})[.)](?=\s|$)|\d{1,2}(?:\.\d{1,2})+\.?(?=\s+[A-Z]))"
    )
    trail = rf"(?:[{symbols}][{symbols}{modifiers}]*[{EDGE}]*)+$"
    return Patterns(re.compile(lead), re.compile(trail), re.compile(rf"(?:[{rules}] ?){{3,}}"), m.spaced_bullets)


def segment(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text: sorted, apart from each other, none empty; any text will do."""
    units = list(join_lines(list(read_lines(text)), text))
    mark_quotes_and_items(units)
    mark_furniture(units, text)
    body = [u for u in units if u.kind != "boilerplate"]
    mark_title(body)
    mark_headings(body)
    return tuple(with_sections(units))


def read_lines(text: str) -> Iterator[Line]:
    """The lines with words in them; rules become blank space, or the underline of the heading above them."""
    p = patterns()
    gap, position = 0, 0
    held: Line | None = None
    for stop in line_ends(text):
        begin, end, position = position, stop[0], stop[1]
        raw, end = trimmed(text, begin, end)
        if raw >= end:
            gap += 1
            continue
        words = text[raw:end]
        if len(words) >= 3 and p.rule.fullmatch(words):
            if held is not None and not gap and words[0] in "=-~*":
                held = replace(held, underline=words[0])
            gap += SECTION_GAP
            continue
        line = read_line(text, begin, raw, end, gap, p)
        if line is None:  # a marker alone on its line
            continue
        if held is not None:
            yield held
        held, gap = line, 0
    if held is not None:
        yield held


def line_ends(text: str) -> Iterator[tuple[int, int]]:
    """Where each line ends and where the next begins."""
    for found in BREAK.finditer(text):
        yield found.span()
    yield len(text), len(text)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without white space and invisible characters at its edges."""
    while start < end and EDGE_CHAR.match(text, start):
        start += 1
    while end > start and EDGE_CHAR.match(text, end - 1):
        end -= 1
    return start, end


def content(text: str, start: int, end: int) -> tuple[int, int, MarkerKind | None]:
    """The range without the markers at its edges, and the kind of its first; empty where there is nothing else."""
    start, end = trimmed(text, start, end)
    line = read_line(text, start, start, end, 0, patterns()) if start < end else None
    return (line.start, line.end, line.marker) if line else (end, end, None)


def read_line(text: str, begin: int, raw: int, end: int, gap: int, p: Patterns) -> Line | None:
    """One line with its markers told from its words; ``None`` where there are no words."""
    kind: MarkerKind | None = None
    sign, start = "", raw
    while start < end and (found := p.lead.match(text, start, end)):
        if kind is None:
            kind, sign = found.lastgroup, found.group()  # type: ignore[assignment]
        start, _ = trimmed(text, found.end(), end)
    if start >= end:
        return None
    if found := p.trail.search(text, max(start, end - 64), end):
        _, end = trimmed(text, start, found.start())
    return Line(raw, start, end, end - begin, gap, kind, sign, text[start:end]) if start < end else None


def join_lines(lines: list[Line], text: str) -> Iterator[Unit]:
    """Put the lines of one paragraph together: those that an editor broke at a column, and those that run on."""
    wrapped = is_wrapped(lines)
    for stanza in stanzas(lines):
        width = max(line.width for line in stanza)
        unit = [stanza[0]]
        for line in stanza[1:]:
            line = without_false_marker(unit[-1], line, text)
            if joins(unit, line, wrapped, width):
                unit.append(line)
            else:
                yield Unit(unit, text[unit[0].start : unit[-1].end])
                unit = [line]
        yield Unit(unit, text[unit[0].start : unit[-1].end])


def stanzas(lines: list[Line]) -> Iterator[list[Line]]:
    """The lines in groups that no blank line divides."""
    group: list[Line] = []
    for line in lines:
        if line.gap and group:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def is_wrapped(lines: list[Line]) -> bool:
    """Whether an editor broke the paragraphs at a column: then most lines go on in the middle of a sentence."""
    pairs = [b for a, b in pairwise(lines) if not b.gap and b.marker is None and a.width <= WRAP_COLUMNS]
    return bool(pairs) and sum(1 for line in pairs if LOWER.match(line.text)) >= 0.4 * len(pairs)


def without_false_marker(before: Line, line: Line, text: str) -> Line:
    """The line, its dash or number taken as a word where it stands in the middle of a sentence."""
    spaced = line.marker == "number" or (line.marker == "bullet" and text[line.raw] in patterns().spaced)
    if spaced and before.marker is None and not closes(before.text):
        return replace(line, start=line.raw, marker=None, sign="", text=text[line.raw : line.end])
    return line


def closes(text: str) -> bool:
    """Whether a line ends as a sentence, a clause or an introduction ends."""
    return bool(TERMINAL.search(text[-8:]) or OPEN_END.search(text[-8:]))


def joins(unit: list[Line], line: Line, wrapped: bool, width: int) -> bool:
    """Whether a line goes on with the paragraph of the lines before it, no blank line being between them."""
    first, before = unit[0], unit[-1]
    if line.marker is not None or before.underline:
        return line.marker == first.marker == "angle" and not before.underline
    if TURN.match(line.text):
        return False
    if LOWER.match(line.text):
        return wrapped or not OPEN_END.search(before.text[-8:]) or before.text.endswith(",")
    if first.marker is not None and indent(line) > indent(first):
        return True
    if not wrapped or before.width > WRAP_COLUMNS:
        return False
    word = line.text.split(maxsplit=1)[0]
    if before.width + 1 + len(word) > width:
        return True
    return not closes(before.text) and before.width >= 0.6 * width


def indent(line: Line) -> int:
    """Columns before the line's first character, its marker counting as one."""
    return line.width - (line.end - line.raw)


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
    """Tell page furniture: known phrases, short lines in another script, and the scraps between them at either end."""
    latin = (latin_share(text) or 1.0) >= 0.5
    for unit in units:
        if is_furniture(unit.text) or (unit.kind != "quote" and is_foreign(unit.text, latin)):
            unit.kind = "boilerplate"
    for ordered in (units, units[::-1]):
        scraps: list[Unit] = []
        for unit in ordered:
            if unit.kind == "boilerplate":
                for scrap in scraps:
                    scrap.kind = "boilerplate"
                scraps = []
            elif ordered is not units and is_scrap(unit):
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

    Its capitals tell, or the dateline below it, or that it is short against the many paragraphs below and does not begin
    as a sentence of running text does.
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
    neighbours = zip([None, *units[:-1]], units, [*units[1:], None], strict=True)
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
