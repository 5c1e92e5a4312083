"""What the scorer sees of a candidate: its construction, predicate, subject and surroundings in the parse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from pipeline.predictions.candidates import Candidate
from pipeline.predictions.lexicon import Lexicon
from pipeline.predictions.syntax import Range, governor, own_subject

PERSONS = {"i": "first", "we": "first", "you": "second", "it": "it", "he": "third", "she": "third", "they": "they"}
QUESTION_WORDS = frozenset({"whether", "if", "how", "what", "why", "who", "which", "where", "when", "whatever"})
FIRST_PERSON = frozenset({"i", "we"})
PAST_WORDS = frozenset(
    {"ago", "last", "once", "then", "yesterday", "previously", "earlier", "formerly", "past", "never"}
)
UNREAL_WORDS = frozenset({"were", "had"})
QUOTES = frozenset({'"', "“", "”", "''", "``"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the finder already knows of a candidate."""

    condition: bool
    past_condition: bool
    horizon: bool
    negated: bool


def past_tense(condition: Range, tokens: list[Token]) -> bool:
    """Whether the condition has a finite past verb ("if she won")."""
    inside = (t for t in tokens if condition[0] <= t.i < condition[1])
    return any(t.tag_ in ("VBD", "VBN") and own_subject(t) is not None for t in inside)


def features(candidate: Candidate, tokens: list[Token], facts: Facts, lexicon: Lexicon) -> Iterator[str]:
    """The names of the candidate's binary features, in no particular order and without repetition guaranteed."""
    head, anchor = candidate.head, candidate.anchor
    cue = head.doc[candidate.cue[1] - 1 if candidate.construction != "going_to" else candidate.cue[0]]
    kind = candidate.construction
    word = cue.lower_ if kind == "modal" else cue.lemma_
    word = {"'ll": "will", "’ll": "will", "wo": "will", "'d": "would", "’d": "would", "sha": "shall"}.get(word, word)
    yield "bias"
    yield f"kind={kind}"
    yield f"cue={word}"
    yield f"cue={word}|tag={cue.tag_}" if kind != "modal" else f"cue={word}|pos={head.pos_}"
    yield f"head_tag={head.tag_}"
    yield f"{kind}|cue_tag={cue.tag_}"
    if kind != "modal":
        firm = "firm" if candidate.sense.firm else "loose"
        tense = "past" if cue.tag_ in ("VBD", "VBN") else "present"
        yield f"{kind}|{firm}"
        yield f"{kind}|{firm}|{tense}"
        yield f"{kind}|{firm}|object" if head.dep_ == "dobj" else f"{kind}|{firm}|clause"
    yield f"{word}|dep={anchor.dep_}" if kind == "modal" else f"{kind}|dep={anchor.dep_}"
    yield f"dep={anchor.dep_}"
    yield from subject_features(candidate, word)
    yield from predicate_features(candidate, word)
    yield from governor_features(anchor, word, lexicon)
    if facts.condition:
        yield "condition"
        yield f"condition|{word}" if kind == "modal" else f"condition|{kind}"
    if facts.past_condition:
        yield "past_condition"
    if facts.horizon:
        yield "horizon"
        yield f"horizon|{word}" if kind == "modal" else f"horizon|{kind}"
    if facts.negated:
        yield f"negated|{word}" if kind == "modal" else f"negated|{kind}"
    if any(t.text == "?" for t in tokens[-3:]):
        yield "question"
    if quoted(tokens, anchor):
        yield "quoted"
        yield f"quoted|{word}"
    if len(tokens) <= 14 and not any(t.is_punct and t.text in ".;" for t in tokens[-1:]):
        yield "no_stop"
    yield from neighbour_features(candidate, tokens, word, lexicon)


def subject_features(candidate: Candidate, word: str) -> Iterator[str]:
    """Person and kind of the subject."""
    subject = candidate.subject
    if subject is None:
        person = "none"
    elif subject.pos_ == "PROPN":
        person = "name"
    elif subject.tag_ in ("WDT", "WP", "WRB"):
        person = "relative"
    else:
        person = PERSONS.get(subject.lower_, "noun" if subject.pos_ == "NOUN" else "other")
    yield f"subject={person}"
    yield (
        f"subject={person}|{word}"
        if candidate.construction == "modal"
        else f"subject={person}|{candidate.construction}"
    )


