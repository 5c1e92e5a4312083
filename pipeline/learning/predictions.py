"""Retrain the scorer of prediction candidates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from spacy.tokens import Doc

from pipeline.learning.folds import FEW, TRUSTS, Kept, log_loss, parts
from pipeline.learning.labelled import Labelled
from pipeline.models import PREDICTIONS
from pipeline.predictions.scorer import Scorer
from pipeline.predictions.training import Example, best_threshold, fit, labelled, matrix, proposed, vocabulary


def examples(doc: Doc, one: Labelled) -> list[Example]:
    """A document's candidates, each with whether it is a prediction."""
    truth = one.truth["prediction"]
    row = {"doc_id": one.document.doc_id, "predictions": truth.entries, "ignore": truth.ignore}
    return labelled(row, proposed(doc))


def learn(data: Sequence[Sequence[Example]], start: Scorer | None) -> Scorer:
    """A scorer trained on documents' examples, going on from an earlier one where there is one.

    How far it is held to that is chosen in cross-validation by document. Its threshold is fitted where there are
    ``FEW`` examples. Raises ``Kept`` where nothing can be learned.
    """
    every = [e for some in data for e in some]
    if not 0 < sum(e.label for e in every) < len(every):
        raise Kept(f"{len(every)} candidates, all of one class")
    prior = start.weights if start else None
    tried = [(trust, _cross_validated(data, prior, trust)) for trust in (TRUSTS if start else (1.0,))]
    trust, p = min(tried, key=lambda t: log_loss(t[1], _labels(every)))
    weights = _fitted(every, prior, trust)
    threshold = start.threshold if start and len(every) < FEW else best_threshold(p, _labels(every))[0]
    return Scorer({**(prior or {}), **weights}, threshold)


def save(scorer: Scorer, folder: Path) -> None:
    """Write the scorer's weights below the folder."""
    table = {name: round(w, 4) for name, w in sorted(scorer.weights.items()) if abs(w) >= 0.0005}
    path = folder / PREDICTIONS
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = {"threshold": scorer.threshold, "weights": table}
    path.write_text(json.dumps(raw, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


def _fitted(data: list[Example], prior: dict[str, float] | None, trust: float) -> dict[str, float]:
    seen = {name for e in data for name in e.names}
    names = sorted({*vocabulary(data), *(seen & (prior or {}).keys())})
    weights = fit(matrix(data, names), _labels(data), names, prior, trust)
    return dict(zip(names, weights.tolist(), strict=True))


def _cross_validated(data: Sequence[Sequence[Example]], prior: dict[str, float] | None, trust: float) -> np.ndarray:
    out = []
    for train, test in parts(data):
        weights = {**(prior or {}), **_fitted([e for some in train for e in some], prior, trust)}
        scorer = Scorer(weights, 0.5)
        out += [scorer.probability(e.names) for some in test for e in some]
    return np.array(out)


def _labels(data: Sequence[Example]) -> np.ndarray:
    return np.array([float(e.label) for e in data])
