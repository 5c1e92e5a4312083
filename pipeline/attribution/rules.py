"""Rules for layouts that are too rare to learn: quotations in a block of their own, dashes before names, turns.

They read blocks, quotation marks and the parse; the words they know, and how sure each rule is, are in
``knowledge/attributions/rules.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from pydantic import BaseModel, ConfigDict
from spacy.tokens import Span, Token

from pipeline.attribution.acts import load_acts
from pipeline.attribution.decoding import Candidate
from pipeline.attribution.layout import Layout, QuoteBlock
from pipeline.attribution.spans import FINITE, SUBJECTS
from pipeline.attribution.tokens import Ints

NONE = np.zeros(0, dtype=np.int64)
COVERED_SHARE = 0.5
"""A quotation of which this share is in the content of an attribution already needs no rule."""
NAME = r"[A-Z][\w.'’-]*"
TURN = re.compile(
    rf"""[\"“]?(?:\*\*)?(?P<name>[A-Z][A-Z.'’ -]*[A-Z.]|{NAME}(?: {NAME}){{0,4}})"""
    rf"""(?:, [^:\n“\"]{{2,60}}| ?\([^)\n]{{1,60}}\))?(?::(?:\*\*)?|\*\*:)\s+(?=\S)"""
)
MIN_TURNS = 3
MAX_TURN_BLOCKS = 6
"""Blocks without a name between two turns that still belong to the first."""


class Words(BaseModel):
    """The rules' data file."""

    model_config = ConfigDict(extra="forbid")
    dashes: list[str]
    not_speakers: list[str]
    nobody: list[str]
    naming: list[str]
    confidence: dict[str, float]


@cache
def load_words() -> Words:
    """The rules' words. Raises ``ValueError`` where the file does not have exactly the known entries."""
    source = files("pipeline.knowledge").joinpath("attributions/rules.toml").read_text(encoding="utf-8")
    return Words.model_validate(tomllib.loads(source))


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found, and the rule's name."""

    rule: str
    content: Ints
    source: Ints
    cue: Ints
    anchor: int

    @property
    def candidate(self) -> Candidate:
        return Candidate(self.anchor, self.content, self.source, self.cue)

    @property
    def confidence(self) -> float:
        return load_words().confidence[self.rule]


def apply_rules(layout: Layout, accepted: Sequence[Candidate]) -> list[Found]:
    """What the rules find in a document; ``accepted`` are the learned component's attributions in order of the text."""
    found = list(turns(layout))
    blocks = list(layout.quote_blocks())
    sure = {b.number: dash(layout, b) or lead_in(layout, b) or label(layout, b) for b in blocks}
    found += [f for f in sure.values() if f is not None]
    cues = {int(i) for f in found for i in f.cue}
    standing = [c for c in accepted if c.anchor not in cues]
    covered = np.zeros(len(layout.tokens), dtype=bool)
    for content in [c.content for c in standing] + [f.content for f in found]:
        covered[content] = True
    by_block: dict[int, list[Candidate]] = {}
    for c in standing:
        by_block.setdefault(int(layout.tokens.block[c.anchor]), []).append(c)
    speaking = {number: f.source for number, f in sure.items() if f is not None}
    for block in blocks:
        if covered[block.content].mean() >= COVERED_SHARE:
            continue
        one = continued(layout, block, speaking, by_block)
        if one is not None:
            found.append(one)
            speaking[block.number] = one.source
    return found


def dash(layout: Layout, block: QuoteBlock) -> Found | None:
    """``"..." — Name, role``: a name behind a dash at the end of the quotation's block or in a block after it."""
    text, blocks = layout.tokens.text, layout.tokens.blocks
    if not block.opens:
        return None
    places = [(block.end, blocks[block.number][1])]
    if block.alone and block.number + 1 < len(blocks):
        places.append(blocks[block.number + 1])
    for start, end in places:
        while start < end and text[start].isspace():
            start += 1
        mark = next((d for d in load_words().dashes if text.startswith(d, start, end)), None)
        if mark is None:
            continue
        cue = np.arange(*layout.between(start, start + len(mark)))
        words = layout.words(int(cue[-1]) + 1, layout.between(start, end)[1])
        if layout.is_label(words):
            return Found("dash", block.content, words, cue, int(cue[0]))
    return None


def lead_in(layout: Layout, block: QuoteBlock) -> Found | None:
    """A quotation in a block of its own after a block that ends with a colon: ``He said:``."""
    if not block.number or not block.alone:
        return None
    first, last = layout.blocks[block.number - 1]
    if first >= last or layout.doc[last - 1].text != ":":
        return None
    verb = reporting_verb(layout.doc[max(layout.doc[last - 1].sent.start, first) : last])
    if verb is None:
        return None
    subject = subject_of(verb) or subject_of(verb.sent.root)
    if subject is None:
        return None
    return Found("lead-in", block.content, phrase(subject), np.array([verb.i]), verb.i)


