"""The currency of signs and names that several share."""

from __future__ import annotations

import pytest

from pipeline.amounts.currencies import Setting, choose, near_currencies, publisher_currency
from pipeline.amounts.grammar import read_amounts
from pipeline.amounts.lexer import lex
from pipeline.records import Context


def unit(text: str, context: Context | None = None) -> tuple[str, str] | None:
    """Unit and reason of the last amount of a text."""
    lexed = lex(text)
    readings = list(read_amounts(lexed))
    setting = Setting.of([lexed], context or Context(), [m for r in readings for m in r.markers])
    last = readings[-1]
    return choose(last.markers, last.large, setting, near_currencies(lexed, last.first, last.end))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("It cost $5.", "USD"),
        ("Ottawa, Toronto and the rest of Canada: Canadians paid $5.", "CAD"),
        ("Canada and the United States: Canadians paid $5.", "USD"),
        ("Canada lent C$9; Canadians in Ottawa and Toronto owe $5.", "USD"),
        ("The Egyptian state paid 5 million pounds.", "EGP"),
        ("The state paid 5 million pounds.", "GBP"),
        ("China, Beijing and Shanghai: Chinese banks lent ¥30 billion.", "CNY"),
        ("The bank lent ¥30 billion.", "JPY"),
        ("Norway's fund, and Denmark: the first lent 3bn kroner.", "DKK"),
        ("In Oslo it cost 90 kr", "NOK"),
        ("It cost 90 kr", "XXX"),
        ("Mexico spent 40 million pesos", "MXN"),
        ("It spent 40 million pesos", "XXX"),
        ("It lent 9 trillion won", "KRW"),
        ("Pretoria borrowed R150 billion", "ZAR"),
        ("5 ₶", "XXX"),
        ("Kenya will pay Sh50 billion", "KES"),
        ("Pakistan approved a Rs5bn package", "PKR"),
        ("Britain gave Egypt 5 million pounds", "GBP"),
        ("It lent 500 million CFA francs", "XOF"),
        ("They held 40 French francs", "FRF"),
        ("It cost 300 francs", "XXX"),
    ],
)
def test_currencies_follow_the_text(text: str, code: str) -> None:
    chosen = unit(text)
    assert chosen is not None
    assert chosen[0] == code
    assert chosen[1]


def test_currencies_reason_names_the_default() -> None:
    assert unit("It cost $5.") == ("USD", "symbol $ defaults to USD")


@pytest.mark.parametrize(
    ("context", "code"),
    [
        (Context(uri="https://news.example.ca/a"), "CAD"),
        (Context(uri="https://www.example.com.au/a"), "AUD"),
        (Context(publisher="The Toronto Ledger"), "CAD"),
        (Context(uri="corpora/x.ca"), "USD"),
        (Context(uri="https://example.com/a"), "USD"),
    ],
)
def test_currencies_follow_the_publisher(context: Context, code: str) -> None:
    chosen = unit("It cost $5.", context)
    assert chosen is not None
    assert chosen[0] == code


@pytest.mark.parametrize(
    "text",
    [
        "the 54 won",
        "the next one won",
        "two real choices",
        "1,237 mark",
        "8 Rand and others",
        "COP 26 in SDG 13",
        "TOP 10",
        "District 2 won",
        "30 real problems",
        "90 marks in a test",
    ],
)
def test_currencies_refuse_words_that_are_no_money_here(text: str) -> None:
    lexed = lex(text)
    for reading in read_amounts(lexed):
        assert choose(reading.markers, reading.large, Setting.of([lexed], Context(), ()), ()) is None


def test_currencies_publisher_without_a_country() -> None:
    assert publisher_currency(Context(publisher="Daily Post", uri="https://[bad")) is None
