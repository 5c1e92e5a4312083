"""Figures over documents with their confidence intervals, and how far two evaluations of the same documents differ.

Intervals are those of the percentile bootstrap over documents (Efron & Tibshirani 1993, chapter 13): what one article
says is no independent case, so articles are drawn, not claims. Two evaluations are compared on the same draws (paired).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.evaluate.matching import Figure, Tallies, Tally

DRAWS = 2000
LEVEL = 0.95
SEED = 0
FEWEST = 5
"""From fewer documents no interval is given: their draws say little of other documents."""

Floats = npt.NDArray[np.float64]


def figures(documents: Sequence[Tallies]) -> list[Figure]:
    """The figures of all measures, each pooled over the documents, with 95 % confidence intervals."""
    names = names_of(documents)
    counts = stacked(documents, names)
    is_share = shares(documents, names)
    total, drawn = np.nan_to_num(values(counts.sum(0), is_share)), values(draws(counts), is_share)
    out = []
    for k, name in enumerate(names):
        right_gold, right_predicted, gold, predicted = (int(n) for n in counts[:, k].sum(0))
        low, high = interval(drawn[:, k])
        if is_share[k]:
            figure = Figure(name, float(total[k]), gold, low=low, high=high)
        else:
            precision = right_predicted / predicted if predicted else 0.0
            recall = right_gold / gold if gold else 0.0
            figure = Figure(name, float(total[k]), gold, precision, recall, predicted, low, high)
        out.append(figure)
    return out


def compare(before: Mapping[str, Tallies], after: Mapping[str, Tallies]) -> list[Figure]:
    """The figures of ``after``, each with its change since ``before``, over the documents that are in both."""
    both = [key for key in after if key in before]
    old, new = [before[key] for key in both], [after[key] for key in both]
    names = [name for name in names_of(new) if name in set(names_of(old))]
    is_share = shares(new, names)
    sides = [stacked(side, names) for side in (old, new)]
    now, then = (values(counts.sum(0), is_share) for counts in sides[::-1])
    drawn = values(draws(sides[1]), is_share) - values(draws(sides[0]), is_share)
    changes = {}
    for k, name in enumerate(names):
        changes[name] = (float(np.nan_to_num(now[k]) - np.nan_to_num(then[k])), *interval(drawn[:, k]))
    found = []
    for figure in figures(new):
        change, low, high = changes.get(figure.name, (None, None, None))
        found.append(replace(figure, change=change, change_low=low, change_high=high))
    return found


def names_of(documents: Iterable[Tallies]) -> list[str]:
    """All measures, in order of their first occurrence."""
    return list(dict.fromkeys(name for tallies in documents for name in tallies))


def shares(documents: Iterable[Tallies], names: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which of the measures are shares."""
    found = {name for tallies in documents for name, tally in tallies.items() if tally.share}
    return np.array([name in found for name in names], dtype=bool)


def stacked(documents: Sequence[Tallies], names: Sequence[str]) -> Floats:
    """The counts (documents, measures, 4): right in gold, right among predicted, gold, predicted."""
    empty = Tally()
    rows = [[_counts(tallies.get(name, empty)) for name in names] for tallies in documents]
    return np.array(rows, dtype=np.float64).reshape(len(documents), len(names), 4)


def draws(counts: Floats) -> Floats:
    """The counts of ``DRAWS`` samples of as many documents, drawn with replacement from a fixed seed."""
    n = len(counts)
    if n < FEWEST:
        return counts[:0]
    weights = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    return np.reshape(weights @ counts.reshape(n, -1), (DRAWS, *counts.shape[1:]))


def values(counts: Floats, is_share: npt.NDArray[np.bool_]) -> Floats:
    """The measures' values: the share of right gold cases, or F1; NaN where there is no case."""
    right_gold, right_predicted, gold, predicted = np.moveaxis(counts, -1, 0)
    recall = right_gold / np.maximum(gold, 1)
    precision = right_predicted / np.maximum(predicted, 1)
    f1 = 2 * precision * recall / np.where(precision + recall > 0, precision + recall, 1)
    cases = np.where(is_share, gold, gold + predicted)
    return np.where(cases > 0, np.where(is_share, recall, f1), np.nan)


def interval(drawn: Floats) -> tuple[float | None, float | None]:
    """The middle 95 % of the drawn values; of none, nothing."""
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return None, None
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.right_gold, tally.right_predicted, tally.gold, tally.predicted
