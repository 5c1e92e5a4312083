"""Tokens whose edges include the edges of all marks, for formats that know spans by tokens."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.review.exchange.marks import Mark


@cache
def english() -> Language:
    """spaCy's English tokenizer, without a model."""
    return spacy.blank("en")


def to_doc(text: str, marks: Sequence[Mark]) -> Doc:
    """A ``Doc`` of exactly the text (``doc.text == text``), cut at every edge of a mark."""
    starts, ends = {m.start for m in marks}, {m.end for m in marks}
    edges = sorted(starts | ends)
    words: list[str] = []
    spaces: list[bool] = []
    for token in english().make_doc(text):
        first, last = token.idx, token.idx + len(token)
        cuts = [first, *edges[bisect_left(edges, first + 1) : bisect_left(edges, last)], last]
        words += [text[a:b] for a, b in pairwise(cuts)]
        spaces += [False] * (len(cuts) - 1)
        if token.whitespace_:
            # a space belongs to the token before it, unless a mark begins or ends with it
            if last in starts or last + 1 in ends:
                words.append(" ")
                spaces.append(False)
            else:
                spaces[-1] = True
    return Doc(english().vocab, words=words, spaces=spaces)
