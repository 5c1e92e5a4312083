"""How much two articles share, and which pairs of many are worth comparing."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.versions.sketch import PERMUTATIONS

ROWS = 3
"""Signature entries per band: articles that share a band are compared. Of pairs with a Jaccard similarity of 0.3 90 %
share one of the 85 bands, of those with 0.5 all, of those with 0.01 one in 10,000."""
BANDS = PERMUTATIONS // ROWS
NEAR_JACCARD = 0.4
"""Two articles are near copies where they share so much of all that they say between them ..."""
NEAR_CONTAINMENT = 0.7
"""... or where so much of the shorter one stands in the other (an extract, a press release with words added)."""

LIKELY = 0.15
"""A pair whose Jaccard similarity is estimated lower is not compared: 0.7 of an article that is a quarter as long as
the other is 0.16 of all; the estimate's standard error there is 0.02."""
MOST = 100
"""In a band that more articles than this share (a template), each is compared with so many others: linear in all."""
CHUNK = 4096

Signatures = npt.NDArray[np.uint32]
Column = npt.NDArray[np.int64]
Pairs = tuple[Column, Column]


@dataclass(frozen=True, slots=True)
class Similarity:
    """``jaccard``: shared shingles of all shingles; ``containment``: of those of the shorter article. 0 to 1."""

    jaccard: float
    containment: float

    @property
    def is_near(self) -> bool:
        """Whether one of the articles is a near copy of the other."""
        return self.jaccard >= NEAR_JACCARD or self.containment >= NEAR_CONTAINMENT


def similarity(a: Set[str], b: Set[str]) -> Similarity:
    """The exact similarity of two sets of shingles; nothing is similar to an empty one."""
    shared = len(a & b)
    if not shared:
        return Similarity(0.0, 0.0)
    return Similarity(round(shared / (len(a) + len(b) - shared), 4), round(shared / min(len(a), len(b)), 4))


class Candidates:
    """New articles by the bands of their signatures, to find which may be near copies of each other or of older ones.

    Pairs come as two columns of row numbers.
    """

    def __init__(self, signatures: Signatures) -> None:
        self.signatures = signatures
        bands = banded(signatures)
        self.rows = np.argsort(bands, axis=0, kind="stable").astype(np.int32)
        self.keys = np.take_along_axis(bands, self.rows, axis=0)

    def within(self) -> Pairs:
        """The pairs of new articles."""
        found = Codes()
        for band in range(BANDS):
            keys, rows = self.keys[:, band], self.rows[:, band]
            for step in range(1, MOST):
                at = np.flatnonzero(keys[step:] == keys[:-step])
                if not len(at):
                    break
                a, b = rows[at], rows[at + step]
                found.add(np.minimum(a, b), np.maximum(a, b))
        return likely(self.signatures, self.signatures, found.pairs())

    def among(self, others: Signatures) -> Pairs:
        """The pairs of a new article and one of ``others``, which are none of the new."""
        bands, found = banded(others), Codes()
        for band in range(BANDS):
            keys, wanted = self.keys[:, band], bands[:, band]
            first, last = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
            for step in range(MOST):
                at = np.flatnonzero(last > first + step)
                if not len(at):
                    break
                found.add(self.rows[first[at] + step, band], at)
        return likely(self.signatures, others, found.pairs())


class Codes:
    """Pairs of row numbers, each once, as one number: many are found again in band after band."""

    def __init__(self) -> None:
        self.known: Column = np.empty(0, np.int64)
        self.new: list[Column] = []

    def add(self, left: npt.NDArray[np.integer], right: npt.NDArray[np.integer]) -> None:
        self.new.append(left.astype(np.int64) << 32 | right.astype(np.int64))
        if sum(map(len, self.new)) > len(self.known) + CHUNK:
            self.merge()

    def merge(self) -> None:
        self.known, self.new = np.unique(np.concatenate([self.known, *self.new])), []

    def pairs(self) -> Pairs:
        """The two columns, sorted."""
        self.merge()
        return self.known >> 32, self.known & 0xFFFFFFFF


def likely(signatures: Signatures, others: Signatures, pairs: Pairs) -> Pairs:
    """The pairs that may be near copies by the estimates that their signatures give."""
    kept = np.empty(len(pairs[0]), bool)
    for i in range(0, len(kept), CHUNK):
        left, right = (column[i : i + CHUNK] for column in pairs)
        kept[i : i + CHUNK] = (signatures[left] == others[right]).mean(axis=1) >= LIKELY
    return pairs[0][kept], pairs[1][kept]


def banded(signatures: Signatures) -> npt.NDArray[np.uint64]:
    """A number for each band of each signature; equal bands have equal numbers."""
    rows = signatures[:, : BANDS * ROWS].reshape(len(signatures), BANDS, ROWS).astype(np.uint64)
    mixed = np.zeros((len(signatures), BANDS), np.uint64)
    for i in range(ROWS):
        mixed = (mixed ^ rows[:, :, i]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
    return mixed


def signatures_of(blobs: Iterable[bytes]) -> Signatures:
    """The signatures as the rows of a matrix."""
    return np.frombuffer(b"".join(blobs), "<u4").reshape(-1, PERMUTATIONS)
