"""Candidate predictions: each place where a cue word opens a construction that can speak of the future."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from spacy.tokens import Doc, Token

from pipeline.predictions.lexicon import Lexicon, Sense
from pipeline.records import Certainty

Construction = Literal[
    "modal", "going_to", "commitment", "forecast", "raising", "track", "noun", "nominal", "headline", "scheduled"
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cue and the clause it governs.

    ``head`` is the predicate of what is predicted, ``anchor`` the token whose clause the span covers (for a
    commitment the committing verb, since its subject is part of what is said), ``subject`` the subject's head.
    """

    construction: Construction
    cue: tuple[int, int]
    head: Token
    anchor: Token
    subject: Token | None
    sense: Sense


SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
CLAUSES = frozenset({"xcomp", "ccomp", "advcl", "acl"})
COPULAS = frozenset({"be", "seem", "appear", "look", "remain", "stand"})
SCHEDULE_PREPOSITIONS = frozenset({"for", "on", "in", "at", "by"})
UNTIMED = frozenset({"VBD", "VBN"})


def candidates(tokens: list[Token], lexicon: Lexicon) -> Iterator[Candidate]:
    """Every candidate of one sentence, in the order of its cues."""
    for token in tokens:
        lower = token.lower_
        if token.tag_ == "MD" and lower in lexicon.modals:
            found = modal(token, lexicon.modals[lower])
        elif (token.lemma_ == "go" and token.tag_ == "VBG") or lower == "gon":
            found = going_to(token)
        elif lower in lexicon.raising and (raised := raising(token, lexicon.raising[lower])):
            found = raised
        elif token.pos_ in ("VERB", "AUX") and token.lemma_ in lexicon.commitment:
            found = commitment(token, lexicon.commitment[token.lemma_])
        elif token.pos_ in ("VERB", "AUX") and token.lemma_ in lexicon.forecast:
            found = forecast(token, lexicon.forecast[token.lemma_])
        elif token.pos_ == "NOUN" and token.lemma_ in lexicon.nouns:
            found = noun(token, lexicon.nouns[token.lemma_])
        elif lower in ("track", "course", "verge", "brink", "way"):
            found = on_track(token)
        else:
            continue
        if found is not None:
            yield found


def modal(token: Token, certainty: Certainty) -> Candidate | None:
    """ "prices will fall": the clause of the verb that the modal serves."""
    head = token.head
    if token.dep_ not in ("aux", "auxpass") or head.i < token.i:
        return None
    return Candidate("modal", (token.i, token.i + 1), head, head, subject_of(head), Sense("forecast", certainty))


def going_to(token: Token) -> Candidate | None:
    """ "is going to win", "I'm gonna win"."""
    head = next((c for c in token.children if c.dep_ in CLAUSES and c.i > token.i and infinitive(c)), None)
    if head is None:
        return None
    to = next((c.i for c in head.children if c.i < head.i and c.dep_ == "aux"), token.i)
    cue = (token.i, to + 1)
    return Candidate("going_to", cue, head, token, subject_of(token), Sense("forecast", "certain"))


def raising(token: Token, sense: Sense) -> Candidate | None:
    """ "is likely to win", "is expected to rise", "is set for Monday", "it is likely that rates fall"."""
    below = [c for c in token.children if c.i > token.i]
    anchor = (
        token.head
        if token.dep_ in ("acomp", "xcomp", "oprd", "advmod") and token.head.pos_ in ("AUX", "VERB")
        else token
    )
    passive = any(c.dep_ == "auxpass" for c in token.children)
    if anchor is token and not passive:
        return None
    if anchor is not token and anchor.lemma_ not in COPULAS:
        return None
    cue = (token.i, token.i + 1)
    for head in (*below, *(c for c in anchor.children if c.i > token.i)):
        if head.dep_ in CLAUSES and infinitive(head):
            return Candidate("raising", cue, head, anchor, subject_of(anchor), sense)
        if head.dep_ == "ccomp" and not passive:
            return Candidate("raising", cue, head, head, subject_of(head), Sense("forecast", sense.certainty))
    if sense.type == "schedule" and any(c.dep_ == "prep" and c.lower_ in SCHEDULE_PREPOSITIONS for c in below):
        return Candidate("scheduled", cue, token, anchor, subject_of(anchor), sense)
    if sense.type == "forecast" and token.pos_ == "ADJ" and not below:
        return Candidate("nominal", cue, token, anchor, subject_of(anchor), sense)
    return None


