"""Find the quotations of a text: stretches between quotation marks, whatever the marks and however badly balanced.

Double marks (straight, curly, low, guillemets, `` '') delimit a quotation; single marks do where they stand at word
edges and are closed within the block. Apostrophes, primes (6'2") and marks without a partner do not. A closing mark
where only an opening one can stand opens. A quotation that
is still open at the end of its block ends there, as in a quotation of several paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MARK = re.compile(r"""["“”„‟«»〝〞＂]|``|''|(?<!\w)['‘’‚‹]|['’›](?!\w)""")
PRIME = re.compile(
    r"""\d\s?['’′]\s?\d+(?:\.\d+)?\s?(?:"|”|'')|(?<=[\s(])\d+(?:\.\d+)?"(?=[\s-]?(?:by|x|tall|long|wide|high|deep)\b)"""
)
ELISION = re.compile(r"['’‘](?:\d0s|tis|twas|em|til|cause|bout|n)\b", re.IGNORECASE)
STYLES = {"“": "curly", "”": "curly", "„": "low", "‟": "curly", "«": "guillemet", "»": "guillemet"}
STYLES |= {"〝": "prime", "〞": "prime", "＂": "straight", '"': "straight", "``": "tex", "''": "tex"}
OPENERS = frozenset(("“", "„", "‟", "«", "〝", "``"))
CLOSERS = frozenset(("”", "»", "〞", "''"))
SINGLES = frozenset("'‘’‚‹›")
SINGLE_OPENERS = frozenset("'‘‚‹")
SINGLE_CLOSERS = frozenset("'’›")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Characters ``[start, end)`` with the marks, ``[inner_start, inner_end)`` without; ``closed``: a mark ends it."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    closed: bool
    single: bool


class Quotations:
    """The quotations of a document in order, with look-up by character."""

    def __init__(self, found: Sequence[Quotation] = ()) -> None:
        self._found = tuple(found)
        self._starts = [q.start for q in self._found]
        self._ends = [q.end for q in self._found]

    def __iter__(self) -> Iterator[Quotation]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def at(self, char: int) -> Quotation | None:
        """The quotation that a character lies in."""
        k = bisect_right(self._starts, char) - 1
        return self._found[k] if k >= 0 and char < self._ends[k] else None

    def overlapping(self, start: int, end: int) -> tuple[Quotation, ...]:
        """The quotations that share a character with the span."""
        return self._found[bisect_right(self._ends, start) : bisect_left(self._starts, end)]


def find_quotations(text: str, blocks: Sequence[tuple[int, int]]) -> Quotations:
    """The outermost quotations of each block (character spans), in order; no quotation crosses a block's edge."""
    primes = {m.end() - 1 for m in PRIME.finditer(text)} | {m.start() for m in ELISION.finditer(text)}
    return Quotations([q for start, end in blocks for q in _in_block(text, start, end, primes) if _has_words(text, q)])


def _has_words(text: str, quotation: Quotation) -> bool:
    inner = text[quotation.inner_start : quotation.inner_end]
    return any(c.isalnum() for c in inner) and not (quotation.single and len(inner) < 2)


def _in_block(text: str, start: int, end: int, primes: set[int]) -> Iterator[Quotation]:
    marks = [m for m in MARK.finditer(text, start, end) if m.start() not in primes and m.end() - 1 not in primes]
    last_close = {STYLES[m[0]]: m.start() for m in marks if m[0] in CLOSERS}
    opened: re.Match[str] | None = None
    single_end = -1
    singles_left = True
    for i, m in enumerate(marks):
        at = m.start()
        if at < single_end:
            continue
        if m[0] in SINGLES:
            if opened is None and singles_left and m[0] in SINGLE_OPENERS and _may_open(text, start, end, m):
                close = _single_close(text, end, marks, i)
                singles_left = close is not None
                if close is not None:
                    single_end = close.end()
                    yield Quotation(at, close.end(), m.end(), close.start(), True, True)
        elif opened is None:
            if m[0] in OPENERS or _may_open(text, start, end, m):
                opened = m
        elif _closes(text, start, end, opened, m, last_close):
            yield Quotation(opened.start(), m.end(), opened.end(), at, True, False)
            opened = None
        elif STYLES[m[0]] == STYLES[opened[0]] and (m[0] in OPENERS or _may_open(text, start, end, m)):
            yield Quotation(opened.start(), at, opened.end(), at, False, False)
            opened = m
    if opened is not None:
        yield Quotation(opened.start(), end, opened.end(), end, False, False)


def _before(text: str, start: int, m: re.Match[str]) -> str:
    return text[m.start() - 1] if m.start() > start else " "


def _after(text: str, end: int, m: re.Match[str]) -> str:
    return text[m.end()] if m.end() < end else " "


def _may_open(text: str, start: int, end: int, m: re.Match[str]) -> bool:
    before, after = _before(text, start, m), _after(text, end, m)
    return not after.isspace() and not before.isalnum() and (before.isspace() or before not in ".,!?%)]}")


def _may_close(text: str, start: int, end: int, m: re.Match[str]) -> bool:
    return not _before(text, start, m).isspace() and not _after(text, end, m).isalnum()


def _closes(text: str, start: int, end: int, opened: re.Match[str], m: re.Match[str], last: dict[str, int]) -> bool:
    """Whether a double mark closes the open quotation: one of its kind, or another where none of its kind follows."""
    if opened[0] == "„":
        return m[0] in "“”"
    if STYLES[m[0]] == STYLES[opened[0]]:
        if m[0] in OPENERS or m[0] in CLOSERS:
            return m[0] in CLOSERS and not (m[0] == opened[0] and _may_open(text, start, end, m))
        return _may_close(text, start, end, m) or not _may_open(text, start, end, m)
    if last.get(STYLES[opened[0]], -1) > m.start():
        return False
    return m[0] not in OPENERS and _may_close(text, start, end, m)


def _single_close(text: str, end: int, marks: list[re.Match[str]], i: int) -> re.Match[str] | None:
    """The mark that closes a single quotation: the first at a word's end, or the next one after a plural possessive."""
    fallback = None
    for m in marks[i + 1 :]:
        if m[0] not in SINGLES:
            continue
        if m[0] in SINGLE_CLOSERS and _may_close(text, 0, end, m):
            if text[m.start() - 1] not in "sS" or not _after(text, end, m).isspace():
                return m
            fallback = fallback or m
        elif m[0] in SINGLE_OPENERS and fallback is not None:
            break
    return fallback
