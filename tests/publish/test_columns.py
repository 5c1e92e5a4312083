"""Columns from the store: the same values as row by row."""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.columns import decimals, json_lists, words
from pipeline.publish.fields import DECIMAL, TEXTS
from pipeline.publish.files import _csv_column
from pipeline.store.types import plain_decimal

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBER = st.decimals(-(10**21), 10**21, allow_nan=False, allow_infinity=False, places=12)


@given(st.lists(st.none() | st.lists(TEXT)))
def test_columns_json_lists_as_json_does(lists: list[list[str] | None]) -> None:
    expected = [None if v is None else json.dumps(v, ensure_ascii=False) for v in lists]
    assert json_lists(pa.array(lists, TEXTS)).to_pylist() == expected
    assert json_lists(pa.array([[], *lists], TEXTS)[1:]).to_pylist() == expected


@given(st.lists(st.none() | NUMBER))
def test_columns_decimals_there_and_back(numbers: list[Decimal | None]) -> None:
    texts = [None if n is None else plain_decimal(n) for n in numbers]
    column = decimals(pa.array(texts, pa.string()))
    assert column.to_pylist() == numbers
    assert _csv_column(column).to_pylist() == texts


def test_columns_decimals_rounded_where_too_long() -> None:
    column = decimals(pa.array(["0.1234567890125", "2.5", "1E+3", None, "-0.00000000000049"]))
    assert column.type == DECIMAL
    assert column.to_pylist() == [Decimal("0.123456789012"), Decimal("2.5"), Decimal(1000), None, Decimal(0)]


def test_columns_words_count_characters() -> None:
    rows = pa.table({"at": [0, 1, 0], "start": [0, 1, None], "end": [1, 3, None]})
    assert words(["🌉 a", "b€c"], rows).to_pylist() == ["🌉", "€c", None]
