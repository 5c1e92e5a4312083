"""The component ``claims_amounts``."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.components.amounts import find_amounts
from pipeline.records import AmountMention, Block, Context

TOKENIZE = Tokenizer(Vocab())


def mentions(text: str, context: Context | None = None, blocks: tuple[Block, ...] = ()) -> tuple[AmountMention, ...]:
    """The amounts of a text without a parse."""
    doc = TOKENIZE(text)
    doc._.claims_context = context or Context()
    doc._.claims_blocks = blocks
    return find_amounts(doc)


def test_amounts_factory_is_registered(nlp: Language) -> None:
    assert "doc._.claims_amounts" in nlp.get_pipe_meta("claims_amounts").assigns


def test_amounts_component_sets_the_attribute_and_the_spans(nlp: Language) -> None:
    doc = nlp("The fund paid 1.1 trillion won ($830 million) and 5% more.")
    assert [m.amount.unit for m in doc._.claims_amounts] == ["KRW", "USD", "percent"]
    assert [(s.text, s.label_) for s in doc.spans["claims_amounts"]][1:] == [("$830 million", "USD"), ("5%", "percent")]
    for mention in doc._.claims_amounts:
        assert doc.text[mention.span.start : mention.span.end] == mention.span.text


def test_amounts_survive_serialisation(nlp: Language) -> None:
    doc = nlp("It cost €2.50 a litre.")
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert again._.claims_amounts == doc._.claims_amounts
    assert again._.claims_amounts[0].amount.low == Decimal("2.5")


def test_amounts_leave_boilerplate_out() -> None:
    text = "It cost $5.\n\nSubscribe for $1 a month"
    blocks = (Block("paragraph", 0, 11), Block("boilerplate", 13, len(text)))
    assert [m.span.text for m in mentions(text, blocks=blocks)] == ["$5"]
    assert len(mentions(text)) == 2


def test_amounts_do_not_cross_blocks() -> None:
    text = "It cost $5\nmillion people came"
    blocks = (Block("paragraph", 0, 10), Block("paragraph", 11, len(text)))
    [found] = mentions(text, blocks=blocks)
    assert found.amount.low == 5


def test_amounts_in_dollars_of_the_articles_day() -> None:
    [found] = mentions("They paid £2 million.", Context(published=date(2024, 3, 30)))
    amount = found.amount
    assert amount.usd_date == date(2024, 3, 28)
    assert amount.usd_rate is not None and amount.low is not None
    assert amount.usd_low == amount.usd_high == (amount.low * amount.usd_rate).quantize(Decimal("0.01"))


def test_amounts_without_a_date_have_no_dollars() -> None:
    [pounds, dollars] = mentions("They paid £2 million, then $3.")
    assert (pounds.amount.usd_low, pounds.amount.usd_rate, pounds.amount.usd_date) == (None, None, None)
    assert (dollars.amount.usd_low, dollars.amount.usd_rate, dollars.amount.usd_date) == (3, 1, None)


def test_amounts_percentages_and_multiples_have_no_dollars() -> None:
    found = mentions("It rose 5%, ten times more.", Context(published=date(2024, 3, 28)))
    assert [(m.amount.unit, m.amount.usd_low) for m in found] == [("percent", None), ("ratio", None)]


def test_amounts_mixed_doubles_are_no_multiple(nlp: Language) -> None:
    assert nlp("She won the doubles trophy and the mixed doubles.")._.claims_amounts == ()


@settings(max_examples=150)
@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["$5", "€", "1,000", "\n", "½", "to", "kr", "×", "٣%"])).map(" ".join)
)
def test_amounts_never_fail_and_stay_in_the_text(text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    found = mentions(text, Context(published=date(2024, 3, 28)))
    for one, two in pairwise(found):
        assert one.span.end <= two.span.start
    for mention in found:
        assert text[mention.span.start : mention.span.end] == mention.span.text


@pytest.mark.parametrize("part", ["$5 ", "9,", "kr "])
def test_amounts_time_grows_with_the_text_only(part: str) -> None:
    def seconds(size: int) -> float:
        doc = TOKENIZE((part * size)[:size])
        started = time.process_time()
        find_amounts(doc)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(32_000) < 24 * max(seconds(4_000), 0.02)
