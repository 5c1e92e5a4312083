"""Find the attributions of a parsed document: the network's candidates, the rules' candidates, one decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from pipeline.attribution.acts import act_of
from pipeline.attribution.decoding import Candidate, candidates, overlap
from pipeline.attribution.layout import Layout
from pipeline.attribution.network import Network
from pipeline.attribution.rules import apply_rules
from pipeline.attribution.spans import Bounds, content_spans, quote_type, spans_of, stripped, verbatim_spans
from pipeline.attribution.tokens import Ints, Tokens, read_tokens
from pipeline.records import Attribution, Span

CUE_THRESHOLD = 0.1
ACCEPT = 0.36
NETWORK = "network"
PLACE = 64
"""Contents are compared with those that begin within four times this many tokens before them."""
SAME_CONTENT = 0.5
"""Two attributions whose contents overlap by at least this IoU are one; the surer one is kept."""


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

    def __call__(self, doc: Doc) -> tuple[Attribution, ...]:
        """The attributions in order of their content; the document must be tagged, parsed and have its entities."""
        if not len(doc):
            return ()
        tokens = read_tokens(doc)
        learned = candidates(tokens, self.network(tokens, CUE_THRESHOLD))
        kept = decide(Layout(doc, tokens), [Scored(c.score, c, NETWORK) for c in learned])
        records = (to_record(doc, tokens, k) for k in kept)
        return distinct(r for r in records if r is not None)


def decide(layout: Layout, learned: Sequence[Scored]) -> list[Scored]:
    """The learned candidates that are likely enough, and what the rules add or put in their place."""
    accepted = select(s for s in learned if s.score >= ACCEPT)
    found = apply_rules(layout, [s.candidate for s in accepted])
    cues = {int(i) for f in found for i in f.cue}
    ruled = [Scored(f.confidence, f.candidate, f.rule) for f in found]
    return select([*ruled, *(s for s in accepted if s.candidate.anchor not in cues)])


def select(scored: Iterable[Scored]) -> list[Scored]:
    """The candidates without those whose content a rule or a more likely one has, in order of the text."""
    kept: list[Scored] = []
    by_place: dict[int, list[Ints]] = {}
    for s in sorted(scored, key=lambda s: (s.rule == NETWORK, -s.score, s.candidate.anchor)):
        content = s.candidate.content
        first, last = int(content[0]) // PLACE, int(content[-1]) // PLACE
        if any(overlap(content, o) >= SAME_CONTENT for p in range(first - 4, last + 1) for o in by_place.get(p, ())):
            continue
        by_place.setdefault(first, []).append(content)
        kept.append(s)
    return sorted(kept, key=lambda s: (int(s.candidate.content[0]), int(s.candidate.content[-1]), s.candidate.anchor))


def to_record(doc: Doc, tokens: Tokens, scored: Scored) -> Attribution | None:
    """The candidate as a record; ``None`` where nothing but punctuation is left of its content."""
    c = scored.candidate
    content = content_spans(tokens, c.content)
    if not content:
        return None
    turn = scored.rule == "turn"
    verbatim = content if turn else verbatim_spans(tokens, content)
    cue = _span(tokens, c.cue, "")
    return Attribution(
        content=_spans(tokens.text, content),
        quote_type="direct" if turn else quote_type(doc, tokens, content, verbatim),
        act=act_of(cue.text if cue else "", doc[c.anchor].lemma_),
        confidence=round(min(max(scored.score, 0.0), 1.0), 4),
        rule=scored.rule,
        source=_span(tokens, c.source, ",;"),
        cue=cue,
        verbatim=_spans(tokens.text, verbatim),
    )


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
