"""The decision about options: how likely each is right, given its own scores and those of its rivals.

A small network with one hidden layer, fitted on documents that the scoring network was not trained on, then calibrated
on the options that are chosen; its output is the confidence of an attribution.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pipeline.attribution.decoding import CONTENT, SOURCE, THRESHOLDS, Options
from pipeline.attribution.features import SPAN, WINDOW
from pipeline.attribution.network import Scores, sigmoid
from pipeline.attribution.tokens import CLOSING, OPENING, Floats, Ints, Tokens

NEIGHBOURS = 8
"""Rivals are sought among this many cues on either side."""
RIVAL_OVERLAP = 0.4
KINDS = len(THRESHOLDS) + 2
WIDTH = 49
"""Number of features of an option."""


class Decision:
    """The fitted decision; ``arrays`` are those that ``fitting.py`` wrote."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        w = {k: np.asarray(v, dtype=np.float32) for k, v in arrays.items()}
        self.mean, self.scale = w["mean"], w["scale"]
        self.hidden, self.hidden_bias = w["hidden"], w["hidden_bias"]
        self.out, self.out_bias = w["out"], w["out_bias"]
        self.knots, self.levels = w["knots"], w["levels"]
        self.accept = float(w["accept"])

    def __call__(self, features: Floats) -> Floats:
        """P(right) of each option (rows of ``option_features``), not yet calibrated."""
        x = (features - self.mean) / self.scale
        return sigmoid(np.maximum(x @ self.hidden + self.hidden_bias, 0) @ self.out + self.out_bias)

    def calibrate(self, p: float) -> float:
        """The share of chosen options with this output that are right, by interpolation (isotonic fit)."""
        return float(np.interp(p, self.knots, self.levels))


def option_features(tokens: Tokens, scores: Scores, found: Options) -> Floats:
    """One row an option."""
    row, content = found.row, found.content
    p = scores.roles[row, :, CONTENT]
    weight = found.weight[row]
    mass = p * weight
    inside = (mass * content).sum(axis=1)
    size = (weight * content).sum(axis=1)
    total = mass.sum(axis=1)
    overlap = inside / np.maximum(size + total - inside, 1e-6)
    first = content.argmax(axis=1)
    last = SPAN - 1 - content[:, ::-1].argmax(axis=1)
    k = np.arange(len(row))
    before, after = np.maximum(first - 1, 0), np.minimum(last + 1, SPAN - 1)
    token = scores.pairs.token[row]
    t_first, t_last = token[k, first], token[k, last]
    state = tokens.quote_state
    n = len(tokens)
    anchor = scores.cues[row]
    quoted = ((tokens.quotation[token] >= 0) & content).sum(axis=1) / content.sum(axis=1)
    cue = scores.cue[anchor]
    source_score, source = _sources(scores, found)
    extent = last - first + 1
    count = content.sum(axis=1)
    out = [
        logit(cue),
        cue,
        overlap,
        logit(overlap),
        inside / np.maximum(size, 1e-6),
        np.where(content, p, 1).min(axis=1),
        np.where(content | found.cue[row], 0, p).max(axis=1),
        1 - inside / np.maximum(total, 1e-6),
        p[k, first],
        p[k, last],
        p[k, before],
        p[k, after],
        np.log1p(count),
        np.log1p(extent - count),
        quoted,
        (state[np.maximum(t_first - 1, 0)] == OPENING) | (state[t_first] == OPENING),
        (state[np.minimum(t_last + 1, n - 1)] == CLOSING) | (state[t_last] == CLOSING),
        tokens.quotation[t_first] != tokens.quotation[np.maximum(t_first - 1, 0)],
        tokens.quotation[t_last] != tokens.quotation[np.minimum(t_last + 1, n - 1)],
        tokens.quotation[anchor] >= 0,
        tokens.block[t_first] != tokens.block[anchor],
        tokens.block[t_last] != tokens.block[t_first],
        tokens.sentence[t_first] != tokens.sentence[anchor],
        tokens.sentence[t_last] != tokens.sentence[t_first],
        last < WINDOW,
        first > WINDOW,
        tokens.block[anchor] == 0,
        tokens.punct[anchor],
        np.log1p(np.minimum(np.abs(first - WINDOW), np.abs(last - WINDOW))),
        tokens.sentence[np.minimum(t_last + 1, n - 1)] != tokens.sentence[t_last],
        *(source_score[row][:, c] for c in range(source_score.shape[1])),
        *(found.kind == kind for kind in range(KINDS)),
    ]
    best = cue * overlap * source_score[row, 0]
    rivals = _rivals(found, scores, best, source, t_first, t_last)
    return np.stack([np.asarray(x, dtype=np.float32) for x in (*out, best, *rivals)], axis=1)


def _sources(scores: Scores, found: Options) -> tuple[Floats, Ints]:
    """Per cue: expected IoU of its source, whether it has one, size, distance, side; and the source's first token."""
    p = scores.roles[..., SOURCE]
    mass = p * found.weight
    inside = (mass * found.source).sum(axis=1)
    size = (found.weight * found.source).sum(axis=1)
    has = found.source.any(axis=1)
    score = np.where(has, inside / np.maximum(size + mass.sum(axis=1) - inside, 1e-6), 1 - p.max(axis=1))
    first = found.source.argmax(axis=1)
    side = np.where(has, np.sign(first - WINDOW), 0)
    distance = np.where(has, np.log1p(np.abs(first - WINDOW)), 0)
    features = [score, logit(score), has, p.max(axis=1), np.log1p(found.source.sum(axis=1)), distance, side]
    start = np.where(has, scores.pairs.token[np.arange(len(first)), first], -1 - np.arange(len(first)))
    return np.stack(features, axis=1), start


def _rivals(found: Options, scores: Scores, best: Floats, source: Ints, first: Ints, last: Ints) -> list[Floats]:
    """The strongest options of cues near by: with the same content, around this cue, within, by the same source."""
    cues = scores.cues
    lead = np.flatnonzero(np.diff(found.row, prepend=-1))
    strongest = np.full(len(cues), 0.0)
    np.maximum.at(strongest, found.row, best)
    low, high = np.full(len(cues), -1), np.full(len(cues), -2)
    by_best = np.lexsort((-best, found.row))[lead] if len(found.row) else lead
    low[found.row[by_best]], high[found.row[by_best]] = first[by_best], last[by_best]
    same, around, within, shared = (np.zeros(len(best), dtype=np.float32) for _ in range(4))
    anchor = cues[found.row]
    for step in (*range(-NEIGHBOURS, 0), *range(1, NEIGHBOURS + 1)):
        other = found.row + step
        real = (other >= 0) & (other < len(cues))
        other = np.clip(other, 0, len(cues) - 1)
        strength = np.where(real, strongest[other], 0)
        a, b = low[other], high[other]
        common = np.minimum(last, b) - np.maximum(first, a) + 1
        union = np.maximum(last, b) - np.minimum(first, a) + 1
        same = np.maximum(same, np.where(common >= RIVAL_OVERLAP * union, (strength - best + 1) * real, 0))
        around = np.maximum(around, np.where((a <= anchor) & (anchor <= b), strength, 0))
        within = np.maximum(within, np.where((first <= cues[other]) & (cues[other] <= last), strength, 0))
        shared = np.maximum(shared, np.where(source[other] == source[found.row], strength, 0))
    return [np.asarray(x, dtype=np.float32) for x in (same, around, within, shared)]


def logit(p: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Log odds, of probabilities kept away from 0 and 1."""
    p = np.clip(p, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(p / (1 - p)))
