"""How far reviewers agree, per kind of claim: Krippendorff's alpha over all, Cohen's kappa for each pair.

Only independent judgements count: a decision that settles a disagreement is left out.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from nltk.metrics.agreement import AnnotationTask

from pipeline.review import decisions as log
from pipeline.review.decisions import Decision

Judgements = dict[str, dict[str, str]]
"""Claim -> reviewer -> verdict."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reviewers: the claims that both judged, the share on which they say the same, and Cohen's kappa.

    ``kappa`` is ``None`` where it is not defined: both gave one and the same verdict throughout.
    """

    one: str
    other: str
    claims: int
    same: float
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The figures of one kind of claim (or of all kinds together); ``claims``: judged by at least two reviewers."""

    kind: str
    claims: int
    reviewers: int
    alpha: float | None
    pairs: tuple[Pair, ...]


def measure(decisions: Iterable[Decision]) -> list[Agreement]:
    """The figures for all claims, then for each kind that two reviewers have judged.

    Nominal values: accepted, rejected, corrected. Alpha is ``None`` where all verdicts are the same.
    """
    by_kind: dict[str, Judgements] = defaultdict(lambda: defaultdict(dict))
    for d in log.standing(list(decisions)):
        if d.decision != "merge" and not d.adjudicates:
            verdict = "accept" if d.decision == "add" else d.decision
            by_kind[d.record["kind"]][d.claim_id][d.reviewer] = verdict
    every: Judgements = {c: v for found in by_kind.values() for c, v in found.items()}
    figures = [_agreement("all", every)] + [_agreement(k, by_kind[k]) for k in sorted(by_kind)]
    return [f for f in figures if f.claims]


def _agreement(kind: str, judgements: Judgements) -> Agreement:
    both = {c: v for c, v in judgements.items() if len(v) > 1}
    names = sorted({n for v in both.values() for n in v})
    pairs = (_pair(a, b, both) for a, b in combinations(names, 2))
    return Agreement(kind, len(both), len(names), _alpha(both), tuple(p for p in pairs if p.claims))


def _alpha(judgements: Judgements) -> float | None:
    """Krippendorff's alpha for nominal values and any number of missing ones.

    Krippendorff, Content Analysis (2018), chapter 12: one less the pairs that differ within the claims, over those
    that differ among all values.
    """
    values = Counter(v for found in judgements.values() for v in found.values())
    if len(values) < 2:
        return None
    within = sum(differing(Counter(found.values())) / (len(found) - 1) for found in judgements.values())
    return round(1 - within * (values.total() - 1) / differing(values), 4)


def differing(counts: Counter[str]) -> int:
    """How many ordered pairs of values differ."""
    return counts.total() ** 2 - sum(n * n for n in counts.values())


def _pair(one: str, other: str, judgements: Judgements) -> Pair:
    both = [(c, v[one], v[other]) for c, v in sorted(judgements.items()) if one in v and other in v]
    if not both:
        return Pair(one, other, 0, math.nan, None)
    same = sum(a == b for _, a, b in both) / len(both)
    kappa = None
    if len({v for _, a, b in both for v in (a, b)}) > 1:
        task = AnnotationTask([(r, c, v) for c, a, b in both for r, v in ((one, a), (other, b))])
        kappa = round(float(task.kappa_pairwise(one, other)), 4)
    return Pair(one, other, len(both), round(same, 4), kappa)
