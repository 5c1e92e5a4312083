"""Small questions to the dependency parse."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from pipeline.records import Span

Range = tuple[int, int]
"""Token positions, half-open."""

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
CLAUSES = frozenset({"xcomp", "ccomp", "advcl", "acl"})
FINITE = frozenset({"VBZ", "VBP", "VBD", "MD"})
NOMINALS = frozenset({"NOUN", "PROPN", "PRON"})
MAX_CLIMB = 6
"""How far up the tree a subject is looked for; deeper chains are parser errors."""


LOOK_BACK = 60
MAX_SENTENCE = 200
"""Longer sentences (tables, lists without stops) are read in pieces, so that the time stays linear."""


def span_of(doc: Doc, start: int, end: int) -> Span:
    """The characters of tokens ``[start, end)``; ``doc.text`` would be put together anew for each."""
    first, words = doc[start].idx, doc[start:end].text
    return Span(first, first + len(words), words)


def right_children(token: Token) -> list[Token]:
    """The dependents after the token."""
    return [c for c in token.children if c.i > token.i]


def infinitive(token: Token) -> bool:
    """Whether the verb (or copular predicate) has the particle "to" (or "na") before it."""
    return any(c.tag_ == "TO" or c.lower_ == "na" for c in token.children if c.i < token.i)


def infinitive_of(token: Token) -> Token | None:
    """The infinitive that the token takes."""
    return next((c for c in right_children(token) if c.dep_ in CLAUSES and infinitive(c)), None)


def gerund_of(token: Token, prepositions: frozenset[str]) -> Token | None:
    """The gerund or noun after a preposition that the token takes ("committed to welcoming")."""
    for child in right_children(token):
        if child.dep_ == "prep" and child.lower_ in prepositions:
            found = next((c for c in child.children if c.dep_ == "pcomp"), None)
            if found is not None:
                return found
    return None


def object_of(token: Token, prepositions: frozenset[str]) -> Token | None:
    """The noun after a preposition right behind the token ("a promise of help")."""
    for child in right_children(token):
        if child.dep_ == "prep" and child.lower_ in prepositions:
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


def subject_of(token: Token) -> Token | None:
    """The subject of the predicate, looked up through coordination, infinitives and relative clauses.

    A coordinated predicate shares the subject of the nearest verb above, whatever the parse has put between them, or
    where it has lost that verb the noun or pronoun that opens the sentence.
    """
    shared, predicate = token.dep_ == "conj", token
    for _ in range(MAX_CLIMB):
        own = own_subject(token)
        if own is not None:
            return token.head if own.tag_ in ("WDT", "WP") and token.dep_ == "relcl" else own
        if token.dep_ in ("relcl", "acl") and not shared:
            return token.head if token.head.pos_ in ("NOUN", "PROPN", "PRON") else None
        if token.head == token or not (shared or token.dep_ in ("conj", "xcomp", "advcl")):
            break
        token = token.head
    return opening_nominal(predicate) if shared else None


def opening_nominal(predicate: Token) -> Token | None:
    """The first noun or pronoun of the predicate's sentence (of its last ``LOOK_BACK`` tokens) before it."""
    found = None
    for i in range(predicate.i - 1, max(-1, predicate.i - LOOK_BACK), -1):
        token = predicate.doc[i]
        found = token if token.pos_ in NOMINALS else found
        if token.is_sent_start:
            break
    return found


def own_subject(token: Token) -> Token | None:
    """The subject that the clause itself has, before its predicate."""
    return next((c for c in token.children if c.dep_ in SUBJECTS and c.i < token.i), None)


def own_modal(token: Token) -> bool:
    """Whether the predicate has a modal of its own."""
    return any(c.tag_ == "MD" for c in token.children)


def passive(token: Token) -> bool:
    """Whether the verb stands in the passive."""
    return any(c.dep_ == "auxpass" for c in token.children)


def governor(token: Token) -> Token | None:
    """The verb (or noun) that takes the clause as its complement, through coordination."""
    for _ in range(MAX_CLIMB):
        if token.dep_ in ("ccomp", "acl", "xcomp", "pcomp", "csubj"):
            return token.head
        if token.dep_ not in ("conj", "advcl") or token.head == token:
            return None
        token = token.head
    return None


def sentences(doc: Doc, ranges: list[Range]) -> Iterator[tuple[int, list[Token]]]:
    """The index of the range of characters that each sentence starts in, and its tokens there; linear.

    A sentence that reaches beyond its range is cut at the range's end, an overlong one into pieces.
    """
    which = 0
    for sent in doc.sents:
        tokens = [t for t in sent if not t.is_space]
        while tokens:
            start = tokens[0].idx
            while which < len(ranges) and ranges[which][1] <= start:
                which += 1
            if which == len(ranges):
                return
            inside = [t for t in tokens if ranges[which][0] <= t.idx < ranges[which][1]]
            for i in range(0, len(inside), MAX_SENTENCE):
                yield which, inside[i : i + MAX_SENTENCE]
            tokens = [t for t in tokens if t.idx >= ranges[which][1]]
