"""The words of a prediction that say when: a time expression that stands with the predicted event."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline.predictions.syntax import Range, span_of
from pipeline.predictions.timewords import timewords
from pipeline.records import Span

APOSTROPHES = str.maketrans("’\xa0\n\t", "'   ")
MAX_CLIMB = 8
"""How far up the tree a past event is looked for."""
LOOK_BEHIND = 12
"""Characters after an expression in which "ago" or "last" tells that it is past."""


def horizon(doc: Doc, span: Range, condition: Range | None, head: Token) -> Span | None:
    """The first time expression that belongs to the predicted event, not to its condition or to something past."""
    text, start = doc[span[0] : min(span[1] + 4, len(doc))].text, doc[span[0]].idx
    last = doc[span[1] - 1]
    size = last.idx + len(last) - start
    words = timewords()
    for match in words.expression.finditer(text[:size].translate(APOSTROPHES)):
        left, right = match.span()
        at = doc.char_span(start + left, start + right, alignment_mode="expand")
        if at is None or words.past.search(at.text) or words.past.match(text[right : right + LOOK_BEHIND].lstrip()):
            continue
        if condition is not None and condition[0] <= at.start < condition[1]:
            continue
        if possessive(text, right) and at.start < head.i:
            continue
        modifies = at.root.dep_ in ("compound", "nummod", "amod", "nmod") and at.root.head.i >= at.end
        if not modifies and (words.ahead.match(at.text) or not past_event(at.root, head)):
            return Span(start + left, start + right, text[left:right])
    return clause_horizon(doc, span, condition, head)


def possessive(text: str, end: int) -> bool:
    """Whether the expression ends in, or is followed by, a possessive ("this year's")."""
    return text[end : end + 2] in ("'s", "’s") or text[end - 2 : end] in ("'s", "’s")


def past_event(token: Token, head: Token) -> bool:
    """Whether a past verb other than the predicted one lies between the expression and the prediction."""
    for _ in range(MAX_CLIMB):
        if token == head or token.head == token:
            return False
        token = token.head
        if token == head:
            return False
        if token.tag_ == "VBD" or (token.tag_ == "VBN" and token.dep_ in ("acl", "amod") and token.head.pos_ != "VERB"):
            return not any(c.lower_ in ("is", "are", "be", "set", "due") for c in token.children)
    return False


def dated(words: str) -> bool:
    """Whether the time expression names a day ("on June 7", "Monday") rather than a period."""
    return timewords().day.search(words) is not None


def future_time(token: Token) -> bool:
    """Whether the dependent is a time expression that can lie ahead ("on June 7", "next week", "tomorrow")."""
    doc = token.doc
    words = doc[token.left_edge.i : min(token.right_edge.i, token.left_edge.i + 12) + 1].text.translate(APOSTROPHES)
    signs = timewords()
    found = signs.expression.match(words)
    return found is not None and signs.future.search(found.group()) is not None and signs.past.search(words) is None


def clause_horizon(doc: Doc, span: Range, condition: Range | None, head: Token) -> Span | None:
    """A temporal clause: "once the votes are counted", "until she gives up", "by the time it is done"."""
    for mark in doc[span[0] : span[1]]:
        if condition is not None and condition[0] <= mark.i < condition[1]:
            continue
        verb = mark.head
        if mark.lower_ == "time" and verb.lower_ == "by":
            mark, verb = verb, mark
        elif (
            not timewords().clause.match(mark.lower_)
            or verb.dep_ != "advcl"
            or (verb.tag_ == "VBD" and mark.lower_ == "after")
        ):
            continue
        right = doc[min(verb.right_edge.i, span[1] - 1)]
        if verb != head and right.i > mark.i:
            return span_of(doc, mark.i, right.i + 1)
    return None
