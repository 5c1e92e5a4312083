"""A document's blocks and quotations in tokens, as the rules need them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc

from pipeline.attribution.quotations import Quotation
from pipeline.attribution.spans import FINITE
from pipeline.attribution.tokens import Ints, Tokens

QUOTED_SHARE = 0.85
"""Share of a block's letters inside quotation marks from which on it is a block of quotation."""
LABEL_WORDS = 15
"""A name with its role before a colon or behind a dash has at most this many words."""


@dataclass(frozen=True, slots=True)
class QuoteBlock:
    """A block with quotations in double marks: its number and the tokens of the quotations.

    ``start`` and ``end`` are the characters from the first to the last quotation; ``first`` and ``last`` the tokens of
    these two; ``alone``: the quotations are all of the block; ``opens``: the first quotation begins the block;
    ``unclosed``: the last one is still open at its end.
    """

    number: int
    start: int
    end: int
    content: Ints
    first: Ints
    last: Ints
    alone: bool
    opens: bool
    unclosed: bool


class Layout:
    """Look-up between characters, tokens and blocks of one document."""

    def __init__(self, doc: Doc, tokens: Tokens) -> None:
        self.doc = doc
        self.tokens = tokens
        self.blocks = [self.between(*b) for b in tokens.blocks]

    def between(self, start: int, end: int) -> tuple[int, int]:
        """The tokens ``[first, last)`` that share a character with the span."""
        t = self.tokens
        return int(np.searchsorted(t.end, start, side="right")), int(np.searchsorted(t.start, end, side="left"))

    def words(self, first: int, last: int) -> Ints:
        """The indices in ``[first, last)`` of tokens that are neither space, punctuation nor page chrome."""
        t = self.tokens
        return np.arange(first, last)[~(t.space[first:last] | t.punct[first:last] | t.silent[first:last])]

    def letters(self, indices: Ints) -> int:
        """How many characters the words among the tokens have."""
        t = self.tokens
        return int((t.end - t.start)[indices[~(t.space[indices] | t.punct[indices])]].sum())

    def quote_blocks(self) -> Iterator[QuoteBlock]:
        """The blocks with quotations, in order."""
        t = self.tokens
        by_block: dict[int, list[Quotation]] = {}
        for q in t.quotations:
            first = self.between(q.start, q.end)[0]
            if not q.single and not t.silent[first]:
                by_block.setdefault(int(t.block[first]), []).append(q)
        for number, quotations in by_block.items():
            parts = [np.arange(*self.between(q.start, q.end)) for q in quotations]
            content = np.concatenate(parts)
            start, end = quotations[0].start, quotations[-1].end
            yield QuoteBlock(
                number=number,
                start=start,
                end=end,
                content=content,
                first=parts[0],
                last=parts[-1],
                alone=self.letters(content) >= QUOTED_SHARE * max(self.letters(np.arange(*self.blocks[number])), 1),
                opens=not any(c.isalnum() for c in t.text[t.blocks[number][0] : start]),
                unclosed=not quotations[-1].closed,
            )

    def is_label(self, words: Ints) -> bool:
        """Whether the words can be a name with its role: a noun phrase that begins with a capital and has no verb."""
        if not 0 < len(words) <= LABEL_WORDS:
            return False
        tokens = [self.doc[int(i)] for i in words]
        nominal = any(x.pos_ in ("PROPN", "NOUN") for x in tokens) and not any(x.tag_ in FINITE for x in tokens)
        return nominal and tokens[0].text[:1].isupper()
