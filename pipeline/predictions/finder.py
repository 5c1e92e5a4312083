"""From a parsed document with its blocks, attributions and speakers to its predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline.predictions import modality
from pipeline.predictions.candidates import Candidate, candidates
from pipeline.predictions.clauses import clause, condition, cut_nested
from pipeline.predictions.dates import resolve
from pipeline.predictions.features import Facts, features, past_tense
from pipeline.predictions.horizons import dated, horizon
from pipeline.predictions.lexicon import Lexicon, lexicon
from pipeline.predictions.nominals import nominals
from pipeline.predictions.scorer import Scorer, scorer
from pipeline.predictions.sources import Sources
from pipeline.predictions.syntax import Range, sentences, span_of
from pipeline.records import Block, Prediction, PredictionMention, Span

SAME_CLAUSE = 0.9
"""Two candidates whose clauses share so much of the longer one say one thing."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate with its clause, condition and features."""

    candidate: Candidate
    span: Range
    condition: Range | None
    names: frozenset[str]


def find(doc: Doc, model: Scorer | None = None) -> tuple[PredictionMention, ...]:
    """The document's predictions in the order of the text."""
    words, model = lexicon(), model or scorer()
    sources = Sources(doc, words)
    out: list[PredictionMention] = []
    claimed = list(claimable(doc))
    for _, tokens in claimed:
        scored = [(model.probability(p.names), p) for p in propose(tokens, words)]
        kept = distinct([(score, p) for score, p in scored if score >= model.threshold])
        spans: list[tuple[Range, float, Proposal]] = []
        for score, proposal in kept:
            span = cut_nested(proposal.span, proposal.candidate, [p.span for _, p in kept if p is not proposal])
            spans.append((span, score, proposal))
        for span, score, proposal in spans:
            if not any(other[0] <= span[0] and span[1] <= other[1] and other != span for other, _, _ in spans):
                out.append(mention(doc, proposal, span, score, words, sources))
    out += nominals(doc, claimed, words)
    return tuple(sorted(out, key=lambda p: (p.span.start, p.span.end)))


def claimable(doc: Doc) -> Iterator[tuple[Block, list[Token]]]:
    """Each sentence's tokens with its block, for the blocks that carry the article's own words."""
    blocks: tuple[Block, ...] = doc._.claims_blocks or (Block("paragraph", 0, len(doc.text)),)
    own = [b for b in blocks if b.kind != "boilerplate"]
    for which, tokens in sentences(doc, [(b.start, b.end) for b in own]):
        yield own[which], tokens


def propose(tokens: list[Token], words: Lexicon) -> Iterator[Proposal]:
    """Every candidate of a sentence with what the scorer needs to know of it."""
    for candidate in candidates(tokens, words):
        if not modality.plausible(candidate, tokens, words):
            continue
        span = clause(candidate, tokens, words)
        if span[0] >= span[1]:
            continue
        depends = condition(candidate, span, tokens, words)
        if depends is not None:
            span = with_condition(span, depends)
        facts = Facts(
            condition=depends is not None,
            past_condition=depends is not None and past_tense(depends, tokens),
            horizon=horizon(candidate.head.doc, span, depends, candidate.head) is not None,
            negated=modality.negated(candidate, words),
        )
        yield Proposal(candidate, span, depends, frozenset(features(candidate, tokens, facts, words)))


def with_condition(span: Range, depends: Range) -> Range:
    """The clause together with a condition that stands right before or after it."""
    if depends[0] < span[0] and depends[1] + 2 >= span[0]:
        return depends[0], span[1]
    if depends[1] > span[1] and depends[0] <= span[1] + 2:
        return span[0], depends[1]
    return span


def distinct(found: list[tuple[float, Proposal]]) -> list[tuple[float, Proposal]]:
    """Without those that repeat a likelier one."""
    kept: list[tuple[float, Proposal]] = []
    for score, proposal in sorted(found, key=lambda f: (-f[0], f[1].span)):
        if not any(same(proposal, other) for _, other in kept):
            kept.append((score, proposal))
    return sorted(kept, key=lambda f: f[1].span)


def same(a: Proposal, b: Proposal) -> bool:
    """Whether two proposals say one thing: they share a predicate or nearly all of a clause."""
    one, two = a.candidate, b.candidate
    if one.head == two.head or one.anchor in (two.anchor, two.head) or one.head == two.anchor:
        return True
    shared = min(a.span[1], b.span[1]) - max(a.span[0], b.span[0])
    return shared >= SAME_CLAUSE * max(a.span[1] - a.span[0], b.span[1] - b.span[0])


def mention(
    doc: Doc, proposal: Proposal, span: Range, score: float, words: Lexicon, sources: Sources
) -> PredictionMention:
    """The record of one accepted proposal."""
    candidate, depends = proposal.candidate, proposal.condition
    whole = chars(doc, span)
    until = horizon(doc, span, depends, candidate.head)
    begins, ends = resolve(until.text, doc._.claims_context.published) if until else (None, None)
    modal = candidate.construction in ("modal", "going_to")
    said = sources.attribution(doc[candidate.cue[0]].idx if modal else candidate.head.idx)
    source, speaker_id = sources.of(said, candidate)
    kind = modality.prediction_type(
        candidate, sources.controls(said, candidate), until is not None and dated(until.text), words
    )
    if kind == "schedule" and candidate.anchor.dep_ in ("relcl", "advcl") and said and said.quote_type == "indirect":
        source, speaker_id = None, None  # what the writer adds to the report ("the debate, which begins on Monday")
    prediction = Prediction(
        type=kind,
        certainty=modality.certainty(candidate, words),
        negated=modality.negated(candidate, words),
        condition=chars(doc, depends) if depends else None,
        horizon=until,
        horizon_from=begins,
        horizon_to=ends,
    )
    return PredictionMention(whole, chars(doc, candidate.cue), prediction, score, speaker_id, source)


def chars(doc: Doc, tokens: Range) -> Span:
    """The characters of a token range."""
    return span_of(doc, *tokens)
