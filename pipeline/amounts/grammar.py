"""Find amounts in lexemes: numbers with their currency or percent sign, ranges, bounds and rates.

One left-to-right pass; every look ahead or back is bounded, so the time is linear in the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from pipeline.amounts.knowledge import Marker, currencies, words
from pipeline.amounts.lexer import BROKEN, GLUED, HYPHENS, SPACED, Lexed
from pipeline.amounts.numbers import MULTI, NUMBER_WORDS, Number, read_number
from pipeline.amounts.rates import read_rate
from pipeline.records import Bound

W = words()
C = currencies()

NEGATIVE = frozenset("-−‐‑–")
SIGNS = NEGATIVE | frozenset("½¼¾⅛⅕⅖⅗⅘⅜⅝⅞") | {"minus"}
COMPLEMENT = frozenset(["is", "was", "are", "were", "be", "of", "at", "totaled", "totalled", ":"])
"""Words that want a complement: a sum in parentheses after one is written as accountants write a loss."""

NUMBER_STARTS = NUMBER_WORDS | frozenset([*W.scales, *MULTI, *W.plurals, *W.vague, *W.fractions, "a", "an", "."])
NEGATIONS = frozenset(["not", "never", "without", "no", "nor", "t", "cannot", "hardly"])
"""Before "a cent" they make a figure of speech (``t`` as in "didn't")."""

NO_NUMBER_BEFORE = frozenset("±×^=*/#№_\\@")


@dataclass(frozen=True, slots=True)
class Core:
    """One number with what marks it as an amount; lexemes ``[first, end)``.

    ``kind`` is ``plain`` for a number that has no unit of its own (yet). ``markers`` are the signs and names beside
    it, the most telling first.
    """

    first: int
    end: int
    number: Number
    value: Decimal
    kind: Literal["money", "percent", "plain"]
    markers: tuple[Marker, ...] = ()
    points: bool = False
    number_at: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """An amount as the words state it; lexemes ``[first, end)``, the number itself within ``[core, core_end)``.

    ``ordered`` tells whether a range was written upwards or downwards ("from 36 to 21": downwards), ``None`` for no
    range.
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


def read_core(lexed: Lexed, i: int, done: int) -> Core | None:
    """The number that starts at ``i``, with the sign or code before it and the unit after it."""
    sign, at = read_sign(lexed, i)
    before: Marker | None = None
    if found := read_marker(lexed, at):
        before, after = found
        if prefix_allowed(lexed, before, at, after):
            at = after
            if lexed.words[at] == ":" and lexed.gap[at] == GLUED:
                at += 1
            second = read_marker(lexed, at)  # "NZD $100", "$ SGD4.90"
            if second and "name" not in (second[0].kind, before.kind) and second[0].kind != "minor":
                before, at = more_telling(before, second[0]), second[1]
            if not sign:
                sign, at = read_sign(lexed, at)
        else:
            before = None
    if before is None and (glued_to_word(lexed, i) or not (lexed.gap[at] != BROKEN or at == i)):
        return None
    if before is not None and lexed.gap[at] == BROKEN:
        return None
    number = read_number(lexed, at, prefixed=before is not None)
    if number is None:
        return article_core(lexed, i) if before is None and not sign else None
    if before is None and after_loose_number(lexed, i, done):
        return None
    core = with_unit(lexed, Core(i, number.end, number, number.value, "plain", number_at=at), before)
    if core.kind == "plain" and lexed.lower[i] in ("one", "a", "an"):
        return article_core(lexed, i) or core
    if sign and core.kind != "plain":
        core = replace(core, value=-core.value)
    return core


def read_sign(lexed: Lexed, i: int) -> tuple[bool, int]:
    """Whether a minus stands at ``i``, and the lexeme after it."""
    glued = lexed.gap[i + 1] == GLUED and (lexed.gap[i] != GLUED or not lexed.words[i - 1].isalnum())
    if lexed.words[i] in NEGATIVE and glued:
        return True, i + 1
    if lexed.lower[i] == "minus" and lexed.gap[i + 1] == SPACED and (i == 0 or lexed.lower[i - 1] not in ("or", "/")):
        return True, i + 1
    return False, i


