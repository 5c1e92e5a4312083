"""Read one number together with what makes it an amount: its sign, currency, percent word and small change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from pipeline.amounts.knowledge import Marker, words
from pipeline.amounts.lexer import BROKEN, GLUED, HYPHENS, SPACED, Lexed
from pipeline.amounts.markers import (
    compatible,
    more_telling,
    nationality,
    place_at,
    read_marker,
    read_percent,
    stated_in,
    suffix_allowed,
    unit_follows,
)
from pipeline.amounts.numbers import Number, read_number
from pipeline.amounts.rates import read_rate

W = words()

NEGATIVE = frozenset("-−‐‑–")
MINUS_AFTER = frozenset("([{\"'“‘«$€£¥~≈=<>")
"""A hyphen that touches one of these is a minus; one that touches a number or its unit is not ("58%-33%")."""

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
    glued = lexed.gap[i + 1] == GLUED and (lexed.gap[i] != GLUED or lexed.words[i - 1] in MINUS_AFTER)
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


def prefix_allowed(lexed: Lexed, marker: Marker, start: int, after: int) -> bool:
    """Whether the marker may stand before a number: signs and codes may, of the names only a few."""
    if marker.kind in ("sign", "code"):
        return not glued_to_word(lexed, start) or not marker.form[0].isalpha()
    return marker.kind == "name" and marker.form.split()[-1].lower() in W.prefix_names


def with_unit(lexed: Lexed, core: Core, before: Marker | None) -> Core:
    """The core with the unit after its number: percent, currency, or none."""
    number, at = core.number, core.end
    if before is None:
        if number.value < 1 and lexed.lower[at] == "of" and lexed.lower[at + 1] in ("a", "one"):
            at += 2  # "0.5 of a percentage point"
        if percent := read_percent(lexed, at):
            factor, end, points = percent
            return replace(core, end=end, value=number.value * factor, kind="percent", points=points)
        money = money_after(lexed, core)
        return with_small_change(lexed, dot_grouped(lexed, money)) if money else core
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
    return with_small_change(lexed, dot_grouped(lexed, replace(core, end=end, kind="money", markers=markers)))


def dot_grouped(lexed: Lexed, core: Core) -> Core:
    """The core with "€1.500" read as fifteen hundred: three decimals only occur in prices per litre and the like."""
    number = core.number
    exponent = number.value.as_tuple().exponent
    grouped = exponent == -3 and number.scale == 1 and number.value >= 1 and not number.spelled
    if not grouped or not W.dot_groups.issuperset(set(core.markers[0].codes) - {"XXX"}) or read_rate(lexed, core.end):
        return core
    return replace(core, value=core.value * 1000)


def money_after(lexed: Lexed, core: Core) -> Core | None:
    """The core with the currency that follows its number; ``None`` where none does."""
    number, at = core.number, core.end
    if lexed.gap[at] == BROKEN:
        return None
    if lexed.lower[at] == "of" and (number.vague or number.scale >= 1_000_000):
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
    if found is None and lexed.lower[at] == "in" and (stated := read_marker(lexed, at + 1)):
        found = stated if stated[0].kind == "name" and len(stated[0].codes) == 1 else None
        at += found is not None  # "2 million in Swiss francs"
    if found is None and lexed.lower[at] in W.between and lexed.gap[at] == SPACED:
        at += 1
        found = read_marker(lexed, at)
    if found is None or lexed.gap[at] == BROKEN:
        return None
    marker, end = found
    if not suffix_allowed(lexed, marker, at, end, number, hyphen):
        return None
    if marker.kind == "code" and (lexed.gap[end] == BROKEN or not lexed.is_word(end)):
        marker = replace(marker, large_only=False)  # "42 MAD.", but not "10 TOP STORIES"
    if lexed.words[end - 1] == "." and core.first and (lexed.gap[end] == BROKEN or lexed.words[end][:1].isupper()):
        end -= 1  # "It cost 500 kr. Then ..."
    return replace(core, end=end, value=number.value * marker.factor, kind="money", markers=(marker,))


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
    ranged = core.first > 0 and (lexed.lower[core.first - 1],) in W.range_open
    if found is None and closes and two and lexed.words[core.end] != "," and not ranged:
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
    cents = read_number(lexed, end) if lexed.lower[end] in W.tens and lexed.gap[end] == SPACED else None
    if cents is not None and cents.value < 100:  # "a dollar twenty-five"
        value = marker.factor * (1 + cents.value / 100)
        small = read_marker(lexed, cents.end)
        end = small[1] if small and small[0].factor < 1 else cents.end
        return Core(i, end, Number(cents.end, value, value, spelled=True), value, "money", (marker,))
    if lexed.gap[end] != BROKEN and lexed.is_word(end) and lexed.lower[end] not in W.function_words:
        return None
    if (lexed.gap[end] == GLUED and lexed.words[end] in HYPHENS) or not W.negations.isdisjoint(
        lexed.lower[max(0, i - 5) : i]
    ):
        return None
    number = Number(i + 1, Decimal(1), Decimal(1), spelled=True)
    core = Core(i, end, number, marker.factor, "money", (marker,))
    return with_small_change(lexed, core)
