"""``claims_amounts``: amounts of money, percentages and multiples, with who pays what when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.amounts.clause import Clause, read_clause
from pipeline.amounts.confidence import confidence
from pipeline.amounts.currencies import Setting, choose, near_currencies
from pipeline.amounts.exchange import dollar_rate, in_dollars
from pipeline.amounts.grammar import Reading, read_amounts
from pipeline.amounts.lexer import Lexed, lex
from pipeline.amounts.multiples import read_multiples
from pipeline.amounts.times import Sentences
from pipeline.components.extensions import set_span_group
from pipeline.records import Amount, AmountMention, Span


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
        unit = choose(reading.markers, reading.large, setting, near_currencies(lexed, reading.first, reading.end))
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
    whole = doc.char_span(span.start, span.end, alignment_mode="expand")
    clause = read_clause(core, whole.end, reading, sentences) if core is not None and whole is not None else Clause()
    amount = Amount(
        low=tidy(reading.low),
        high=tidy(reading.high),
        bound=reading.bound,
        unit=unit[0],
        unit_reason=unit[1],
        per=reading.per or clause.per,
        change=clause.change,
        usd_low=in_dollars(tidy(reading.low), rate) if rate else None,
        usd_high=in_dollars(tidy(reading.high), rate) if rate else None,
        usd_rate=rate.dollars if rate else None,
        usd_date=rate.day if rate else None,
        payer=clause.payer,
        verb=clause.verb,
        object=clause.object,
        when=clause.when,
    )
    return AmountMention(span, amount, confidence(reading, unit[0]))


def tidy(value: Decimal | None) -> Decimal | None:
    """The value without the zeros that its spelling left behind the point ("2.30 billion")."""
    if value is None:
        return None
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
