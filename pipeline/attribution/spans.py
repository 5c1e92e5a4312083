"""From token indices to the character spans of an attribution: content, verbatim words, quote type, source, cue."""

from __future__ import annotations

import numpy as np
from spacy.tokens import Doc

from pipeline.attribution.tokens import Ints, Tokens
from pipeline.records import QuoteType

Bounds = tuple[int, int]
MARKS = "\"“”„‟«»〝〞＂‘’'‚‹›`"
SEPARATORS = ",;:–—―-"
TERMINAL = ".?!,…—–"
FINITE = frozenset(("VBZ", "VBD", "VBP", "MD"))
SUBJECTS = frozenset(("nsubj", "nsubjpass", "expl", "csubj"))
SMALL_WORD, NAME_WORDS, NAMED_WORDS = 3, 6, 2
"""Words up to the first length may be small in a title; a title in quotation marks has at most so many words; after
more words than the third it is part of a sentence and not what somebody called somebody."""
SHORT = 6
"""A quotation of more words than this that begins with a capital and ends like a sentence needs no verb to be one."""


def spans_of(tokens: Tokens, indices: Ints) -> list[Bounds]:
    """The character spans of sorted token indices; runs with nothing but punctuation between them are one."""
    out: list[Bounds] = []
    for run in np.split(indices, np.flatnonzero(np.diff(indices) > 1) + 1) if len(indices) else ():
        start, end = int(tokens.start[run[0]]), int(tokens.end[run[-1]])
        if out and not has_word(tokens.text[out[-1][1] : start]):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def content_spans(tokens: Tokens, indices: Ints) -> tuple[Bounds, ...]:
    """The content's spans, without the quotation marks around one that is all quotation and without separators.

    A quotation that goes on in the next paragraph is one span a paragraph.
    """
    block, quotation = tokens.block[indices], tokens.quotation[indices]
    goes_on = (np.diff(block) > 0) & (np.diff(quotation) > 0) & (quotation[:-1] >= 0)
    parts = np.split(indices, np.flatnonzero(goes_on) + 1)
    spans = (_content_span(tokens, start, end) for part in parts for start, end in spans_of(tokens, part))
    return tuple(span for span in spans if has_word(tokens.text[slice(*span)]))


def _content_span(tokens: Tokens, start: int, end: int) -> Bounds:
    """One span: a quotation reached to its last word is taken to its mark, and a mark is kept only with its partner."""
    text = tokens.text
    start, end = stripped(text, start, end, SEPARATORS + MARKS)
    opened, closed = tokens.quotations.at(start), tokens.quotations.at(end - 1)
    if opened is not None and not has_word(text[opened.inner_start : start]):
        start = opened.inner_start if opened is closed else opened.start
    if closed is not None and not has_word(text[end : closed.inner_end]):
        end = closed.inner_end if opened is closed or closed.start < start else closed.end
        if opened is not closed and opened is not None and opened.end > end:
            start = opened.inner_start
    elif opened is not None and opened is not closed and opened.end > end:
        start = opened.inner_start
    start, end = stripped(text, start, end, SEPARATORS)
    return start, end + (text[end : end + 1] == "%")


def stripped(text: str, start: int, end: int, extra: str) -> Bounds:
    """The span without white space and ``extra`` characters at its edges."""
    while start < end and (text[start].isspace() or text[start] in extra):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in extra):
        end -= 1
    return start, end


def has_word(text: str) -> bool:
    """Whether there is a letter or digit."""
    return any(c.isalnum() for c in text)


def verbatim_spans(tokens: Tokens, content: tuple[Bounds, ...]) -> tuple[Bounds, ...]:
    """The parts of the content that stand inside quotation marks, without names in quotation marks inside it."""
    out = []
    for start, end in content:
        for q in tokens.quotations.overlapping(start, end):
            span = stripped(tokens.text, max(start, q.inner_start), min(end, q.inner_end), "")
            words = tokens.text[slice(*span)]
            before, after = tokens.text[start : span[0]], tokens.text[q.end : end]
            embedded = has_word(after) or len(before.split()) > NAMED_WORDS
            if has_word(words) and not (embedded and is_name(words)):
                out.append(span)
    return tuple(out)


def is_name(words: str) -> bool:
    """Whether the words look like a title, slogan or nickname: a few, all with a capital except the small ones."""
    parts = words.split()
    long = [w for w in parts if len(w) > SMALL_WORD]
    return 1 < len(parts) <= NAME_WORDS and bool(long) and parts[0][0].isupper() and all(w[0].isupper() for w in long)


def quote_type(doc: Doc, tokens: Tokens, content: tuple[Bounds, ...], verbatim: tuple[Bounds, ...]) -> QuoteType:
    """``direct``: all of it verbatim and an utterance of its own; ``mixed``: verbatim in part, or a fragment."""
    if not verbatim:
        return "indirect"
    words = sum(c.isalnum() for start, end in content for c in tokens.text[start:end])
    quoted = sum(c.isalnum() for start, end in verbatim for c in tokens.text[start:end])
    return "direct" if quoted == words and _is_utterance(doc, tokens, verbatim) else "mixed"


def _is_utterance(doc: Doc, tokens: Tokens, verbatim: tuple[Bounds, ...]) -> bool:
    """Whether the words make a sentence: a finite verb with its subject, or a sentence's capital and end."""
    for start, end in verbatim:
        first, last = np.searchsorted(tokens.start, [start, end])
        for token in doc[int(first) : int(last)]:
            head = token.head
            if token.dep_ in SUBJECTS and first <= head.i < last:
                auxiliaries = (child.tag_ for child in head.children if child.dep_ in ("aux", "auxpass"))
                if head.tag_ in FINITE or FINITE.intersection(auxiliaries):
                    return True
    text = tokens.text
    start, end = verbatim[0][0], verbatim[-1][1]
    ends = text[end - 1] in TERMINAL
    return (
        text[start].isupper()
        and ends
        and (text[end - 1] in "?!" or len(text[start:end].split()) > SHORT or _opens(tokens, start))
    )


def _opens(tokens: Tokens, start: int) -> bool:
    """Whether a quotation begins its block or follows a comma or colon, as an utterance does."""
    before = tokens.text[max(0, start - 4) : start].rstrip().rstrip(MARKS).rstrip()
    return before == "" or before[-1] in ",:.!?" or "\n" in tokens.text[max(0, start - 4) : start]
