"""The words of a predicted clause, and of the condition it depends on."""

from __future__ import annotations

import re

from spacy.tokens import Token

from pipeline.predictions.candidates import Candidate
from pipeline.predictions.lexicon import Lexicon
from pipeline.predictions.syntax import FINITE, Range, own_modal, own_subject

ANTECEDENT_TOKENS = 12
"""A relative clause takes its noun along where the noun phrase begins at most so many tokens before the clause."""

OPENERS = frozenset(
    {"that", "and", "but", "or", "so", "however", "because", "which", "although", "though", "while", "as"}
)
ASIDES = frozenset({"because", "although", "though", "while", "whereas", "since", "as", "whether"})
LONG_ASIDE = 8
"""A phrase opened by ", with" stands beside the clause from so many tokens on."""
SUBORDINATORS = frozenset({"if", "unless", "provided", "assuming"})
FOCUS = frozenset({"only", "even", "but", "and"})
BRACKETS = re.compile(r"[\[\]]")
OPENING_DISTANCE = 8
"""So many tokens may stand between a condition that opens the sentence and the prediction ("If so, she said, ...")."""
MAX_DEPTH = 4
NESTED_DISTANCE = 4
"""A prediction inside another one ends it where it begins at least so many tokens after the outer predicate."""


def clause(candidate: Candidate, tokens: list[Token], lexicon: Lexicon) -> Range:
    """The token range of the predicted clause, inside the sentence's tokens."""
    head, anchor = candidate.head, candidate.anchor
    start, end = left_edge(anchor), anchor.right_edge.i + 1
    subject = own_subject(anchor)
    if anchor.dep_ in ("relcl", "acl"):
        noun = anchor.head
        if anchor.i - noun.left_edge.i <= ANTECEDENT_TOKENS:
            start = min(start, noun.left_edge.i)
    for parent in (anchor, head):
        for child in parent.children:
            if not (beside(child) or (child.dep_ == "conj" and parent == anchor != head)):
                continue
            if child.i > parent.i:
                end = min(end, child.left_edge.i)
            elif parent == anchor and (subject is None or child.right_edge.i < subject.left_edge.i):
                start = max(start, child.right_edge.i + 1)
    end = max(end, head.i + 1)
    if not (candidate.construction == "forecast" and anchor == head):
        start, end = min(start, candidate.cue[0]), max(end, candidate.cue[1])
    end = reported(head, end, lexicon)
    return trim(anchor, max(start, tokens[0].i), min(end, tokens[-1].i + 1))


def left_edge(anchor: Token) -> int:
    """Where the clause begins; a relative pronoun that has moved out of it ("which, she said, will") stays outside."""
    if anchor.dep_ != "ccomp":
        return int(anchor.left_edge.i)
    own = (c.left_edge.i for c in anchor.children if c.i < anchor.i and c.tag_ not in ("WDT", "WP"))
    return min(own, default=anchor.i)


def reported(head: Token, end: int, lexicon: Lexicon) -> int:
    """Where the clause ends if a reporting clause follows it (", the bank said on Tuesday"), else ``end``."""
    doc = head.doc
    for verb in doc[head.i + 1 : end]:
        if verb.lemma_ in lexicon.governors["report"] and verb.tag_ in FINITE:
            subject = own_subject(verb)
            if subject is not None and subject.left_edge.i > head.i and doc[subject.left_edge.i - 1].is_punct:
                return subject.left_edge.i
    return end


def beside(child: Token) -> bool:
    """Whether a dependent stands beside the predicted clause: a clause of its own, a reason, a concession, a source."""
    if child.dep_ == "conj":
        return child.pos_ in ("VERB", "AUX") and (own_modal(child) or own_subject(child) is not None)
    if child.dep_ == "advcl":
        return any(c.dep_ == "mark" and c.lower_ in ASIDES for c in child.children)
    if child.dep_ == "prep":
        if child.lower_ == "with" and child.i > child.head.i:
            return child.doc[child.i - 1].text == "," and child.right_edge.i - child.i >= LONG_ASIDE
        if child.lower_ == "including" and child.i > child.head.i:
            return True
        return child.lower_ == "according" or (child.lower_ == "because" and child.i > child.head.i)
    return child.dep_ in ("parataxis", "ccomp") and child.i < child.head.i and own_subject(child) is not None


def cut_nested(span: Range, candidate: Candidate, others: list[Range]) -> Range:
    """The clause without another prediction at its edge, where most of it remains or the other begins far off."""
    start, end = span
    fixed = (min(candidate.cue[0], candidate.head.i), max(candidate.cue[1], candidate.head.i + 1))
    for other in others:
        if span[0] < other[0] and other[1] >= end - 1 and other[0] >= fixed[1] + NESTED_DISTANCE:
            end = other[0]
        elif span[0] == other[0] and other[1] < fixed[0] - 1:
            start = other[1]
    return trim(candidate.anchor, start, end)


