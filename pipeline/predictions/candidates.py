"""Candidate predictions: each place where a cue word opens a construction that can speak of the future."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from spacy.tokens import Token

from pipeline.predictions.horizons import future_time
from pipeline.predictions.lexicon import Lexicon, Sense
from pipeline.predictions.syntax import (
    FINITE,
    gerund_of,
    infinitive,
    infinitive_of,
    object_of,
    own_subject,
    passive,
    right_children,
    subject_of,
)
from pipeline.records import Certainty

Construction = Literal[
    "modal",
    "going_to",
    "commitment",
    "forecast",
    "raising",
    "idiom",
    "noun",
    "likely",
    "headline",
    "scheduled",
    "present",
    "progressive",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cue and the clause it governs.

    ``cue`` are token positions, half-open. ``head`` is the predicate of what is predicted, ``anchor`` the token whose
    clause the span covers (for a commitment the committing verb, since its subject is part of what is said),
    ``subject`` the subject's head.
    """

    construction: Construction
    cue: tuple[int, int]
    head: Token
    anchor: Token
    subject: Token | None
    sense: Sense


COPULAS = frozenset({"be", "seem", "appear", "look", "remain", "stand"})
SCHEDULE_PREPOSITIONS = frozenset({"for", "on", "in", "at", "by"})
TO, OF, FORWARD = frozenset({"to"}), frozenset({"of"}), frozenset({"to"})
GOING_TO_GAP = 2
"""So many tokens between "going" and "to" are too many; "going on to say" or "into debt to" say something else."""
VERBS = frozenset({"VERB", "AUX"})


def candidates(tokens: list[Token], lexicon: Lexicon) -> Iterator[Candidate]:
    """Every candidate of one sentence, in the order of its cues."""
    for token in tokens:
        lower, lemma, tag = token.lower_, token.lemma_, token.tag_
        if tag == "MD":
            if lower in lexicon.modals:
                yield from modal(token, lexicon.modals[lower])
        elif (lemma == "go" and tag == "VBG") or lower == "gon":
            yield from going_to(token)
        elif lower in lexicon.raising and (raised := list(raising(token, lexicon.raising[lower]))):
            yield from raised
        elif lemma in lexicon.commitment and (token.pos_ in VERBS or mistagged(token)):
            yield from commitment(token, lexicon.commitment[lemma], lexicon.transitive)
        elif lemma in lexicon.forecast and token.pos_ in VERBS:
            yield from forecast(token, lexicon.forecast[lemma], lexicon.transitive)
        elif lemma in lexicon.nouns and token.pos_ == "NOUN":
            yield from noun(token, lexicon.nouns[lemma])
        elif lower in lexicon.idioms:
            yield from idiom(token, lexicon.idioms[lower])
        if tag in ("VBZ", "VBP"):
            yield from present(token)
        elif tag == "VBG" and lemma != "go":
            yield from progressive(token, lexicon.imminent)
        elif tag == "VB" and token.dep_ == "ROOT":
            yield from headline(token)


def modal(token: Token, certainty: Certainty) -> Iterator[Candidate]:
    """ "prices will fall": the clause of the verb that the modal serves."""
    head = token.head
    if token.dep_ in ("aux", "auxpass") and head.i > token.i:
        yield Candidate("modal", (token.i, token.i + 1), head, head, subject_of(head), Sense("forecast", certainty))


def going_to(token: Token) -> Iterator[Candidate]:
    """ "is going to win", "I'm gonna win"."""
    head = infinitive_of(token)
    if head is not None:
        to = next((c.i for c in head.children if c.i < head.i and c.dep_ == "aux"), token.i)
        between = token.doc[token.i + 1 : to]
        if len(between) >= GOING_TO_GAP or any(t.tag_ in ("IN", "RP") for t in between):
            return
        yield Candidate("going_to", (token.i, to + 1), head, token, subject_of(token), Sense("forecast", "certain"))


def raising(token: Token, sense: Sense) -> Iterator[Candidate]:
    """ "is likely to win", "ads set to begin", "is set for Monday", "it is likely that rates fall"."""
    below, cue = right_children(token), (token.i, token.i + 1)
    copular = token.dep_ in ("acomp", "xcomp", "oprd", "advmod") and token.head.lemma_ in COPULAS
    participle = token.tag_ == "VBN" and (passive(token) or token.dep_ in ("acl", "ROOT", "relcl"))
    if not (copular or participle):
        return
    anchor = token.head if copular else token
    for head in (*below, *right_children(anchor)):
        if infinitive(head) and head.dep_ in ("xcomp", "ccomp", "advcl"):
            yield Candidate("raising", cue, head, anchor, subject_of(anchor), sense)
            return
        if head.dep_ == "ccomp" and head.i > token.i and copular:
            yield Candidate("raising", cue, head, head, subject_of(head), Sense("forecast", sense.certainty))
            return
    if sense.type == "commitment" and (gerund := gerund_of(token, TO)) is not None:
        yield Candidate("commitment", cue, gerund, anchor, subject_of(anchor), sense)
    elif sense.type == "schedule" and any(c.dep_ == "prep" and c.lower_ in SCHEDULE_PREPOSITIONS for c in below):
        yield Candidate("scheduled", cue, token, anchor, subject_of(anchor), sense)
    elif sense.type == "forecast" and token.pos_ == "ADJ" and not below:
        yield Candidate("likely", cue, token, anchor, subject_of(anchor), sense)


