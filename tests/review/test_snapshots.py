"""Claims in JSON and back, and moved to other characters."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from harbour import TEXT, make_claim, make_document, usual_claims

from pipeline.records import Amount, Claim, Prediction, Quote, Span
from pipeline.review.snapshots import claim_of, move

DOCUMENT = make_document()


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span.of(TEXT, start, start + len(words))


DOLLARS = Amount(
    low=Decimal("0.5"),
    high=None,
    bound="at_least",
    unit="EUR",
    unit_reason="€",
    per="year",
    change="increase",
    usd_low=Decimal("0.6"),
    usd_rate=Decimal("1.2"),
    usd_date=date(2026, 1, 2),
    payer="the port",
    verb="cost",
    object="quay",
    when="on Friday",
)
RICH = [
    *usual_claims(DOCUMENT),
    make_claim(
        DOCUMENT,
        "amount",
        "€40 million",
        detail=Amount(
            Decimal("0.5"),
            None,
            "at_least",
            "EUR",
            "€",
            "year",
            "increase",
            Decimal("0.6"),
            None,
            Decimal("1.2"),
            date(2026, 1, 2),
            "the port",
            "cost",
            "quay",
            "on Friday",
        ),
    ),
    make_claim(
        DOCUMENT,
        "prediction",
        "the works to end by 2031",
        speaker=None,
        detail=Prediction("schedule", "certain", True, None, span("by 2031"), date(2031, 1, 1), date(2031, 12, 31)),
    ),
]


@pytest.mark.parametrize("claim", RICH)
def test_snapshots_give_back_the_claim(claim: Claim) -> None:
    kept = replace(claim, speaker=replace(claim.speaker, aliases=()) if claim.speaker else None)
    assert claim_of(json.loads(json.dumps(claim.to_dict()))) == kept


@pytest.mark.parametrize("claim", RICH)
def test_snapshots_moved_with_the_text_keep_all_they_say(claim: Claim) -> None:
    text = "🚢 New first line\n" + TEXT
    shift = len(text) - len(TEXT)
    moved = move(claim, text, claim.start + shift, claim.end + shift)
    assert moved.text == claim.text
    assert text[moved.start : moved.end] == moved.text
    assert moved.sentence.text == claim.sentence.text
    back = move(moved, TEXT, claim.start, claim.end)
    assert back == replace(claim, claim_id=back.claim_id)


def test_snapshots_parts_of_a_quote_follow_its_edges() -> None:
    whole = span("the new quay 🏗️ will cost €40 million")
    content = (span("the new quay 🏗️"), span("€40 million"))
    claim = replace(make_claim(DOCUMENT, "quote", whole.text), detail=Quote("mixed", "statement", content, content[:1]))
    moved = move(claim, TEXT, whole.start + 4, whole.end + 1)
    assert isinstance(moved.detail, Quote)
    assert [s.text for s in moved.detail.content] == ["new quay 🏗️", "€40 million”"]
    assert [s.text for s in moved.detail.verbatim] == ["new quay 🏗️"]
    shorter = move(claim, TEXT, whole.start, whole.start + 8)
    assert isinstance(shorter.detail, Quote)
    assert [s.text for s in shorter.detail.content] == ["the new"] or shorter.detail.content[0].end <= shorter.end
