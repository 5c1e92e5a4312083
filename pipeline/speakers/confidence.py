"""How sure each rule is: its accuracy on the project's annotated articles."""

from __future__ import annotations

from functools import cache

from pipeline.speakers.lexicon import rows


@cache
def measured() -> dict[str, float]:
    """Rule -> confidence, as ``benchmarks/speakers.py`` measured it."""
    return {row["rule"]: float(row["confidence"]) for row in rows("rules.csv")}


def confidence(rule: str) -> float:
    """The rule's confidence; a rule met too seldom to be measured has that of all rules together."""
    return measured().get(rule, measured()["all"])
