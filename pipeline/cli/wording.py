"""A claim's details in words, short enough for a table cell."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipeline.records import Amount, Claim, Detail, Prediction, Quote

SCALES = ((Decimal(10) ** 12, "trillion"), (Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))
BOUNDS = {"exact": "", "about": "about ", "at_least": "at least ", "at_most": "at most ", "range": ""}
CHANGES = {"increase": "more", "decrease": "less"}


def detail(value: Detail) -> str:
    """What the details of a claim say."""
    if isinstance(value, Amount):
        return amount(value)
    return prediction(value) if isinstance(value, Prediction) else quote(value)


def amount(value: Amount) -> str:
    """ "about 2.3 billion EUR a year, more"."""
    ends = dict.fromkeys(money(n, value.unit) for n in (value.low, value.high) if n is not None)
    words = BOUNDS[value.bound] + " to ".join(ends)
    words += f" per {value.per}" if value.per else ""
    return words + (f", {CHANGES[value.change]}" if value.change in CHANGES else "")


def money(number: Decimal, unit: str) -> str:
    """ "2.3 billion EUR", "25 %", "10 times"."""
    scale, word = next(((s, f" {w}") for s, w in SCALES if abs(number) >= s), (Decimal(1), ""))
    digits = f"{number / scale:,.2f}".rstrip("0").rstrip(".")
    return digits + word + {"percent": " %", "ratio": " times"}.get(unit, f" {unit}")


def quote(value: Quote) -> str:
    """ "direct, denial"."""
    return f"{value.quote_type}, {value.act}"


def prediction(value: Prediction) -> str:
    """ "forecast, possible, if the talks fail, by 2030"."""
    words: list[str] = [value.type, value.certainty]
    words += ["negated"] if value.negated else []
    words += [" ".join(s.text.split()) for s in (value.condition, value.horizon) if s is not None]
    return ", ".join(words)


def counted(claims: Sequence[Claim]) -> str:
    """How many claims of each kind ("3 quotes, 1 amount, no predictions")."""
    return ", ".join(plural(sum(c.kind == kind for c in claims), kind) for kind in ("quote", "amount", "prediction"))


def plural(number: int, what: str) -> str:
    """ "1 quote", "no quotes"."""
    return f"{number or 'no'} {what}" + ("" if number == 1 else "s")
