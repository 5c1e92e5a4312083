"""Read what an amount is paid per: "a year", "per container", "-a-month", "/hour", "annually"."""

from __future__ import annotations

from pipeline.amounts.knowledge import words
from pipeline.amounts.lexer import BROKEN, SPACED, Lexed

W = words()

ARTICLES = frozenset(["a", "an", "each", "every"])


def read_rate(lexed: Lexed, i: int) -> tuple[str, int] | None:
    """The period or thing that the amount before lexeme ``i`` is paid per, in the singular, and the lexeme after it."""
    if lexed.gap[i] == BROKEN:
        return None
    for n in (4, 3, 2, 1):
        period = W.periodic.get(lexed.folded(i, n))
        if period and lexed.together(i, n) and (lexed.gap[i] == SPACED or n > 1 or len(lexed.words[i]) < 4):
            return period, i + n
    if lexed.words[i] == "/":
        return measure(lexed, i + 1, True)
    joined = lexed.hyphen(i)
    at = i + joined
    if lexed.lower[at] == "per" and lexed.gap[at] != BROKEN:
        at += 1
        at += lexed.hyphen(at)
        return measure(lexed, at, True)
    if lexed.lower[at] in ARTICLES:
        at += 1
        hyphen = lexed.hyphen(at)
        if joined and not hyphen:
            return None
        if lexed.lower[at] in W.units and (span := measure(lexed, at + 1, False)):
            return f"{lexed.lower[at]} {span[0]}", span[1]  # "every three months"
        if (found := measure(lexed, at + hyphen, False)) is not None:
            return found
        closed = lexed.gap[at] == BROKEN or not lexed.is_word(at)
        return ("item", at) if lexed.lower[at - 1] == "each" and closed else None  # "$5 each"
    return None


def measure(lexed: Lexed, i: int, any_noun: bool, modifiers: int = 3) -> tuple[str, int] | None:
    """The measure at lexeme ``i``: one of the list or, after "per", any noun, with up to ``modifiers`` words."""
    if lexed.gap[i] == BROKEN:
        return None
    for n in (3, 2):
        key = lexed.folded(i, n)
        if key in W.measures and lexed.together(i, n):
            return spoken(key), i + n
    word = lexed.lower[i]
    if word in W.measure_abbreviations and any_noun:
        return W.measure_abbreviations[word], i + 1
    if modifiers and word in W.measure_modifiers and lexed.is_word(i + 1) and lexed.gap[i + 1] == SPACED:
        inner = measure(lexed, i + 1, any_noun, modifiers - 1)
        return inner and (f"{word} {inner[0]}", inner[1])
    if any_noun and lexed.is_digits(i) and lexed.is_word(i + 1) and lexed.gap[i + 1] != BROKEN:
        return f"{lexed.words[i]} {lexed.lower[i + 1]}", i + 2
    if (word,) in W.measures:
        return word, i + 1
    if (word.removesuffix("s"),) in W.measures and lexed.lower[i - 1] in W.units:
        return word, i + 1
    if any_noun and lexed.is_word(i) and len(word) > 1:
        end = i + 1
        while lexed.hyphen(end) and lexed.is_word(end + 1) and end - i < 6:
            end += 2
        return spoken(tuple(lexed.lower[i:end])), end
    return None


def spoken(lexemes: tuple[str, ...]) -> str:
    return " ".join(lexemes).replace(" - ", "-").replace(" ' ", "'")
