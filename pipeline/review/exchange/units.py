"""Code points to UTF-16 units and back: tools written in JavaScript count a character outside the BMP twice."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate


def utf16_positions(text: str) -> list[int]:
    """For each position in code points (also the end), the position in UTF-16 units."""
    return [0, *accumulate(1 + (c > "\uffff") for c in text)]


def from_utf16(text: str, start: int, end: int) -> tuple[int, int]:
    """A span in UTF-16 units as one in code points; ``ValueError`` where an edge is none of a character."""
    units = utf16_positions(text)
    at = [bisect_left(units, p) for p in (start, end)]
    if any(i == len(units) or units[i] != p for i, p in zip(at, (start, end), strict=True)):
        raise ValueError(f"no character begins or ends at the UTF-16 units {start} and {end}")
    return at[0], at[1]