def commitment(token: Token, sense: Sense, transitive: frozenset[str]) -> Iterator[Candidate]:
    """ "plans to cut", "threatened to leave", "proposes allowing", "promised a veto"."""
    head = infinitive_of(token) or gerund_of(token, TO)
    if head is None:
        for child in right_children(token):
            gerund = child.tag_ == "VBG" and child.dep_ in ("xcomp", "ccomp")
            if gerund or (child.dep_ == "dobj" and token.lemma_ in transitive):
                head = child
                break
    if head is not None:
        yield Candidate("commitment", (token.i, token.i + 1), head, token, subject_of(token), sense)


def mistagged(token: Token) -> bool:
    """Whether a noun takes the place of a verb in the parse ("The parties plan to meet")."""
    return token.dep_ in ("ROOT", "conj") and token.tag_ in ("NNS", "NN") and infinitive_of(token) is not None


def forecast(token: Token, sense: Sense, transitive: frozenset[str]) -> Iterator[Candidate]:
    """ "analysts expect rates to climb": the clause below, or all of it where the subject expects its own act."""
    cue = (token.i, token.i + 1)
    if passive(token):
        return
    head = infinitive_of(token)
    if head is None:
        head = next((c for c in right_children(token) if c.dep_ == "dobj" and token.lemma_ in transitive), None)
        if head is not None:
            yield Candidate("forecast", cue, head, token, subject_of(token), sense)
        return
    subject = own_subject(head)
    yield Candidate("forecast", cue, head, head if subject else token, subject or subject_of(token), sense)
    for other in right_children(head):
        if other.dep_ in ("conj", "advcl") and infinitive(other) and (subject := own_subject(other)) is not None:
            yield Candidate("forecast", cue, other, other, subject, sense)


def noun(token: Token, sense: Sense) -> Iterator[Candidate]:
    """ "his plan to deport them", "has no intention of leaving", "a chance to win"."""
    head = infinitive_of(token) or gerund_of(token, OF) or object_of(token, OF)
    if head is None:
        return
    owner = next((c for c in token.children if c.dep_ == "poss"), None)
    anchor = token
    if token.dep_ == "dobj" and token.head.lemma_ in ("have", "make"):
        anchor = token.head
        owner = owner or subject_of(anchor)
    yield Candidate("noun", (token.i, token.i + 1), head, anchor, owner, sense)


def idiom(token: Token, sense: Sense) -> Iterator[Candidate]:
    """ "is on track to win", "is on the way to the White House", "looks forward to working"."""
    cue = (token.i, token.i + 1)
    if token.lower_ == "forward":
        if token.head.lemma_ == "look" and any(c.lower_ == "to" for c in right_children(token.head)):
            head = gerund_of(token.head, FORWARD) or token.head
            yield Candidate("idiom", cue, head, token.head, subject_of(token.head), sense)
    elif token.dep_ == "pobj" and token.head.lower_ == "on" and token.head.head.lemma_ in COPULAS:
        anchor = token.head.head
        head = infinitive_of(token) or infinitive_of(anchor) or anchor
        yield Candidate("idiom", (token.head.i, token.i + 1), head, anchor, subject_of(anchor), sense)


def present(token: Token) -> Iterator[Candidate]:
    """ "voters go to the polls on June 7": a present tense with a time to come."""
    if token.dep_ in ("aux", "auxpass") or own_subject(token) is None:
        return
    if any(c.dep_ in ("npadvmod", "prep", "advmod") and future_time(c) for c in token.children):
        cue = (token.i, token.i + 1)
        yield Candidate("present", cue, token, token, subject_of(token), Sense("schedule", "certain"))


def progressive(token: Token, imminent: frozenset[str]) -> Iterator[Candidate]:
    """ "we meet again", but in the progressive: "she is facing a vote in June", "I'm not leaving"."""
    be = next((c for c in token.children if c.dep_ == "aux" and c.tag_ in ("VBZ", "VBP") and c.i < token.i), None)
    if be is None or own_subject(token) is None:
        return
    near = [c for t in (token, *right_children(token)) for c in t.children if t == token or t.dep_ == "dobj"]
    if token.lemma_ in imminent or any(c.dep_ in ("npadvmod", "prep", "advmod") and future_time(c) for c in near):
        cue = (be.i, token.i + 1)
        yield Candidate("progressive", cue, token, token, subject_of(token), Sense("forecast", "certain"))


def headline(token: Token) -> Iterator[Candidate]:
    """ "President to visit Berlin": an infinitive in place of the finite verb."""
    subject = own_subject(token)
    if subject is None or not infinitive(token) or any(c.tag_ in FINITE for c in token.children):
        return
    to = next(c.i for c in token.children if c.i < token.i and c.tag_ == "TO")
    if subject.right_edge.i + 1 != to:
        return
    yield Candidate("headline", (to, to + 1), token, token, subject, Sense("forecast", "probable"))
