"""Train the check-worthiness scorer and measure it in cross-validation.

    python -m pipeline.check_worthiness_training GOLD.jsonl --out DIR

Gold rows hold ``id``, ``text`` and ``check_worthy``. Ids number the sentences of the source's debates in their order,
so folds are made of blocks of neighbouring ids: sentences of one debate seldom stand on both sides of a fold. Writes
``weights.npz`` and the measured figures as ``figures.json``. Deterministic.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.check_worthiness import SIZE, VIEWS, Floats, View, counts, weigh

FOLDS = 10
BLOCKS = 50
"""Blocks of neighbouring ids; block i goes to fold i mod ``FOLDS``."""
STRENGTH = {"words": 0.2, "characters": 0.2}
"""Weight of the L2 penalty, by view."""
MIN_COUNT = 2
STEPS = 120
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sparse:
    """Sentences as rows of weighted buckets, one after the other."""

    rows: Ints
    columns: Ints
    values: Floats
    count: int

    def times(self, weights: Floats) -> Floats:
        """The matrix times a vector over buckets."""
        return np.bincount(self.rows, self.values * weights[self.columns], self.count).astype(np.float32)

    def transposed(self, residuals: Floats) -> Floats:
        """The transposed matrix times a vector over sentences."""
        return np.bincount(self.columns, self.values * residuals[self.rows], SIZE).astype(np.float32)


def inverse_frequency(found: list[dict[int, int]]) -> Floats:
    """Smoothed inverse document frequency of each bucket; 0 for buckets that too few sentences have."""
    document = np.zeros(SIZE)
    for row in found:
        document[list(row)] += 1
    idf = np.log((1 + len(found)) / (1 + document)) + 1
    return np.where(document >= MIN_COUNT, idf, 0.0).astype(np.float16).astype(np.float32)


def sparse(found: list[dict[int, int]], idf: Floats) -> Sparse:
    """The sentences' TF-IDF rows."""
    rows, columns, values = [], [], []
    for i, row in enumerate(found):
        buckets = np.fromiter(row, dtype=np.int64, count=len(row))
        rows.append(np.full(len(buckets), i))
        columns.append(buckets)
        values.append(weigh(np.fromiter(row.values(), dtype=np.float32, count=len(row)), idf[buckets]))
    return Sparse(np.concatenate(rows), np.concatenate(columns), np.concatenate(values), len(found))


def fit(x: Sparse, y: Floats, strength: float) -> tuple[Floats, float]:
    """Weights and bias of an L2-penalised logistic regression, by accelerated gradient descent (Nesterov 1983)."""
    step = 4.0 / max(1.0, strength * 4 + spectral(x))
    w, bias = np.zeros(SIZE, np.float32), float(np.log(y.mean() / (1 - y.mean())))
    ahead, ahead_bias, momentum = w.copy(), bias, 1.0
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-(x.times(ahead) + ahead_bias)))
        residual = (p - y).astype(np.float32)
        new = ahead - step * (x.transposed(residual) + strength * ahead)
        new_bias = ahead_bias - 4.0 / x.count * float(residual.sum())
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = (new + (momentum - 1) / following * (new - w)).astype(np.float32)
        ahead_bias = new_bias + (momentum - 1) / following * (new_bias - bias)
        w, bias, momentum = new.astype(np.float32), new_bias, float(following)
    return w, bias


def spectral(x: Sparse) -> float:
    """The largest eigenvalue of X'X, by the power method from a fixed start."""
    v = np.ones(SIZE, np.float32) / np.sqrt(SIZE)
    size = 1.0
    for _ in range(12):
        v = x.transposed(x.times(v))
        size = float(np.sqrt(v @ v))
        v = v / size
    return size


def views(rows: list[dict[str, Any]]) -> dict[str, list[dict[int, int]]]:
    """The bucket counts of each sentence, by view."""
    return {name: [dict(counts(row["text"], name)) for row in rows] for name in VIEWS}


def train(found: dict[str, list[dict[int, int]]], y: Floats, chosen: Ints) -> dict[str, View]:
    """The views' regressions, trained on the chosen sentences."""
    out = {}
    for name in VIEWS:
        data = [found[name][i] for i in chosen]
        idf = inverse_frequency(data)
        weights, bias = fit(sparse(data, idf), y[chosen], STRENGTH[name])
        out[name] = View(idf, weights, bias)
    return out


