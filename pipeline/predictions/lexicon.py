"""The words that signal a prediction, read from ``pipeline/knowledge/predictions/lexicon.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from pipeline.records import Certainty, PredictionType


@dataclass(frozen=True, slots=True)
class Sense:
    """What a cue word says by itself: type and certainty, and whether it seldom means anything else (``firm``)."""

    type: PredictionType
    certainty: Certainty
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Cue words by the construction they open; see the data file for what each table means."""

    modals: dict[str, Certainty]
    hedges: dict[str, Certainty]
    negations: frozenset[str]
    commitment: dict[str, Sense]
    forecast: dict[str, Sense]
    raising: dict[str, Sense]
    nouns: dict[str, Sense]
    idioms: dict[str, Sense]
    transitive: frozenset[str]
    imminent: frozenset[str]
    nominal: dict[str, Certainty]
    lead_in: frozenset[str]
    condition_markers: frozenset[str]
    condition_phrases: tuple[str, ...]
    condition_prepositions: frozenset[str]
    governors: dict[str, frozenset[str]]
    plans: frozenset[str]
    involuntary: frozenset[str]
    scheduled: frozenset[str]


TABLES = {
    "modals",
    "hedges",
    "negations",
    "commitment",
    "forecast",
    "raising",
    "noun",
    "idiom",
    "transitive",
    "imminent",
    "nominal",
    "lead_in",
    "conditions",
    "governors",
    "control",
}


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once; ``ValueError`` where the data file has an unknown table or value."""
    source = files("pipeline.knowledge").joinpath("predictions/lexicon.toml")
    return parse(tomllib.loads(source.read_text(encoding="utf-8")))


def parse(raw: dict[str, Any]) -> Lexicon:
    """Check the tables of the data file and build the lexicon; ``ValueError`` says what is wrong with them."""
    if raw.keys() != TABLES:
        raise ValueError(f"lexicon.toml: tables must be {sorted(TABLES)}, not {sorted(raw)}")
    return Lexicon(
        modals=certainties(raw["modals"]),
        hedges=certainties(raw["hedges"]),
        negations=frozenset(raw["negations"]["words"]),
        commitment=senses(raw["commitment"], "lemmas", "commitment"),
        forecast=senses(raw["forecast"], "lemmas", "forecast"),
        raising=senses(raw["raising"], "words"),
        nouns=senses(raw["noun"], "lemmas"),
        idioms=senses(raw["idiom"], "words"),
        transitive=frozenset(raw["transitive"]["lemmas"]),
        imminent=frozenset(raw["imminent"]["lemmas"]),
        nominal=certainties(raw["nominal"]),
        lead_in=frozenset(raw["lead_in"]["verbs"]),
        condition_markers=frozenset(raw["conditions"]["markers"]),
        condition_phrases=tuple(raw["conditions"]["phrases"]),
        condition_prepositions=frozenset(raw["conditions"]["prepositions"]),
        governors={kind: frozenset(lemmas) for kind, lemmas in raw["governors"].items()},
        plans=frozenset(raw["control"]["plans"]),
        involuntary=frozenset(raw["control"]["involuntary"]),
        scheduled=frozenset(raw["control"]["scheduled"]),
    )


def certainties(table: dict[str, str]) -> dict[str, Certainty]:
    """A table of word -> certainty, checked."""
    return {word: certainty(value) for word, value in table.items()}


def certainty(value: str) -> Certainty:
    """The value as a certainty; ``ValueError`` where it is none."""
    for known in get_args(Certainty):
        if value == known:
            return known  # type: ignore[no-any-return]
    raise ValueError(f"lexicon.toml: {value!r} is none of {', '.join(get_args(Certainty))}")


def senses(entries: list[dict[str, Any]], words: str, kind: PredictionType | None = None) -> dict[str, Sense]:
    """Word -> sense over all entries of one construction."""
    out: dict[str, Sense] = {}
    for entry in entries:
        type_ = kind or entry["type"]
        if type_ not in get_args(PredictionType):
            raise ValueError(f"lexicon.toml: {type_!r} is none of {', '.join(get_args(PredictionType))}")
        for word in entry[words]:
            if word in out:
                raise ValueError(f"lexicon.toml: {word!r} is listed twice")
            out[word] = Sense(type_, certainty(entry["certainty"]), entry.get("firm", True))
    return out
