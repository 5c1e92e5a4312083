"""Column types that give back exactly what was stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import DateTime, Dialect, Numeric
from sqlalchemy.types import TypeDecorator, TypeEngine

ESCAPE, NUL = "\U0010fffd", "\x00"
"""PostgreSQL's text cannot hold U+0000: it is kept as the last private-use character and "0", that one itself as
twice itself."""


class Text(TypeDecorator[str]):
    """Any text, every character kept, ordered by code point.

    Python, SQLite and PostgreSQL's collation "C" order alike: by code point.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None] | None:
        return escaped if dialect.name == "postgresql" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], str | None] | None:
        return unescaped if dialect.name == "postgresql" else None


def escaped(value: str | None) -> str | None:
    """A text as PostgreSQL keeps it."""
    if value is None or not (NUL in value or ESCAPE in value):
        return value
    return value.replace(ESCAPE, ESCAPE * 2).replace(NUL, f"{ESCAPE}0")


def unescaped(value: str | None) -> str | None:
    """The text that PostgreSQL keeps."""
    if value is None or ESCAPE not in value:
        return value
    return ESCAPE.join(part.replace(f"{ESCAPE}0", NUL) for part in value.split(ESCAPE * 2))


class ExactDecimal(TypeDecorator[Decimal]):
    """A finite ``Decimal`` without rounding: text on SQLite, whose own numbers are floats; NUMERIC elsewhere.

    Equal numbers have equal text (no exponent, no trailing zeros), so that ``=`` works in SQL.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError(f"{value} is not a finite number")
        return plain_decimal(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(plain_decimal(Decimal(value)))


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its time zone; kept in UTC."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def plain_decimal(value: Decimal) -> str:
    """The shortest text of a number, without exponent ("10000000000", "0.5")."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text