def glued_to_word(lexed: Lexed, i: int) -> bool:
    """Whether lexeme ``i`` continues a word, version or formula rather than starting a number."""
    if i == 0 or lexed.gap[i] != GLUED:
        return False
    before = lexed.words[i - 1]
    if before == ":" and lexed.is_digits(i - 2) and lexed.gap[i - 1] == GLUED:
        return True
    return before[-1].isalnum() or before in NO_NUMBER_BEFORE or (before == "." and i > 1 and lexed.gap[i - 1] == GLUED)


def after_loose_number(lexed: Lexed, i: int, done: int) -> bool:
    """Whether digits stand loosely before the digits at ``i`` ("245 23 yen"): no number that can be told."""
    if i <= done or not lexed.is_digits(i) or not lexed.is_digits(i - 1) or lexed.gap[i] != SPACED:
        return False
    return not (len(lexed.words[i - 1]) == 4 and lexed.words[i - 1][:2] in ("19", "20"))


def read_marker(lexed: Lexed, i: int) -> tuple[Marker, int] | None:
    """The longest currency sign, code or name at lexeme ``i``, and the lexeme after it."""
    longest = max(C.first.get(lexed.words[i], 0), C.first.get(lexed.lower[i], 0))
    for n in range(longest, 0, -1):
        marker = C.exact.get(lexed.key(i, n)) or C.folded.get(lexed.folded(i, n))
        if marker is None or not lexed.together(i, n) or (marker.kind == "sign" and not one_sign(lexed, i, n)):
            continue
        if lexed.words[i + n - 1].isalpha() and lexed.gap[i + n] == GLUED and lexed.is_word(i + n):
            continue
        return marker, i + n
    if len(lexed.words[i]) == 1 and unicodedata.category(lexed.words[i]) == "Sc":
        return Marker(lexed.words[i], "sign", ("XXX",), "XXX"), i + 1
    return None


def one_sign(lexed: Lexed, i: int, n: int) -> bool:
    """Whether the lexemes of a sign touch each other; after a code they need not ("US $5", but "a CA $5 fee")."""
    spaced = any(lexed.gap[k] == SPACED for k in range(i + 1, i + n))
    return not spaced or (len(lexed.words[i]) > 1 and lexed.words[i] != "CA")


def prefix_allowed(lexed: Lexed, marker: Marker, start: int, after: int) -> bool:
    """Whether the marker may stand before a number: signs and codes may, of the names only a few."""
    if marker.kind in ("sign", "code"):
        return not glued_to_word(lexed, start) or not marker.form[0].isalpha()
    return marker.kind == "name" and marker.form.split()[-1].lower() in W.prefix_names


def more_telling(one: Marker, other: Marker) -> Marker:
    """Of two markers of one amount, the one that leaves fewer currencies."""
    return one if len(one.codes) <= len(other.codes) else other


def with_unit(lexed: Lexed, core: Core, before: Marker | None) -> Core:
    """The core with the unit after its number: percent, currency, or none."""
    number, at = core.number, core.end
    if before is None:
        if percent := read_percent(lexed, at):
            factor, end, points = percent
            return replace(core, end=end, value=number.value * factor, kind="percent", points=points)
        money = money_after(lexed, core)
        return with_small_change(lexed, money) if money else core
    markers: tuple[Marker, ...] = (before,)
    end = at
    following = read_marker(lexed, at + (lexed.hyphen(at) and lexed.gap[at] == GLUED))
    if following and lexed.gap[at] != BROKEN and unit_follows(lexed, following[1]) and compatible(before, following[0]):
        after, after_end = following
        if after.kind in ("sign", "code", "name"):
            markers, end = (more_telling(before, after), before), after_end
    elif (place := nationality(lexed, at)) and place[0] in before.codes:
        markers, end = (Marker(" ".join(lexed.words[at : place[1]]), "code", (place[0],), place[0]), before), place[1]
    elif (stated := stated_in(lexed, at)) and compatible(before, stated):
        markers = (stated, before)
    return with_small_change(lexed, replace(core, end=end, kind="money", markers=markers))


def unit_follows(lexed: Lexed, end: int) -> bool:
    """Whether the sign that ends before ``end`` belongs to the number before it, and not to one that touches it."""
    return not (lexed.gap[end] == GLUED and lexed.is_digits(end))


def compatible(one: Marker, other: Marker) -> bool:
    return bool(set(one.codes) & set(other.codes))


