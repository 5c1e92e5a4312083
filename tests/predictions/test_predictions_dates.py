"""When horizons begin and end: the table of what the grammar covers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.predictions.dates import resolve

PUBLISHED = date(2026, 8, 12)  # a Wednesday

COVERED = {
    "by the end of next year": ("2026-08-12", "2027-12-31"),
    "by year's end": ("2026-08-12", "2026-12-31"),
    "by 2030": ("2026-08-12", "2030-12-31"),
    "before 2028": ("2026-08-12", "2027-12-31"),
    "through 2030": ("2026-08-12", "2030-12-31"),
    "from 2028": ("2028-01-01", None),
    "mid-2027": ("2027-05-01", "2027-08-31"),
    "mid-2026": ("2026-08-12", "2026-08-31"),
    "early next year": ("2027-01-01", "2027-04-30"),
    "later this year": ("2026-08-12", "2026-12-31"),
    "this year": ("2026-08-12", "2026-12-31"),
    "in November 2027": ("2027-11-01", "2027-11-30"),
    "in November": ("2026-11-01", "2026-11-30"),
    "in May": ("2027-05-01", "2027-05-31"),
    "in late November": ("2026-11-21", "2026-11-30"),
    "by early September": ("2026-08-12", "2026-09-10"),
    "until July": ("2026-08-12", "2027-07-31"),
    "June 7": ("2027-06-07", "2027-06-07"),
    "on 7 June 2028": ("2028-06-07", "2028-06-07"),
    "on Friday, April 1 at noon": ("2027-04-01", "2027-04-01"),
    "within two years": ("2026-08-12", "2028-08-12"),
    "over the next 10 years": ("2026-08-12", "2036-08-12"),
    "for the next four years": ("2026-08-12", "2030-08-12"),
    "over the next decade": ("2026-08-12", "2036-08-12"),
    "for the rest of the year": ("2026-08-12", "2026-12-31"),
    "by '29": ("2026-08-12", "2029-12-31"),
    "in the next few weeks": ("2026-08-12", None),
    "in the coming weeks": ("2026-08-12", None),
    "in two weeks": ("2026-08-24", "2026-08-30"),
    "on the evening of June 7": ("2027-06-07", "2027-06-07"),
    "in three days": ("2026-08-15", "2026-08-15"),
    "a year from now": ("2027-01-01", "2027-12-31"),
    "next week": ("2026-08-17", "2026-08-23"),
    "as early as next week": ("2026-08-17", "2026-08-23"),
    "the end of this week": ("2026-08-14", "2026-08-16"),
    "next month": ("2026-09-01", "2026-09-30"),
    "before the end of the month": ("2026-08-12", "2026-08-31"),
    "over the weekend": ("2026-08-15", "2026-08-16"),
    "on Monday": ("2026-08-17", "2026-08-17"),
    "by Friday": ("2026-08-12", "2026-08-14"),
    "next Wednesday": ("2026-08-19", "2026-08-19"),
    "tonight": ("2026-08-12", "2026-08-12"),
    "tomorrow night": ("2026-08-13", "2026-08-13"),
    "this winter": ("2026-12-01", "2027-02-28"),
    "this fall": ("2026-09-01", "2026-11-30"),
    "next summer": ("2027-06-01", "2027-08-31"),
    "by spring": ("2026-08-12", "2027-05-31"),
    "by the third quarter": ("2026-08-12", "2026-09-30"),
    "in the first quarter of next year": ("2027-01-01", "2027-03-31"),
    "in the second half of 2027": ("2027-07-01", "2027-12-31"),
    "by the end of the decade": ("2026-08-12", "2029-12-31"),
    "in the 2030s": ("2030-01-01", "2039-12-31"),
    "by mid-century": ("2026-08-12", "2050-12-31"),
}
OPEN = (
    "after the November summit",
    "soon",
    "eventually",
    "by then",
    "for many years to come",
    "Feb. 30",
    "in 2018",
    "",
)
ABSOLUTE = {
    "by 2030": (None, "2030-12-31"),
    "in November 2027": ("2027-11-01", "2027-11-30"),
    "in the 2030s": ("2030-01-01", "2039-12-31"),
    "next week": (None, None),
    "on Monday": (None, None),
    "in November": (None, None),
}


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@pytest.mark.parametrize("words", COVERED)
def test_dates_cover_the_table(words: str) -> None:
    begins, ends = resolve(words, PUBLISHED)
    assert (iso(begins), iso(ends)) == COVERED[words]


@pytest.mark.parametrize("words", OPEN)
def test_dates_leave_open_what_the_words_leave_open(words: str) -> None:
    assert resolve(words, PUBLISHED) == (None, None)


@pytest.mark.parametrize("words", ABSOLUTE)
def test_dates_without_the_articles_date_are_absolute_ones_only(words: str) -> None:
    begins, ends = resolve(words, None)
    assert (iso(begins), iso(ends)) == ABSOLUTE[words]


@given(st.sampled_from(sorted(COVERED)), st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_dates_never_lie_before_the_article(words: str, published: date) -> None:
    begins, ends = resolve(words, published)
    assert begins is None or begins >= published
    assert ends is None or ends >= published
    assert begins is None or ends is None or begins <= ends


@given(st.text(max_size=60), st.none() | st.dates())
def test_dates_of_any_words_raise_nothing(words: str, published: date | None) -> None:
    resolve(words, published)
