"""The lines of a plain text: their own words told from markers, and which of them are one paragraph."""

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

MarkerKind = Literal["symbol", "bullet", "number", "hash", "angle"]

WRAP_COLUMNS = 160
"""Lines longer than this are paragraphs, not lines that an editor broke."""
SECTION_GAP = 3
"""So many blank lines before a heading divide sections of the outer level."""

EDGE = r"\s\x00-\x1f\x7f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\ufffc"
EDGE_CHAR = re.compile(f"[{EDGE}]")
ALNUM = re.compile(r"[^\W_]")
BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
TERMINAL = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
OPEN_END = re.compile(r"[:;,][\"'”’»)\]]*$")
TURN = re.compile(r"[\"“]?[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){0,4}(?: \([^)\n]{1,40}\))?: ")
LOWER = re.compile(r"[^\w]*[a-zß-öø-ÿ]")


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
    trail = rf"[{symbols}][{symbols}{modifiers}{EDGE}]*$"
    return Patterns(re.compile(lead), re.compile(trail), re.compile(rf"(?:[{rules}] ?){{3,}}"), m.spaced_bullets)


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
        if line is None:  # no words on it
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
    for mark in ("**", "__"):  # Markdown's emphasis around a whole line
        if text.startswith(mark, start, end) and text.endswith(mark, start + 2, end):
            start, end = trimmed(text, start + 2, end - 2)
    words = text[start:end]
    return Line(raw, start, end, end - begin, gap, kind, sign, words) if ALNUM.search(words) else None


def paragraphs(lines: list[Line], text: str) -> Iterator[list[Line]]:
    """Put the lines of one paragraph together: those that an editor broke at a column, and those that run on."""
    column = wrap_column(lines)
    for stanza in stanzas(lines):
        width = column and max(max(line.width for line in stanza), 0.8 * column)
        unit = [stanza[0]]
        for line in stanza[1:]:
            line = without_false_marker(unit, line, text)
            if joins(unit, line, width):
                unit.append(line)
            else:
                yield unit
                unit = [line]
        yield unit


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


def wrap_column(lines: list[Line]) -> float | None:
    """About where an editor broke the lines; ``None`` where the lines are whole paragraphs.

    In a wrapped text most lines go on in the middle of a sentence, with a small letter.
    """
    pairs = [(a, b) for a, b in pairwise(lines) if not b.gap and b.marker is None and a.width <= WRAP_COLUMNS]
    broken = sorted(a.width for a, b in pairs if LOWER.match(b.text))
    return broken[len(broken) // 2] if broken and len(broken) >= 0.4 * len(pairs) else None


def without_false_marker(unit: list[Line], line: Line, text: str) -> Line:
    """The line, its dash or number taken as a word where it stands in the middle of a sentence."""
    spaced = line.marker == "number" or (line.marker == "bullet" and text[line.raw] in patterns().spaced)
    if spaced and unit[0].marker is None and not closes(unit[-1].text):
        return replace(line, start=line.raw, marker=None, sign="", text=text[line.raw : line.end])
    return line


def closes(text: str) -> bool:
    """Whether a line ends as a sentence, a clause or an introduction ends."""
    return bool(TERMINAL.search(text[-8:]) or OPEN_END.search(text[-8:]))


def joins(unit: list[Line], line: Line, width: float | None) -> bool:
    """Whether a line goes on with the paragraph of the lines before it, no blank line being between them.

    ``width`` is that of a full line in a wrapped text.
    """
    first, before = unit[0], unit[-1]
    if line.marker is not None or before.underline:
        return line.marker == first.marker == "angle" and not before.underline
    if TURN.match(line.text):
        return False
    if LOWER.match(line.text):
        return width is not None or not OPEN_END.search(before.text[-8:]) or before.text.endswith(",")
    if first.marker is not None and indent(line) > indent(first):
        return True
    if width is None or before.width > WRAP_COLUMNS:
        return False
    word = line.text.split(maxsplit=1)[0]
    if before.width + 1 + len(word) > width:
        return True
    return not closes(before.text) and before.width >= 0.6 * width


def indent(line: Line) -> int:
    """Columns before the line's first character, its marker counting as one."""
    return line.width - (line.end - line.raw)
