"""Find multiples: "ten times more", "four times higher", "doubled", "a threefold rise", "twice as much"."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipeline.amounts.cores import glued_to_word
from pipeline.amounts.grammar import Reading, bound_after, bound_before
from pipeline.amounts.knowledge import words
from pipeline.amounts.lexer import BROKEN, GLUED, HYPHENS, SPACED, Lexed
from pipeline.amounts.numbers import read_number
from pipeline.amounts.rates import read_rate
from pipeline.records import Bound

W = words()

WHOLE = "fold"


def read_multiples(lexed: Lexed) -> Iterator[Reading]:
    """Every multiple, from left to right."""
    done = 0
    for i in range(lexed.size):
        if i < done:
            continue
        found = multiple_at(lexed, i)
        if found is None:
            continue
        value, first, end, verb = found
        start, before = bound_before(lexed, first, done)
        after_end, after = bound_after(lexed, end)
        bound: Bound = before or after or "exact"  # type: ignore[assignment]
        low, high = (None if bound == "at_most" else value), (None if bound == "at_least" else value)
        rate = read_rate(lexed, after_end) if verb else None
        done = rate[1] if rate else after_end
        yield Reading(
            start, done, first, end, low, high, bound, "ratio", per=rate[0] if rate else None, factor_verb=verb
        )


def multiple_at(lexed: Lexed, i: int) -> tuple[Decimal, int, int, bool] | None:
    """The multiple whose telling word is lexeme ``i``: value, first lexeme, end, whether it is a verb of change."""
    word = lexed.lower[i]
    if word == "times":
        return times_at(lexed, i)
    if word in W.multiple_verbs and lexed.gap[i] != GLUED:
        excluded = lexed.lower[i + 1] in W.not_before and lexed.gap[i + 1] != BROKEN and not is_dash(lexed, i + 1)
        return None if excluded else (W.multiple_verbs[word], i, i + 1, True)
    if word in W.multiple_bases:
        return base_at(lexed, i)
    if (
        word in W.multiple_adverbs
        and lexed.gap[i] != GLUED
        and (end := comparison(lexed, i + 1, 2 if word == "half" else 5))
    ):
        return W.multiple_adverbs[word], i, end, False
    if word == "half" and lexed.lower[i - 1] == "in" and "cut" in lexed.lower[max(0, i - 6) : i]:
        return Decimal("0.5"), i - 1 - (lexed.lower[i - 2] == "cut"), i + 1, True
    if (word.endswith(WHOLE) and len(word) > len(WHOLE)) or word == WHOLE:
        return fold_at(lexed, i)
    if word == "x" and lexed.gap[i] == GLUED and lexed.is_digits(i - 1) and not lexed.words[i + 1].isdecimal():
        number = read_number(lexed, i - 1)
        plain = i > 0 and not glued_to_word(lexed, i - 1) and (i < 2 or not lexed.is_digits(i - 2))
        if number and number.end == i and plain and (end := comparison(lexed, i + 1) or returns(lexed, i + 1)):
            return number.value, i - 1, end, False
    if word == "factor" and lexed.lower[i + 1] == "of":
        number = read_number(lexed, i + 2)
        if number and lexed.words[number.end] not in ("×", "*"):
            return number.value, i, number.end, False
    return None


def returns(lexed: Lexed, i: int) -> int | None:
    return i if lexed.lower[i] in ("increase", "return", "rise", "growth", "jump", "multiple", "markup") else None


def is_dash(lexed: Lexed, i: int) -> bool:
    return lexed.words[i] in HYPHENS and lexed.gap[i] != GLUED


def times_at(lexed: Lexed, i: int) -> tuple[Decimal, int, int, bool] | None:
    """ "N times" before a comparative or what is measured; its number is looked for up to five lexemes back."""
    end = comparison(lexed, i + 1)
    if end is None:
        return None
    for first in range(max(0, i - 5), i):
        number = read_number(lexed, first)
        at = number.end if number else -1
        if number and at + lexed.hyphen(at) == i and not glued_to_word(lexed, first) and not number.part:
            if number.vague:
                return None
            return number.value, first, end, False
    return None


def comparison(lexed: Lexed, i: int, window: int = 5) -> int | None:
    """The end of the comparative words at lexeme ``i`` ("more", "as many"), ``None`` where there is none."""
    if lexed.gap[i] != SPACED:
        return None
    word = lexed.lower[i]
    if word == "as":
        return i + 2 if lexed.is_word(i + 1) and lexed.gap[i + 1] == SPACED else None
    if word in W.comparatives:
        return i + 1
    if word in W.determiners or (lexed.is_word(i) and lexed.lower[i + 2] == "s"):
        if word in ("that", "what"):
            return i
        return i if any(w in W.measured for w in lexed.folded(i + 1, window)) else None
    return None


def base_at(lexed: Lexed, i: int) -> tuple[Decimal, int, int, bool] | None:
    """ "double": a verb after "to" or a modal, or before what is measured; not "double down", "double standards"."""
    if lexed.lower[i + 1] in W.not_before:
        return None
    value = W.multiple_bases[lexed.lower[i]]
    verb = i > 0 and lexed.lower[i - 1] in W.modals and lexed.gap[i] == SPACED
    article = (
        lexed.lower[i + 1] in W.determiners
        or lexed.lower[i + 1] in ("in", "by", "from", "a", "every")
        or lexed.gap[i + 1] != SPACED
    )
    measured = lexed.lower[i + 1] in W.determiners and comparison(lexed, i + 1)
    if verb and (article or lexed.lower[i - 1] in W.strict_modals):
        return value, i, i + 1, True
    return (value, i, measured, False) if measured else None


def fold_at(lexed: Lexed, i: int) -> tuple[Decimal, int, int, bool] | None:
    """ "tenfold", "three-fold", "100-fold"."""
    word = lexed.lower[i]
    if word != WHOLE:
        stem = word[: -len(WHOLE)]
        value = {**W.units, **W.tens}.get(stem) or (100 if stem == "hundred" else 1000 if stem == "thousand" else None)
        return (Decimal(value), i, i + 1, False) if value and lexed.gap[i] != GLUED else None
    first = i - 1 - (lexed.hyphen(i - 1))
    if first < 0 or (lexed.gap[i] != GLUED):
        return None
    number = read_number(lexed, first)
    at = number.end if number else -1
    return (number.value, first, i + 1, False) if number and at + lexed.hyphen(at) == i else None