def mean_logit(model: dict[str, View], found: dict[str, list[dict[int, int]]], chosen: Ints) -> Floats:
    """The views' mean logit of the chosen sentences."""
    total = np.zeros(len(chosen), np.float32)
    for name in VIEWS:
        x = sparse([found[name][i] for i in chosen], model[name].idf)
        total += x.times(model[name].weights) + model[name].bias
    return (total / len(VIEWS)).astype(np.float32)


def folds(ids: list[int]) -> Ints:
    """The fold of each sentence."""
    order = np.argsort(np.array(ids), kind="stable")
    out = np.zeros(len(ids), np.int64)
    out[order] = np.arange(len(ids)) * BLOCKS // len(ids) % FOLDS
    return out


def calibrate(logits: Floats, y: Floats) -> tuple[float, float]:
    """Slope and intercept that make the held-out logits probabilities (Platt 1999), by Newton's method."""
    x = np.stack([logits.astype(np.float64), np.ones(len(logits))], axis=1)
    w = np.array([1.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        w -= np.linalg.solve((x.T * (p * (1 - p))) @ x + 1e-9 * np.eye(2), x.T @ (p - y))
    return float(w[0]), float(w[1])


def measures(p: npt.NDArray[np.float64], y: Floats) -> dict[str, Any]:
    """F1 at the best threshold and at one half, expected calibration error and a reliability table in tenths."""

    def f1(threshold: float) -> tuple[float, float, float]:
        hit = float(((p >= threshold) & (y > 0)).sum())
        precision, recall = hit / max(1, (p >= threshold).sum()), hit / float(y.sum())
        return (2 * precision * recall / max(1e-9, precision + recall), float(precision), float(recall))

    best = max((f1(float(t)), float(t)) for t in np.arange(0.2, 0.7, 0.01))
    table = []
    for low in range(10):
        inside = (p >= low / 10) & ((p < (low + 1) / 10) | (low == 9))
        if inside.any():
            table.append(
                [low / 10, int(inside.sum()), round(float(p[inside].mean()), 3), round(float(y[inside].mean()), 3)]
            )
    ece = sum(n * abs(said - seen) for _, n, said, seen in table) / len(p)
    keys = ("f1", "precision", "recall")
    return {
        "best": {**dict(zip(keys, (round(v, 3) for v in best[0]), strict=True)), "threshold": round(best[1], 2)},
        "half": dict(zip(keys, (round(v, 3) for v in f1(0.5)), strict=True)),
        "ece": round(float(ece), 4),
        "reliability": table,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the check-worthiness scorer.")
    parser.add_argument("gold", type=Path)
    parser.add_argument("--out", type=Path, help="folder for weights.npz and figures.json")
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    y = np.array([float(row["check_worthy"]) for row in rows], np.float32)
    found, fold = views(rows), folds([row["id"] for row in rows])
    logits = np.zeros(len(rows), np.float32)
    for k in range(FOLDS):
        held = np.flatnonzero(fold == k)
        logits[held] = mean_logit(train(found, y, np.flatnonzero(fold != k)), found, held)
    p = np.zeros(len(rows))
    for k in range(FOLDS):
        slope, intercept = calibrate(logits[fold != k], y[fold != k])
        p[fold == k] = 1 / (1 + np.exp(-(slope * logits[fold == k] + intercept)))
    figures = {"sentences": len(rows), "check_worthy": int(y.sum()), **measures(p, y)}
    print(json.dumps(figures, indent=1))
    if args.out:
        slope, intercept = calibrate(logits, y)
        save(args.out, train(found, y, np.arange(len(rows))), slope, intercept)
        args.out.joinpath("figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def save(out: Path, model: dict[str, View], slope: float, intercept: float) -> None:
    """Write the weights in half precision, without pickles."""
    arrays: dict[str, Any] = {"slope": np.float64(slope), "intercept": np.float64(intercept)}
    for name, view in model.items():
        arrays |= {f"{name}_idf": view.idf.astype(np.float16), f"{name}_weights": view.weights.astype(np.float16)}
        arrays[f"{name}_bias"] = np.float64(view.bias)
    np.savez_compressed(out / "weights.npz", **arrays)


if __name__ == "__main__":
    main()
