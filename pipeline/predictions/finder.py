"""From a parsed document with its blocks, attributions and speakers to its predictions."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from pipeline.predictions import modality
from pipeline.predictions.candidates import Candidate, candidates, sentences
from pipeline.predictions.clauses import Range, clause, condition
from pipeline.predictions.horizons import horizon
from pipeline.predictions.lexicon import Lexicon, lexicon
from pipeline.predictions.sources import Sources
from pipeline.records import Block, Prediction, PredictionMention, Span

Found = tuple[Range, Candidate]


def find(doc: Doc) -> tuple[PredictionMention, ...]:
    """The document's predictions in the order of the text."""
    words = lexicon()
    blocks: tuple[Block, ...] = doc._.claims_blocks or (Block("paragraph", 0, len(doc.text)),)
    blocks = tuple(b for b in blocks if b.kind != "boilerplate")
    sources = Sources(doc)
    text = doc.text
    out: list[PredictionMention] = []
    for _, tokens in sentences(doc, [(b.start, b.end) for b in blocks]):
        for span, candidate in accepted(tokens, words):
            out.append(mention(text, span, candidate, tokens, words, sources))
    return tuple(sorted(out, key=lambda p: (p.span.start, p.span.end)))


def accepted(tokens: list[Token], words: Lexicon) -> Iterator[Found]:
    """The candidates of a sentence that predict, each with its clause; of those that share a clause the first."""
    if modality.question(tokens):
        return
    kept: list[Found] = []
    for candidate in candidates(tokens, words):
        if not plausible(candidate):
            continue
        span = clause(candidate, tokens)
        if span[0] < span[1] and not any(same(span, candidate, *other) for other in kept):
            kept.append((span, candidate))
    yield from kept


def plausible(candidate: Candidate) -> bool:
    """Whether the construction can speak of the future at all."""
    doc = candidate.head.doc
    if candidate.construction == "modal":
        return not modality.perfect(candidate.head) and doc[candidate.cue[0]].lower_ != "should"
    if candidate.construction == "commitment":
        past = doc[candidate.cue[0]].tag_ in ("VBD", "VBN") and candidate.sense.certainty != "certain"
        return not past and not (candidate.subject is not None and candidate.subject.lower_ in modality.FIRST_PERSON)
    return True


def same(span: Range, candidate: Candidate, other: Range, kept: Candidate) -> bool:
    """Whether two candidates say one thing: a common predicate or clause."""
    if candidate.anchor is kept.anchor or candidate.head is kept.head or candidate.anchor is kept.head:
        return True
    shared = min(span[1], other[1]) - max(span[0], other[0])
    return shared * 10 >= 9 * max(span[1] - span[0], other[1] - other[0])


def mention(
    text: str, span: Range, candidate: Candidate, tokens: list[Token], words: Lexicon, sources: Sources
) -> PredictionMention:
    """The record of one accepted candidate."""
    doc = candidate.head.doc
    when = condition(candidate, tokens, words)
    if when is not None and when[0] < span[0] and when[1] <= span[0] + 2:
        span = (when[0], span[1])
    until = horizon(doc, span, when)
    whole = chars(doc, span)
    source, speaker_id = sources.of(whole, candidate)
    prediction = Prediction(
        type=modality.prediction_type(candidate),
        certainty=modality.certainty(candidate, words),
        negated=modality.negated(candidate, words),
        condition=chars(doc, when) if when else None,
        horizon=until,
    )
    return PredictionMention(whole, chars(doc, candidate.cue), prediction, 0.5, speaker_id, source)


def chars(doc: Doc, tokens: Range) -> Span:
    """The characters of a token range."""
    return Span.of(doc.text, doc[tokens[0]].idx, doc[tokens[1] - 1].idx + len(doc[tokens[1] - 1]))
