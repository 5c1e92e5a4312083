"""Predictions without a verb of their own: headings ("Possible termination of the pact") and announced list items."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from pipeline.predictions.clauses import beside_clause
from pipeline.predictions.lexicon import Lexicon
from pipeline.predictions.syntax import Range, own_modal, span_of, subject_of
from pipeline.records import Block, Prediction, PredictionMention, Span

CONFIDENCE = 0.6
"""A constant, for want of annotated examples to calibrate on."""
MIN_WORDS, MAX_WORDS = 3, 25
"""A shorter nominal names a topic, a longer one is a sentence."""


def nominals(doc: Doc, sentences: list[tuple[Block, list[Token]]], lexicon: Lexicon) -> Iterator[PredictionMention]:
    """The verbless predictions of a document, given the blocks' sentences in the order of the text."""
    announced: tuple[Range, Span | None] | None = None
    for block, tokens in sentences:
        if block.kind == "list_item" and announced is not None and not finite(tokens):
            cue, condition = announced
            yield item(doc, tokens, cue, condition, lexicon)
            continue
        announced = lead_in(doc, tokens, lexicon)
        if block.kind in ("title", "heading", "list_item") and not finite(tokens):
            yield from heading(doc, tokens, lexicon)


def finite(tokens: list[Token]) -> bool:
    """Whether the words have a finite verb, so that they are a clause."""
    return any(t.tag_ in ("VBZ", "VBP", "VBD", "MD") and t.dep_ in ("ROOT", "aux", "ccomp", "conj") for t in tokens)


def lead_in(doc: Doc, tokens: list[Token], lexicon: Lexicon) -> tuple[Range, Span | None] | None:
    """The cue and condition of a sentence like "If it fails, the country must prepare for:", else ``None``."""
    if tokens[-1].text != ":":
        return None
    for verb in tokens:
        if verb.lemma_ in lexicon.lead_in and (own_modal(verb) or verb.tag_ in ("VBZ", "VBP")):
            subject = subject_of(verb)
            start = subject.left_edge.i if subject is not None else verb.i
            found = beside_clause(verb, (start, tokens[-1].i), tokens)
            return (verb.i, verb.i + 1), span_of(doc, *found) if found else None
    return None


def item(doc: Doc, tokens: list[Token], cue: Range, condition: Span | None, lexicon: Lexicon) -> PredictionMention:
    """One announced list item."""
    first = tokens[0].lower_
    certainty = lexicon.nominal.get(first, "probable")
    prediction = Prediction("forecast", certainty, certainty == "unlikely", condition)
    return PredictionMention(whole(doc, tokens), span_of(doc, *cue), prediction, CONFIDENCE)


def heading(doc: Doc, tokens: list[Token], lexicon: Lexicon) -> Iterator[PredictionMention]:
    """A heading or bare item that opens with a forecasting adjective."""
    first = tokens[0]
    if first.lower_ in lexicon.nominal and MIN_WORDS <= sum(not t.is_punct for t in tokens) <= MAX_WORDS:
        certainty = lexicon.nominal[first.lower_]
        prediction = Prediction("forecast", certainty, certainty == "unlikely")
        yield PredictionMention(whole(doc, tokens), span_of(doc, first.i, first.i + 1), prediction, CONFIDENCE)


def whole(doc: Doc, tokens: list[Token]) -> Span:
    """The words without final punctuation."""
    end = next((t for t in reversed(tokens) if not t.is_punct or t.is_right_punct), tokens[-1])
    return span_of(doc, tokens[0].i, end.i + 1)
