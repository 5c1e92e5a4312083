"""Words as linking compares them: one spelling for one word, stems for topics; the lists of ``words.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from nltk.stem.snowball import SnowballStemmer

TABLES = {"stop", "negation", "number", "contraction", "revision", "contrast", "earlier", "part", "role", "event"}
TABLES |= {"generic", "saying"}
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['-][^\W\d_]+)*")
APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-"})
INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
MOST_NAMED = 4
STEMMER = SnowballStemmer("english")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists; see the data file for what each one means. ``roles`` and ``events`` are keyed by stem."""

    stop: frozenset[str]
    empty: frozenset[str]
    negation: frozenset[str]
    number: frozenset[str]
    contractions: tuple[tuple[re.Pattern[str], str], ...]
    revision: frozenset[str]
    revision_verbs: frozenset[str]
    revision_phrases: re.Pattern[str]
    earlier: frozenset[str]
    earlier_phrases: re.Pattern[str]
    contrast: re.Pattern[str]
    generic: frozenset[str]
    source_before: re.Pattern[str]
    source_behind: re.Pattern[str]
    part_before: re.Pattern[str]
    part_behind: re.Pattern[str]
    roles: dict[str, str]
    events: dict[str, tuple[int, int]]


@cache
def lexicon() -> Lexicon:
    """The word lists, read once; ``ValueError`` where the data file has an unknown table."""
    source = files("pipeline.knowledge").joinpath("linking/words.toml")
    return parse(tomllib.loads(source.read_text(encoding="utf-8")))


def parse(raw: dict[str, Any]) -> Lexicon:
    """Check the tables of the data file and build the lists; ``ValueError`` says what is wrong with them."""
    if raw.keys() != TABLES:
        raise ValueError(f"words.toml: tables must be {sorted(TABLES)}, not {sorted(raw)}")
    saying = "|".join(raw["saying"]["verbs"].split())
    roles: dict[str, str] = {}
    for group in raw["role"]:
        for verb in map(stem, group["verbs"]):
            if roles.setdefault(verb, group["name"]) != group["name"]:
                raise ValueError(f"words.toml: {verb!r} is in two roles")
    events: dict[str, tuple[int, int]] = {}
    for number, pair in enumerate(raw["event"]):
        for side, verbs in enumerate((pair["one"], pair["other"])):
            for verb in map(stem, verbs):
                if events.setdefault(verb, (number, side)) != (number, side):
                    raise ValueError(f"words.toml: {verb!r} is in two groups of events")
    return Lexicon(
        stop=frozenset(raw["stop"]["words"].split()),
        empty=frozenset((raw["stop"]["words"] + raw["number"]["words"]).split()),
        negation=frozenset(raw["negation"]["words"].split()),
        number=frozenset(raw["number"]["words"].split()),
        contractions=tuple(
            (re.compile((r"\b" if short[0].isalpha() else "") + re.escape(short) + r"\b"), long)
            for short, long in raw["contraction"].items()
        ),
        revision=frozenset(raw["revision"]["words"].split()),
        revision_verbs=frozenset(map(stem, raw["revision"]["verbs"].split())),
        revision_phrases=_any_of(raw["revision"]["phrases"]),
        earlier=frozenset(raw["earlier"]["words"].split()),
        earlier_phrases=_any_of(raw["earlier"]["phrases"]),
        contrast=_any_of(raw["contrast"]["words"]),
        generic=frozenset(map(stem, raw["generic"]["words"].split())),
        source_before=re.compile(rf"\b(?:{saying})\b(?: (?:that|parliament|reporters))?"),
        source_behind=re.compile(rf",? (?:according to|[^,;]{{0,60}}\b(?:{saying})\b)"),
        part_before=_any_of(raw["part"]["before"]),
        part_behind=_any_of(raw["part"]["behind"]),
        roles=roles,
        events=events,
    )


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(phrases, key=len, reverse=True))) + r")\b")


def plain(text: str) -> str:
    """The text in one spelling: composed, lower case, straight apostrophes and hyphens, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(APOSTROPHES).casefold().split())


def tokens(text: str) -> list[str]:
    """The words of a text, contractions written out, without punctuation."""
    text = INITIALS.sub(_joined, plain(text))
    if "'" in text or "cannot" in text:
        for short, long in lexicon().contractions:
            text = short.sub(long, text)
    return [t.removesuffix("'s").replace(",", "") for t in TOKEN.findall(text)]


def _joined(initials: re.Match[str]) -> str:
    """ "u.s." as one word, other than "us"."""
    letters = initials[0].replace(".", "")
    return "usa" if letters == "us" else letters


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a word in lower case (Snowball's English stemmer)."""
    stemmed: str = STEMMER.stem(word)
    return stemmed


@lru_cache(maxsize=50_000)
def topics(text: str) -> tuple[str, ...]:
    """The stems of the words that carry a topic, in order: no numbers, no closed classes."""
    return tuple(stems(tokens(text)))


def stems(words: Iterable[str]) -> list[str]:
    """The stems of those of the words (as ``tokens`` gives them) that carry a topic."""
    known = lexicon()
    return [stem(t) for t in words if t not in known.empty and not t[0].isdigit() and len(t) > 1]


def named(stems: Iterable[str], *texts: str) -> str:
    """The words of texts that have one of the stems, for people ("rail, plan")."""
    wanted, out = set(stems), []
    for word in (w for text in texts for w in tokens(text)):
        if stem(word) in wanted:
            wanted.remove(stem(word))
            out.append(word)
    return ", ".join(out[:MOST_NAMED])


def weighty(word: str) -> bool:
    """Whether two statements that differ in this word say different things: a number or a negation."""
    known = lexicon()
    return word[0].isdigit() or word in known.number or word in known.negation