def label(layout: Layout, block: QuoteBlock) -> Found | None:
    """``Name, role: "..."``: a block of a noun phrase, a colon and the quotation."""
    first, opening = layout.blocks[block.number][0], int(block.content[0])
    if layout.letters(np.arange(opening, layout.blocks[block.number][1])) > layout.letters(block.content):
        return None
    words = layout.words(first, opening)
    if opening <= first or layout.doc[opening - 1].text != ":" or not layout.is_label(words):
        return None
    source = np.arange(words[0], words[-1] + 1)
    if layout.doc[int(source[0]) : int(source[-1]) + 1].text in load_words().not_speakers:
        return None
    return Found("label", block.content, source, np.array([opening - 1]), opening - 1)


def continued(
    layout: Layout, block: QuoteBlock, speaking: dict[int, Ints], by_block: dict[int, list[Candidate]]
) -> Found | None:
    """A block of quotation with no cue: the speaker of the block before goes on, or who acts at its end."""
    if not block.alone or not block.number:
        return None
    source = speaking.get(block.number - 1)
    if source is not None:
        return Found("continued", block.content, source, NONE, int(block.content[0]))
    sourced = [c for c in by_block.get(block.number - 1, ()) if len(c.source)]
    if sourced:
        last_heard = max(sourced, key=lambda c: int(c.content[-1]))
        return Found("continued", block.content, last_heard.source, NONE, int(block.content[0]))
    first, last = layout.blocks[block.number - 1]
    subject = subject_of(layout.doc[last - 1].sent.root) if first < last else None
    if subject is None or not (subject.lower_ in ("he", "she") or can_speak(subject)):
        return None
    return Found("actor", block.content, phrase(subject), NONE, int(block.content[0]))


def can_speak(subject: Token) -> bool:
    """Whether a name may be that of a person or organisation, as far as the entity labels tell."""
    return subject.pos_ == "PROPN" and subject.ent_type_ in ("PERSON", "ORG", "")


def turns(layout: Layout) -> Iterator[Found]:
    """Transcripts: blocks that begin with a name and a colon, names that come again; each is its speaker's whole turn.

    Blocks without a name between two turns go on with the first of them.
    """
    tokens, words = layout.tokens, load_words()
    matches = [(k, TURN.match(tokens.text, *span)) for k, span in enumerate(tokens.blocks)]
    known = {w.lower() for w in words.not_speakers}
    starts = [(k, m) for k, m in matches if m and m["name"].lower() not in known]
    again = {name for name, n in Counter(m["name"] for _, m in starts).items() if n > 1}
    if len(starts) < MIN_TURNS or not again:
        return
    capitals = any(name.isupper() for name in again)
    kept = [(k, m) for k, m in starts if m["name"] in again or (capitals and m["name"].isupper())]
    for i, (number, m) in enumerate(kept):
        spans = [(m.end(), tokens.blocks[number][1])]
        if i + 1 < len(kept) and kept[i + 1][0] - number <= MAX_TURN_BLOCKS:
            spans += tokens.blocks[number + 1 : kept[i + 1][0]]
        content = np.concatenate([np.arange(*layout.between(*s)) for s in spans])
        content = content[~(tokens.space | tokens.silent)[content]]
        if not layout.letters(content):
            continue
        source = np.arange(*layout.between(m.start("name"), m.end("name")))
        colon = tokens.text.index(":", m.end("name"))
        cue = np.arange(*layout.between(colon, colon + 1))
        yield Found("turn", content, source, cue, int(cue[0]))


def reporting_verb(sentence: Span) -> Token | None:
    """The last verb of the sentence that can introduce speech, else its last finite verb."""
    acts = load_acts()
    verbs = [t for t in sentence if t.pos_ == "VERB"]
    reporting = [t for t in verbs if t.lemma_.lower() in acts]
    return next(reversed(reporting or [t for t in verbs if t.tag_ in FINITE]), None)


def subject_of(verb: Token) -> Token | None:
    """The verb's subject, or that of the verb it hangs on (``argued ..., stating:``)."""
    node = verb
    for _ in range(6):
        for child in node.children:
            if child.dep_ in SUBJECTS:
                return child
        if node.head.i == node.i or node.dep_ not in ("advcl", "conj", "xcomp", "ccomp", "dep", "acl", "parataxis"):
            return None
        node = node.head
    return None


def phrase(head: Token) -> Ints:
    """The noun phrase of a head without its relative clauses."""
    cut = {t.i for child in head.children if child.dep_ in ("relcl", "advcl") for t in child.subtree}
    indices = np.array([t.i for t in head.subtree if t.i not in cut], dtype=np.int64)
    runs = np.split(indices, np.flatnonzero(np.diff(indices) > 1) + 1)
    return next(r for r in runs if head.i in r)
