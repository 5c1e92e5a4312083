"""Claims as linking sees them, made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pipeline import records
from pipeline.linking.items import Amount, Prediction, Quote, Who

KELLER = Who.of("Anna Keller", ("Keller",), "person", None)
MARSH = Who.of("Lou Marsh", (), "person", None)


def quote(text: str, doc: str = "a", who: Who | None = KELLER, start: int = 0, day: int = 1, **more: Any) -> Quote:
    claim_id = records.digest(doc, "quote", start, text)
    known = (claim_id, doc, start, start + len(text), date(2025, 1, day), who, text, f'"{text}"')
    return Quote(*known, more.get("quote_type", "direct"), more.get("parts", (text,)))


def amount(sentence: str, text: str, value: str, doc: str = "a", day: int = 1, **more: Any) -> Amount:
    """An amount in a sentence that begins at character ``at`` of its article."""
    offset, at = sentence.index(text), more.pop("at", 0)
    claim_id = records.digest(doc, "amount", at, offset, sentence)
    who = more.pop("who", None)
    known = (claim_id, doc, at + offset, at + offset + len(text), date(2025, 1, day), who, text, sentence, offset)
    number = Decimal(value)
    given = {"unit": "USD", "per": None, "change": "none", "payer": None, "verb": None, "object": None, "when": None}
    given |= more
    return Amount(*known, number, number, "exact", **given)


def prediction(subject: str, event: str, doc: str = "a", who: Who | None = KELLER, **more: Any) -> Prediction:
    text = f"{subject} will {event}"
    claim_id = records.digest(doc, "prediction", text)
    known = (claim_id, doc, 0, len(text), date(2025, 1, 1), who, text, text)
    return Prediction(*known, subject, event, more.get("negated", False), "", more.get("until"))
