"""Find the attributions of a parsed document: the network's candidates, the rules' candidates, one decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from spacy.tokens import Doc

from pipeline.attribution.acts import STATEMENT, act_of
from pipeline.attribution.decision import Decision, option_features
from pipeline.attribution.decoding import Candidate, options, overlap
from pipeline.attribution.layout import Layout
from pipeline.attribution.network import Network
from pipeline.attribution.rules import COVERED_SHARE, apply_rules, load_words
from pipeline.attribution.spans import (
    FINITE,
    Bounds,
    content_spans,
    has_word,
    quote_type,
    spans_of,
    stripped,
    verbatim_spans,
)
from pipeline.attribution.tokens import Ints, Tokens, read_tokens
from pipeline.records import Attribution, Span

CUE_THRESHOLD = 0.1
NETWORK = "network"
PLACE = 64
"""Contents are compared with those that begin within four times this many tokens before them."""
SAME_CONTENT = 0.5
"""Two attributions whose contents overlap by at least this IoU are one; the surer one is kept."""


NAMED_WORDS = 4
"""The thing that gets a name in quotation marks has at most this many words before the name."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate, how likely it is right, and the rule or model that found it."""

    score: float
    candidate: Candidate
    rule: str


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds attributions with a trained network and rules; keeps nothing between documents."""

    network: Network
    decision: Decision

    def __call__(self, doc: Doc) -> tuple[Attribution, ...]:
        """The attributions in order of their content; the document must be tagged, parsed and have its entities."""
        if not len(doc):
            return ()
        tokens = read_tokens(doc)
        kept = self.decide(Layout(doc, tokens), self.score(tokens))
        records = (to_record(doc, tokens, k) for k in kept)
        return distinct(r for r in records if r is not None)

    def score(self, tokens: Tokens) -> list[Scored]:
        """The network's options that are likely enough to be chosen."""
        scores = self.network(tokens, CUE_THRESHOLD)
        if not len(scores.cues):
            return []
        found = options(tokens, scores)
        p = self.decision(option_features(tokens, scores, found))
        chosen = np.flatnonzero(p >= self.decision.accept).tolist()
        return [Scored(float(p[k]), found.candidate(k, scores), NETWORK) for k in chosen]

    def decide(self, layout: Layout, learned: Sequence[Scored]) -> list[Scored]:
        """The best of the options, calibrated, and what the rules add or put in their place."""
        chosen = [s for s in select(learned) if not is_unsaid(layout, s.candidate)]
        accepted = [replace(s, score=self.decision.calibrate(s.score)) for s in chosen]
        found = apply_rules(layout, [s.candidate for s in accepted])
        cues = {int(i) for f in found for i in f.cue}
        ruled = [Scored(f.confidence, f.candidate, f.rule) for f in found]
        return join_paragraphs(layout, select([*ruled, *(s for s in accepted if s.candidate.anchor not in cues)]))


def is_unsaid(layout: Layout, c: Candidate) -> bool:
    """Whether the source is no one, or it is a caption.

    A caption is ``Opinion: what follows`` or ``Some topic: what follows``: before the colon stands a label that is no
    speaker's, or several words without a person's name, and then no quotation follows.
    """
    words = load_words()
    source = layout.doc[int(c.source[0]) : int(c.source[-1]) + 1].text.lower() if len(c.source) else ""
    if source in words.nobody:
        return True
    if layout.doc[c.anchor].text != ":":
        return False
    if source in map(str.lower, words.not_speakers):
        return True
    quoted = (layout.tokens.quotation[c.content] >= 0).any()
    return not quoted and len(c.source) != 1 and not any(layout.doc[int(i)].ent_type_ == "PERSON" for i in c.source)


def join_paragraphs(layout: Layout, found: Sequence[Scored]) -> list[Scored]:
    """A quotation that a paragraph leaves open goes on where the next one opens with a mark: one attribution, not two.

    A paragraph with a cue of its own stays by itself.
    """
    tokens = layout.tokens
    kept = dict(enumerate(found))
    places: dict[int, list[int]] = {}
    for k, s in kept.items():
        for number in np.unique(tokens.block[s.candidate.content]).tolist():
            places.setdefault(number, []).append(k)
    for before, after in pairwise(layout.quote_blocks()):
        if not before.unclosed or not after.opens or after.number != before.number + 1:
            continue
        holders = [k for k in places.get(before.number, ()) if k in kept and covers(layout, kept[k], before.last)]
        rivals = [k for k in places.get(after.number, ()) if k in kept and covers(layout, kept[k], after.first)]
        rivals = [k for k in rivals if k not in holders]
        if not holders or any(stands_alone(kept[k], after.first) for k in rivals):
            continue
        holder = max(holders, key=lambda k: len(kept[k].candidate.content))
        for k in rivals:
            if not len(kept[k].candidate.cue):
                del kept[k]
        candidate = kept[holder].candidate
        content = np.unique(np.concatenate([candidate.content, before.last, after.first]))
        kept[holder] = replace(kept[holder], candidate=replace(candidate, content=content[~tokens.space[content]]))
        places.setdefault(after.number, []).append(holder)
    return list(kept.values())


