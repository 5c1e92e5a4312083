"""Sums of money against gold: span, number, currency, and all three together (``joint``)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.intervals import figures
from pipeline.evaluate.matching import Figure, Fragment, Tallies, Tally, match, shared
from pipeline.records import Amount, Claim

NOT_MONEY = frozenset({"percent", "ratio"})


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money; an exact one has ``low == high``, an open bound is ``None``, an unknown currency ``None``."""

    span: Fragment
    low: float | None
    high: float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class GoldSums:
    """The gold of one text; predictions that touch only what is ignored do not count."""

    sums: tuple[Sum, ...]
    ignore: tuple[Fragment, ...] = ()


def from_json(item: Mapping[str, Any]) -> Sum:
    """A sum of a gold file: ``value``, or ``min`` and ``max``."""
    low, high = (item["value"], item["value"]) if "value" in item else (item["min"], item["max"])
    return Sum((item["start"], item["end"]), low, high, item["currency"])


def from_claims(claims: Iterable[Claim]) -> list[Sum]:
    """The sums of money among extracted claims; percentages and multiples are none."""
    out = []
    for c in claims:
        if isinstance(c.detail, Amount) and c.detail.unit not in NOT_MONEY:
            low, high = (None if n is None else float(n) for n in (c.detail.low, c.detail.high))
            out.append(Sum((c.start, c.end), low, high, None if c.detail.unit == "XXX" else c.detail.unit))
    return out


def score(gold: Mapping[str, GoldSums], predicted: Mapping[str, Sequence[Sum]]) -> list[Figure]:
    """Joint F1, span F1, and number and currency among the matched."""
    return figures([count(want, predicted.get(doc_id, [])) for doc_id, want in gold.items()])


def count(gold: GoldSums, predicted: Sequence[Sum]) -> Tallies:
    """The counts of one document."""
    value, currency = Tally(share=True), Tally(share=True)
    have = [p for p in predicted if _counts(p, gold)]
    pairs = [(gold.sums[i], have[j]) for i, j in match(gold.sums, have, _weight)]
    right = 0
    for g, p in pairs:
        same_value = _same(g.low, p.low) and _same(g.high, p.high)
        same_currency = g.currency in (None, p.currency)
        value.case(same_value)
        if g.currency is not None:
            currency.case(same_currency)
        right += same_value and same_currency
    span, joint = Tally(), Tally()
    span.add(len(gold.sums), len(have), len(pairs))
    joint.add(len(gold.sums), len(have), right)
    return {"amount joint": joint, "amount span": span, "amount value": value, "currency": currency}


def _weight(g: Sum, p: Sum) -> float:
    return float(shared([g.span], [p.span]))


def _counts(found: Sum, gold: GoldSums) -> bool:
    if any(shared([found.span], [g.span]) for g in gold.sums):
        return True
    return not any(shared([found.span], [s]) for s in gold.ignore)


def _same(a: float | None, b: float | None) -> bool:
    return a is b if a is None or b is None else math.isclose(a, b, rel_tol=1e-9)
