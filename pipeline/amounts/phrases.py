"""Noun phrases and subjects of a dependency parse, as the fields of an amount need them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from spacy.tokens import Doc, Span, Token

SUBJECTS = frozenset(["nsubj", "nsubjpass", "csubj", "csubjpass"])
LEFT_PARTS = frozenset(["det", "amod", "compound", "poss", "nummod", "nmod", "quantmod", "advmod", "predet"])
MAX_PHRASE = 14
"""The most tokens a phrase keeps: enough for a name with its description."""

MAX_CLIMB = 8
"""How many heads are followed from a word to its verb."""


def is_verb(token: Token) -> bool:
    return token.tag_[:1] == "V" and token.dep_ not in ("aux", "auxpass", "amod")


def is_noun(token: Token) -> bool:
    return token.tag_[:2] == "NN" or token.tag_ in ("PRP", "CD", "$", "DT", "WP", "JJ", "NFP")


def noun_phrase(noun: Token, prepositions: frozenset[str] = frozenset(["of"]), after: int = -1) -> Span:
    """The noun with what stands before it (from token ``after`` on) and the prepositional phrases that follow it."""
    doc, start, end = noun.doc, noun.i, noun.i + 1
    if noun.tag_ == "NNP":
        prepositions = prepositions | {"for"}  # "Center for Tax Policy"
    for child in noun.lefts:
        if child.dep_ in LEFT_PARTS:
            start = min(start, child.left_edge.i)
    for child in noun.rights:
        joined = child.i == end or (child.dep_ == "conj" and child.i <= end + 3)
        if child.dep_ == "prep" and child.lower_ in prepositions and child.i == end and not starts_time(child):
            end = child.right_edge.i + 1
        elif (joined and child.dep_ in ("compound", "nmod", "nummod", "amod")) or (
            child.dep_ == "conj" and child.i <= end + 4 and is_noun(child)
        ):
            end = child.i + 1
    start = min(noun.i, max(start, after, noun.i + 1 - MAX_PHRASE))
    end = min(end, start + MAX_PHRASE)
    while end > noun.i + 1 and doc[end - 1].is_punct:
        end -= 1
    while start < noun.i and doc[start].is_punct:
        start += 1
    return doc[start:end]


def starts_time(preposition: Token) -> bool:
    """Whether a preposition leads into a date or time."""
    return any(child.ent_type_ in ("DATE", "TIME") for child in preposition.rights)


def climb(token: Token) -> Iterator[tuple[Token, Token]]:
    """The token and its head, then the head and its head, and so on up to the root, a bounded number of steps."""
    for _ in range(MAX_CLIMB):
        if token.head is token or token.head == token:
            return
        yield token, token.head
        token = token.head


def subject(verb: Token, depth: int = 0) -> Token | None:
    """The word that is or stands for the subject of a verb: its own, its antecedent's or its governor's."""
    own = next((c for c in verb.lefts if c.dep_ in SUBJECTS), None)
    if own is None and verb.tag_[:1] == "V":
        own = next((c for c in verb.rights if c.dep_ in SUBJECTS), None)  # inversion: "said Smith"
    if own is not None:
        if own.tag_ in ("WDT", "WP") or (own.lower_ == "that" and verb.dep_ == "relcl"):
            return verb.head if verb.dep_ in ("relcl", "acl") else None
        return None if own.tag_ == "EX" else own
    if depth > 5 or verb.head == verb:
        return None
    if verb.dep_ in ("relcl", "acl"):
        infinitive = any(c.tag_ == "TO" for c in verb.lefts)
        return controller(verb.head, depth) if infinitive else verb.head
    if verb.dep_ == "xcomp":
        controlled = next((c for c in verb.head.rights if c.dep_ in ("dobj", "dative") and c.i < verb.i), None)
        return controlled or subject(verb.head, depth + 1)
    if verb.dep_ in ("conj", "advcl", "ccomp", "aux", "dep", "pcomp", "prep", "oprd", "acomp", "parataxis"):
        head = verb.head
        while head.dep_ in ("prep", "pcomp", "agent", "mark") and not is_verb(head) and head.head != head:
            head = head.head
        return controller(head, depth) if head.tag_[:2] == "NN" else subject(head, depth + 1)
    return None


def controller(noun: Token, depth: int) -> Token | None:
    """Who does what a noun announces: "his plan to spend ...", "she announced plans to give ..."."""
    owner = next((c for c in noun.lefts if c.dep_ == "poss"), None)
    if owner is not None:
        return owner
    for _, head in climb(noun):
        if is_verb(head):
            found = subject(head, depth + 1)
            return found if found != noun else None
    return None


def agent(verb: Token) -> Token | None:
    """Who acts in a passive clause ("levied by the city")."""
    for child in verb.rights:
        if child.dep_ == "agent":
            return next((c for c in child.rights if c.dep_ == "pobj"), None)
    return None


def is_passive(verb: Token) -> bool:
    return any(c.dep_ in ("nsubjpass", "auxpass") for c in verb.lefts) or (
        verb.tag_ == "VBN" and verb.dep_ in ("acl", "amod") and not any(c.dep_ == "aux" for c in verb.lefts)
    )


def sentences(doc: Doc) -> list[tuple[int, int]]:
    """The token bounds of every sentence."""
    starts = np.flatnonzero(doc.to_array("SENT_START") == 1).tolist()
    return list(pairwise([0, *(s for s in starts if s), len(doc)]))
