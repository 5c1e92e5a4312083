"""Cross-validation by document, for what must be chosen on the training documents alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
Floats = npt.NDArray[np.float64]
FOLDS = 5
TRUSTS = (1.0, 4.0, 16.0, 64.0, 256.0)
"""How hard weights may be held to those of an earlier training."""
FEW = 300
"""From so many examples on a threshold and a calibration are fitted; fewer would make them worse."""


class Kept(Exception):
    """A component keeps its present weights; says why."""


def parts(data: Sequence[T]) -> Iterator[tuple[list[T], list[T]]]:
    """Documents to train on and documents to test on; each is tested on once, in order: the first fifth first."""
    edges = [len(data) * k // FOLDS for k in range(FOLDS + 1)]
    for start, end in pairwise(edges):
        if end > start:
            yield [*data[:start], *data[end:]], list(data[start:end])


def log_loss(p: Floats, y: Floats) -> float:
    """Mean cross-entropy of probabilities and labels, in nats."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())
