"""Extracted claims against settled ones, per kind and field: the measure for gold that has all of a claim's fields."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from pipeline.evaluate.matching import MIN_IOU, Fragment, Fragments, Tallies, Tally, iou, match, shared
from pipeline.evaluate.predictions import same_clause
from pipeline.evaluate.speakers import same_speaker
from pipeline.records import Claim, ClaimKind, Quote, Span

FIELDS: dict[ClaimKind, tuple[str, ...]] = {
    "quote": ("quote_type", "act"),
    "amount": ("low", "high", "unit", "bound", "per", "change"),
    "prediction": ("type", "certainty", "negated", "condition", "horizon", "horizon_from", "horizon_to"),
}
"""The fields whose values are compared where a claim is found, besides its speaker and its exact span."""


def count(gold: Iterable[Claim], predicted: Iterable[Claim], kinds: Iterable[ClaimKind]) -> Tallies:
    """The counts of one document: F1 of each kind, then the share of found claims that have each field right."""
    gold, predicted = list(gold), list(predicted)
    out: Tallies = {}
    for kind in kinds:
        want, have = ([c for c in side if c.kind == kind] for side in (gold, predicted))
        pairs = [(want[i], have[j]) for i, j in match(want, have, SAME[kind])]
        out[kind] = Tally()
        out[kind].add(len(want), len(have), len(pairs))
        names = ("exact span", "speaker", *FIELDS[kind])
        out |= {f"{kind} {name}": Tally(share=True) for name in names}
        for g, p in pairs:
            out[f"{kind} exact span"].case(_parts(g) == _parts(p))
            out[f"{kind} speaker"].case(same_speaker(_name(g), _name(p)))
            for name in FIELDS[kind]:
                out[f"{kind} {name}"].case(_same(getattr(g.detail, name), getattr(p.detail, name)))
    return out


def _parts(claim: Claim) -> Fragments:
    spans = claim.detail.content if isinstance(claim.detail, Quote) else (claim.span,)
    return tuple((s.start, s.end) for s in spans)


def _name(claim: Claim) -> str | None:
    return claim.speaker.name if claim.speaker and claim.speaker.kind != "author" else None


def _same(a: Any, b: Any) -> bool:
    """Whether two values of a field are the same; spans where they share a character."""
    if isinstance(a, Span) and isinstance(b, Span):
        return shared([_ends(a)], [_ends(b)]) > 0
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return math.isclose(a, b, rel_tol=1e-9)
    return bool(a == b)


def _ends(span: Span) -> Fragment:
    return span.start, span.end


def _quote(g: Claim, p: Claim) -> float:
    value = iou(_parts(g), _parts(p))
    return value if value >= MIN_IOU else 0.0


SAME: dict[ClaimKind, Callable[[Claim, Claim], float]] = {
    "quote": _quote,
    "amount": lambda g, p: float(shared([_ends(g.span)], [_ends(p.span)])),
    "prediction": lambda g, p: same_clause(_ends(g.span), _ends(p.span)),
}
"""How well two claims match; 0: they are not the same."""
