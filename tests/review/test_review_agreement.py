"""Agreement between reviewers, against figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import krippendorff
import pytest
from harbour import make_claim, make_document
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.review.agreement import measure
from pipeline.review.decisions import Decision, Verdict

RECORD = make_claim(make_document(), "quote", "a toll road to nowhere").to_dict()
AMOUNT = make_claim(make_document(), "amount", "€40 million").to_dict()


def judged(verdicts: dict[str, str], record: dict[str, object] = RECORD, **more: object) -> list[Decision]:
    """For each reviewer a text of verdicts, one letter for each claim; "-" for none."""
    names: dict[str, Verdict] = {"a": "accept", "r": "reject"}
    out = []
    for reviewer, letters in verdicts.items():
        for i, letter in enumerate(letters):
            if letter in names:
                when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=len(out))
                ids = f"{reviewer}{i}{record['kind']}", f"c{i}{record['kind']}"
                out.append(
                    Decision(*ids, "d", "u", reviewer, when, names[letter], record, None, "1", **more)  # type: ignore[arg-type]
                )
    return out


def test_review_agreement_kappa_and_alpha_of_two() -> None:
    # 10 claims: both accept 4, both reject 3, they differ on 3; chance .5 * .5 + .5 * .5 (Ann 5/5) ... Ben 6/4 -> .5
    (overall, quotes) = measure(judged({"Ann": "aaaaarrrrr", "Ben": "aaaarrrraa"}))
    (pair,) = quotes.pairs
    assert (pair.claims, pair.same) == (10, 0.7)
    assert pair.kappa == pytest.approx((0.7 - 0.5) / (1 - 0.5), abs=1e-4)
    # alpha = 1 - (n - 1) * disagreeing / (n_accept * n_reject), with n = 20 values: 11 accept, 9 reject
    assert quotes.alpha == pytest.approx(1 - 19 * 3 / (11 * 9), abs=1e-4)
    assert overall.alpha == quotes.alpha


def test_review_agreement_counts_only_claims_of_two_reviewers() -> None:
    assert measure(judged({"Ann": "aar", "Ben": "---"})) == []
    (_, quotes) = measure(judged({"Ann": "aar", "Ben": "-ar", "Cleo": "r--"}))
    assert quotes.claims == 3
    assert [(p.one, p.other, p.claims) for p in quotes.pairs] == [("Ann", "Ben", 2), ("Ann", "Cleo", 1)]


def test_review_agreement_is_undefined_where_all_say_the_same() -> None:
    (_, quotes) = measure(judged({"Ann": "aaa", "Ben": "aaa"}))
    assert (quotes.alpha, quotes.pairs[0].kappa, quotes.pairs[0].same) == (None, None, 1.0)


def test_review_agreement_leaves_adjudication_out() -> None:
    found = judged({"Ann": "ar", "Ben": "rr"}) + judged({"Cleo": "aa"}, adjudicates=True)
    assert measure(found)[0].reviewers == 2


def test_review_agreement_is_per_kind() -> None:
    found = judged({"Ann": "aarr", "Ben": "aarr"}) + judged({"Ann": "ar", "Ben": "ra"}, AMOUNT)
    figures = {f.kind: f for f in measure(found)}
    assert figures["quote"].alpha == 1.0
    assert (figures["amount"].alpha or 0) < 0
    assert figures["all"].claims == 6


@settings(deadline=None)
@given(st.lists(st.text("ar-", min_size=12, max_size=12), min_size=2, max_size=4))
def test_review_agreement_alpha_is_that_of_another_implementation(letters: list[str]) -> None:
    """The package ``krippendorff``, with missing values."""
    found = measure(judged({f"reviewer {i}": row for i, row in enumerate(letters)}))
    columns = [[row[i] for row in letters] for i in range(12)]
    counts = [[column.count(v) for v in "ar"] for column in columns if len(column) - column.count("-") > 1]
    if sum(1 for total in map(sum, zip(*counts, strict=True)) if total) < 2:
        assert all(figures.alpha is None for figures in found)
    else:
        expected = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
        assert found[0].alpha == pytest.approx(expected, abs=1e-4)
