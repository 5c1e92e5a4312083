"""From the network's scores to candidate attributions: one per cue, with its most plausible content and source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.attribution.features import SPAN, WINDOW
from pipeline.attribution.network import Scores
from pipeline.attribution.tokens import Floats, Ints, Tokens

Mask = npt.NDArray[np.bool_]
CONTENT, SOURCE, CUE = range(3)
THRESHOLDS = (0.25, 0.4, 0.5, 0.6, 0.75)
CONTENT_GAP, SOURCE_GAP = 3, 1
"""Unlikely tokens between two likely ones that are taken along."""
CUE_REACH = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible attribution as sorted token indices; the scores are expected overlaps with the truth, 0..1."""

    anchor: int
    content: Ints
    source: Ints
    cue: Ints
    cue_score: float
    content_score: float
    source_score: float

    @property
    def score(self) -> float:
        return self.cue_score * self.content_score * self.source_score


def candidates(tokens: Tokens, scores: Scores) -> list[Candidate]:
    """The best reading of every cue that has a content."""
    if not len(scores.cues):
        return []
    token, valid = scores.pairs.token, scores.pairs.valid
    weight = np.where(tokens.space | tokens.punct | tokens.silent, 0, tokens.end - tokens.start)[token] * valid
    cue = scores.roles[..., CUE] > 0.5
    cue &= np.abs(np.arange(SPAN) - WINDOW) <= CUE_REACH
    cue[:, WINDOW] = True
    usable = valid & ~cue & ~tokens.silent[token]
    content, content_score = _best_content(tokens, scores, weight, usable)
    source, source_score = _best_source(scores.roles[..., SOURCE] * usable, weight)
    out = []
    for row, anchor in enumerate(scores.cues.tolist()):
        found = np.flatnonzero(content[row] & (weight[row] > 0))
        if not len(found):
            continue
        out.append(
            Candidate(
                anchor=anchor,
                content=token[row, found],
                source=token[row, source[row]],
                cue=token[row, cue[row] & valid[row]],
                cue_score=float(scores.cue[anchor]),
                content_score=float(content_score[row]),
                source_score=float(source_score[row]),
            )
        )
    return out


def _best_content(tokens: Tokens, scores: Scores, weight: Ints, usable: Mask) -> tuple[Mask, Floats]:
    """Per cue the most promising of several token sets, by expected IoU in characters.

    The sets are those above a threshold, each also with every quotation taken whole or not at all.
    """
    p = scores.roles[..., CONTENT]
    first, last = _quotation_bounds(tokens, scores)
    best = np.zeros_like(usable)
    best_score = np.full(len(p), -1.0)
    mass = p * weight
    total = mass.sum(axis=1)
    quoted = last > first
    for threshold in THRESHOLDS:
        plain = close_gaps(p > threshold, CONTENT_GAP) & usable
        count = np.zeros((len(p), SPAN + 1))
        np.cumsum(plain, axis=1, out=count[:, 1:])
        row = np.arange(len(p))[:, None]
        share = (count[row, last] - count[row, first]) / np.maximum(last - first, 1)
        whole = np.where(quoted, share >= 0.5, plain) & usable
        for option in (plain, whole):
            inside = (mass * option).sum(axis=1)
            score = inside / np.maximum((weight * option).sum(axis=1) + total - inside, 1e-6)
            better = score > best_score
            best[better] = option[better]
            best_score = np.where(better, score, best_score)
    return best, best_score


def _quotation_bounds(tokens: Tokens, scores: Scores) -> tuple[Ints, Ints]:
    """For each window position the window positions between which its quotation lies (equal: in none)."""
    edge = np.ones(len(tokens) + 1, dtype=bool)
    edge[1:-1] = tokens.quotation[1:] != tokens.quotation[:-1]
    edges = np.flatnonzero(edge)
    token = scores.pairs.token
    run = np.searchsorted(edges, token, side="right") - 1
    base = scores.cues[:, None] - WINDOW
    first, last = np.clip(edges[run] - base, 0, SPAN), np.clip(edges[run + 1] - base, 0, SPAN)
    return first, np.where(tokens.quotation[token] >= 0, last, first)


def _best_source(p: Floats, weight: Ints) -> tuple[list[Ints], Floats]:
    """Per cue the heaviest run of likely tokens (none: an empty one) and its expected IoU."""
    likely = close_gaps(p > 0.5, SOURCE_GAP)
    mass = p * weight
    total = mass.sum(axis=1)
    runs, score = [], 1 - p.max(axis=1)
    for row in range(len(p)):
        edges = np.flatnonzero(np.diff(likely[row], prepend=False, append=False)).reshape(-1, 2)
        if not len(edges):
            runs.append(np.zeros(0, dtype=np.int64))
            continue
        inside = [float(mass[row, a:b].sum()) for a, b in edges]
        k = int(np.argmax(inside))
        a, b = edges[k]
        runs.append(np.arange(a, b))
        score[row] = inside[k] / (weight[row, a:b].sum() + total[row] - inside[k] + 1e-6)
    return runs, score


def close_gaps(mask: Mask, gap: int) -> Mask:
    """Each row with its runs of at most ``gap`` false entries between true ones filled."""
    at = np.arange(mask.shape[1])
    far = mask.shape[1] + gap + 1
    before = np.maximum.accumulate(np.where(mask, at, -far), axis=1)
    after = np.minimum.accumulate(np.where(mask, at, 2 * far)[:, ::-1], axis=1)[:, ::-1]
    filled: Mask = after - before <= gap + 1
    return filled | mask


def overlap(a: Ints, b: Ints) -> float:
    """IoU of two sets of token indices."""
    if not len(a) or not len(b) or a[0] > b[-1] or b[0] > a[-1]:
        return 0.0
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / (len(a) + len(b) - common)
