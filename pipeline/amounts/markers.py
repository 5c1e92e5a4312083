"""Find the signs, codes and names of currencies and percentages beside a number."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from pipeline.amounts.knowledge import Marker, currencies, words
from pipeline.amounts.lexer import BROKEN, GLUED, HYPHENS, SPACED, Lexed
from pipeline.amounts.numbers import Number

W = words()
C = currencies()


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


def more_telling(one: Marker, other: Marker) -> Marker:
    """Of two markers of one amount, the one that leaves fewer currencies."""
    return one if len(one.codes) <= len(other.codes) else other


def compatible(one: Marker, other: Marker) -> bool:
    return bool(set(one.codes) & set(other.codes))


def unit_follows(lexed: Lexed, end: int) -> bool:
    """Whether the sign that ends before ``end`` belongs to the number before it, and not to one that touches it."""
    return not (lexed.gap[end] == GLUED and lexed.is_digits(end))


def place_at(lexed: Lexed, i: int) -> tuple[str, int] | None:
    """The currency of the country named at lexeme ``i``, and the lexeme after it."""
    if lexed.words[i] not in C.place_first:
        return None
    for n in (4, 3, 2, 1):
        code = C.places.get(lexed.key(i, n))
        if code and lexed.together(i, n):
            return code, i + n
    return None


def nationality(lexed: Lexed, i: int) -> tuple[str, int] | None:
    """The currency of a nationality that closes a clause after a sum ("$80 U.S."), and the lexeme after it."""
    place = place_at(lexed, i) if lexed.gap[i] != BROKEN else None
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
    """The percent sign or word at ``i``: what one of it is in percent, the lexeme after it, if points are meant."""
    if lexed.gap[i] == BROKEN:
        return None
    if lexed.gap[i] == GLUED and lexed.words[i] in W.percent_attached:
        return W.percent_attached[lexed.words[i]], i + 1, lexed.words[i] == "pp"
    if lexed.words[i] in HYPHENS and lexed.gap[i] == GLUED and lexed.gap[i + 1] != BROKEN:
        i += 1
    for n in (3, 2, 1):
        factor = W.percent.get(lexed.folded(i, n))
        if factor is not None and lexed.together(i, n) and not (n == 2 and lexed.words[i + 1] == "."):
            return factor, i + n, (n > 1 and "p" in lexed.lower[i + n - 1][:1]) or factor != 1
    return None


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
        return lexed.lower[end] in W.function_words
    if marker.form in W.weight_names:
        return not is_weight(lexed, at, end, number, hyphen)
    return True


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
            else noun and (following not in W.weight_money_nouns and following not in W.function_words)
        )
    return any(w in W.weight_near for w in lexed.lower[max(0, at - 9) : end + 6])
