"""Numbers as English writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.amounts.lexer import lex
from pipeline.amounts.numbers import digits_value, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.50"),
        ("1,23,456", "123456"),
        ("1.234.567", "1234567"),
        ("1.234,5", "1234.5"),
        ("2,75", "2.75"),
        ("0.125", "0.125"),
        ("1.2.3", None),
        ("3,45,6", None),
        ("12,3456", None),
        ("9" * 40, None),
    ],
)
def test_numbers_separators(text: str, value: str | None) -> None:
    assert digits_value(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two hundred and fifty thousand", 250_000),
        ("ninety-nine", 99),
        ("a million and a half", 1_500_000),
        ("one and a half million", 1_500_000),
        ("half a trillion", 500_000_000_000),
        ("half-a-million", 500_000),
        ("three-quarters of a billion", 750_000_000),
        ("four and nine-tenths billion", 4_900_000_000),
        ("2 1/2 million", 2_500_000),
        ("2½ million", 2_500_000),
        ("one point seven million", 1_700_000),
        ("12 000", 12_000),
        ("4.5 lakh crore", 4_500_000_000_000),
        ("2.3bn", 2_300_000_000),
        ("7k", 7_000),
        ("a couple of million", 2_000_000),
        ("twenty-odd million", 20_000_000),
    ],
)
def test_numbers_value_and_end(text: str, value: int) -> None:
    lexed = lex(text)
    number = read_number(lexed, 0)
    assert number is not None
    assert (number.value, number.end) == (Decimal(value), lexed.size)


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("tens of billions", 10_000_000_000),
        ("hundreds of thousands", 100_000),
        ("several million", 2_000_000),
        ("multibillion", 1_000_000_000),
        ("multi-million", 1_000_000),
    ],
)
def test_numbers_vague_quantities_are_least_values(text: str, least: int) -> None:
    number = read_number(lex(text), 0)
    assert number is not None
    assert number.vague
    assert number.value == least


def test_numbers_inexact_fractions_are_rounded_and_said_to_be() -> None:
    number = read_number(lex("two-thirds of a billion"), 0)
    assert number is not None
    assert (number.value, number.loose) == (Decimal(666_667_000), True)


@pytest.mark.parametrize("text", ["a senator", "million", "half the house", "and", "several", "the", ""])
def test_numbers_leaves_other_words(text: str) -> None:
    assert read_number(lex(text), 0) is None


def test_numbers_one_letter_scale_needs_a_sign_before_a_space() -> None:
    lexed = lex("5 M")
    bare, signed = read_number(lexed, 0), read_number(lexed, 0, prefixed=True)
    assert bare is not None and signed is not None
    assert (bare.value, signed.value) == (5, 5_000_000)


@given(st.integers(min_value=0, max_value=10**15))
def test_numbers_reads_back_grouped_integers(n: int) -> None:
    number = read_number(lex(f"{n:,}"), 0)
    assert number is not None
    assert number.value == n


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_numbers_keeps_decimals_exact(value: Decimal) -> None:
    number = read_number(lex(f"{value:,} million"), 0)
    assert number is not None
    assert number.value == value * 1_000_000