def commitment(token: Token, sense: Sense) -> Candidate | None:
    """ "plans to cut", "threatened to leave", "proposes allowing", "promised a veto"."""
    head = complement(token)
    if head is None or (head.dep_ == "dobj" and token.lemma_ not in ("promise", "pledge", "vow", "threaten")):
        return None
    return Candidate("commitment", (token.i, token.i + 1), head, token, subject_of(token), sense)


def forecast(token: Token, sense: Sense) -> Candidate | None:
    """ "analysts expect rates to climb": the clause below, or all of it where the subject expects its own act."""
    head = complement(token)
    if head is None or head.dep_ == "dobj" or any(c.dep_ == "auxpass" for c in token.children):
        return None
    subject = next((c for c in head.children if c.dep_ in SUBJECTS), None)
    anchor = head if subject is not None else token
    return Candidate("forecast", (token.i, token.i + 1), head, anchor, subject or subject_of(token), sense)


def noun(token: Token, sense: Sense) -> Candidate | None:
    """ "his plan to deport them", "a promise to cut taxes"."""
    head = next((c for c in token.children if c.dep_ in CLAUSES and c.i > token.i and infinitive(c)), None)
    if head is None:
        return None
    owner = next((c for c in token.children if c.dep_ == "poss"), None)
    return Candidate("noun", (token.i, token.i + 1), head, token, owner, sense)


def on_track(token: Token) -> Candidate | None:
    """ "is on track to win", "is on the way to the White House"."""
    on = token.head
    if token.dep_ != "pobj" or on.lower_ != "on" or on.head.lemma_ not in COPULAS:
        return None
    head = next((c for c in token.children if c.dep_ in CLAUSES and c.i > token.i and infinitive(c)), on.head)
    cue = (on.i, token.i + 1)
    return Candidate("track", cue, head, on.head, subject_of(on.head), Sense("forecast", "probable"))


def complement(token: Token) -> Token | None:
    """What a committing or forecasting verb takes: infinitive, gerund, bare clause or object, in that order."""
    below = [c for c in token.children if c.i > token.i]
    for child in below:
        if child.dep_ in CLAUSES and (infinitive(child) or (child.tag_ == "VBG" and child.dep_ in ("xcomp", "ccomp"))):
            return child
    for child in below:
        if child.dep_ == "prep" and child.lower_ == "to":
            gerund = next((c for c in child.children if c.dep_ == "pcomp"), None)
            if gerund is not None:
                return gerund
    return next((c for c in below if c.dep_ == "dobj"), None)


def infinitive(token: Token) -> bool:
    """Whether the verb (or copular predicate) has the particle "to" (or "na") before it."""
    return any(c.tag_ == "TO" or c.lower_ == "na" for c in token.children if c.i < token.i)


def subject_of(token: Token) -> Token | None:
    """The subject of the predicate, looked up through coordination, infinitives and relative clauses."""
    for _ in range(6):
        for child in token.children:
            if child.dep_ in SUBJECTS and child.i < token.i:
                if child.tag_ in ("WDT", "WP") and token.dep_ == "relcl":
                    return token.head
                return child
        if token.dep_ == "relcl":
            return token.head
        if token.dep_ == "acl":
            return token.head if token.head.pos_ in ("NOUN", "PROPN", "PRON") else None
        if token.dep_ not in ("conj", "xcomp", "advcl") or token.head is token:
            return None
        token = token.head
    return None


def own_subject(token: Token) -> bool:
    """Whether the clause has a subject of its own."""
    return any(c.dep_ in SUBJECTS for c in token.children)


def own_modal(token: Token) -> bool:
    """Whether the predicate has a modal of its own."""
    return any(c.tag_ == "MD" for c in token.children)


def sentences(doc: Doc, ranges: list[tuple[int, int]]) -> Iterator[tuple[int, list[Token]]]:
    """The index of a range of characters and the tokens of each sentence that starts in it, in order; linear."""
    which = 0
    for sent in doc.sents:
        tokens = [t for t in sent if not t.is_space]
        if not tokens:
            continue
        start = tokens[0].idx
        while which < len(ranges) and ranges[which][1] <= start:
            which += 1
        if which < len(ranges) and ranges[which][0] <= start:
            yield which, [t for t in tokens if t.idx < ranges[which][1]]
