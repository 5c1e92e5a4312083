"""The decision about candidates: how likely each is right, given its own scores and those of its rivals.

A small network with one hidden layer, fitted on candidates of documents that the first network was not trained on, so
that its output is a calibrated confidence.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.attribution.decoding import Candidate, overlap
from pipeline.attribution.tokens import CLOSING, OPENING, Floats, Tokens

NEAR = 150
"""Rivals are sought among cues at most this many tokens away."""
RIVAL_OVERLAP = 0.4
FEATURES = 26


def decision_features(tokens: Tokens, found: Sequence[Candidate]) -> Floats:
    """One row a candidate (in order of their anchors)."""
    rows = np.zeros((len(found), FEATURES), dtype=np.float32)
    scores = [c.score for c in found]
    low = 0
    for i, c in enumerate(found):
        while found[low].anchor < c.anchor - NEAR:
            low += 1
        rival = nests = nested = shares = 0.0
        for j in range(low, len(found)):
            o = found[j]
            if o.anchor > c.anchor + NEAR:
                break
            if j == i:
                continue
            if overlap(c.content, o.content) >= RIVAL_OVERLAP:
                rival = max(rival, scores[j] - scores[i] + 1)
            if _has(o.content, c.anchor):
                nested = max(nested, scores[j])
            if _has(c.content, o.anchor):
                nests = max(nests, scores[j])
            if len(c.source) and np.array_equal(c.source, o.source):
                shares = max(shares, scores[j])
        rows[i] = (*_own(tokens, c), rival, nests, nested, shares)
    return rows


def _own(tokens: Tokens, c: Candidate) -> tuple[float, ...]:
    first, last = int(c.content[0]), int(c.content[-1])
    quoted = tokens.quotation[c.content] >= 0
    state = tokens.quote_state
    before, after = state[max(first - 1, 0)], state[min(last + 1, len(tokens) - 1)]
    extent = last - first + 1
    return (
        _logit(c.cue_score),
        _logit(c.content_score),
        _logit(c.source_score),
        c.score,
        c.cue_score,
        c.content_score,
        c.source_score,
        float(not len(c.source)),
        np.log1p(len(c.content)),
        np.log1p(extent - len(c.content)),
        float(quoted.mean()),
        float(OPENING in (before, state[first])),
        float(CLOSING in (after, state[last])),
        float(tokens.quotation[c.anchor] >= 0),
        float(tokens.block[first] - tokens.block[c.anchor] != 0),
        float(tokens.block[last] - tokens.block[first] != 0),
        float(tokens.sentence[first] - tokens.sentence[c.anchor] != 0),
        float(tokens.sentence[last] - tokens.sentence[first] != 0),
        float(last < c.anchor),
        float(tokens.block[c.anchor] == 0),
        float(tokens.punct[c.anchor]),
        np.log1p(min(abs(first - c.anchor), abs(last - c.anchor))),
    )


def _has(indices: npt.NDArray[np.int64], value: int) -> bool:
    k = int(np.searchsorted(indices, value))
    return k < len(indices) and bool(indices[k] == value)


def _logit(p: float) -> float:
    p = min(max(p, 1e-3), 1 - 1e-3)
    return float(np.log(p / (1 - p)))
