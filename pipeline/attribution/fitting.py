"""Fit the decision about options to scores on documents that the scoring network has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional as F

from pipeline.attribution.decoding import Candidate
from pipeline.attribution.gold import Target
from pipeline.attribution.tokens import Floats, Tokens

HIDDEN, STEPS, BATCH = 32, 3000, 2048
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


def fit_decision(features: Floats, labels: Floats, seed: int) -> dict[str, npt.NDArray[np.float32]]:
    """The decision's weights, not yet calibrated, from options (rows) and whether they are right."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    mean, scale = features.mean(0), features.std(0) + 1e-3
    x, y = torch.from_numpy((features - mean) / scale).float(), torch.from_numpy(labels)
    net = nn.Sequential(nn.Linear(x.shape[1], HIDDEN), nn.ReLU(), nn.Dropout(0.1), nn.Linear(HIDDEN, 1))
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.005, total_steps=STEPS)
    for _ in range(STEPS):
        batch = torch.randint(len(x), (BATCH,))
        loss = F.binary_cross_entropy_with_logits(net(x[batch])[:, 0], y[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    first, last = net[0], net[3]
    weights = {"hidden": first.weight.T, "hidden_bias": first.bias, "out": last.weight[0], "out_bias": last.bias}
    arrays = {name: w.detach().numpy().astype(np.float32) for name, w in weights.items()}
    nothing = {"knots": np.array([0, 1]), "levels": np.array([0, 1]), "accept": np.array(0.0)}
    return {**arrays, "mean": mean, "scale": scale, **{k: v.astype(np.float32) for k, v in nothing.items()}}


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
