"""From the network's scores to options: for each cue a few possible contents and the most likely source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.attribution.features import SPAN, WINDOW
from pipeline.attribution.network import Scores
from pipeline.attribution.tokens import Floats, Ints, Tokens

Mask = npt.NDArray[np.bool_]
CONTENT, SOURCE, CUE = range(3)
THRESHOLDS = (0.2, 0.35, 0.5, 0.65, 0.8)
"""A content option is the set of tokens above one of these probabilities."""
CONTENT_GAP, SOURCE_GAP, MAIN_GAP = 3, 1, 6
"""Unlikely tokens between two likely ones that are taken along; ``MAIN_GAP``: between parts of one stretch."""
CUE_REACH = 8
"""A cue's further words ("has said", "according to") lie within this many tokens of its anchor."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible attribution as sorted token indices; ``anchor`` is the main word of its cue."""

    anchor: int
    content: Ints
    source: Ints
    cue: Ints


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a document (K of them, several a cue) and what they share with the others of their cue.

    ``row`` is the cue's row in the scores; ``content`` (K, SPAN) the window positions of the content; ``kind`` (K)
    which way it was made; ``weight`` (C, SPAN) the letters of each window token; ``source`` and ``cue`` (C, SPAN).
    """

    row: Ints
    content: Mask
    kind: Ints
    weight: Ints
    source: Mask
    cue: Mask

    def candidate(self, k: int, scores: Scores) -> Candidate:
        """The k-th option in token indices."""
        row = int(self.row[k])
        token = scores.pairs.token[row]
        return Candidate(
            anchor=int(scores.cues[row]),
            content=token[self.content[k]],
            source=token[self.source[row]],
            cue=token[self.cue[row]],
        )


def options(tokens: Tokens, scores: Scores) -> Options:
    """The distinct readings of every cue."""
    token, valid = scores.pairs.token, scores.pairs.valid
    letters = np.where(tokens.space | tokens.punct | tokens.silent, 0, tokens.end - tokens.start)
    weight = letters[token] * valid
    cue = scores.roles[..., CUE] > 0.5
    cue &= np.abs(np.arange(SPAN) - WINDOW) <= CUE_REACH
    cue &= valid
    cue[:, WINDOW] = True
    usable = valid & ~cue & (weight > 0)
    spoken = valid & ~tokens.silent[token]
    p = scores.roles[..., CONTENT]
    found = [close_gaps(p > t, CONTENT_GAP) & usable for t in THRESHOLDS]
    middle = found[len(THRESHOLDS) // 2]
    found.append(middle & heaviest_run(close_gaps(p > 0.5, MAIN_GAP), p * weight))
    found.append(middle & (tokens.block[token] == tokens.block[scores.cues][:, None]))
    source = heaviest_run(
        close_gaps(scores.roles[..., SOURCE] > 0.5, SOURCE_GAP) & spoken, scores.roles[..., SOURCE] * weight
    )
    rows, contents, kinds = [], [], []
    for kind, content in enumerate(found):
        new = content.any(axis=1)
        for earlier in found[:kind]:
            new &= (content != earlier).any(axis=1)
        at = np.flatnonzero(new)
        rows.append(at)
        contents.append(content[at])
        kinds.append(np.full(len(at), kind))
    order = np.argsort(np.concatenate(rows), kind="stable")
    return Options(
        row=np.concatenate(rows)[order],
        content=np.concatenate(contents)[order],
        kind=np.concatenate(kinds)[order],
        weight=weight,
        source=source,
        cue=cue,
    )


def heaviest_run(mask: Mask, mass: Floats) -> Mask:
    """Each row with only that run of its true entries that has the most mass."""
    rows, width = mask.shape
    padded = np.zeros((rows, width + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    step = np.diff(padded, axis=1)
    row, first = np.nonzero(step == 1)
    last = np.nonzero(step == -1)[1]
    total = np.zeros((rows, width + 1))
    np.cumsum(mass, axis=1, out=total[:, 1:])
    heavy = total[row, last] - total[row, first]
    order = np.lexsort((-heavy, row))
    best = order[np.diff(row[order], prepend=-1) > 0]
    at = np.arange(width)
    out = np.zeros_like(mask)
    out[row[best]] = (at >= first[best, None]) & (at < last[best, None])
    return out


def close_gaps(mask: Mask, gap: int) -> Mask:
    """Each row with its runs of at most ``gap`` false entries between true ones filled."""
    at = np.arange(mask.shape[1])
    far = mask.shape[1] + gap + 1
    before = np.maximum.accumulate(np.where(mask, at, -far), axis=1)
    after = np.minimum.accumulate(np.where(mask, at, 2 * far)[:, ::-1], axis=1)[:, ::-1]
    filled: Mask = after - before <= gap + 1
    return filled | mask


def overlap(a: Ints, b: Ints) -> float:
    """IoU of two sorted sets of token indices."""
    if not len(a) or not len(b) or a[0] > b[-1] or b[0] > a[-1]:
        return 0.0
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / (len(a) + len(b) - common)
