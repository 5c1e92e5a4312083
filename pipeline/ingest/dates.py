"""Dates as articles, pages and feeds write them."""

from __future__ import annotations

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
TAIL = r"(?:[,T ].*)?"
FORMS = tuple(
    re.compile(rf"(?:[A-Z][a-z]+day,? )?{form}{TAIL}", re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<m>\d{2})-(?P<day>\d{2})",
        r"(?P<year>\d{4})/(?P<m>\d{1,2})/(?P<day>\d{1,2})",
        rf"{MONTH} {DAY},? (?P<year>\d{{4}})",
        rf"{DAY} (?:of )?{MONTH},? (?P<year>\d{{4}})",
    )
)
"""Unambiguous forms only: ISO 8601 (with or without a time behind it), "March 4, 2024", "4 March 2024"."""


def parse_date(text: str | None) -> date | None:
    """The date that the whole of a short text states, ``None`` where it states none or one that does not exist."""
    for form in FORMS:
        if found := form.fullmatch((text or "").strip()[:80]):
            parts = found.groupdict()
            month = int(parts["m"]) if parts.get("m") else MONTHS.index(parts["month"][:3].lower()) + 1
            try:
                return date(int(parts["year"]), month, int(parts["day"]))
            except ValueError:
                return None
    return None
