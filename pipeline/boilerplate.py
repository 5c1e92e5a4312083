"""Which lines of an article are page furniture: navigation, share buttons, advertisements, subscription prompts.

A wrongly marked block loses claims, so the evidence asked for is strong: a known phrase that is the whole line, or a
short line in a script that the article is not written in.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, TypeAdapter

MAX_CHARS = 400
"""A block longer than this is never page furniture by its words."""

FOREIGN_WORDS = 8
"""A line in another script than the article's counts as page furniture up to this many words."""

SAMPLE = 200_000
"""So many characters tell the script that an article is written in."""

LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]")
LETTER = re.compile(r"[^\W\d_]")
OUTER = " \t\n\r\u00a0.,:;!?…-–—|·•»«›‹>→←[](){}*\"'“”‘’"


class Phrases(BaseModel):
    """One language's whole-line phrases and patterns (regular expressions over the folded line).

    ``above_links`` are the patterns of lines above a list of links to other articles.
    """

    model_config = ConfigDict(extra="forbid")
    phrases: list[str]
    patterns: list[str]
    above_links: list[str] = []


@cache
def languages() -> tuple[Phrases, ...]:
    """The phrases of each language; ``ValueError`` for a malformed data file."""
    raw = tomllib.loads(files("pipeline.knowledge.ingest").joinpath("boilerplate.toml").read_text("utf-8"))
    raw.pop("source")
    return tuple(TypeAdapter(dict[str, Phrases]).validate_python(raw).values())


@cache
def furniture() -> tuple[frozenset[str], re.Pattern[str]]:
    """The known phrases, folded, and one expression for all patterns."""
    phrases = frozenset(fold(p) for one in languages() for p in one.phrases)
    return phrases, any_of(p for one in languages() for p in (*one.patterns, *one.above_links))


@cache
def link_heads() -> re.Pattern[str]:
    """One expression for all lines above a list of links."""
    return any_of(p for one in languages() for p in one.above_links)


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression for several."""
    return re.compile("|".join(f"(?:{p})" for p in patterns))


def fold(text: str) -> str:
    """The text in one letter case, with plain apostrophes, single spaces and no outer punctuation."""
    return " ".join(text.casefold().replace("’", "'").split()).strip(OUTER)


def is_furniture(text: str) -> bool:
    """Whether the whole text is a known phrase of page furniture."""
    if len(text) > MAX_CHARS:
        return False
    folded = fold(text)
    phrases, patterns = furniture()
    return folded in phrases or patterns.fullmatch(folded) is not None


def heads_links(text: str) -> bool:
    """Whether the whole text is a line that stands above links to other articles ("More from The Daily")."""
    return len(text) <= MAX_CHARS and link_heads().fullmatch(fold(text)) is not None


def is_latin(text: str) -> bool | None:
    """Whether most letters of the text (of the beginning of a long one) are Latin, ``None`` where it has no letters."""
    letters = len(LETTER.findall(text[:SAMPLE]))
    return len(LATIN.findall(text[:SAMPLE])) >= 0.5 * letters if letters else None


def is_foreign(text: str, article_is_latin: bool) -> bool:
    """Whether a short line is written in another script than its article."""
    if len(text) > MAX_CHARS or len(text.split()) > FOREIGN_WORDS:
        return False
    return is_latin(text) is (not article_is_latin)
