"""Find the words of an earlier decision in the text as it is now (W3C Web Annotation TextQuoteSelector)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, takewhile

from pipeline.review.snapshots import Snapshot

UNMISTAKABLE = 24
"""Words of at least so many characters that stand only once in a text are found by themselves, whatever is around."""
MIN_CONTEXT = 0.5
"""Of the selector's prefix and suffix, the share that must still be there to tell one of several occurrences."""
LITTLE_CONTEXT = 0.15
"""The share for short words that stand only once: some of the words next to them are still the same."""
MAX_OCCURRENCES = 2000
ANCHOR_CHARS = 12
"""So much of the prefix and of the suffix finds the place where the words themselves have changed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words stand now. ``exact``: the same words; ``same_context``: with the same ones around them."""

    start: int
    end: int
    exact: bool
    same_context: bool


def locate(selector: Snapshot, text: str) -> Place | None:
    """The place in ``text`` of the words that a claim in JSON form had, by its ``text``, ``prefix`` and ``suffix``.

    Differences of white space do not count. ``None`` where the words and their surroundings are gone, or where
    several places fit equally well.
    """
    prefix, suffix = _even(selector["prefix"]), _even(selector["suffix"])
    found = list(islice(_pattern(selector["text"]).finditer(text), MAX_OCCURRENCES)) if selector["text"].strip() else []
    if not found:
        return _changed(selector, text)
    scored = sorted(
        ((_kept(text, m.start(), m.end(), prefix, suffix), m.start(), m.end()) for m in found), key=lambda s: -s[0]
    )
    most, start, end = scored[0]
    whole = len(prefix) + len(suffix)
    alone = len(found) == 1 and (len(selector["text"]) >= UNMISTAKABLE or most >= LITTLE_CONTEXT * whole)
    clear = len(found) > 1 and most > scored[1][0] and most >= MIN_CONTEXT * whole
    return Place(start, end, True, most == whole) if alone or clear else None


def _changed(selector: Snapshot, text: str) -> Place | None:
    """The characters between the selector's prefix and suffix, where both still stand, once, close to each other."""
    before, after = selector["prefix"][-ANCHOR_CHARS:], selector["suffix"][:ANCHOR_CHARS]
    if len(before.strip()) < ANCHOR_CHARS // 2 or len(after.strip()) < ANCHOR_CHARS // 2:
        return None
    lefts = list(islice(_pattern(before).finditer(text), 2))
    if len(lefts) != 1:
        return None
    start = lefts[0].end()
    right = _pattern(after).search(text, start, start + 2 * len(selector["text"]) + 4 * ANCHOR_CHARS)
    return Place(start, right.start(), False, False) if right and right.start() > start else None


def _kept(text: str, start: int, end: int, prefix: str, suffix: str) -> int:
    """How many characters of the prefix and suffix, counted from the words outwards, are as they were."""
    before = _even(text[max(0, start - 2 * len(prefix) - 8) : start])
    after = _even(text[end : end + 2 * len(suffix) + 8])
    return _common(before[::-1], prefix[::-1]) + _common(after, suffix)


def _common(a: str, b: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _even(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(w) for w in words.split()))