def predicate_features(candidate: Candidate, word: str) -> Iterator[str]:
    """Aspect, lemma and modifiers of the predicate."""
    head = candidate.head
    yield f"head={head.lemma_.lower()}"
    yield f"head={head.lemma_.lower()}|{word}"
    for child in head.children:
        if child.dep_ in ("aux", "auxpass") and child.lemma_ in ("have", "be"):
            yield f"aux={child.lemma_}"
            if candidate.construction == "modal":
                yield f"aux={child.lemma_}|{word}"
        elif child.dep_ == "advmod":
            yield f"adverb={child.lower_}"
        elif child.dep_ in ("ccomp", "parataxis") and child.i > head.i:
            yield "takes_clause"
    if candidate.anchor != head:
        for child in candidate.anchor.children:
            if child.dep_ in ("aux", "auxpass"):
                yield f"anchor_aux={child.lemma_}"
                yield f"{candidate.construction}|anchor_aux={child.tag_}"


def governor_features(anchor: Token, word: str, lexicon: Lexicon) -> Iterator[str]:
    """The verb above the clause, its tense, and the word that opens the clause."""
    above = governor(anchor)
    if above is None:
        yield "governor=none"
        if anchor.dep_ == "ROOT":
            yield f"root|{word}"
    else:
        kind = next((k for k, lemmas in lexicon.governors.items() if above.lemma_.lower() in lemmas), above.pos_)
        yield f"governor={kind}"
        yield f"governor={kind}|{word}"
        yield f"governor={kind}|tag={above.tag_}"
        yield f"governor_tag={above.tag_}"
        yield f"governor_tag={above.tag_}|{word}"
        yield f"governor_lemma={above.lemma_.lower()}"
        yield f"governor_lemma={above.lemma_.lower()}|{word}"
        if any(c.dep_ == "neg" for c in above.children):
            yield "governor_negated"
    for child in anchor.children:
        if child.i < anchor.i and (child.dep_ == "mark" or child.lower_ in QUESTION_WORDS):
            yield f"mark={child.lower_}"
            yield f"mark={child.lower_}|dep={anchor.dep_}"
    if anchor.dep_ == "relcl":
        yield f"antecedent={anchor.head.pos_}"
        yield f"antecedent={anchor.head.lemma_.lower()}"


def neighbour_features(candidate: Candidate, tokens: list[Token], word: str, lexicon: Lexicon) -> Iterator[str]:
    """The words beside the cue; words of past or unreal time in the sentence; subject and antecedent as nouns."""
    first, end = candidate.cue
    doc, anchor, head = candidate.head.doc, candidate.anchor, candidate.head
    if first > tokens[0].i:
        before = doc[first - 1].lower_
        yield f"before={before}"
        yield f"before={before}|{word}"
    if end <= tokens[-1].i:
        after = doc[end].lower_
        yield f"after={after}"
        yield f"after={after}|{word}"
    words = {t.lower_ for t in tokens if t.i < first or t.i > head.i}
    if not words.isdisjoint(PAST_WORDS):
        yield "past_time"
        yield f"past_time|{word}"
    if not words.isdisjoint(UNREAL_WORDS):
        yield f"unreal|{word}"
    subject = candidate.subject
    if subject is not None and subject.lower_ in FIRST_PERSON and head.lemma_ in lexicon.governors["report"]:
        yield "performative"
        yield f"performative|{word}"
    if subject is not None and subject.pos_ == "NOUN":
        yield f"subject_lemma={subject.lemma_.lower()}"
    if anchor.dep_ == "relcl":
        determiner = next((c.lower_ for c in anchor.head.lefts if c.dep_ in ("det", "poss")), "none")
        yield f"antecedent_det={determiner}|{word}"


def quoted(tokens: list[Token], anchor: Token) -> bool:
    """Whether an odd number of quotation marks stands before the anchor in its sentence."""
    return sum(t.text in QUOTES for t in tokens if t.i < anchor.i) % 2 == 1
