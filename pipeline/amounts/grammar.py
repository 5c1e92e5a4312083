"""Find amounts in lexemes: numbers with their currency or percent sign, ranges, bounds and rates.

One left-to-right pass; every look ahead or back is bounded, so the time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, cast

from pipeline.amounts.cores import NEGATIVE, Core, read_core
from pipeline.amounts.knowledge import Marker, currencies, words
from pipeline.amounts.lexer import BROKEN, GLUED, HYPHENS, SPACED, Lexed
from pipeline.amounts.markers import compatible
from pipeline.amounts.numbers import MULTI, NUMBER_WORDS, read_number
from pipeline.amounts.rates import read_rate
from pipeline.records import Bound

W = words()
C = currencies()

SIGNS = NEGATIVE | frozenset("½¼¾⅛⅕⅖⅗⅘⅜⅝⅞") | {"minus"}
NUMBER_STARTS = NUMBER_WORDS | frozenset([*W.scales, *MULTI, *W.plurals, *W.vague, *W.fractions, "a", "an", "."])


@dataclass(frozen=True, slots=True)
class Reading:
    """An amount as the words state it; lexemes ``[first, end)``, the number itself within ``[core, core_end)``.

    ``large``: the number is written as larger sums are. ``moves``: the way from the first number of a range to the
    second. ``points``: percentage points. ``factor_verb``: the amount is itself a verb ("doubled").
    """

    first: int
    end: int
    core: int
    core_end: int
    low: Decimal | None
    high: Decimal | None
    bound: Bound
    kind: Literal["money", "percent", "ratio"]
    markers: tuple[Marker, ...] = ()
    per: str | None = None
    large: bool = False
    moves: Literal["up", "down"] | None = None
    points: bool = False
    factor_verb: bool = False


def read_amounts(lexed: Lexed) -> Iterator[Reading]:
    """Every amount of money or percentage, from left to right, none overlapping another."""
    i = done = 0
    while i < lexed.size:
        word = lexed.words[i]
        if not (word[0].isdecimal() or lexed.lower[i] in NUMBER_STARTS or marker_starts(lexed, i) or word in SIGNS):
            i += 1
            continue
        core = read_core(lexed, i, done)
        if core is None:
            i = skip_number(lexed, i)
            continue
        reading = read_range(lexed, core, done)
        if reading is None:
            i = core.end
            continue
        yield reading
        i = done = reading.end


def marker_starts(lexed: Lexed, i: int) -> bool:
    return lexed.words[i] in C.first or lexed.lower[i] in C.first


def skip_number(lexed: Lexed, i: int) -> int:
    """The lexeme to go on with after a number that is no amount."""
    number = read_number(lexed, i)
    return max(i + 1, number.end) if number else i + 1


def read_range(lexed: Lexed, one: Core, done: int) -> Reading | None:
    """The amount that starts with a core: alone, or joined with a second core to a range."""
    opened, opening = phrase_before(lexed, one.first, done, W.range_open)
    two = read_second(lexed, one, opening)
    if two is not None:
        low, high = replace(one, value=shared_scale(one, two)), two
        moves: Literal["up", "down"] = "up" if low.value <= high.value else "down"
        markers = low.markers or high.markers
        rate = read_rate(lexed, two.end)
        first_rate = read_rate(lexed, one.end)
        first = opened if opening else bound_before(lexed, one.first, done)[0]
        return Reading(
            first,
            rate[1] if rate else two.end,
            one.first,
            two.end,
            min(low.value, high.value),
            max(low.value, high.value),
            "range",
            "percent" if "percent" in (one.kind, two.kind) else "money",
            markers,
            rate[0] if rate else first_rate[0] if first_rate else None,
            looks_large(low) or looks_large(high),
            moves,
            low.points or high.points,
        )
    if one.kind == "plain":
        return None
    return bounded(lexed, one, done)


def read_second(lexed: Lexed, one: Core, opening: tuple[str, ...]) -> Core | None:
    """The upper core of a range, with the unit and scale that both share; ``None`` where there is no range."""
    at = one.end
    if first_rate := read_rate(lexed, at):
        at = first_rate[1]
    if lexed.gap[at] == BROKEN:
        return None
    n = next((n for n in (2, 1) if lexed.folded(at, n) in W.range_join), 0)
    if not n or not lexed.together(at, n + 1):
        return None
    joint = lexed.lower[at]
    if joint == "to" and lexed.lower[one.first - 1] == "by":
        return None  # "rose by 2 percent to 10 percent": a change and a level
    if joint == "and" and not opening:
        return None
    if joint in HYPHENS and opening and opening in W.range_between:
        return None
    start = at + n
    bound_end = skip_bound(lexed, start)
    two = read_core(lexed, bound_end, bound_end)
    if two is None or two.number.vague or one.number.vague:
        return None
    kinds = {one.kind, two.kind} - {"plain"}
    if len(kinds) != 1 or one.points > two.points:
        return None
    if one.kind == two.kind == "money" and not compatible(one.markers[0], two.markers[0]):
        return None
    tight = joint in HYPHENS
    if two.kind == "plain" and not (tight or two.number.scale > 1 or opening or closes_clause(lexed, two.end)):
        return None
    if one.kind == two.kind and one.value == two.value:
        return None  # "$500 million - a half a billion dollars": the same twice
    if joint == "or" and not (one.number.spelled or one.number.value < 1000):
        return None
    if one.kind == "plain" and (
        (tight and lexed.gap[at] == SPACED) or is_date(lexed, one) or two.first < two.number_at
    ):
        return None
    if two.kind == "plain" and one.kind == "money" and tight and two.number.bare and one.number.scale > 1:
        two = replace(two, value=two.value * one.number.scale)
    if shared_scale(one, two) > two.value and not opening:
        return None  # "46 percent to 42 percent": a score, not a range
    return two


def is_date(lexed: Lexed, core: Core) -> bool:
    """Whether a plain number is a year, or a day after its month ("from 40 percent on July 14 to 46 percent")."""
    year = core.number.bare and 1900 <= core.value < 2100
    return year or lexed.lower[core.first - 1] in W.months


def shared_scale(one: Core, two: Core) -> Decimal:
    """The lower value with the scale that is said only once ("$5 to $6 billion")."""
    share = one.number.scale == 1 and two.number.scale > 1 and one.number.mantissa < two.number.mantissa
    factor = two.markers[0].factor if one.kind == "plain" and two.kind == "money" and two.markers else Decimal(1)
    percent = two.value / two.number.value if one.kind == "plain" and two.kind == "percent" and two.number.value else 1
    return one.value * (two.number.scale if share else 1) * factor * percent


def closes_clause(lexed: Lexed, i: int) -> bool:
    return lexed.gap[i] == BROKEN or not lexed.words[i][:1].isalnum() or read_rate(lexed, i) is not None


def skip_bound(lexed: Lexed, i: int) -> int:
    """The lexeme after a bound word inside a range ("from $5 to about $8")."""
    for n in (4, 3, 2, 1):
        if lexed.folded(i, n) in W.before and lexed.together(i, n + 1):
            return i + n
    return i


def looks_large(core: Core) -> bool:
    """Whether a number is written as money and larger quantities are: scaled, grouped, with decimals, or long."""
    number = core.number
    return number.scale >= 1000 or number.value >= 10_000 or not (number.bare or number.spelled)


def bounded(lexed: Lexed, core: Core, done: int) -> Reading:
    """The amount of a single core with the bound and rate words around it."""
    first, end = core.first, core.end
    value = core.value
    if core.kind == "money" and value > 0 and is_loss(lexed, first, end):
        value, first, end = -value, first - 1, end + 1
    rate = read_rate(lexed, end)
    end = rate[1] if rate else end
    bound: str | None = "at_least" if core.number.vague else "about" if core.number.loose else None
    after_end, after_bound = bound_after(lexed, end)
    start, before_bound = bound_before(lexed, first, done)
    if before_bound in ("about", "exact") and (after_bound or bound):
        before_bound = after_bound or bound
    bound = before_bound or after_bound or bound or "exact"
    if rate is None and after_bound and (late := read_rate(lexed, after_end)):
        rate, after_end = late, late[1]
    start = attributive_before(lexed, start, done, rate is None)
    per = rate[0] if rate else period_at(lexed, start, first)
    return Reading(
        start,
        after_end,
        core.first,
        core.end,
        None if bound == "at_most" else value,
        None if bound == "at_least" else value,
        cast(Bound, bound),
        "percent" if core.kind == "percent" else "money",
        core.markers,
        per,
        looks_large(core),
        points=core.points,
    )


def is_loss(lexed: Lexed, first: int, end: int) -> bool:
    """Whether a sum stands in parentheses where a verb or preposition wants it: so accountants write a loss."""
    closed = lexed.words[end] == ")" and lexed.gap[end] == GLUED
    opened = first > 1 and lexed.words[first - 1] == "(" and lexed.gap[first] == GLUED
    return opened and closed and lexed.lower[first - 2] in W.complements


def attributive_before(lexed: Lexed, start: int, done: int, free: bool) -> int:
    """The start with a period that adjoins the amount before it ("an annual $5 billion")."""
    if free and start > done and lexed.lower[start - 1] in W.attributive and lexed.gap[start] == SPACED:
        return start - 1
    return start


def period_at(lexed: Lexed, start: int, first: int) -> str | None:
    return W.periodic.get((lexed.lower[start],)) if start < first and lexed.lower[start] in W.attributive else None


def phrase_before(lexed: Lexed, i: int, done: int, phrases: frozenset[tuple[str, ...]]) -> tuple[int, tuple[str, ...]]:
    """The longest of the phrases that ends before lexeme ``i``, past a bound word; its start, or ``i`` and nothing."""
    i, _ = bound_before(lexed, i, done)
    for n in (3, 2, 1):
        key = lexed.folded(i - n, n) if i - n >= done else ()
        if key in phrases and lexed.together(i - n, n + 1):
            return i - n, key
    return i, ()


def bound_before(lexed: Lexed, i: int, done: int) -> tuple[int, str | None]:
    """The start of the bound words that end before lexeme ``i``, and their bound."""
    for n in (5, 4, 3, 2, 1):
        if i - n < done:
            continue
        bound = W.before.get(lexed.folded(i - n, n))
        if bound is None or not lexed.together(i - n, n + 1):
            continue
        if n == 1 and i - n > 0 and lexed.lower[i - n - 1] in W.unless_after:
            return i, None
        return i - n, bound
    return i, None


def bound_after(lexed: Lexed, i: int) -> tuple[int, str | None]:
    """The end of the bound words after an amount ("or more", "-plus"), and their bound."""
    if lexed.gap[i] == BROKEN:
        return i, None
    for n in (4, 3, 2, 1):
        bound = W.after.get(lexed.folded(i, n))
        if bound is None or not lexed.together(i, n):
            continue
        if n == 1 and (
            (lexed.words[i + 1].isalnum() and lexed.gap[i + 1] != BROKEN)
            or (lexed.gap[i] == SPACED and bound == "at_least" and lexed.words[i] == "+")
        ):
            continue
        return i + n, bound
    return i, None