def stands_alone(scored: Scored, quotation: Ints) -> bool:
    """Whether an attribution of the quotation has a cue of its own, outside of it or in the label of a turn."""
    candidate = scored.candidate
    return len(candidate.cue) > 0 and (scored.rule != NETWORK or candidate.anchor not in quotation)


def covers(layout: Layout, scored: Scored, quotation: Ints) -> bool:
    """Whether most of the quotation's words are in the content."""
    words = layout.words(int(quotation[0]), int(quotation[-1]) + 1)
    return len(words) > 0 and bool(np.isin(words, scored.candidate.content).mean() >= COVERED_SHARE)


def select(scored: Iterable[Scored]) -> list[Scored]:
    """The candidates without those whose cue or content a rule or a more likely one has, in order of the text."""
    kept: list[Scored] = []
    anchors: set[int] = set()
    by_place: dict[int, list[Ints]] = {}
    for s in sorted(scored, key=lambda s: (s.rule == NETWORK, -s.score, s.candidate.anchor)):
        content = s.candidate.content
        first, last = int(content[0]) // PLACE, int(content[-1]) // PLACE
        if s.candidate.anchor in anchors or any(
            overlap(content, o) >= SAME_CONTENT for p in range(first - 4, last + 1) for o in by_place.get(p, ())
        ):
            continue
        anchors.add(s.candidate.anchor)
        by_place.setdefault(first, []).append(content)
        kept.append(s)
    return sorted(kept, key=lambda s: (int(s.candidate.content[0]), int(s.candidate.content[-1]), s.candidate.anchor))


def to_record(doc: Doc, tokens: Tokens, scored: Scored) -> Attribution | None:
    """The candidate as a record; ``None`` where nothing but punctuation is left of its content."""
    c = scored.candidate
    content = named_as(doc, tokens, c) or content_spans(tokens, np.setdiff1d(c.content, c.source))
    if not content:
        return None
    turn = scored.rule == "turn"
    verbatim = content if turn else verbatim_spans(tokens, content)
    cue = _span(tokens, c.cue, "")
    return Attribution(
        content=_spans(tokens.text, content),
        quote_type="direct" if turn else quote_type(doc, tokens, content, verbatim),
        act=act_of(cue.text, doc[c.anchor].lemma_) if cue else STATEMENT,
        confidence=round(min(max(scored.score, 0.0), 1.0), 4),
        rule=scored.rule,
        source=_span(tokens, c.source, ",;"),
        cue=cue,
        verbatim=_spans(tokens.text, verbatim),
    )


def named_as(doc: Doc, tokens: Tokens, c: Candidate) -> tuple[Bounds, ...]:
    """The content of ``called it a "sham"``: the quotation with its article, where only the thing named precedes it."""
    if doc[c.anchor].lemma_.lower() not in load_words().naming:
        return ()
    spans = content_spans(tokens, c.content)
    if len(spans) != 1:
        return ()
    start, end = spans[0]
    inside = tokens.quotations.overlapping(start, end)
    if len(inside) != 1 or inside[0].start <= start or has_word(tokens.text[inside[0].end : end]):
        return ()
    before = [doc[int(i)] for i in c.content if start <= doc[int(i)].idx < inside[0].start]
    if len(before) > NAMED_WORDS or any(t.tag_ in FINITE for t in before):
        return ()
    if before and before[-1].tag_ == "DT":
        return ((before[-1].idx, inside[0].end),)
    return (stripped(tokens.text, inside[0].inner_start, inside[0].inner_end, ""),)


def _spans(text: str, bounds: Iterable[Bounds]) -> tuple[Span, ...]:
    return tuple(Span.of(text, s, e) for s, e in bounds)


def _span(tokens: Tokens, indices: Ints, extra: str) -> Span | None:
    """The longest stretch of the tokens as one span."""
    spans = [stripped(tokens.text, s, e, extra) for s, e in spans_of(tokens, indices)]
    spans = [s for s in spans if s[0] < s[1]]
    if not spans:
        return None
    return Span.of(tokens.text, *max(spans, key=lambda s: s[1] - s[0]))


def distinct(records: Iterable[Attribution]) -> tuple[Attribution, ...]:
    """One record for each extent of characters, the surest, in order of the text."""
    best: dict[tuple[int, int], Attribution] = {}
    for r in records:
        key = (r.content[0].start, r.content[-1].end)
        if key not in best or r.confidence > best[key].confidence:
            best[key] = r
    return tuple(best[k] for k in sorted(best))
