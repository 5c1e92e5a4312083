"""Amounts in lexemes: money and percentages, ranges, bounds, rates."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.amounts.grammar import Reading, read_amounts
from pipeline.amounts.lexer import lex
from pipeline.amounts.multiples import read_multiples


def read(text: str) -> list[tuple[str, Reading]]:
    lexed = lex(text)
    return [(text[lexed.start[r.first] : lexed.end[r.end - 1]], r) for r in read_amounts(lexed)]


@pytest.mark.parametrize(
    ("text", "words", "value", "code"),
    [
        ("They paid US$ 3.4 million.", "US$ 3.4 million", "3400000", "USD"),
        ("It lent $A2.5 billion.", "$A2.5 billion", "2500000000", "AUD"),
        ("A C$15 fee", "C$15", "15", "CAD"),
        ("a grant of Rs 5,000 crore", "Rs 5,000 crore", "50000000000", "INR"),
        ("some €2.3bn", "some €2.3bn", "2300000000", "EUR"),
        ("The plan costs $1.5tn", "$1.5tn", "1500000000000", "USD"),
        ("wins £350m", "£350m", "350000000", "GBP"),
        ("only 50 cents", "50 cents", "0.5", "USD"),
        ("for 99p", "99p", "0.99", "GBP"),
        ("two hundred thousand euros", "two hundred thousand euros", "200000", "EUR"),
        ("half a trillion dollars", "half a trillion dollars", "500000000000", "USD"),
        ("a 50-euro fine", "50-euro", "50", "EUR"),
        ("$10-million plan", "$10-million", "10000000", "USD"),
        ("NZD $20.50", "NZD $20.50", "20.50", "NZD"),
        ("$20 Canadian, please", "$20 Canadian", "20", "CAD"),
        ("19 Australian cents", "19 Australian cents", "0.19", "AUD"),
        ("5 million taxpayer dollars", "5 million taxpayer dollars", "5000000", "USD"),
        ("6 dollars and 40 cents", "6 dollars and 40 cents", "6.40", "USD"),
        ("a dollar twenty-five", "a dollar twenty-five", "1.25", "USD"),
        ("€1.500", "€1.500", "1500", "EUR"),
        ("€1.259 per litre", "€1.259 per litre", "1.259", "EUR"),
        ("a change of -$40 million", "-$40 million", "-40000000", "USD"),
        ("the result was ($12.50).", "($12.50)", "-12.50", "USD"),
        ("15 quid", "15 quid", "15", "GBP"),
    ],
)
def test_grammar_reads_money(text: str, words: str, value: str, code: str) -> None:
    [(found, reading)] = read(text)
    assert found == words
    assert reading.low == Decimal(value)
    assert reading.markers[0].default == code
    assert reading.kind == "money"


@pytest.mark.parametrize(
    ("text", "low", "high", "bound"),
    [
        ("between $800 million and $1.2 billion", 800_000_000, 1_200_000_000, "range"),
        ("$5-6bn", 5_000_000_000, 6_000_000_000, "range"),
        ("$500,000 to $1 million", 500_000, 1_000_000, "range"),
        ("from €36 to €21", 21, 36, "range"),
        ("two or three million dollars", 2_000_000, 3_000_000, "range"),
        ("at least 40 euros", 40, None, "at_least"),
        ("up to $9", None, 9, "at_most"),
        ("nearly $7", 7, 7, "about"),
        ("$300 or more", 300, None, "at_least"),
        ("$300 or less", None, 300, "at_most"),
        ("$20-plus billion", 20_000_000_000, None, "at_least"),
        ("tens of billions of dollars", 10_000_000_000, None, "at_least"),
        ("a multi-billion-dollar deal", 1_000_000_000, None, "at_least"),
        ("exactly $4", 4, 4, "exact"),
        ("between 20 and 30 percent", 20, 30, "range"),
        ("5 to 5 and one-half percent", 5, Decimal("5.5"), "range"),
    ],
)
def test_grammar_reads_bounds_and_ranges(text: str, low: int | None, high: int | None, bound: str) -> None:
    [(_, reading)] = read(text)
    assert (reading.low, reading.high, reading.bound) == (low, high, bound)


@pytest.mark.parametrize(
    ("text", "words", "per"),
    [
        ("€2.3bn a year over five years", "€2.3bn a year", "year"),
        ("a $10 billion annual increase", "$10 billion annual", "year"),
        ("a $300-a-month fee", "$300-a-month", "month"),
        ("$400 per container", "$400 per container", "container"),
        ("$15.40/hour", "$15.40/hour", "hour"),
        ("$70 per square foot", "$70 per square foot", "square foot"),
        ("$3 per thousand cubic feet", "$3 per thousand cubic feet", "thousand cubic feet"),
        ("$2,000 every three months", "$2,000 every three months", "three months"),
        ("5% annually", "5% annually", "year"),
        ("$5 each", "$5 each", "item"),
        ("£900 pcm", "£900 pcm", "month"),
        ("€50/MWh", "€50/MWh", "megawatt-hour"),
        ("$20 per capita", "$20 per capita", "person"),
        ("$5 million a senator wants", "$5 million", None),
    ],
)
def test_grammar_reads_rates(text: str, words: str, per: str | None) -> None:
    [(found, reading)] = read(text)
    assert (found, reading.per) == (words, per)


@pytest.mark.parametrize(
    ("text", "value", "points"),
    [
        ("12 per cent", 12, False),
        ("Sixty-two percent", 62, False),
        ("half of 1 percent", Decimal("0.5"), False),
        ("three percentage points", 3, True),
        ("25 basis points", Decimal("0.25"), True),
        ("a 25-percent tariff", 25, False),
        ("5pc", 5, False),
    ],
)
def test_grammar_reads_percentages(text: str, value: Decimal, points: bool) -> None:
    [(_, reading)] = read(text)
    assert (reading.kind, reading.low, reading.points) == ("percent", value, points)


def test_grammar_keeps_the_two_sides_of_a_score_apart() -> None:
    assert [r.low for _, r in read("She led by 46 percent to 42 percent.")] == [46, 42]


def test_grammar_reads_no_minus_between_the_sides_of_a_score() -> None:
    assert [r.low for _, r in read("They favoured it by 58%-33%.")] == [58, 33]


def test_grammar_keeps_change_and_level_apart() -> None:
    assert [r.low for _, r in read("It rose by 2 percent to 10 percent.")] == [2, 10]


def test_grammar_keeps_years_out_of_ranges() -> None:
    found = read("from $36 million in 2014 to $55 million in 2015")
    assert [(r.low, r.high) for _, r in found] == [(36_000_000, 36_000_000), (55_000_000, 55_000_000)]


@pytest.mark.parametrize(
    "text",
    [
        "In 2016, 30 states voted 52-48.",
        "Call 555-0100 at 6:00p.m. on channel 4.",
        "He is 45 and ran in the 5k race.",
        "a weak dollar and the euro crisis",
        "a dollar bill",
        "They did not pay a cent.",
        "a small-dollar donor",
        "A twenty-pound bag of flour, 50 pounds of fish, a 300-pound man who lost 20 pounds",
        "Section 3(a) of H.R. 3200",
        "the CO2 price in version 1.2.3",
        "245 23 yen",
        "Euro 2016 and dollars 20 years ago",
    ],
)
def test_grammar_leaves_other_numbers(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("pay ten times more", "ten times more", 10),
        ("four times higher than", "four times higher", 4),
        ("twice as much", "twice as much", 2),
        ("three times the size", "three times", 3),
        ("The budget doubled.", "doubled", 2),
        ("It more than tripled.", "more than tripled", 3),
        ("jobs were halved", "halved", Decimal("0.5")),
        ("a threefold rise", "threefold", 3),
        ("a 20-fold rise", "20-fold", 20),
        ("may double again", "double", 2),
        ("5x more", "5x more", 5),
        ("by a factor of ten", "factor of ten", 10),
    ],
)
def test_multiples_read(text: str, words: str, value: Decimal) -> None:
    lexed = lex(text)
    [reading] = list(read_multiples(lexed))
    assert text[lexed.start[reading.first] : lexed.end[reading.end - 1]] == words
    assert (reading.low or reading.high) == value


@pytest.mark.parametrize(
    "text",
    [
        "three times a week",
        "She won twice.",
        "He doubled down.",
        "a double standard",
        "many times",
        "in two halves-and",
    ],
)
def test_multiples_leave_other_words(text: str) -> None:
    assert list(read_multiples(lex(text))) == []


HOSTILE = [
    "9",
    "9,",
    ",",
    "$1,",
    "$",
    "one ",
    "million ",
    "$1 to ",
    "between ",
    "1-",
    "half a ",
    "$5 per ",
    "tens of ",
    "﷼",
]


@pytest.mark.parametrize("part", HOSTILE)
def test_grammar_is_linear_on_hostile_text(part: str) -> None:
    def seconds(size: int) -> float:
        text = (part * size)[:size]
        started = time.process_time()
        lexed = lex(text)
        list(read_amounts(lexed))
        list(read_multiples(lexed))
        return time.process_time() - started

    seconds(1_000)
    # quadratic time would take 64 times as long for eight times the text
    assert seconds(32_000) < 24 * max(seconds(4_000), 0.02)


@pytest.mark.parametrize("word", ["square", "and", "one", "of", "million", "half", "$", "-"])
def test_grammar_bears_long_runs_of_one_word(word: str) -> None:
    lexed = lex("$5 per " + f"{word} " * 5_000)
    assert len(list(read_amounts(lexed))) >= 1
    list(read_multiples(lexed))


WORDS = """$ € £ % - – , . / ( ) 5 10 1,000 2.5 bn m million of a an the to and from between half twice times more
dollars euros cents pounds percent per year doubled won kr USD CHF 1/2 ½ or plus x fold"""
TEXTS = st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=25).map(" ".join) | st.text(max_size=60)


@settings(max_examples=300)
@given(TEXTS)
def test_grammar_readings_lie_in_the_text_in_order(text: str) -> None:
    lexed = lex(text)
    done = 0
    for reading in read_amounts(lexed):
        assert done <= reading.first <= reading.core < reading.core_end <= reading.end <= lexed.size
        done = reading.end
        if reading.bound in ("exact", "about"):
            assert reading.low == reading.high is not None
        elif reading.bound == "range":
            assert reading.low is not None and reading.high is not None and reading.low <= reading.high
        else:
            assert (reading.low is None) == (reading.bound == "at_most")
            assert (reading.high is None) == (reading.bound == "at_least")
