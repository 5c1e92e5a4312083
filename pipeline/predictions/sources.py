"""Who answers for a prediction: the person reported as saying it, or the one who forecasts or commits to it."""

from __future__ import annotations

from bisect import bisect_right

from spacy.tokens import Doc, Token

from pipeline.predictions.candidates import Candidate
from pipeline.predictions.lexicon import Lexicon
from pipeline.predictions.syntax import governor, own_subject, span_of, subject_of
from pipeline.records import Attribution, Span, envelope
from pipeline.speakers import resolve

FIRST_PERSON = frozenset({"i", "we", "my", "our"})
PRONOUNS = {"he": False, "she": False, "it": False, "they": True}
"""Pronouns that can stand for the one who is reported as speaking, and whether they are plural."""
PLURAL_TAGS = frozenset({"NNS", "NNPS", "CD"})
OWN_VOICE = frozenset({"commitment", "forecast", "noun", "idiom"})
"""Constructions whose subject answers for what is predicted, where nobody is reported as saying it."""


class Sources:
    """The attributions of a document, arranged for look-up by place."""

    def __init__(self, doc: Doc, lexicon: Lexicon) -> None:
        kinds = ("report", "promise", "expectation", "belief", "wish")
        self.reporting = frozenset().union(*(lexicon.governors[kind] for kind in kinds))
        text = doc.text
        attributions: tuple[Attribution, ...] = doc._.claims_attributions
        self.contents = sorted(((envelope(a.content, text), a) for a in attributions if a.content), key=lambda x: x[0])
        self.starts = [c.start for c, _ in self.contents]
        self.longest = max((c.end - c.start for c, _ in self.contents), default=0)

    def of(self, said: Attribution | None, candidate: Candidate) -> tuple[Span | None, str | None]:
        """The source's span and speaker id; both ``None`` for the article's own voice."""
        owner, reporter = committed(candidate), self.reporter(candidate)
        if reporter is not None and (owner is None or refers(owner, reporter)):
            owner = None if within(said, reporter) else reporter
        if owner is not None and (said is None or not first_person(owner)):
            doc = owner.doc
            mention = span_of(doc, owner.left_edge.i, owner.i + 1)
            known = resolve(doc, named(owner).idx, named(owner).idx + len(named(owner)))
            if known is not None:
                return mention, known.speaker_id
            if said is None or (owner is reporter and owner.pos_ == "NOUN"):
                return mention, None
        if said is None or (said.source is None and said.quote_type == "indirect"):
            return None, None  # without a source, only quotation marks tell that somebody else speaks
        return said.source, said.speaker_id

    def controls(self, said: Attribution | None, candidate: Candidate) -> bool:
        """Whether the subject is the one who is reported as saying the clause ("she said she would resign")."""
        subject = candidate.subject
        if subject is None:
            return False
        if said is None or said.speaker_id is None:
            reporter = self.reporter(candidate)
            return subject.lower_ in FIRST_PERSON or (reporter is not None and refers(subject, reporter))
        if subject.lower_ in FIRST_PERSON:
            return True
        reporter = self.reporter(candidate)
        if reporter is not None and refers(subject, reporter):
            return True
        known = resolve(subject.doc, subject.idx, subject.idx + len(subject))
        return known is not None and known.speaker_id == said.speaker_id

    def reporter(self, candidate: Candidate) -> Token | None:
        """The subject of the verb that reports the very clause ("some voters feel he will win"), where it is no "I"."""
        above = governor(candidate.anchor)
        if above is None or above.lemma_.lower() not in self.reporting or above.i > candidate.anchor.i:
            return None
        subject = subject_of(above)
        return None if subject is None or first_person(subject) or subject.tag_ in ("EX", "WP", "WDT") else subject

    def attribution(self, at: int) -> Attribution | None:
        """The innermost attribution whose content holds the character."""
        best: tuple[int, Attribution] | None = None
        for i in range(bisect_right(self.starts, at) - 1, -1, -1):
            content, attribution = self.contents[i]
            if content.start + self.longest <= at:
                break
            length = content.end - content.start
            if at < content.end and (best is None or length < best[0]):
                best = (length, attribution)
        return best[1] if best else None


def committed(candidate: Candidate) -> Token | None:
    """The one who plans, promises or expects, where the construction names one."""
    if candidate.construction not in OWN_VOICE or candidate.sense.type == "forecast" != candidate.construction:
        return None
    if candidate.construction == "forecast":
        return own_subject(candidate.head.doc[candidate.cue[0]])
    return candidate.subject


def named(owner: Token) -> Token:
    """The name that stands in apposition to a description ("her running mate, Ann Doe"), else the owner."""
    return next((c for c in owner.children if c.dep_ == "appos" and c.pos_ == "PROPN"), owner)


def refers(pronoun: Token, reporter: Token) -> bool:
    """Whether the pronoun can stand for the one who reports: both are plural, or both are not."""
    plural = PRONOUNS.get(pronoun.lower_)
    if plural is None:
        return False
    if reporter.lower_ in PRONOUNS:
        return reporter.lower_ == pronoun.lower_
    many = reporter.tag_ in PLURAL_TAGS or reporter.lower_ in ("percent", "%", "many", "most", "some", "both", "all")
    return plural == (many or any(c.dep_ == "conj" for c in reporter.children))


def within(said: Attribution | None, reporter: Token) -> bool:
    """Whether the one who reports stands in the attribution's own source, so that both are the same report."""
    if said is None or said.source is None:
        return False
    return said.source.start <= reporter.idx < said.source.end


def first_person(owner: Token) -> bool:
    """Whether the owner is the one who speaks."""
    return owner.lower_ in FIRST_PERSON
