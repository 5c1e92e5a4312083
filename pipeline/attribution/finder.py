"""Find the attributions of a parsed document: the network's candidates, the rules' candidates, one decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc

from pipeline.attribution.acts import act_of
from pipeline.attribution.decoding import Candidate, candidates, overlap
from pipeline.attribution.network import Network
from pipeline.attribution.spans import Bounds, content_spans, quote_type, spans_of, stripped, verbatim_spans
from pipeline.attribution.tokens import Ints, Tokens, read_tokens
from pipeline.records import Attribution, Span

CUE_THRESHOLD = 0.1
ACCEPT = 0.3
SAME_CONTENT = 0.5
"""Two attributions whose contents overlap by at least this IoU are one; the surer one is kept."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds attributions with a trained network; keeps nothing between documents."""

    network: Network

    def __call__(self, doc: Doc) -> tuple[Attribution, ...]:
        """The attributions in order of their content; the document must be tagged, parsed and have its entities."""
        if not len(doc):
            return ()
        tokens = read_tokens(doc)
        found = [(c.score, c) for c in candidates(tokens, self.network(tokens, CUE_THRESHOLD))]
        kept = select(found, ACCEPT)
        records = (to_record(doc, tokens, c, score, "network") for score, c in kept)
        return distinct(r for r in records if r is not None)


def select(scored: Sequence[tuple[float, Candidate]], accept: float) -> list[tuple[float, Candidate]]:
    """The candidates at or above ``accept`` without those whose content a better one has, in order of the text."""
    kept: list[tuple[float, Candidate]] = []
    by_place: dict[int, list[Ints]] = {}
    for score, c in sorted(scored, key=lambda x: (-x[0], x[1].anchor)):
        if score < accept:
            break
        places = range(int(c.content[0]) // 64 - 4, int(c.content[-1]) // 64 + 1)
        if any(overlap(c.content, o) >= SAME_CONTENT for p in places for o in by_place.get(p, ())):
            continue
        by_place.setdefault(int(c.content[0]) // 64, []).append(c.content)
        kept.append((score, c))
    return sorted(kept, key=lambda x: (int(x[1].content[0]), int(x[1].content[-1]), x[1].anchor))


def to_record(doc: Doc, tokens: Tokens, c: Candidate, confidence: float, rule: str) -> Attribution | None:
    """The candidate as a record; ``None`` where nothing but punctuation is left of its content."""
    content = content_spans(tokens, c.content)
    if not content:
        return None
    verbatim = verbatim_spans(tokens, content)
    cue = _span(tokens, c.cue, "")
    return Attribution(
        content=_spans(tokens.text, content),
        quote_type=quote_type(doc, tokens, content, verbatim),
        act=act_of(cue.text if cue else "", doc[c.anchor].lemma_),
        confidence=round(min(max(confidence, 0.0), 1.0), 4),
        rule=rule,
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


def token_range(tokens: Tokens, start: int, end: int) -> Ints:
    """Indices of the tokens that share a character with the span."""
    first = int(np.searchsorted(tokens.end, start, side="right"))
    last = int(np.searchsorted(tokens.start, end, side="left"))
    return np.arange(first, last)
