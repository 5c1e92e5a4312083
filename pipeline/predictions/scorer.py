"""How likely a candidate is a prediction: logistic regression over named binary features.

The weights (``pipeline/knowledge/predictions/weights.json``: feature -> weight, and the decision threshold) are made by
``python -m pipeline.predictions.training``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipeline import models


@dataclass(frozen=True, slots=True)
class Scorer:
    """Feature weights, and the least probability of what counts as a prediction."""

    weights: dict[str, float]
    threshold: float

    def probability(self, names: Iterable[str]) -> float:
        """The calibrated probability, 0..1, rounded to four digits; a repeated name counts once."""
        total = sum(self.weights.get(name, 0.0) for name in sorted(set(names)))
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 4)


@cache
def scorer() -> Scorer:
    """The scorer with the project's weights, read once."""
    return read_scorer(None)


def read_scorer(folder: str | None) -> Scorer:
    """The scorer with the weights of a folder, or the project's."""
    with models.told(folder), models.weights(models.PREDICTIONS, folder) as path:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Scorer({str(k): float(v) for k, v in raw["weights"].items()}, float(raw["threshold"]))
