"""A claim readable on its own: names for pronouns, dates for "next year", a verb for a bare amount.

What is put in stands in [square brackets]; what is uncertain is left as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from spacy.tokens import Doc, Span, Token

from pipeline import records
from pipeline.predictions.syntax import SUBJECTS, subject_of
from pipeline.records import Attribution, Speaker
from pipeline.speakers import resolve

FIRST_PERSON = frozenset({"i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"})
POSSESSIVE = frozenset({"my", "mine", "our", "ours", "his", "its", "their", "theirs", "hers"})
THIRD_PERSON = frozenset({"he", "him", "his", "she", "her", "hers", "they", "them", "their", "theirs"})
RELATIVE_TIME = re.compile(
    r"\b(?P<which>next|this|last) (?P<unit>year|month)\b(?!['’]s?\w)|\b(?P<day>today|tonight|tomorrow|yesterday)\b",
    re.IGNORECASE,
)
MIN_CONFIDENCE = 0.7
"""A pronoun or description is replaced where the speakers' component is at least so sure of whom it means."""
MAX_CONTEXT = 30
"""The clause around a bare amount is given where it has at most so many tokens."""
NEAR = 8
"""How many quotes that begin before a word are looked at for the one that holds it; they nest no deeper."""
MAX_GAP = 80
"""A cue at most so many characters before a quote is given with it."""
VERBS = frozenset({"VERB", "AUX"})


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``[start, end)`` of the document and what stands in their place."""

    start: int
    end: int
    words: str


def standalone(doc: Doc, start: int, end: int) -> str:
    """The claim at ``[start, end)`` readable on its own; for many claims of one document make one ``Rewriter``."""
    return Rewriter(doc).standalone(start, end)


class Rewriter:
    """Writes the standalone form of one document's claims."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text: str = doc.text
        self.published: date | None = doc._.claims_context.published
        self.attributions: tuple[Attribution, ...] = doc._.claims_attributions
        self.quotes = {records.envelope(a.content, self.text): a for a in self.attributions if a.content}
        self.ordered = sorted(self.quotes.items(), key=lambda q: q[0])
        self.starts = [c.start for c, _ in self.ordered]
        self.speakers: dict[str, Speaker] = {s.speaker_id: s for s in doc._.claims_speakers}

    def standalone(self, start: int, end: int) -> str:
        """The claim at ``[start, end)``: its words with names and dates put in, or with the clause around an amount."""
        span = self.doc.char_span(start, end, alignment_mode="expand")
        if span is None or not len(span):
            return self.text[start:end]
        quote = self.quotes.get(records.Span(start, end, self.text[start:end]))
        if quote is not None and (speaker := self.name(quote.speaker_id)) is not None:
            return self.reported(quote, speaker, start, end)
        lead = ""
        if not any(t.pos_ in VERBS for t in span):
            lead, start, end = self.clause_around(span, start, end)
            span = self.doc.char_span(start, end, alignment_mode="expand") or span
        elif span.root.pos_ in VERBS:
            lead = self.missing_subject(span.root, span)
        return lead + self.edited(start, end, self.edits(span, start, end))

    def reported(self, quote: Attribution, speaker: str, start: int, end: int) -> str:
        """A quote with its speaker: "Ann Doe: "..."", or in the reporter's words "[Ann Doe] denied that ..."."""
        if quote.quote_type == "direct":
            parts = [self.rewritten(c.start, c.end, {speaker}, own_words=True).strip(QUOTES) for c in quote.content]
            return f'{speaker}: "{joined(parts)}"'
        cue = quote.cue
        if cue is not None and cue.end <= start and start - cue.end <= MAX_GAP and cue.text.strip(":―—- "):
            return f"[{speaker}] {self.rewritten(cue.start, end, {speaker})}"
        return f"{speaker}: {self.rewritten(start, end, {speaker})}"

    def rewritten(self, start: int, end: int, seen: set[str], own_words: bool = False) -> str:
        """The words of a quote; where they are all the speaker's own, the first person needs no name."""
        span = self.doc.char_span(start, end, alignment_mode="expand")
        edits = self.edits(span, start, end, seen) if span is not None else iter(())
        return self.edited(start, end, (e for e in edits if not (own_words and self.spoken(e))))

    def missing_subject(self, verb: Token, span: Span) -> str:
        """Who does what a clause without a subject says ("proposing an increase"), as a lead in brackets."""
        if verb.dep_ not in ("advcl", "xcomp", "conj", "acl") or any(c.dep_ in SUBJECTS for c in verb.children):
            return ""
        subject = subject_of(verb)
        if subject is None or span.start <= subject.i < span.end:
            return ""
        name = self.meant(subject.idx, subject.idx + len(subject))
        return f"[{name}] " if name is not None else ""

    def spoken(self, edit: Edit) -> bool:
        """Whether the edit replaces a first person."""
        return self.text[edit.start : edit.end].lower() in FIRST_PERSON

    def edits(self, span: Span, start: int, end: int, known: Iterable[str] = ()) -> Iterator[Edit]:
        """What to put in, in the order of the text; ``known`` are names that the reader has before him."""
        seen = set(known)
        found: list[Edit] = []
        for token in span:
            if token.idx < start or token.idx + len(token) > end:
                continue
            lower = token.lower_
            if lower in FIRST_PERSON:
                found += self.first_person(token)
            elif lower in THIRD_PERSON:
                found += self.third_person(token, seen)
            elif token.pos_ == "PROPN":
                found += self.surname(token, seen)
            elif lower == "the":
                found += self.description(token, seen, start, end)
        found += self.dates(start, end)
        at = start
        for edit in sorted(found, key=lambda e: (e.start, -e.end)):
            if edit.start >= at:
                yield edit
                at = edit.end

    def first_person(self, token: Token) -> Iterator[Edit]:
        """ "I" in a quote: the quote's speaker; beside a present tense the pronoun stays ("I [Ann Doe] am")."""
        said = self.said_by(token.idx)
        name = self.name(said.speaker_id) if said is not None else None
        if name is None:
            return
        if token.lower_ in POSSESSIVE:
            yield Edit(token.idx, token.idx + len(token), f"[{possessive(name)}]")
        elif token.dep_ in ("nsubj", "nsubjpass") and present(token):
            yield Edit(token.idx, token.idx + len(token), f"{token.text} [{name}]")
        else:
            yield Edit(token.idx, token.idx + len(token), f"[{name}]")

    def said_by(self, at: int) -> Attribution | None:
        """The quote in whose verbatim words the character lies."""
        last = bisect_right(self.starts, at)
        near = (a for _, a in reversed(self.ordered[max(0, last - NEAR) : last]) if verbatim(a, at))
        return next(near, None)

    def third_person(self, token: Token, seen: set[str]) -> Iterator[Edit]:
        """ "he", "her": the person meant, unless the claim itself names them before. Nobody speaks so of themselves."""
        name = self.meant(token.idx, token.idx + len(token))
        said = self.said_by(token.idx)
        if name is None or name in seen or (said is not None and self.name(said.speaker_id) == name):
            return
        owned = token.lower_ in POSSESSIVE or token.tag_ == "PRP$"
        yield Edit(token.idx, token.idx + len(token), f"[{possessive(name) if owned else name}]")
        seen.add(name)

    def surname(self, token: Token, seen: set[str]) -> Iterator[Edit]:
        """A surname at its first place: the first name before it ("[Ann] Doe")."""
        beside = [self.doc[i] for i in (token.i - 1, token.i + 1) if 0 <= i < len(self.doc)]
        if token.dep_ == "compound" or any(t.pos_ == "PROPN" and t.whitespace_ for t in beside[:1]):
            return
        name = self.meant(token.idx, token.idx + len(token), people_only=True)
        words = name.split() if name is not None else []
        if name is not None and name not in seen and len(words) > 1 and words[-1] == token.text:
            yield Edit(token.idx, token.idx, f"[{' '.join(words[:-1])}] ")
        seen.update([name] if name is not None else [])

    def description(self, token: Token, seen: set[str], start: int, end: int) -> Iterator[Edit]:
        """ "the minister": the person meant."""
        head = token.head
        last = head.idx + len(head)
        plain = head.i > token.i and head.pos_ == "NOUN" and head.i - token.i <= 3 and last <= end
        if not plain or any(c.i > head.i for c in head.children):
            return
        name = self.meant(token.idx, last, people_only=True)
        if name is not None and name not in seen:
            seen.add(name)
            yield Edit(token.idx, last, f"[{name}]")

    def dates(self, start: int, end: int) -> Iterator[Edit]:
        """ "next year", "tomorrow": the year, month or day, where the article's date is known."""
        if self.published is None:
            return
        for match in RELATIVE_TIME.finditer(self.text, start, end):
            words = absolute(match, self.published)
            if words is not None:
                yield Edit(*match.span(), f"[{words}]")

    def meant(self, start: int, end: int, people_only: bool = False) -> str | None:
        """The name of whom the characters stand for, where it is certain enough."""
        mention = resolve(self.doc, start, end)
        if mention is None or mention.confidence < MIN_CONFIDENCE:
            return None
        if people_only and (speaker := self.speaker(mention.speaker_id)) is not None and speaker.kind != "person":
            return None
        return self.name(mention.speaker_id)

    def speaker(self, speaker_id: str) -> Speaker | None:
        """The speaker, also one that a look-up has added."""
        if speaker_id not in self.speakers:
            self.speakers = {s.speaker_id: s for s in self.doc._.claims_speakers}
        return self.speakers.get(speaker_id)

    def name(self, speaker_id: str | None) -> str | None:
        """The speaker's name, ``None`` for one without a name."""
        speaker = self.speaker(speaker_id) if speaker_id is not None else None
        return speaker.name if speaker is not None and speaker.kind != "unnamed" else None

    def clause_around(self, span: Span, start: int, end: int) -> tuple[str, int, int]:
        """The clause that a bare phrase belongs to, from its verb (or subject) on, and the subject it lacks."""
        verb = span.root
        while verb.pos_ not in VERBS:
            if verb.head == verb:
                return "", start, end
            verb = verb.head
        own = [c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass", "neg") and c.i < verb.i]
        first = min((c.left_edge.i for c in own), default=verb.i)
        last = span[-1].i
        while last + 1 < len(self.doc) and last < verb.right_edge.i and self.doc[last].head.i > last:
            last += 1
        low, high = min(first, span.start), max(last, span.end - 1, verb.i)
        if high - low >= MAX_CONTEXT or self.doc[low].sent != self.doc[high].sent:
            return "", start, end
        lead, tail = self.missing_subject(verb, self.doc[low : high + 1]), self.doc[high]
        return lead, min(start, self.doc[low].idx), max(end, tail.idx + len(tail))

    def edited(self, start: int, end: int, edits: Iterable[Edit]) -> str:
        """The characters ``[start, end)`` with the edits made."""
        out, at = [], start
        for edit in edits:
            out += [self.text[at : edit.start], edit.words]
            at = edit.end
        return re.sub(r"\s+", " ", "".join(out) + self.text[at:end]).strip()


QUOTES = "\"“”'‘’ "


def joined(parts: list[str]) -> str:
    """The parts of an interrupted quote, with the stop or comma that the interruption has swallowed."""
    out = parts[0]
    for part in parts[1:]:
        ended = out[-1:] in ".!?…"
        out = out.rstrip(",") + (" " if ended else ". " if part[:1].isupper() else ", ") + part
    return out


def verbatim(attribution: Attribution, at: int) -> bool:
    """Whether the character lies in the source's own words."""
    spans = attribution.verbatim or (attribution.content if attribution.quote_type == "direct" else ())
    return any(v.start <= at < v.end for v in spans)


def present(token: Token) -> bool:
    """Whether the pronoun's verb agrees with it ("I am", "we want"), so that a name would not fit in its place."""
    verb = next((c for c in token.head.children if c.dep_ in ("aux", "auxpass") and c.i > token.i), token.head)
    return verb.tag_ in ("VBP", "VB") or verb.lower_ in ("were", "'m", "’m", "'re", "’re", "'ve", "’ve", "'ll", "’ll")


def possessive(name: str) -> str:
    """ "Ann Doe's"."""
    return name + ("'" if name.endswith("s") else "'s")


def absolute(match: re.Match[str], published: date) -> str | None:
    """The year ("2027"), month ("March 2027") or day ("3 March 2027") that the words mean."""
    if match["day"]:
        ahead = {"tomorrow": 1, "yesterday": -1}.get(match["day"].lower(), 0)
        day = published + timedelta(ahead)
        return f"{day.day} {day:%B %Y}"
    ahead = {"next": 1, "last": -1}.get(match["which"].lower(), 0)
    if match["unit"].lower() == "year":
        return str(published.year + ahead)
    months = published.year * 12 + published.month - 1 + ahead
    return f"{date(months // 12, months % 12 + 1, 1):%B %Y}"
