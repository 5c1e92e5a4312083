"""The confidence of amounts: classes and counts."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.amounts.confidence import share, shares


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The bridge cost €5 million.", "own_unit"),
        ("The bridge cost $5 million.", "default_unit"),
        ("The bridge cost $5 million to $6 million.", "range"),
        ("Rents rose by 12%.", "percent"),
        ("The bridge cost ten times more.", "multiple"),
        ("The bridge cost 500 francs.", "unknown_unit"),
    ],
)
def test_confidence_is_the_share_of_the_class(nlp: Language, text: str, name: str) -> None:
    (found,) = nlp(text)._.claims_amounts
    assert found.confidence == {str(k): v for k, v in shares().items()}[name]


def test_confidence_is_never_sure() -> None:
    assert share(0, 0) == 0.5
    assert share(9, 9) == 0.9091
    assert all(0 < s < 1 for s in shares().values())


@pytest.mark.parametrize(("right", "found"), [(2, 1), (-1, 3)])
def test_confidence_rejects_impossible_counts(right: int, found: int) -> None:
    with pytest.raises(ValueError, match="right of"):
        share(right, found)
