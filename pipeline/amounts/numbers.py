"""Read numbers as English writes them: "1,234.5", "₹1,23,456", "two hundred thousand", "2 1/2", "half a trillion"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Context, Decimal

from pipeline.amounts.knowledge import words
from pipeline.amounts.lexer import BROKEN, GLUED, SPACED, Lexed

W = words()

MAX_DIGITS = 24
"""Longer digit groups are serial numbers or noise."""

MAX_VALUE = Decimal(10) ** 21
MAX_WORDS = 16
"""The longest spelled-out number read; keeps the scan linear."""

GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})*,\d{3}")
DOTTED = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")

NUMBER_WORDS = frozenset([*W.units, *W.tens])
MULTI = {f"multi{word}": value for word, value in W.scales.items()}


@dataclass(frozen=True, slots=True)
class Number:
    """A number and what its form shows.

    ``end`` is the lexeme after it; ``value`` is ``mantissa * scale``. ``bare``: digits with neither scale word nor
    grouping nor decimals. ``vague``: a least value ("tens of billions"). ``loose``: about this ("30-odd"). ``part``: a
    fraction that needs its unit.
    """

    end: int
    value: Decimal
    mantissa: Decimal
    scale: Decimal = Decimal(1)
    spelled: bool = False
    bare: bool = False
    vague: bool = False
    loose: bool = False
    part: bool = False


def digits_value(text: str) -> Decimal | None:
    """The value of a digit group by its separators; ``None`` where they fit no number ("1.2.3", "3,45,6").

    A comma or apostrophe groups thousands (Western or Indian); a comma before one or two last digits is decimal, as
    is a single dot; where both occur the later one is decimal.
    """
    if len(text) > MAX_DIGITS:
        return None
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    text = text.replace("'", ",").replace("’", ",")
    comma, dot = text.rfind(","), text.rfind(".")
    if comma < 0 and text.count(".") <= 1:
        return Decimal(text)
    if dot > comma >= 0:
        whole, _, part = text.rpartition(".")
        return Decimal(f"{whole.replace(',', '')}.{part}") if GROUPED.fullmatch(whole) else None
    if comma > dot >= 0:
        whole, _, part = text.rpartition(",")
        proper = re.fullmatch(r"\d{1,3}(?:\.\d{3})+", whole)
        return Decimal(f"{whole.replace('.', '')}.{part}") if proper else None
    if dot >= 0:
        return Decimal(text.replace(".", "")) if DOTTED.fullmatch(text) else None
    if GROUPED.fullmatch(text):
        return Decimal(text.replace(",", ""))
    whole, _, part = text.partition(",")
    return Decimal(f"{whole}.{part}") if len(part) in (1, 2) else None


def read_number(lexed: Lexed, i: int, prefixed: bool = False) -> Number | None:
    """The number that starts at lexeme ``i``; ``prefixed``: a currency sign stands before it ("$5 M")."""
    if lexed.is_digits(i) or (lexed.words[i] == "." and lexed.gap[i + 1] == GLUED and lexed.is_digits(i + 1)):
        number = read_digits(lexed, i)
        return number and limited(scaled(lexed, number, prefixed))
    if (part := vulgar(lexed.words[i])) is not None:
        return limited(scaled(lexed, Number(i + 1, part, part, part=True), prefixed))
    number = read_fraction(lexed, i) or read_vague(lexed, i) or read_spelled(lexed, i)
    if number and lexed.hyphen(number.end) and lexed.lower[number.end + 1] == "odd":
        number = scaled(lexed, number, prefixed)
    return number and limited(number)


def limited(number: Number) -> Number | None:
    return number if number.value <= MAX_VALUE else None


def vulgar(sign: str) -> Decimal | None:
    """The value of a sign such as ½; ``None`` for one without an exact decimal value, or no fraction at all."""
    if len(sign) != 1 or not 0xBC <= ord(sign) <= 0x218B or sign.isdecimal():
        return None
    value = unicodedata.numeric(sign, None)
    if value is None or not 0 < value < 1:
        return None
    exact = Decimal(value)
    return exact if len(str(exact)) < 8 else None


def read_digits(lexed: Lexed, i: int) -> Number | None:
    """Digits with their decimals, thousands set off by spaces, and fractions ("2 1/2", "2½")."""
    if lexed.words[i] == ".":
        value = digits_value("0." + lexed.words[i + 1]) if lexed.words[i + 1].isdecimal() else None
        return None if value is None else Number(i + 2, value, value)
    text = lexed.words[i]
    end = i + 1
    if len(text) <= 3 and text.isdecimal():
        while lexed.gap[end] == SPACED and thousands_group(lexed, end) and end - i < 6:
            text += lexed.words[end]
            end += 1
    value = digits_value(text)
    if value is None:
        return None
    bare = text.isdecimal() and end == i + 1
    if (quotient := slash_fraction(lexed, end - 1)) is not None and end == i + 1:
        return Number(end + 2, quotient, quotient, part=True)
    if bare and lexed.gap[end] == SPACED and (quotient := slash_fraction(lexed, end)) is not None:
        return Number(end + 3, value + quotient, value + quotient)
    if bare and (sign := vulgar(lexed.words[end])) is not None and lexed.gap[end] != BROKEN:
        return Number(end + 1, value + sign, value + sign)
    if lexed.lower[end] == "point" and lexed.is_digits(end + 1) and lexed.words[end + 1].isdecimal():
        value = digits_value(f"{text}.{lexed.words[end + 1]}") or value
        return Number(end + 2, value, value)
    if (part := and_fraction(lexed, end)) is not None:
        return Number(part[1], value + part[0], value + part[0])
    return Number(end, value, value, bare=bare)


def thousands_group(lexed: Lexed, i: int) -> bool:
    """Whether lexeme ``i`` is a group of three digits, perhaps with decimals, that ends a number set off by spaces."""
    return bool(re.fullmatch(r"\d{3}(?:[.,]\d{1,2})?", lexed.words[i]))


def slash_fraction(lexed: Lexed, i: int) -> Decimal | None:
    """``1/2`` at lexeme ``i``, where it is below one and an exact decimal."""
    if lexed.words[i + 1] != "/" or lexed.gap[i + 1] != GLUED or lexed.gap[i + 2] != GLUED:
        return None
    above, below = lexed.words[i], lexed.words[i + 2]
    if not (above.isdecimal() and below.isdecimal() and len(above) <= 2 and below in ("2", "4", "5", "8", "10", "16")):
        return None
    return Decimal(above) / Decimal(below) if int(above) < int(below) else None


def scaled(lexed: Lexed, number: Number, prefixed: bool) -> Number:
    """The number times the scale words or the suffix after it ("5,000 crore", "2.3bn", "$5 M", "5-million")."""
    end, scale = number.end, Decimal(1)
    if lexed.hyphen(end) and lexed.lower[end + 1] == "plus" and lexed.lower[end + 2] in W.scales:
        number, end = replace(number, vague=True), end + 2  # "$20-plus billion"
    if lexed.hyphen(end) and lexed.lower[end + 1] == "odd":
        number, end = replace(number, loose=True, end=end + 2), end + 2  # "30-odd dollars"
    suffix = W.suffixes.get(lexed.lower[end])
    if suffix is not None and suffix_allowed(lexed, end, prefixed):
        return replace(number, end=end + 1, scale=suffix, value=number.mantissa * suffix, bare=False, part=False)
    while True:
        step = end + 1 if lexed.hyphen(end) else end
        factor = W.scales.get(lexed.lower[step]) or W.plurals.get(lexed.lower[step])
        if factor is None or lexed.gap[step] == BROKEN or scale * factor > MAX_VALUE:
            break
        scale, end = scale * factor, step + 1
    if end == number.end:
        return number
    part = and_fraction(lexed, end) if number.mantissa == 1 else None
    value = number.mantissa * scale + (scale * part[0] if part else 0)
    return replace(number, end=part[1] if part else end, scale=scale, value=value, bare=False, part=False)


def suffix_allowed(lexed: Lexed, i: int, prefixed: bool) -> bool:
    """Whether the abbreviation at ``i`` is read as a scale: touching its digits, or of several letters."""
    word = lexed.words[i]
    if lexed.gap[i] == GLUED:
        return True
    if lexed.gap[i] == BROKEN or (lexed.is_word(i + 1) and lexed.gap[i + 1] == GLUED):
        return False
    return (len(word) > 1 and word.lower() not in ("mm", "mil")) or (
        prefixed and word in ("M", "B", "K", "T", "m", "b")
    )


def read_spelled(lexed: Lexed, i: int) -> Number | None:
    """A spelled-out cardinal from lexeme ``i`` ("two hundred and fifty thousand", "a million and a half")."""
    start = i
    lone = W.scales.get(lexed.lower[i])
    if lone is not None and (lexed.hyphen(i + 1) or (i > 0 and lexed.lower[i - 1] in W.lone_before)):
        return Number(i + 1, lone, Decimal(1), lone, spelled=True)  # "billion-dollar", "that million dollars"
    total, current, last = Decimal(0), None, MAX_VALUE
    scale = Decimal(1)
    if lexed.lower[i] in ("a", "an"):
        if lexed.lower[i + 1] not in W.scales:
            return None
        i, current = i + 1, Decimal(1)
    joined = False
    while i - start < MAX_WORDS and (i == start or lexed.gap[i] != BROKEN):
        word = lexed.lower[i]
        if word in W.tens and (current is None or current % 100 == 0) and (current is None or current >= 100):
            current = (current or Decimal(0)) + W.tens[word]
        elif word in W.units and fits(current, W.units[word]):
            current = (current or Decimal(0)) + W.units[word]
        elif word == "hundred" and current is not None and current < 100:
            current *= 100
        elif (factor := W.scales.get(word) or W.plurals.get(word) if current is not None or i > start else None) and (
            factor < last or current is None
        ):
            total, scale = (total + (current or 0) * factor, factor) if current is not None else (total * factor, scale)
            last = min(last, factor)
            current = None
        else:
            break
        i += 1
        if (part := and_fraction(lexed, i)) is not None:
            return with_fraction(lexed, part, total, current, scale)
        joined = False
        if (lexed.hyphen(i) and (lexed.lower[i + 1] in NUMBER_WORDS or lexed.lower[i + 1] in W.scales)) or (
            lexed.lower[i] == "and" and small_follows(lexed, i + 1, current, total)
        ):
            i, joined = i + 1, True
    end = i - 1 if joined else i
    value = total + (current or 0)
    if end == start or (total == 0 and current is None):
        return None
    if lexed.lower[end] == "point" and lexed.lower[end + 1] in W.units:
        return decimal_words(lexed, end + 1, value)
    mantissa = value / scale
    return Number(end, value, mantissa, scale, spelled=True)


def fits(current: Decimal | None, unit: int) -> bool:
    """Whether a unit word may follow what has been read of a number below a thousand ("twenty" + "five")."""
    if current is None:
        return True
    rest = current % 100
    return (rest == 0 and current >= 100) or (rest >= 20 and rest % 10 == 0 and 0 < unit < 10)


def small_follows(lexed: Lexed, i: int, current: Decimal | None, total: Decimal) -> bool:
    """Whether "and" at ``i - 1`` continues a number: after a hundred or a scale, before a part below a hundred."""
    if not (total or (current and current >= 100 and current % 100 == 0)):
        return False
    word = lexed.lower[i]
    if word not in NUMBER_WORDS or lexed.gap[i] == BROKEN:
        return False
    ahead = i + 1
    if lexed.hyphen(ahead) and lexed.lower[ahead + 1] in W.units:
        ahead += 2
    elif word in W.tens and lexed.lower[ahead] in W.units:
        ahead += 1
    following = lexed.lower[ahead]
    return following != "hundred" and (following not in W.scales or bool(current))


def and_fraction(lexed: Lexed, i: int) -> tuple[Decimal, int] | None:
    """The fraction that "and" adds to a number ("and a half", "-and-a-half", "and nine-tenths"), and its end."""
    at = i + lexed.hyphen(i)
    if lexed.lower[at] != "and" or lexed.gap[at] == BROKEN:
        return None
    at += 1
    at += lexed.hyphen(at)
    count = Decimal(1) if lexed.lower[at] == "a" else Decimal(W.units.get(lexed.lower[at], 0))
    at += 1
    at += lexed.hyphen(at)
    part = W.fractions.get(lexed.lower[at])
    return (count * part, at + 1) if part is not None and count and lexed.together(i, at - i + 1) else None


def with_fraction(
    lexed: Lexed, part: tuple[Decimal, int], total: Decimal, current: Decimal | None, scale: Decimal
) -> Number:
    """ "one and a half million" or "a million and a half": the part is of what stands before or after it."""
    fraction, end = part
    if current is None:
        value = total + scale * fraction
        return Number(end, value, value / scale, scale, spelled=True)
    number = Number(end, current + fraction, current + fraction, spelled=True)
    return scaled(lexed, number, False)


def decimal_words(lexed: Lexed, i: int, whole: Decimal) -> Number:
    """The decimals spelled out after "point", and the scale after them ("one point three million")."""
    decimals = ""
    while lexed.lower[i] in W.units and W.units[lexed.lower[i]] < 10 and len(decimals) < 6:
        decimals += str(W.units[lexed.lower[i]])
        i += 1
    value = Decimal(f"{whole}.{decimals}") if decimals else whole
    return scaled(lexed, Number(i, value, value, spelled=True), False)


def read_fraction(lexed: Lexed, i: int) -> Number | None:
    """Parts of a unit or scale: "half a trillion", "a quarter of a million", "three-quarters of one percent"."""
    count = Decimal(1)
    at = i
    if lexed.lower[at] in ("a", "an"):
        at += 1
    elif lexed.lower[at] in W.units and lexed.lower[at] != "zero":
        count, at = Decimal(W.units[lexed.lower[at]]), at + 1
        at += lexed.hyphen(at)
    value = W.fractions.get(lexed.lower[at])
    if value is None or (at > i and lexed.gap[at] == BROKEN):
        return None
    at += 1
    value *= count
    plain = at
    at += lexed.hyphen(at)
    if lexed.lower[at] == "of":
        at += 1
    if lexed.lower[at] in ("a", "an", "one") or lexed.words[at] == "1":
        at += 1
        at += lexed.hyphen(at)
    if not lexed.together(plain - 1, at - plain + 2):
        return None
    factor = W.scales.get(lexed.lower[at])
    if factor is not None:
        return rounded(Number(at + 1, value * factor, value, factor, spelled=True))
    return None if at == plain else rounded(Number(at, value, value, spelled=True, part=True))


def rounded(number: Number) -> Number:
    """The number, or about it to six digits where its fraction is no exact decimal ("two-thirds of a million")."""
    if len(number.mantissa.as_tuple().digits) < 20:
        return number
    value = Context(prec=6).create_decimal(number.value)
    return replace(number, value=value, mantissa=value / number.scale, loose=True)


def read_vague(lexed: Lexed, i: int) -> Number | None:
    """Least values: "tens of billions", "hundreds of thousands", "several million", "multi-billion"."""
    word = lexed.lower[i]
    if word in W.plurals:
        return vague_plural(lexed, i)
    at = i + (word == "a" and lexed.lower[i + 1] in ("few", "couple"))
    count = W.vague.get(lexed.lower[at])
    if count is not None:
        approximate = lexed.lower[at] == "couple"
        at += 1
        at += lexed.hyphen(at)
        at += approximate and lexed.lower[at] == "of"
        if lexed.lower[at] in W.plurals and lexed.lower[at - 1] != "of":
            plural = vague_plural(lexed, at)
            return plural and replace(plural, value=plural.value * count, mantissa=Decimal(count))
        scale = Decimal(1)
        first = at
        while (factor := W.scales.get(lexed.lower[at])) and lexed.gap[at] != BROKEN and at - first < 3:
            scale, at = scale * factor, at + 1
        return Number(at, count * scale, Decimal(count), scale, True, vague=not approximate) if at > first else None
    if factor := MULTI.get(word):
        return Number(i + 1, factor, Decimal(1), factor, True, vague=True)
    return None


def vague_plural(lexed: Lexed, i: int) -> Number | None:
    """A product of vague plurals from lexeme ``i``; its first count is taken as one ("billions": at least 1e9)."""
    value, at = Decimal(1), i
    while (
        factor := W.plurals.get(lexed.lower[at]) or (W.scales.get(lexed.lower[at]) if at > i else None)
    ) and at - i < 6:
        value *= factor
        at += 1
        if lexed.lower[at] == "of" and (lexed.lower[at + 1] in W.plurals or lexed.lower[at + 1] in W.scales):
            at += 1
        elif lexed.folded(at, 2) == ("upon", lexed.lower[at - 1]) or lexed.folded(at, 2) == (
            "and",
            lexed.lower[at - 1],
        ):
            at += 2
            break
        else:
            break
    return Number(at, value, Decimal(1), value, True, vague=True)
