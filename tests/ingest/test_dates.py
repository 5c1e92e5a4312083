"""Dates as articles write them."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.ingest.dates import parse_date


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-04",
        "2024-03-04T10:30:00Z",
        "2024/3/4",
        "March 4, 2024",
        "Mar. 4 2024",
        "4 March 2024",
        "Monday, 4th of March 2024",
    ],
)
def test_dates_are_read(text: str) -> None:
    assert parse_date(text) == date(2024, 3, 4)


@pytest.mark.parametrize("text", ["03/04/2024", "March 2024", "30 February 2024", "in March 4, 2024 was", "", None])
def test_dates_that_are_none_or_ambiguous(text: str | None) -> None:
    assert parse_date(text) is None
