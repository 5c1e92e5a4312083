"""Cut a text into words, digit groups and signs; one pass, no backtracking."""

from __future__ import annotations

import re
from dataclasses import dataclass

LEXEME = re.compile(r"\d+(?:[.,]\d+|['’]\d{3}(?!\d))*|[^\W\d_]+|[^\w\s]|_")
APART = re.compile(r"\s*\n\s*\n|\s{4,}|\t")

PADDING = 24
"""Empty lexemes after the last, so that a look ahead needs no bounds check."""

GLUED, SPACED, BROKEN = 0, 1, 2
"""How a lexeme follows the one before it: directly, after white space, after a paragraph break (or as the first)."""

HYPHENS = frozenset("-‐‑–—−")


@dataclass(frozen=True, slots=True)
class Lexed:
    """The lexemes of one stretch of text, as parallel lists, padded with empty ones.

    ``start`` and ``end`` are offsets into the document (the stretch's own offset added), ``gap`` says how each
    lexeme follows the one before it.
    """

    words: list[str]
    lower: list[str]
    start: list[int]
    end: list[int]
    gap: list[int]
    size: int

    def key(self, i: int, n: int) -> tuple[str, ...]:
        """``n`` lexemes from ``i`` as written."""
        return tuple(self.words[i : i + n])

    def folded(self, i: int, n: int) -> tuple[str, ...]:
        """``n`` lexemes from ``i`` in lower case."""
        return tuple(self.lower[i : i + n])

    def together(self, i: int, n: int) -> bool:
        """Whether no paragraph break divides the ``n`` lexemes from ``i``."""
        return all(g != BROKEN for g in self.gap[i + 1 : i + n])

    def is_digits(self, i: int) -> bool:
        return self.words[i][:1].isdecimal()

    def is_word(self, i: int) -> bool:
        return self.words[i][:1].isalpha()

    def hyphen(self, i: int) -> bool:
        """Whether lexeme ``i`` is a hyphen that joins its neighbours."""
        return self.words[i] in HYPHENS and self.gap[i] == GLUED and self.gap[i + 1] == GLUED


def lex(text: str, offset: int = 0) -> Lexed:
    """The lexemes of a text whose first character is character ``offset`` of the document."""
    words, start, end, gap = [], [], [], []
    last = -1
    for match in LEXEME.finditer(text):
        s, e = match.span()
        words.append(match.group())
        start.append(s + offset)
        end.append(e + offset)
        gap.append(GLUED if s == last else SPACED)
        if s - last > 1 and (last < 0 or (s - last < 200 and APART.match(text, last, s)) or s - last >= 200):
            gap[-1] = BROKEN
        last = e
    if gap:
        gap[0] = BROKEN
    size = len(words)
    words += [""] * PADDING
    start += [offset + len(text)] * PADDING
    end += [offset + len(text)] * PADDING
    gap += [BROKEN] * PADDING
    return Lexed(words, [w.lower() for w in words], start, end, gap, size)


def phrase(text: str) -> tuple[str, ...]:
    """The lexemes of a phrase from a knowledge file, as written."""
    return tuple(m.group() for m in LEXEME.finditer(text))
