"""How sure a candidate is, whether it is negated, and which type of prediction it makes."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.predictions.candidates import Candidate
from pipeline.predictions.lexicon import Lexicon
from pipeline.predictions.syntax import passive
from pipeline.records import Certainty, PredictionType

FIRST_PERSON = frozenset({"i", "we"})
PAST = frozenset({"VBD", "VBN"})


def negated(candidate: Candidate, lexicon: Lexicon) -> bool:
    """Whether the predicate, its cue or its subject is negated."""
    doc = candidate.head.doc
    around = {candidate.head, candidate.anchor, doc[candidate.cue[0]]}
    if any(c.dep_ == "neg" or (c.lower_ in ("never", "no") and c.dep_ == "advmod") for t in around for c in t.children):
        return True
    subject = candidate.subject
    return subject is not None and (
        subject.lower_ in lexicon.negations or any(c.lower_ in lexicon.negations for c in subject.lefts)
    )


def certainty(candidate: Candidate, lexicon: Lexicon) -> Certainty:
    """The cue's certainty, changed by a hedge or a negation beside it."""
    if negated(candidate, lexicon):
        return "unlikely"
    for token in {candidate.head, candidate.anchor}:
        for child in token.children:
            if child.dep_ in ("advmod", "acomp", "oprd") and child.lower_ in lexicon.hedges:
                return lexicon.hedges[child.lower_]
    return candidate.sense.certainty


def prediction_type(candidate: Candidate) -> PredictionType:
    """A promise where the speaker controls what is said ("I will", "we would"), else the cue's type."""
    subject = candidate.subject
    sure = candidate.construction in ("modal", "going_to") and candidate.sense.certainty == "certain"
    if sure and subject is not None and subject.lower_ in FIRST_PERSON and volitional(candidate.head):
        return "commitment"
    return candidate.sense.type


def volitional(head: Token) -> bool:
    """Whether the predicate is something one can decide to do."""
    return head.pos_ == "VERB" and not any(c.dep_ == "auxpass" for c in head.children)


def plausible(candidate: Candidate, tokens: list[Token], lexicon: Lexicon) -> bool:
    """Whether the construction can predict at all.

    It cannot in questions, asked or reported ("whether she will run"), inside a condition ("if they would stop"), of
    what would have been, as a polite wish ("would like to") or with nobody behind it ("is intended to stop").
    """
    anchor, head = candidate.anchor, candidate.head
    if asked(anchor, tokens):
        return False
    if candidate.construction == "modal":
        modal = head.doc[candidate.cue[0]].lower_
        if modal not in ("will", "'ll", "’ll", "wo", "shall") and perfect(head):
            return False
        return not (modal in ("would", "'d", "’d") and wishing(head, lexicon))
    if candidate.construction == "commitment":
        return not passive(anchor) or anchor.head.doc[candidate.cue[0]].lower_ in lexicon.raising
    return True


def asked(anchor: Token, tokens: list[Token]) -> bool:
    """Whether the clause is a question or a condition."""
    for child in anchor.children:
        if child.i < anchor.i and child.lower_ in ("whether", "if", "unless") and child.dep_ in ("mark", "advmod"):
            return True
    return any(t.text == "?" and t.i > anchor.i for t in tokens[-3:])


def wishing(head: Token, lexicon: Lexicon) -> bool:
    """Whether "would" goes with a wish ("would like", "would rather")."""
    return head.lemma_ in lexicon.governors["wish"] or any(c.lower_ in ("rather", "sooner") for c in head.children)


def perfect(head: Token) -> bool:
    """Whether the predicate is in a perfect infinitive ("would have won")."""
    return any(c.lemma_ == "have" and c.dep_ == "aux" for c in head.children)
