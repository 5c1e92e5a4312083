"""How much a sentence is worth checking: 0..1, the calibrated probability that fact-checkers would want to look at it.

Two logistic regressions over hashed TF-IDF features (words and word pairs; character n-grams inside words) are averaged
and calibrated (Platt 1999). They see the sentence's text alone, so the score is the same whatever model parses it.
Weights, measures and limits: ``pipeline/knowledge/check_worthiness/CARD.md``; training:
``python -m pipeline.check_worthiness_training``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from pipeline import models

Floats = npt.NDArray[np.float32]
BITS = 17
SIZE = 1 << BITS
"""Buckets of a view: features are hashed with CRC-32 modulo this."""
CHARACTERS = (2, 5)
"""Shortest and longest character n-gram; a word's edges count as spaces."""
WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?|\d[\d.,]*|[^\w\s]")
DIGITS = re.compile(r"\d[\d.,]*")
VIEWS = ("words", "characters")


@dataclass(frozen=True, slots=True)
class View:
    """One logistic regression: inverse document frequency and weight of each bucket."""

    idf: Floats
    weights: Floats
    bias: float


@dataclass(frozen=True, slots=True)
class Model:
    """The views, and slope and intercept of the calibration of their mean logit."""

    views: tuple[View, ...]
    slope: float
    intercept: float


def score(sentences: Sequence[str], model: Model | None = None) -> list[float]:
    """The check-worthiness of each sentence, rounded to four digits; an empty sentence has 0."""
    model = model or load()
    return [probability(model, sentence) if sentence.strip() else 0.0 for sentence in sentences]


def probability(model: Model, sentence: str) -> float:
    """One sentence's calibrated probability."""
    logits = [logit(view, counts(sentence, name)) for name, view in zip(VIEWS, model.views, strict=True)]
    total = model.slope * sum(logits) / len(logits) + model.intercept
    return round(float(1 / (1 + np.exp(-np.clip(total, -30, 30)))), 4)


def logit(view: View, found: Counter[int]) -> float:
    """The regression's logit of one sentence's bucket counts."""
    buckets = np.fromiter(found, dtype=np.int64, count=len(found))
    values = weigh(np.fromiter(found.values(), dtype=np.float32, count=len(found)), view.idf[buckets])
    return float(values @ view.weights[buckets]) + view.bias


def weigh(frequency: Floats, idf: Floats) -> Floats:
    """Sublinear TF-IDF of one sentence, scaled to length one."""
    values = (1 + np.log(frequency)) * idf
    length = float(np.sqrt(values @ values))
    return values / length if length else values


def counts(sentence: str, view: str) -> Counter[int]:
    """How often each bucket of the view occurs in the sentence."""
    words = ["0" if w[0].isdigit() else w for w in WORD.findall(sentence.lower())]
    if view == "words":
        found = Counter(bucket(w) for w in words)
        found.update(bucket(f"{a} {b}") for a, b in pairwise(words))
        found[bucket(length_class(len(words)))] += 1
        return found
    found = Counter()
    for word in sentence.lower().split():
        found.update(grams(DIGITS.sub("0", word)))
    return found


def length_class(words: int) -> str:
    """A feature for the sentence's length: short sentences are seldom worth checking."""
    return f" length {min(words, 60) // 4}"


def bucket(feature: str) -> int:
    """The feature's place."""
    return crc32(feature.encode("utf-8", "surrogatepass")) % SIZE


@lru_cache(maxsize=50_000)
def grams(word: str) -> tuple[int, ...]:
    """The buckets of a word's character n-grams, its edges marked by spaces."""
    return tuple(bucket(gram) for gram in character_grams(f" {word} "))


def character_grams(padded: str) -> Iterator[str]:
    """Every n-gram of the word."""
    for n in range(CHARACTERS[0], CHARACTERS[1] + 1):
        if len(padded) <= n:
            yield padded
            return
        for i in range(len(padded) - n + 1):
            yield padded[i : i + n]


@cache
def load() -> Model:
    """The project's model, read once."""
    return read(None)


def read(folder: str | None) -> Model:
    """The model in a folder that ``claims train`` wrote, or the project's."""
    with (
        models.told(folder),
        models.weights(models.CHECK_WORTHINESS, folder) as path,
        np.load(path, allow_pickle=False) as arrays,
    ):
        views = tuple(
            View(
                arrays[f"{name}_idf"].astype(np.float32),
                arrays[f"{name}_weights"].astype(np.float32),
                float(arrays[f"{name}_bias"]),
            )
            for name in VIEWS
        )
        if any(len(view.weights) != SIZE for view in views):
            raise ValueError(f"not {SIZE} buckets")
        return Model(views, float(arrays["slope"]), float(arrays["intercept"]))
