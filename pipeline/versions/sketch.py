"""What an article says, small enough to compare it with every other: its words' hash and their MinHash.

Only words outside boilerplate count, whatever their case and the punctuation between them. A shingle is a run of
``SHINGLE`` words; the share of shingles that two articles have in common is their similarity (A. Z. Broder, "On the
resemblance and containment of documents", 1997).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import rensa

from pipeline.records import Document, digest_bytes

SHINGLE = 4
"""Words in a shingle. Longer runs miss what was edited, shorter ones are common (see ``benchmarks/versions.py``)."""
FEWEST = 40
"""An article of fewer shingles (some three sentences) is too short to be called a copy of another."""
PERMUTATIONS = 256
SEED = 1997
METHOD = f"{SHINGLE}-word shingles, rensa {rensa.RMinHash.ALGORITHM_VERSION}, {PERMUTATIONS} permutations, seed {SEED}"
"""Signatures made by another method cannot be compared with these."""
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sketch:
    """``content_hash`` is the same for articles with the same words in the same order.

    ``signature`` holds ``PERMUTATIONS`` little-endian 32-bit numbers; ``None`` for an article that is too short.
    """

    content_hash: str
    shingles: int
    signature: bytes | None


def sketches(documents: Sequence[Document]) -> list[Sketch]:
    """The sketch of each document; it depends on that document alone."""
    worded = [words_of(d) for d in documents]
    sets = [shingles_of(words) for words in worded]
    long = [i for i, s in enumerate(sets) if len(s) >= FEWEST]
    rows = rensa.RMinHash.digests_from_token_sets([[*sets[i]] for i in long], PERMUTATIONS, SEED)
    signatures = {i: np.array(row, "<u4").tobytes() for i, row in zip(long, rows, strict=True)}
    return [
        Sketch(digest_bytes(" ".join(words).encode("utf-8", "replace")), len(found), signatures.get(i))
        for i, (words, found) in enumerate(zip(worded, sets, strict=True))
    ]


def words_of(document: Document) -> list[str]:
    """The words of an article outside boilerplate, in order."""
    text = document.text
    parts = [text[b.start : b.end] for b in document.blocks if b.kind != "boilerplate"] if document.blocks else [text]
    return [word for part in parts for word in WORD.findall(part.casefold())]


def shingles_of(words: Sequence[str]) -> frozenset[str]:
    """The runs of ``SHINGLE`` words."""
    return frozenset(map(" ".join, zip(*(words[i:] for i in range(SHINGLE)), strict=False)))
