"""Which language a text is written in, and which blocks of an English article are not in English."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.records import Block

MIN_BYTES = 40
"""A text whose letters take fewer bytes than this in UTF-8 is too short to tell."""

SAMPLE = 20_000
ENGLISH_SHARE = 0.1
"""From this share of English function words on a text is English without asking the model.

Of 924 newspaper articles 920 have it; what was tried in Dutch, Danish, Swedish, German, French, Spanish is below .05.
"""

CERTAIN = 0.7
"""So probable the model must find a language for a single block to be called foreign.

With the bounds above none of 17,197 paragraphs of English newspapers is called so, and 332 of 371 news sentences in 67
other languages are (`python -m benchmarks.languages`). Without this bound lists of names and headlines are among them.
"""

ENGLISH = frozenset(("en", "pcm"))
"""What the model takes English for; Nigerian Pidgin is what it makes of terse headlines."""

WORD = re.compile(r"[^\W\d_]+")
QUOTED = re.compile(r"[\"“„«][^\"“”„«»]*[\"”“»]")


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, ``None`` where there is too little of it."""
    words = words_of(text)
    if size(words) < MIN_BYTES:
        return None
    if is_english(words):
        return "en"  # the common case, told without loading a model
    return str(identifier().classify(text[:SAMPLE].replace("\n", " "))[0])


def mark_foreign(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks of an English article, those in another language marked as boilerplate with their language."""
    return tuple(
        replace(block, kind="boilerplate", language=code)
        if block.kind not in ("title", "boilerplate") and (code := foreign(text[block.start : block.end]))
        else block
        for block in blocks
    )


def foreign(text: str) -> str | None:
    """The language of a block that is surely not English; ``None`` for any other.

    What stands in quotation marks does not make an English sentence foreign.
    """
    words = words_of(text)
    if is_english(words) or size(words) < MIN_BYTES:
        return None
    outside = QUOTED.sub(" ", text[:SAMPLE])
    around = words_of(outside)
    if size(around) >= MIN_BYTES:
        text = outside
        if is_english(around):
            return None
    elif any(word in english_words() for word in around):
        return None
    code, probability = identifier().classify(text[:SAMPLE].replace("\n", " "))
    return None if code in ENGLISH or probability < CERTAIN else str(code)


def words_of(text: str) -> list[str]:
    """The words at the beginning of a text, in small letters."""
    return WORD.findall(text[:SAMPLE].lower())


def size(words: Iterable[str]) -> int:
    """How many bytes the words take."""
    return len("".join(words).encode("utf-8", "replace"))


def is_english(words: list[str]) -> bool:
    """Whether enough of the words are function words of English."""
    return sum(1 for word in words if word in english_words()) >= ENGLISH_SHARE * len(words)


def normalise(tag: str | None) -> str | None:
    """The primary language of a tag ("en-GB" -> "en"), ``None`` where it is not one."""
    found = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", tag or "")
    return found.group(1).lower() if found else None


@cache
def english_words() -> frozenset[str]:
    """The function words of the data file."""
    raw = files("pipeline.knowledge.ingest").joinpath("english.toml").read_text("utf-8")
    return frozenset(tomllib.loads(raw)["words"])


@cache
def identifier() -> Any:
    """The language identification model, loaded at its first use; gives a language and its probability."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
