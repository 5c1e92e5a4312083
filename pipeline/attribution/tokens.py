"""A document as arrays: one row a token, read from spaCy in one go."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from pipeline.attribution.quotations import Quotations, find_quotations
from pipeline.attribution.word_vectors import load_word_vectors
from pipeline.components import extensions  # noqa: F401  (registers doc._.claims_blocks)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
LINE = re.compile(r"\S(?:[^\n]*\S)?")
SYMBOLS = ("LOWER", "LEMMA", "TAG", "DEP", "SHAPE", "ENT_TYPE")
OUTSIDE, INSIDE, OPENING, CLOSING, INSIDE_SINGLE, OPENING_SINGLE, CLOSING_SINGLE, INSIDE_OPEN = range(8)
"""States of a token with respect to quotation marks; ``INSIDE_OPEN``: in a quotation that its block never closes."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Arrays over the tokens of one document.

    ``symbols`` (n, 6) are spaCy's 64-bit string hashes of ``SYMBOLS``; ``entity_iob`` 1 inside, 2 outside, 3 begin;
    ``head`` absolute token indices; ``sentence`` and ``block`` running numbers; ``quotation`` the number of the
    quotation a token lies in, -1 outside; ``vectors`` the parser's vector of the token, then that of its word.
    """

    text: str
    symbols: npt.NDArray[np.uint64]
    entity_iob: Ints
    start: Ints
    end: Ints
    head: Ints
    sentence: Ints
    block: Ints
    quotation: Ints
    quote_state: Ints
    space: npt.NDArray[np.bool_]
    punct: npt.NDArray[np.bool_]
    silent: npt.NDArray[np.bool_]
    vectors: Floats
    quotations: Quotations
    blocks: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.start)


def read_tokens(doc: Doc) -> Tokens:
    """The arrays of a parsed document. ``silent`` tokens (page chrome, gaps between blocks) hold no part of a claim."""
    n, text = len(doc), doc.text
    array = doc.to_array([*SYMBOLS, "ENT_IOB", "IDX", "LENGTH", "HEAD", "SENT_START", "IS_SPACE", "IS_PUNCT"])
    symbols, rest = array[:, : len(SYMBOLS)].astype(np.uint64), array[:, len(SYMBOLS) :].astype(np.int64)
    iob, start, length, head, sent_start, space, punct = rest.T
    known = doc._.claims_blocks
    spans = [(b.start, b.end) for b in known] or [m.span() for m in LINE.finditer(text)]
    starts, ends = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    block = np.searchsorted(starts, start, side="right") - 1
    inside = (block >= 0) & (start < np.append(ends, 0)[block])
    chrome = np.array([b.kind == "boilerplate" for b in known] or [False] * len(spans), dtype=bool)
    silent = ~inside | np.append(chrome, True)[block]
    block = np.maximum(block, 0)
    quotations = find_quotations(text, spans)
    quotation, state = _quote_states(start, quotations)
    begins = sent_start == 1
    begins[:1] = True
    context = np.asarray(doc.tensor, dtype=np.float32).reshape(n, -1)
    vectors = np.concatenate([context, load_word_vectors()(symbols[:, 0], symbols[:, 1])], axis=1)
    return Tokens(
        text=text,
        symbols=symbols,
        entity_iob=iob,
        start=start,
        end=start + length,
        head=np.clip(np.arange(n) + head, 0, max(n - 1, 0)),
        sentence=np.cumsum(begins) - 1,
        block=block,
        quotation=quotation,
        quote_state=state,
        space=space.astype(bool),
        punct=punct.astype(bool),
        silent=silent,
        vectors=vectors,
        quotations=quotations,
        blocks=tuple(spans),
    )


def _quote_states(start: Ints, quotations: Quotations) -> tuple[Ints, Ints]:
    """For each token the number of its quotation (-1: none) and its quote state."""
    if not len(quotations):
        return np.full(len(start), -1), np.zeros(len(start), dtype=np.int64)
    bounds = np.array([(q.start, q.end, q.inner_start, q.inner_end, q.closed, q.single) for q in quotations])
    number = np.searchsorted(bounds[:, 0], start, side="right") - 1
    of = bounds[number]
    inside = (number >= 0) & (start < of[:, 1])
    closed, single = of[:, 4] > 0, of[:, 5] > 0
    state = np.where(single, INSIDE_SINGLE, np.where(closed, INSIDE, INSIDE_OPEN))
    state = np.where(start < of[:, 2], np.where(single, OPENING_SINGLE, OPENING), state)
    state = np.where(closed & (start >= of[:, 3]), np.where(single, CLOSING_SINGLE, CLOSING), state)
    return np.where(inside, number, -1), np.where(inside, state, OUTSIDE)
