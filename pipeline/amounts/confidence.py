"""How sure the reading of an amount is: the measured share of its class that is read right."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

from pipeline.amounts.grammar import Reading
from pipeline.amounts.knowledge import read_toml

ReadingClass = Literal["percent", "multiple", "range", "own_unit", "default_unit", "context_unit", "unknown_unit"]
"""What is read, and for a sum how its currency is known: by a sign of its own, by the sign's default, by places and
publisher, or not at all. A range is a class of its own, whatever its unit."""


def reading_class(reading: Reading, unit: str) -> ReadingClass:
    """The class of a reading whose unit has been chosen."""
    if reading.bound == "range":
        return "range"
    if reading.kind != "money":
        return "percent" if reading.kind == "percent" else "multiple"
    marker = min(reading.markers, key=lambda m: len(m.codes))
    if unit == "XXX":
        return "unknown_unit"
    if len(marker.codes) == 1:
        return "own_unit"
    return "default_unit" if unit == marker.default else "context_unit"


def confidence(reading: Reading, unit: str) -> float:
    """The share of the class's amounts that are read right, 0..1, rounded to four digits."""
    return shares()[reading_class(reading, unit)]


@cache
def shares() -> Mapping[str, float]:
    """The share of each class, read once from ``confidence.toml``; ``ValueError`` where the counts make no sense."""
    return {name: share(**counts) for name, counts in read_toml("confidence.toml", get_args(ReadingClass)).items()}


def share(right: int, found: int) -> float:
    """The rule of succession (Laplace 1774): one right and one wrong amount are added, so that few leave doubt."""
    if not 0 <= right <= found:
        raise ValueError(f"confidence.toml: {right} right of {found} found")
    return round((right + 1) / (found + 2), 4)
