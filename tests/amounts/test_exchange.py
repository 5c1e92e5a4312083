"""Dollars by the European Central Bank's rate of the day."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from pipeline.amounts.exchange import dollar_rate, in_dollars


def test_exchange_euro_rate_is_the_published_one() -> None:
    rate = dollar_rate("EUR", date(2024, 3, 28))
    assert rate is not None
    assert (rate.dollars, rate.day) == (Decimal("1.0811"), date(2024, 3, 28))


def test_exchange_weekend_takes_the_business_day_before() -> None:
    saturday, friday = dollar_rate("GBP", date(2025, 11, 15)), dollar_rate("GBP", date(2025, 11, 14))
    assert saturday == friday
    assert saturday is not None and saturday.day == date(2025, 11, 14)


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("EUR", date(1998, 6, 1)),
        ("EUR", date(1, 1, 1)),
        ("GBP", date(2090, 1, 1)),
        ("RUB", date(2023, 5, 2)),
        ("KES", date(2024, 5, 2)),
        ("XXX", date(2024, 5, 2)),
        ("EUR", None),
    ],
)
def test_exchange_invents_nothing(code: str, day: date | None) -> None:
    assert dollar_rate(code, day) is None


def test_exchange_dollars_stay_as_they_are() -> None:
    rate = dollar_rate("USD", None)
    assert rate is not None
    assert (in_dollars(Decimal("12.345"), rate), rate.dollars, rate.day) == (Decimal("12.345"), Decimal(1), None)


def test_exchange_rounds_to_the_cent() -> None:
    rate = dollar_rate("EUR", date(2024, 3, 28))
    assert rate is not None
    assert in_dollars(Decimal("2300000001"), rate) == Decimal("2486530001.08")
    assert in_dollars(None, rate) is None


def test_exchange_rates_are_not_loaded_for_dollars() -> None:
    code = (
        "import sys; from pipeline.amounts.exchange import dollar_rate;"
        "dollar_rate('USD', None); dollar_rate('EUR', None); sys.exit('currency_converter' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
