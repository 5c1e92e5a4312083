"""Which names are one person's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.speakers.naming import name_key, same_person

NAMES = st.lists(st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=8), min_size=2, max_size=4)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Mike Rowe", "Michael Rowe", True),
        ("Paul D. Rowe", "Paul Rowe", True),
        ("P. Rowe", "Paul Rowe", True),
        ("John Ellis Rowe", "Ellis Rowe", True),
        ("Paul Rowe", "Anna Rowe", False),
        ("Paul Rowe", "Paul Roe", False),
        ("Paul Rowe Jr.", "Paul Rowe", False),
        ("Paul Rowe Jr.", "Paul Rowe, Jr", True),
        ("José Núñez", "Jose Nunez", True),
    ],
)
def test_speakers_naming_same_person(a: str, b: str, same: bool) -> None:
    assert same_person(a.replace(",", "").split(), b.replace(",", "").split()) is same


@given(NAMES, NAMES)
def test_speakers_naming_same_person_is_symmetric(a: list[str], b: list[str]) -> None:
    assert same_person(a, b) == same_person(b, a)
    assert same_person(a, a)


def test_speakers_naming_key_leaves_middle_names_out() -> None:
    assert name_key(["Robert", "F.", "Mueller", "III"]) == ("robert", "mueller", "iii")
    assert name_key(["Bob", "Mueller"]) == ("robert", "mueller", "")