def place_at(lexed: Lexed, i: int) -> tuple[str, int] | None:
    """The currency of the country named at lexeme ``i``, and the lexeme after it."""
    if lexed.words[i] not in C.place_first or lexed.gap[i] == BROKEN:
        return None
    for n in (4, 3, 2, 1):
        code = C.places.get(lexed.key(i, n))
        if code and lexed.together(i, n):
            return code, i + n
    return None


def nationality(lexed: Lexed, i: int) -> tuple[str, int] | None:
    """The currency of a nationality that closes a clause after a sum ("$80 U.S."), and the lexeme after it."""
    place = place_at(lexed, i)
    if place is None or (lexed.words[place[1]].isalnum() and lexed.gap[place[1]] != BROKEN):
        return None
    return place


def stated_in(lexed: Lexed, i: int) -> Marker | None:
    """The currency that the words after a sum say it is in ("$22 in current Canadian dollars")."""
    if lexed.lower[i] != "in" or lexed.gap[i] == BROKEN:
        return None
    for at in (i + 1, i + 2):
        found = read_marker(lexed, at) if lexed.gap[at] != BROKEN else None
        if found and found[0].kind == "name" and len(found[0].codes) == 1:
            return found[0]
    return None


def read_percent(lexed: Lexed, i: int) -> tuple[Decimal, int, bool] | None:
    """The percent sign or word at ``i``: what one of it is in percent, the lexeme after it, whether points are meant."""
    if lexed.gap[i] == BROKEN:
        return None
    if lexed.gap[i] == GLUED and lexed.words[i] in W.percent_attached:
        return W.percent_attached[lexed.words[i]], i + 1, lexed.words[i] == "pp"
    i += lexed.hyphen(i)
    for n in (3, 2, 1):
        factor = W.percent.get(lexed.folded(i, n))
        if factor is not None and lexed.together(i, n) and not (n == 2 and lexed.words[i + 1] == "."):
            return factor, i + n, (n > 1 and "p" in lexed.lower[i + n - 1][:1]) or factor != 1
    return None


def money_after(lexed: Lexed, core: Core) -> Core | None:
    """The core with the currency that follows its number; ``None`` where none does."""
    number, at = core.number, core.end
    if lexed.gap[at] == BROKEN:
        return None
    if number.vague and lexed.lower[at] == "of":
        at += 1
    hyphen = lexed.hyphen(at)
    at += hyphen
    found = read_marker(lexed, at)
    if found is None and (country := place_at(lexed, at)) and (found := read_marker(lexed, country[1])):
        marker, end = found
        local = replace(marker, codes=(country[0],), default=country[0])
        return (
            replace(core, end=end, value=number.value * marker.factor, kind="money", markers=(local,))
            if (country[0] in marker.codes and marker.kind in ("name", "minor"))
            else None
        )
    if found is None and lexed.lower[at] in W.between and lexed.gap[at] == SPACED:
        at += 1
        found = read_marker(lexed, at)
    if found is None or (lexed.gap[at] == BROKEN):
        return None
    marker, end = found
    if not suffix_allowed(lexed, marker, at, end, number, hyphen):
        return None
    return replace(core, end=end, value=number.value * marker.factor, kind="money", markers=(marker,))


def suffix_allowed(lexed: Lexed, marker: Marker, at: int, end: int, number: Number, hyphen: bool) -> bool:
    """Whether the marker after a number is its unit and not the start of something else."""
    following, apart = lexed.words[end], lexed.gap[end]
    if not unit_follows(lexed, end):
        return False
    if marker.form in ("c", "p"):
        dotted = following == "." and apart == GLUED and lexed.is_word(end + 1) and lexed.gap[end + 1] == GLUED
        return (
            not dotted
            and lexed.words[at] == marker.form
            and (lexed.gap[at] == GLUED or apart == BROKEN)
            and number.value < 1000
        )
    if marker.form in ("cent", "Cent") and lexed.words[at] == "Cent":
        return False
    if marker.kind == "slang" and marker.factor != 1 and apart != BROKEN and following.isalpha():
        return lexed.lower[end] in FUNCTION_WORDS
    if marker.form in W.weight_names:
        return not is_weight(lexed, at, end, number, hyphen)
    return True


FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "before",
        "but",
        "by",
        "each",
        "every",
        "for",
        "from",
        "if",
        "in",
        "into",
        "of",
        "on",
        "or",
        "out",
        "over",
        "per",
        "so",
        "than",
        "that",
        "to",
        "today",
        "under",
        "until",
        "up",
        "was",
        "were",
        "when",
        "which",
        "while",
        "with",
        "within",
        "who",
        "is",
        "will",
        "would",
        "or",
        "less",
        "more",
        "yesterday",
    ]
)


