"""Vectors of frequent words, learned from much unlabelled text: what words that the gold seldom or never has are like.

Shipped are the 30,000 most frequent words of GloVe 6B, 50 dimensions (Pennington, Socher and Manning, "GloVe: Global
Vectors for Word Representation", EMNLP 2014; public domain, PDDL 1.0), centred and scaled. They were packed by

    python -m pipeline.attribution.word_vectors glove.6B.50d.txt pipeline/knowledge/attributions/words.npz
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from spacy.strings import hash_string  # type: ignore[attr-defined,unused-ignore]  # not in its type stub

from pipeline import models

Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]
WORDS = 30_000
"""How many words, the most frequent ones, are kept."""


@dataclass(frozen=True, slots=True)
class WordVectors:
    """``hashes``: spaCy's 64-bit hashes of lower-case words, sorted; ``table``: a row each, then one of zeros."""

    hashes: Hashes
    table: Floats

    def __call__(self, lower: Hashes, lemma: Hashes) -> Floats:
        """The vectors (n, width) of tokens by their lower-case forms, else by their lemmas, else zeros."""
        row = self._rows(lower)
        return self.table[np.where(row == len(self.hashes), self._rows(lemma), row)]

    def _rows(self, values: Hashes) -> npt.NDArray[np.intp]:
        at = np.minimum(np.searchsorted(self.hashes, values), len(self.hashes) - 1)
        return np.where(self.hashes[at] == values, at, len(self.hashes))

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> WordVectors:
        """From the arrays that ``pack`` wrote."""
        table = arrays["table"].astype(np.float32)
        return cls(arrays["hashes"].astype(np.uint64), np.concatenate([table, np.zeros_like(table[:1])]))


@cache
def load_word_vectors() -> WordVectors:
    """The shipped vectors."""
    with models.weights(models.WORD_VECTORS) as path, np.load(path, allow_pickle=False) as arrays:
        return WordVectors.of(dict(arrays))


def pack(lines: Sequence[str]) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of lines ``word v1 v2 ...``. Raises ``ValueError`` where they are not all of one width."""
    words, rows = zip(
        *((word, values.split()) for word, _, values in (line.partition(" ") for line in lines)), strict=True
    )
    table = np.array(rows, dtype=np.float32)
    hashes = np.array([hash_string(word) for word in words], dtype=np.uint64)
    order = np.argsort(hashes)
    scaled = (table - table.mean(axis=0)) / table.std()
    return {"hashes": hashes[order], "table": scaled[order].astype(np.float16)}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; exit code 2 for a file that cannot be read as vectors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path, help="text file, the most frequent word first: word v1 v2 ...")
    parser.add_argument("out", type=Path, help="the .npz file to write")
    args = parser.parse_args(arguments)
    try:
        with args.vectors.open(encoding="utf-8") as file:
            arrays = pack(list(islice(file, WORDS)))
        np.savez_compressed(args.out, allow_pickle=False, **arrays)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
