"""The value objects: spans, ids and the JSON form of a claim."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import records
from pipeline.records import Span


@given(st.text(), st.integers(-5, 50), st.integers(-5, 50))
def test_records_span_holds_its_characters_or_is_refused(text: str, start: int, end: int) -> None:
    if 0 <= start <= end <= len(text):
        assert Span.of(text, start, end).text == text[start:end]
    else:
        with pytest.raises(ValueError, match="does not lie in a text"):
            Span.of(text, start, end)


def test_records_claim_id_depends_on_text_kind_and_span() -> None:
    ids = {
        records.claim_id(records.text_hash(text), kind, start, 9)
        for text in ("one text", "another")
        for kind in ("quote", "amount")
        for start in (0, 1)
    }
    assert len(ids) == 8
    assert records.claim_id("a" * 64, "quote", 1, 2) == "f4b83029a2080a0831dec105d5eb3121"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1E+10"), 10_000_000_000),
        (Decimal("0.5"), 0.5),
        (date(2026, 1, 31), "2026-01-31"),
        (Span(0, 2, "ab"), {"start": 0, "end": 2, "text": "ab"}),
        ((Span(0, 1, "a"),), [{"start": 0, "end": 1, "text": "a"}]),
        (None, None),
    ],
)
def test_records_plain_gives_the_json_form(value: object, expected: object) -> None:
    assert records.plain(value) == expected


def test_records_envelope_covers_all_parts() -> None:
    text = "abcdefgh"
    assert records.envelope([Span.of(text, 4, 6), Span.of(text, 1, 2)], text) == Span(1, 6, "bcdef")


def test_records_text_hash_takes_lone_surrogates() -> None:
    assert records.text_hash("\ud800") != records.text_hash("\ufffd")
