"""Whole articles against hand-made gold: each check of a quote, amount or prediction counts one point.

The gold is a JSON object: file name -> ``{"amounts": [...], "quotes": [...], "predictions": [...], "not_quotes": [...],
"not_text": [...]}``. A record names its words by ``find`` (and ``occurrence``), so the source may be cleaned at will.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.assembly import Extraction
from pipeline.evaluate.amounts import NOT_MONEY
from pipeline.evaluate.intervals import figures
from pipeline.evaluate.matching import MIN_IOU, Figure, Fragment, Tallies, Tally, iou, shared
from pipeline.records import Amount, Claim, ClaimKind, Prediction, Quote

APOSTROPHES = {"'": "['’]", "’": "['’]"}


def score(gold: Mapping[str, Mapping[str, Any]], extracted: Mapping[str, Extraction]) -> list[Figure]:
    """The share of points won, over all and by area; an article that was not extracted wins none."""
    return sorted(figures([count(want, extracted.get(name)) for name, want in gold.items()]), key=lambda f: f.name)


def count(gold: Mapping[str, Any], found: Extraction | None) -> Tallies:
    """The points of one article."""
    tallies: Tallies = defaultdict(lambda: Tally(share=True))
    tallies["document"].case(found is not None)
    text = found.document.text if found else ""
    claims = found.claims if found else ()
    for claim in claims:
        tallies["offsets"].case(text[claim.start : claim.end] == claim.text)
    _amounts(tallies, gold.get("amounts", []), text, claims)
    _quotes(tallies, gold, text, claims)
    _predictions(tallies, gold.get("predictions", []), text, claims)
    for chrome in gold.get("not_text", []):
        tallies["chrome left out"].case(not any(chrome in c.text for c in claims))
    total = Tally(
        gold=sum(t.gold for t in tallies.values()), right_gold=sum(t.right_gold for t in tallies.values()), share=True
    )
    return {"articles": total} | {f"articles: {area}": tally for area, tally in tallies.items()}


def _amounts(tallies: Tallies, gold: Sequence[Mapping[str, Any]], text: str, claims: Sequence[Claim]) -> None:
    used = set()
    for item in gold:
        claim = _find(tallies, "amount", item, text, claims, lambda a, b: float(shared(a, b)), 1)
        amount = claim.detail if claim and isinstance(claim.detail, Amount) else None
        if claim:
            used.add(claim.claim_id)
        right = amount is not None and amount.unit == item["unit"] and _same(amount.low, item["low"])
        if item.get("high") is not None:
            right = right and amount is not None and _same(amount.high, item["high"])
        tallies["amount value"].case(right)
        for field in ("per", "change", "bound"):
            if field in item:
                tallies[f"amount {field}"].case(amount is not None and getattr(amount, field) == item[field])
    if gold:
        for claim in claims:
            if isinstance(claim.detail, Amount) and claim.detail.unit not in NOT_MONEY:
                tallies["amount precision"].case(claim.claim_id in used)


def _quotes(tallies: Tallies, gold: Mapping[str, Any], text: str, claims: Sequence[Claim]) -> None:
    for item in gold.get("quotes", []):
        claim = _find(tallies, "quote", item, text, claims, iou, MIN_IOU)
        name = plain(claim.speaker.name) if claim and claim.speaker else ""
        tallies["quote speaker"].case(bool(name) and plain(item["speaker"]) in name)
        kind = claim.detail.quote_type if claim and isinstance(claim.detail, Quote) else None
        tallies["quote type"].case(kind == item["type"])
    for slogan in gold.get("not_quotes", []):
        said = any(c.kind == "quote" and plain(c.text.strip("\"“”'‘’,. ")) == plain(slogan) for c in claims)
        tallies["not a quote"].case(not said)


def _predictions(tallies: Tallies, gold: Sequence[Mapping[str, Any]], text: str, claims: Sequence[Claim]) -> None:
    for item in gold:
        claim = _find(tallies, "prediction", item, text, claims, iou, MIN_IOU)
        detail = claim.detail if claim and isinstance(claim.detail, Prediction) else None
        for field in ("condition", "horizon"):
            if field in item:
                span = getattr(detail, field, None)
                have, want = plain(span.text if span else ""), plain(item[field])
                tallies[f"prediction {field}"].case(bool(have) and (want in have or have in want))
        if "speaker" in item:
            name = plain(claim.speaker.name) if claim and claim.speaker else ""
            tallies["prediction speaker"].case(plain(item["speaker"]) in name)


def _find(
    tallies: Tallies,
    kind: ClaimKind,
    item: Mapping[str, Any],
    text: str,
    claims: Sequence[Claim],
    weight: Callable[[tuple[Fragment, ...], tuple[Fragment, ...]], float],
    least: float,
) -> Claim | None:
    """The claim of the kind that matches the words best, counted as found or missed."""
    span = locate(text, item["find"], item.get("occurrence", 0))
    best, top = None, 0.0
    for claim in claims:
        if claim.kind == kind and span:
            value = max(weight((part,), (span,)) for part in _parts(claim))
            if value >= least and value > top:
                best, top = claim, value
    tallies[f"{kind} found"].case(best is not None)
    return best


def _parts(claim: Claim) -> list[Fragment]:
    content = claim.detail.content if isinstance(claim.detail, Quote) else ()
    return [(claim.start, claim.end), *((s.start, s.end) for s in content)]


def locate(text: str, words: str, occurrence: int = 0) -> Fragment | None:
    """Where the words stand; white space and apostrophes are alike whatever their form."""
    pattern = r"\s+".join("".join(APOSTROPHES.get(c, re.escape(c)) for c in word) for word in words.split())
    hits = list(re.finditer(pattern, text))
    return hits[occurrence].span() if len(hits) > occurrence else None


def plain(words: str) -> str:
    """Lower case, with straight apostrophes and single spaces."""
    return " ".join(words.replace("’", "'").replace("‘", "'").split()).lower()


def _same(a: Any, b: Any) -> bool:
    return a is not None and b is not None and math.isclose(float(a), float(b), rel_tol=1e-9)
