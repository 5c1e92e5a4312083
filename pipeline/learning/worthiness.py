"""Retrain the check-worthiness of sentences, from gold that says which are worth checking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.check_worthiness import Model, score
from pipeline.check_worthiness_training import calibrate, mean_logit, save, train, views
from pipeline.evaluate.matching import Tallies, Tally
from pipeline.learning.folds import Kept
from pipeline.learning.labelled import Sentence
from pipeline.models import CHECK_WORTHINESS

FEWEST = 1000
"""Sentences that a training needs: words have no weight before they have been seen some times."""
FOLDS = 5


def learn(sentences: Sequence[Sentence], folder: Path) -> None:
    """Train on the sentences and write the weights below the folder; raises ``Kept`` where nothing can be learned."""
    y = np.array([float(s.check_worthy) for s in sentences], np.float32)
    if not len(y):
        raise Kept("no gold with check_worthy; reviews do not tell it")
    if len(y) < FEWEST:
        raise Kept(f"its training takes {FEWEST} sentences, here are {len(y)}")
    if not 0 < y.sum() < len(y):
        raise Kept(f"{len(y)} sentences, all of one class")
    found = views([{"text": s.text} for s in sentences])
    groups = sorted({s.group for s in sentences})
    fold = np.array([groups.index(s.group) % FOLDS for s in sentences])
    logits = np.zeros(len(y), np.float32)
    for k in range(FOLDS):
        held = np.flatnonzero(fold == k)
        if len(held):
            logits[held] = mean_logit(train(found, y, np.flatnonzero(fold != k)), found, held)
    path = folder / CHECK_WORTHINESS
    path.parent.mkdir(parents=True, exist_ok=True)
    save(path.parent, train(found, y, np.arange(len(y))), *calibrate(logits, y))


def count(sentences: Sequence[Sentence], model: Model) -> dict[str, Tallies]:
    """The counts of each group of sentences: F1 of those worth checking, from one half on."""
    out: dict[str, Tallies] = {}
    for s, p in zip(sentences, score([s.text for s in sentences], model), strict=True):
        tally = out.setdefault(s.group, {"worth checking": Tally()})["worth checking"]
        tally.add(s.check_worthy, p >= 0.5, s.check_worthy and p >= 0.5)
    return out
