"""Fit the decision about options to scores on documents that the scoring network has not seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.attribution.decoding import Candidate
from pipeline.attribution.gold import Target
from pipeline.attribution.network import sigmoid
from pipeline.attribution.tokens import Floats, Tokens

HIDDEN, STEPS, BATCH = 32, 3000, 2048
PEAK, RISE = 0.005, 0.3
"""The highest learning rate, and the share of the steps until it is reached."""
WEIGHT_DECAY, DROPOUT, SECOND = 0.01, 0.1, 0.999
"""``SECOND``: decay of the squared gradients' average (AdamW, Loshchilov & Hutter 2019)."""
LEARNED = ("hidden", "hidden_bias", "out", "out_bias")
Weights = Mapping[str, npt.NDArray[np.generic]]
RIGHT_OVERLAP = 0.5
"""A content is right from this IoU in letters on, as in the scorer; its source must share a token with the gold one."""
BINS = 12
"""Steps of the calibration: as many options fall into each."""


def label(tokens: Tokens, candidates: Sequence[Candidate], targets: Sequence[Target]) -> Floats:
    """1 for each candidate that has the content and the source of a gold attribution, else 0."""
    letters = np.where(tokens.space | tokens.punct, 0, tokens.end - tokens.start)
    spans = [(t, t.content[letters[t.content] > 0]) for t in targets]
    spans = [(t, content) for t, content in spans if len(content)]
    out = np.zeros(len(candidates), dtype=np.float32)
    for k, c in enumerate(candidates):
        for target, content in spans:
            if content[0] > c.content[-1] or c.content[0] > content[-1]:
                continue
            common = letters[np.intersect1d(content, c.content, assume_unique=True)].sum()
            union = letters[content].sum() + letters[c.content].sum() - common
            sources = len(np.intersect1d(target.source, c.source)) or not (len(target.source) or len(c.source))
            if common >= RIGHT_OVERLAP * union and sources:
                out[k] = 1
                break
    return out


def fit_decision(
    features: Floats, labels: Floats, seed: int, start: Weights | None = None, trust: float = 0.0
) -> dict[str, Floats]:
    """The decision's weights, from options (rows) and whether they are right; calibration is that of ``start`` or none.

    With ``start``, a decision fitted earlier, training goes on from its weights and is held to them by an L2 penalty of
    ``trust`` (in options: as much as so many would weigh).
    """
    rng = np.random.default_rng(seed)
    if start is None:
        mean, scale = features.mean(0), features.std(0) + np.float32(1e-3)
        weights = {
            "hidden": _uniform(rng, features.shape[1], (features.shape[1], HIDDEN)),
            "hidden_bias": _uniform(rng, features.shape[1], (HIDDEN,)),
            "out": _uniform(rng, HIDDEN, (HIDDEN,)),
            "out_bias": _uniform(rng, HIDDEN, (1,)),
        }
        rest = {"knots": np.array([0, 1]), "levels": np.array([0, 1]), "accept": np.array(0.0)}
    else:
        mean, scale = (np.asarray(start[k], np.float32) for k in ("mean", "scale"))
        weights = {k: np.array(start[k], np.float32) for k in LEARNED}
        rest = {k: np.asarray(start[k]) for k in ("knots", "levels", "accept")}
    held = {k: w.copy() for k, w in weights.items()} if start is not None else {}
    x, y = ((features - mean) / scale).astype(np.float32), labels.astype(np.float32)
    moments = {k: (np.zeros_like(w), np.zeros_like(w)) for k, w in weights.items()}
    for step in range(STEPS):
        rate, beta = one_cycle(step / (STEPS - 1))
        chosen = rng.integers(len(x), size=BATCH)
        for name, gradient in _gradients(weights, x[chosen], y[chosen], rng).items():
            w, (first, second) = weights[name], moments[name]
            if held:
                gradient = gradient + trust / len(x) * (w - held[name])
            first += (1 - beta) * (gradient - first)
            second += (1 - SECOND) * (gradient * gradient - second)
            ahead = first / (1 - beta ** (step + 1))
            w -= rate * (
                WEIGHT_DECAY * (w if not held else 0) + ahead / (np.sqrt(second / (1 - SECOND ** (step + 1))) + 1e-8)
            )
    arrays = {**weights, "mean": mean, "scale": scale, **rest}
    return {k: np.asarray(v, np.float32) for k, v in arrays.items()}


def one_cycle(done: float) -> tuple[float, float]:
    """Learning rate and first momentum when a share of the steps is done: up for 30 %, then down (Smith 2018)."""
    rise = done / RISE if done < RISE else 1 - (done - RISE) / (1 - RISE)
    share = (1 - math.cos(math.pi * rise)) / 2
    lowest = PEAK / 25 if done < RISE else PEAK / 250_000
    return lowest + share * (PEAK - lowest), 0.95 - 0.1 * share


def _uniform(rng: np.random.Generator, inputs: int, shape: tuple[int, ...]) -> Floats:
    """First weights of a layer, as wide as its inputs allow."""
    return rng.uniform(-1, 1, shape).astype(np.float32) / np.float32(math.sqrt(inputs))


def _gradients(weights: dict[str, Floats], x: Floats, y: Floats, rng: np.random.Generator) -> dict[str, Floats]:
    """Of the mean cross-entropy of a batch, with dropout in the hidden layer."""
    before = x @ weights["hidden"] + weights["hidden_bias"]
    keep = ((rng.random(before.shape, dtype=np.float32) >= DROPOUT) & (before > 0)) / np.float32(1 - DROPOUT)
    hidden = before * keep
    error = (sigmoid(hidden @ weights["out"] + weights["out_bias"]) - y) / len(y)
    back = np.outer(error, weights["out"]) * keep
    return {
        "hidden": x.T @ back,
        "hidden_bias": back.sum(0),
        "out": hidden.T @ error,
        "out_bias": error.sum(keepdims=True),
    }


def isotonic(p: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Knots and levels of a rising step fit (pool adjacent violators over ``BINS`` equal bins of the outputs)."""
    order = np.argsort(p, kind="stable")
    groups = [(float(p[g].mean()), float(right[g].mean()), len(g)) for g in np.array_split(order, min(BINS, len(p)))]
    merged: list[tuple[float, float, int]] = []
    for group in groups:
        merged.append(group)
        while len(merged) > 1 and merged[-2][1] >= merged[-1][1]:
            (x1, y1, n1), (x2, y2, n2) = merged[-2:]
            merged[-2:] = [((x1 * n1 + x2 * n2) / (n1 + n2), (y1 * n1 + y2 * n2) / (n1 + n2), n1 + n2)]
    return np.array([m[0] for m in merged], np.float32), np.array([m[1] for m in merged], np.float32)


def reliability(p: Floats, right: Floats) -> str:
    """A table of confidence against the share that is right, in ten equal bins, and the expected calibration error."""
    bins = np.minimum((p * 10).astype(int), 9)
    rows = ["confidence  number  mean confidence  right"]
    error = 0.0
    for b in range(10):
        of = bins == b
        if of.any():
            rows.append(
                f"{b / 10:.1f}-{(b + 1) / 10:.1f}     {of.sum():6d}  {p[of].mean():15.3f}  {right[of].mean():.3f}"
            )
            error += of.mean() * abs(float(p[of].mean()) - float(right[of].mean()))
    return "\n".join([*rows, f"expected calibration error {error:.4f} over {len(p)} attributions"])
