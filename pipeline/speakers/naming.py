"""Compare names: what counts as the same word, the same name, the same person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from pipeline.speakers.lexicon import lexicon

SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def plain(word: str) -> str:
    """A name's word for comparing: lower case, without accents and full stops."""
    lower = word.lower().replace("’", "'")
    if not lower.isascii():
        lower = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    return lower.replace(".", "")


def all_words(name: str) -> tuple[str, ...]:
    """A whole name's words for comparing."""
    return tuple(p for w in name.replace(",", " ").split() if (p := plain(w)))


def without_initials(name: str) -> tuple[str, ...]:
    """A whole name's words for comparing, middle initials left out."""
    words = all_words(name)
    return tuple(w for i, w in enumerate(words) if i in (0, len(words) - 1) or len(w) > 1)


def name_key(name: Sequence[str]) -> tuple[str, str, str]:
    """First name, surname and suffix of a person: nicknames spelt out, middle names left out."""
    words = [plain(w) for w in name]
    suffix = words.pop() if len(words) > 1 and words[-1] in SUFFIXES else ""
    first = words[0] if len(words) > 1 else ""
    return lexicon().short_for.get(first, first), words[-1], suffix


def same_person(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two full names of one article can be one person's.

    The surname is the same, and the first names are alike, or one is an initial or a middle name of the other. A name
    with "Jr." is not the one without.
    """
    (first_a, last_a, suffix_a), (first_b, last_b, suffix_b) = name_key(a), name_key(b)
    if last_a != last_b or suffix_a != suffix_b:
        return False
    short, long = sorted((first_a, first_b), key=len)
    if first_a == first_b or (len(short) <= 2 and long.startswith(short[:1])):
        return True
    return first_a in given(b) or first_b in given(a)


def given(name: Sequence[str]) -> Iterable[str]:
    return {plain(w) for w in name[:-1]}
