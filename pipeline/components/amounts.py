"""``claims_amounts``: amounts of money, percentages and multiples, with who pays what when."""

from __future__ import annotations

from datetime import date

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.amounts.clause import Clause, Sentences, read_clause
from pipeline.amounts.currencies import Setting, choose, place_mentions
from pipeline.amounts.exchange import dollar_rate, in_dollars
from pipeline.amounts.grammar import Reading, read_amounts
from pipeline.amounts.lexer import Lexed, lex
from pipeline.amounts.multiples import read_multiples
from pipeline.components.extensions import set_span_group
from pipeline.records import Amount, AmountMention, Span

CONFIDENCE = 0.95
"""The share of the held-out amounts in ``annotations/gold/amounts.jsonl`` that are found with value and unit right."""

NEAR = 30
"""How many lexemes either side of an amount a place may stand to tell its currency."""


@Language.factory(
    "claims_amounts",
    assigns=["doc._.claims_amounts", "doc.spans"],
    requires=["token.dep", "token.head", "token.tag"],
)
def make_amounts(nlp: Language, name: str) -> Amounts:
    """The component that sets ``doc._.claims_amounts`` and ``doc.spans["claims_amounts"]`` (labelled by unit)."""
    return Amounts()


class Amounts:
    """Reads every block but boilerplate; the whole text where a document has no blocks."""

    def __call__(self, doc: Doc) -> Doc:
        mentions = find_amounts(doc)
        doc._.claims_amounts = mentions
        set_span_group(doc, "claims_amounts", ((m.span, m.amount.unit) for m in mentions))
        return doc


def find_amounts(doc: Doc) -> tuple[AmountMention, ...]:
    """The amounts of a parsed document, in the order of their spans."""
    blocks = doc._.claims_blocks
    text = doc.text
    if blocks:
        stretches = [lex(text[b.start : b.end], b.start) for b in blocks if b.kind != "boilerplate"]
    else:
        stretches = [lex(text)]
    found = [(lexed, reading) for lexed in stretches for reading in readings(lexed)]
    if not found:
        return ()
    context = doc._.claims_context
    markers = (marker for _, reading in found for marker in reading.markers)
    setting = Setting.of(stretches, context, markers)
    sentences = Sentences.of(doc)
    mentions = (mention(doc, text, lexed, reading, setting, sentences, context.published) for lexed, reading in found)
    return tuple(sorted((m for m in mentions if m is not None), key=lambda m: m.span))


def readings(lexed: Lexed) -> list[Reading]:
    """Money, percentages and multiples of one stretch; where they overlap, the multiple gives way."""
    amounts = list(read_amounts(lexed))
    taken = {i for r in amounts for i in range(r.first, r.end)}
    multiples = (r for r in read_multiples(lexed) if taken.isdisjoint(range(r.core, r.core_end)))
    return amounts + list(multiples)


def mention(
    doc: Doc, text: str, lexed: Lexed, reading: Reading, setting: Setting, sentences: Sentences, day: date | None
) -> AmountMention | None:
    """The record of one reading; ``None`` where its marker means no money here."""
    unit: tuple[str, str] | None
    if reading.kind == "money":
        unit = choose(reading.markers, reading.large, setting, nearby_places(lexed, reading))
    elif reading.kind == "percent":
        unit = "percent", "percentage points" if reading.points else "percentage"
    else:
        unit = "ratio", "multiple"
    if unit is None:
        return None
    span = Span.of(text, lexed.start[reading.first], lexed.end[reading.end - 1])
    core = doc.char_span(lexed.start[reading.core], lexed.end[reading.core_end - 1], alignment_mode="expand")
    rate = dollar_rate(unit[0], day) if reading.kind == "money" else None
    if reading.factor_verb and core is not None and core[-1].tag_ == "NNS":
        return None  # "mixed doubles"
    clause = read_clause(core, reading, sentences) if core is not None else Clause()
    amount = Amount(
        low=reading.low,
        high=reading.high,
        bound=reading.bound,
        unit=unit[0],
        unit_reason=unit[1],
        per=reading.per,
        change=clause.change,
        usd_low=in_dollars(reading.low, rate) if rate else None,
        usd_high=in_dollars(reading.high, rate) if rate else None,
        usd_rate=rate.dollars if rate else None,
        usd_date=rate.day if rate else None,
        payer=clause.payer,
        verb=clause.verb,
        object=clause.object,
        when=clause.when,
    )
    return AmountMention(span, amount, CONFIDENCE)


def nearby_places(lexed: Lexed, reading: Reading) -> list[str]:
    """The currencies of the places named around an amount that more than one currency may fit."""
    if all(len(m.codes) == 1 and not m.local_only for m in reading.markers):
        return []
    return list(place_mentions(lexed, max(0, reading.first - NEAR), reading.end + NEAR))
