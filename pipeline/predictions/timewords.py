"""Time expressions as regular expressions, read from ``pipeline/knowledge/predictions/time.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.predictions.dates import COUNT, MONTH, SEASON, WEEKDAY, YEAR

DATE_TERMS = {"month": MONTH, "weekday": WEEKDAY, "season": SEASON, "year": YEAR, "count": COUNT}
TERM = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class TimeWords:
    """The expressions and signs of the data file, compiled; see there for what each means."""

    expression: re.Pattern[str]
    past: re.Pattern[str]
    future: re.Pattern[str]
    day: re.Pattern[str]
    ahead: re.Pattern[str]
    clause: re.Pattern[str]


@cache
def timewords() -> TimeWords:
    """The time expressions, read once; ``ValueError`` where the data file is wrong."""
    source = files("pipeline.knowledge").joinpath("predictions/time.toml")
    return parse(tomllib.loads(source.read_text(encoding="utf-8")))


def parse(raw: dict[str, Any]) -> TimeWords:
    """Compile the data file's tables; ``ValueError`` names an unknown table or term."""
    tables = {"terms", "patterns", "signs"}
    if raw.keys() != tables or raw["patterns"].keys() != {"free", "governed", "events"}:
        raise ValueError(f"time.toml: tables must be {sorted(tables)} with patterns free, governed and events")
    terms = {**DATE_TERMS, **raw["terms"]}
    free, governed, events = (
        "|".join(f"(?:{fill(p, terms)})" for p in raw["patterns"][name]) for name in ("free", "governed", "events")
    )
    preposition = fill("<preposition>", terms)
    expression = rf"(?<![\w-])(?:{preposition}?(?:{free})|{events}|{preposition}(?:{governed}))(?!\w)"
    signs = {name: re.compile(fill(words, terms), re.IGNORECASE) for name, words in raw["signs"].items()}
    return TimeWords(re.compile(expression, re.IGNORECASE), **signs)


def fill(pattern: str, terms: dict[str, str]) -> str:
    """The pattern with each ``<term>`` put in; ``ValueError`` for an unknown one."""

    def term(match: re.Match[str]) -> str:
        if match[1] not in terms:
            raise ValueError(f"time.toml: unknown term <{match[1]}>")
        return f"(?:{terms[match[1]]})"

    return TERM.sub(term, pattern)