def is_weight(lexed: Lexed, at: int, end: int, number: Number, hyphen: bool) -> bool:
    """Whether "pound" after a number is a weight, from the words around it."""
    following = lexed.lower[end]
    if following == "of" and lexed.gap[end] != BROKEN:
        return not any(w in W.weight_money_of for w in lexed.folded(end + 1, 3))
    if number.scale >= 1000:
        return False
    noun = following.isalpha() and lexed.gap[end] == SPACED
    if (hyphen or lexed.lower[at] == "pound") and number.value != 1:
        return (
            not noun or following not in W.weight_money_nouns
            if hyphen
            else noun and (following not in W.weight_money_nouns and following not in FUNCTION_WORDS)
        )
    return any(w in W.weight_near for w in lexed.lower[max(0, at - 9) : end + 6])


def with_small_change(lexed: Lexed, core: Core) -> Core:
    """The core with the cents after the dollars ("$20 and 43c", "two dollars fifty cents", "20 rupees 43.")."""
    if core.kind != "money" or core.number.scale != 1 or any(m.factor != 1 for m in core.markers):
        return core
    if core.value != core.value.to_integral_value():
        return core
    at = core.end
    if lexed.words[at] == "," and lexed.gap[at] == GLUED:
        at += 1
    at += lexed.lower[at] == "and" and lexed.gap[at] == SPACED
    if lexed.gap[at] != SPACED:
        return core
    number = read_number(lexed, at)
    if number is None or number.scale != 1 or number.value >= 100:
        return core
    found = read_marker(lexed, number.end) if lexed.gap[number.end] != BROKEN else None
    codes = set(core.markers[0].codes)
    if (
        found
        and found[0].factor < 1
        and (codes & set(found[0].codes) or found[0].form in ("cent", "cents", "c", "¢", "pence"))
    ):
        return replace(core, end=found[1], value=core.value + number.value * found[0].factor)
    closes = lexed.gap[number.end] == BROKEN or lexed.words[number.end] in (".", ",", ";", ")", "!", "?")
    two = (lexed.is_digits(at) and len(lexed.words[at]) == 2) or number.spelled
    if found is None and closes and two and lexed.words[core.end] != ",":
        return replace(core, end=number.end, value=core.value + number.value / 100)
    return core


def article_core(lexed: Lexed, i: int) -> Core | None:
    """ "a dollar", "one euro": one unit, but for "a dollar bill" and "did not pay a cent"."""
    if lexed.lower[i] not in ("a", "an", "one") or lexed.gap[i + 1] != SPACED:
        return None
    found = read_marker(lexed, i + 1)
    if found is None or found[0].form not in W.countable or lexed.words[i + 1] != lexed.lower[i + 1]:
        return None
    marker, end = found
    if lexed.gap[end] != BROKEN and lexed.is_word(end) and lexed.lower[end] not in FUNCTION_WORDS:
        return None
    if (lexed.gap[end] == GLUED and lexed.words[end] in HYPHENS) or not NEGATIONS.isdisjoint(
        lexed.lower[max(0, i - 5) : i]
    ):
        return None
    number = Number(i + 1, Decimal(1), Decimal(1), spelled=True)
    core = Core(i, end, number, marker.factor, "money", (marker,))
    return with_small_change(lexed, core)


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
    return core.number.scale > 1 or not core.number.bare or core.number.value >= 10_000


def bounded(lexed: Lexed, core: Core, done: int) -> Reading:
    """The amount of a single core with the bound and rate words around it."""
    first, end = core.first, core.end
    value = core.value
    if lexed.words[first - 1] == "(" and lexed.gap[first] == GLUED and lexed.words[end] == ")" and first > 1:
        if core.kind == "money" and lexed.lower[first - 2] in COMPLEMENT and value > 0 and lexed.gap[end] == GLUED:
            value, first, end = -value, first - 1, end + 1
    rate = read_rate(lexed, end)
    end = rate[1] if rate else end
    bound: str | None = "at_least" if core.number.vague else None
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
        bound,  # type: ignore[arg-type]
        "percent" if core.kind == "percent" else "money",
        core.markers,
        per,
        looks_large(core),
        points=core.points,
    )


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