def trim(token: Token, start: int, end: int) -> Range:
    """Without punctuation, conjunctions and "that" at the edges."""
    doc = token.doc
    while start < end and (doc[start].is_punct or doc[start].is_space or doc[start].lower_ in OPENERS):
        start += 1
    while end > start and (doc[end - 1].is_punct or doc[end - 1].is_space or dangling(doc[end - 1])):
        end -= 1
    return start, end


def dangling(token: Token) -> bool:
    """Whether the word links to a clause that has been cut off after it ("and", "because", "that")."""
    return token.dep_ == "cc" or (token.lower_ in OPENERS and token.dep_ in ("mark", "advmod", "preconj", "prep"))


def condition(candidate: Candidate, span: Range, tokens: list[Token], lexicon: Lexicon) -> Range | None:
    """The token range of the condition that the prediction depends on, or ``None``."""
    head = candidate.head
    for verb in above(candidate):
        for child in verb.children:
            opened = conditional(child, lexicon)
            if opened is not None and not child.left_edge.i <= head.i <= child.right_edge.i:
                end = child.right_edge.i + 1
                if child.i < head.i:
                    end = min(end, verb.i, head.i)
                return trim_right(child, max(opened, tokens[0].i), min(end, tokens[-1].i + 1))
    return beside_clause(head, span, tokens)


def beside_clause(head: Token, span: Range, tokens: list[Token]) -> Range | None:
    """A conditional clause attached elsewhere in the parse: right after the prediction, or opening the sentence."""
    for mark in tokens:
        if BRACKETS.sub("", mark.lower_) not in SUBORDINATORS or mark.head.dep_ == "ccomp":
            continue
        clause_end = min(mark.head.right_edge.i, tokens[-1].i) + 1
        between = tokens[0].doc[span[1] : mark.i] if mark.i >= span[1] else None
        if between is not None and len(between) <= 4 and all(t.is_punct or t.lower_ in FOCUS for t in between):
            only = next((t.i for t in between if t.lower_ in ("only", "even")), mark.i)
            return trim_right(mark, only, clause_end)
        opens = all(t.is_punct or t.lower_ in OPENERS for t in tokens if t.i < mark.i)
        if opens and mark.i < head.i:
            if not mark.i < mark.head.i < head.i or clause_end > head.i:
                commas = [t.i for t in tokens if mark.i < t.i < head.i and t.text in (",", "”")]
                clause_end = commas[0] if commas else mark.i
            if mark.i < clause_end <= span[0] + 1 and span[0] - clause_end <= OPENING_DISTANCE:
                return trim_right(mark, mark.i, clause_end)
    return None


def above(candidate: Candidate) -> list[Token]:
    """The predicate, its anchor and the verbs that take the clause as a complement or beside themselves."""
    out = [candidate.head]
    if candidate.anchor != candidate.head:
        out.append(candidate.anchor)
    for _ in range(MAX_DEPTH):
        if out[-1].dep_ not in ("ccomp", "xcomp"):
            break
        out.append(out[-1].head)
    return out


def conditional(child: Token, lexicon: Lexicon) -> int | None:
    """Where a conditional dependent begins ("only" and "even" before its marker included), or ``None``."""
    doc = child.doc
    start = child.left_edge.i
    if child.dep_ in ("advcl", "ccomp", "relcl"):
        if child.dep_ == "ccomp" and child.head.lemma_ in lexicon.governors["question"]:
            return None
        marks = [c for c in child.children if c.dep_ in ("mark", "advmod") and c.lower_ in SUBORDINATORS]
        opened = (
            doc[start].lower_ in ("should", "were", "had")
            and doc[start].head == child
            and own_subject(child) is not None
        )
        phrase = doc[start : start + 5].text.lower().startswith(lexicon.condition_phrases)
        if marks:
            start = min(marks[0].i, start) if marks[0].i - start <= 2 else marks[0].i
        elif not (opened or phrase):
            return None
    elif child.dep_ != "prep" or not (child.lower_ in lexicon.condition_prepositions or even_with(child)):
        return None
    while start > 0 and doc[start - 1].lower_ in ("only", "even", "but"):
        start -= 1
    return start + 1 if doc[start].lower_ == "but" else start


def even_with(child: Token) -> bool:
    """ "even with a loss in the primary"."""
    return child.lower_ == "with" and child.i > 0 and child.doc[child.i - 1].lower_ == "even"


def trim_right(token: Token, start: int, end: int) -> Range | None:
    """The range without punctuation at the edges (an opening quote belongs to the condition's first word)."""
    doc = token.doc
    while end > start and doc[end - 1].is_punct:
        end -= 1
    while start < end and doc[start].is_punct and not doc[start].is_left_punct:
        start += 1
    return (start, end) if start < end else None
