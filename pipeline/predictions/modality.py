"""How sure a candidate is, whether it is negated, and which type of prediction it makes."""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.predictions.candidates import Candidate
from pipeline.predictions.lexicon import Lexicon
from pipeline.predictions.syntax import governor, passive
from pipeline.records import Certainty, PredictionType

NEGATION_GAP = 2
"""A negation so many tokens behind the word that the parse gives it to, or more, belongs to something else."""


def negated(candidate: Candidate, lexicon: Lexicon) -> bool:
    """Whether the predicate, its cue, its subject or the belief in it is negated ("I don't think it will happen")."""
    doc = candidate.head.doc
    cue = doc[candidate.cue[1] - 1]
    around = {candidate.head, candidate.anchor, cue, doc[candidate.cue[0]]}
    inside = any(
        c.dep_ == "neg" or (c.lower_ in ("never", "no", "less") and c.dep_ in ("advmod", "det"))
        for t in around
        for c in t.children
        if (t != candidate.head or t in (candidate.anchor, cue) or c.dep_ == "neg") and c.i <= t.i + NEGATION_GAP
    )
    subject = candidate.subject
    if subject is not None and not inside:
        inside = subject.lower_ in lexicon.negations or any(c.lower_ in lexicon.negations for c in subject.lefts)
    above = governor(candidate.anchor)
    believed = above is not None and above.lemma_ in lexicon.governors["belief"] | lexicon.governors["expectation"]
    doubted = believed and above is not None and any(c.dep_ == "neg" for c in above.children)
    return inside != doubted


def certainty(candidate: Candidate, lexicon: Lexicon) -> Certainty:
    """The cue's certainty, changed by a hedge or a negation beside it or an expectation above it."""
    head = candidate.head
    refused = head.lemma_ in lexicon.commitment and lexicon.commitment[head.lemma_].certainty == "unlikely"
    if negated(candidate, lexicon) or (refused and candidate.construction == "modal"):
        return "unlikely"
    for token in {head, candidate.anchor}:
        for child in token.children:
            if child.dep_ in ("advmod", "acomp", "oprd") and child.lower_ in lexicon.hedges:
                almost = any(c.lower_ in ("almost", "nearly") for c in child.children)
                return "probable" if almost else lexicon.hedges[child.lower_]
    above = governor(candidate.anchor)
    if above is not None and above.lower_ in lexicon.hedges and candidate.sense.certainty == "certain":
        return lexicon.hedges[above.lower_]
    expected = above is not None and above.lemma_ in lexicon.governors["expectation"]
    if expected and candidate.sense.certainty == "certain":
        return "probable"
    return candidate.sense.certainty


def prediction_type(candidate: Candidate, controls: bool, dated: bool, lexicon: Lexicon) -> PredictionType:
    """The cue's type; a commitment where the subject (``controls``: the speaker) or a plan decides on the act, a
    schedule where a ``dated`` event will take place.
    """
    head = candidate.head
    if candidate.sense.type == "schedule" and candidate.construction == "raising" and not dated:
        return "forecast"
    if candidate.construction not in ("modal", "going_to") or candidate.sense.certainty != "certain":
        return candidate.sense.type
    if dated and head.lemma_ in lexicon.scheduled:
        return "schedule"
    if controls and head.pos_ == "VERB" and not passive(head) and head.lemma_ not in lexicon.involuntary:
        return "commitment"
    cue = head.doc[candidate.cue[0]].lower_
    return "commitment" if cue in ("would", "'d", "’d") and planned(candidate, lexicon) else candidate.sense.type


def planned(candidate: Candidate, lexicon: Lexicon) -> bool:
    """Whether a policy or plan is the subject, or the clause says what holds under one."""
    subject = candidate.subject
    if subject is not None and subject.lemma_ in lexicon.plans:
        return True
    under = (c for c in candidate.head.children if c.lower_ == "under")
    return any(p.lemma_ in lexicon.plans for c in under for p in c.children if p.dep_ == "pobj")


def plausible(candidate: Candidate, tokens: list[Token], lexicon: Lexicon) -> bool:
    """Whether the construction can predict at all.

    It cannot in questions, asked or reported ("whether she will run"), inside a condition ("if they would stop"), of
    what would have been, as a polite wish ("would like to") or with nobody behind it ("is intended to stop").
    """
    anchor, head = candidate.anchor, candidate.head
    if asked(anchor, tokens) or indirectly_asked(anchor, lexicon):
        return False
    if candidate.construction == "modal":
        modal = head.doc[candidate.cue[0]].lower_
        if modal not in ("will", "'ll", "’ll", "wo", "shall") and perfect(head):
            return False
        return not (modal in ("would", "'d", "’d") and wishing(head, lexicon))
    if candidate.construction == "commitment":
        cue = head.doc[candidate.cue[0]]
        reduced = cue.tag_ == "VBN" and cue.dep_ in ("acl", "amod")
        return cue.lower_ in lexicon.raising or not (passive(anchor) or reduced)
    return True


def asked(anchor: Token, tokens: list[Token]) -> bool:
    """Whether the clause is a question or a condition."""
    for child in anchor.children:
        if child.i < anchor.i and child.lower_ in ("whether", "if", "unless") and child.dep_ in ("mark", "advmod"):
            return True
    return any(t.text == "?" and t.i > anchor.i for t in tokens[-3:])


def indirectly_asked(anchor: Token, lexicon: Lexicon) -> bool:
    """Whether the clause says what somebody asks ("asked how it would end")."""
    if anchor.dep_ != "ccomp" or anchor.head.lemma_ not in lexicon.governors["inquiry"]:
        return False
    return any(c.tag_ in ("WRB", "WP", "WDT") and c.i < anchor.i for c in anchor.children)


def wishing(head: Token, lexicon: Lexicon) -> bool:
    """Whether "would" goes with a wish ("would like", "would rather")."""
    return head.lemma_ in lexicon.governors["wish"] or any(c.lower_ in ("rather", "sooner") for c in head.children)


def perfect(head: Token) -> bool:
    """Whether the predicate is in a perfect infinitive ("would have won")."""
    return any(c.lemma_ == "have" and c.dep_ == "aux" for c in head.children)
