"""Find multiples: "ten times more", "four times higher", "doubled", "a threefold rise", "twice as much"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from pipeline.amounts.cores import glued_to_word
from pipeline.amounts.grammar import Reading, bound_after, bound_before
from pipeline.amounts.knowledge import words
from pipeline.amounts.lexer import BROKEN, GLUED, HYPHENS, SPACED, Lexed
from pipeline.amounts.numbers import read_number
from pipeline.amounts.rates import read_rate
from pipeline.records import Bound

W = words()

FOLD = "fold"


@dataclass(frozen=True, slots=True)
class Multiple:
    """A multiple without its bound words; lexemes ``[first, end)``. ``verb``: it is a verb of change ("doubled")."""

    value: Decimal
    first: int
    end: int
    verb: bool = False


def read_multiples(lexed: Lexed) -> Iterator[Reading]:
    """Every multiple, from left to right."""
    done = 0
    for i in range(lexed.size):
        found = multiple_at(lexed, i) if i >= done else None
        if found is None or found.first < done:
            continue
        start, before = bound_before(lexed, found.first, done)
        done, after = bound_after(lexed, found.end)
        bound = cast(Bound, before or after or "exact")
        rate = read_rate(lexed, done) if found.verb else None
        done = rate[1] if rate else done
        yield Reading(
            start,
            done,
            found.first,
            found.end,
            low=None if bound == "at_most" else found.value,
            high=None if bound == "at_least" else found.value,
            bound=bound,
            kind="ratio",
            per=rate[0] if rate else None,
            factor_verb=found.verb,
        )


def multiple_at(lexed: Lexed, i: int) -> Multiple | None:
    """The multiple whose telling word is lexeme ``i``."""
    word = lexed.lower[i]
    if word == "times":
        return times_at(lexed, i)
    if word in W.multiple_verbs and lexed.gap[i] != GLUED:
        excluded = lexed.lower[i + 1] in W.not_before and lexed.gap[i + 1] != BROKEN and not is_dash(lexed, i + 1)
        return None if excluded else Multiple(W.multiple_verbs[word], i, i + 1, True)
    if word in W.multiple_bases:
        return base_at(lexed, i)
    if word in W.multiple_adverbs and lexed.gap[i] != GLUED:
        end = comparison(lexed, i + 1, 2 if word == "half" else 5)
        return cut_in_half(lexed, i) if end is None else Multiple(W.multiple_adverbs[word], i, end)
    if word.endswith(FOLD):
        return fold_at(lexed, i)
    if word == "x" and lexed.gap[i] == GLUED and lexed.is_digits(i - 1):
        return x_at(lexed, i)
    if word == "factor" and lexed.lower[i + 1] == "of":
        number = read_number(lexed, i + 2)
        return Multiple(number.value, i, number.end) if number and lexed.words[number.end] not in ("×", "*") else None
    return None


def cut_in_half(lexed: Lexed, i: int) -> Multiple | None:
    """ "cut in half", "cut their budget in half"."""
    if lexed.lower[i] != "half" or lexed.lower[i - 1] != "in" or "cut" not in lexed.lower[max(0, i - 6) : i]:
        return None
    return Multiple(Decimal("0.5"), i - 1 - (lexed.lower[i - 2] == "cut"), i + 1, True)


def x_at(lexed: Lexed, i: int) -> Multiple | None:
    """ "10x more", "a 10x return"; not "4x4"."""
    number = read_number(lexed, i - 1)
    if number is None or number.end != i or glued_to_word(lexed, i - 1) or lexed.words[i + 1].isdecimal():
        return None
    end = i + 1 if lexed.lower[i + 1] in W.multiple_nouns else comparison(lexed, i + 1)
    return Multiple(number.value, i - 1, end) if end else None


def is_dash(lexed: Lexed, i: int) -> bool:
    return lexed.words[i] in HYPHENS and lexed.gap[i] != GLUED


def times_at(lexed: Lexed, i: int) -> Multiple | None:
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
            return Multiple(number.value, first, end)
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


def base_at(lexed: Lexed, i: int) -> Multiple | None:
    """ "double": a verb after "to" or a modal, or before what is measured; not "double down", "double standards"."""
    if lexed.lower[i + 1] in W.not_before:
        return None
    value = W.multiple_bases[lexed.lower[i]]
    verb = i > 0 and lexed.lower[i - 1] in W.modals and lexed.gap[i] == SPACED
    article = lexed.lower[i + 1] in W.determiners or lexed.lower[i + 1] in W.after_bases or lexed.gap[i + 1] != SPACED
    measured = lexed.lower[i + 1] in W.determiners and comparison(lexed, i + 1)
    if verb and (article or lexed.lower[i - 1] in W.strict_modals):
        return Multiple(value, i, i + 1, True)
    return Multiple(value, i, measured) if measured else None


def fold_at(lexed: Lexed, i: int) -> Multiple | None:
    """ "tenfold", "three-fold", "100-fold"."""
    stem = lexed.lower[i].removesuffix(FOLD)
    if stem:
        value = W.units.get(stem) or W.tens.get(stem) or W.scales.get(stem)
        return Multiple(Decimal(value), i, i + 1) if value and lexed.gap[i] != GLUED else None
    first = i - 1 - lexed.hyphen(i - 1)
    number = read_number(lexed, first) if first >= 0 and lexed.gap[i] == GLUED else None
    reached = number is not None and number.end + lexed.hyphen(number.end) == i
    return Multiple(number.value, first, i + 1) if number is not None and reached else None
