"""Pronouns that pay get the name of whom they stand for."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.amounts.payers import named_payer, nearest_pronoun


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("Anna Keller runs the port. On Monday she paid $5 million for a crane.", "Anna Keller"),
        ("The port paid $5 million for a crane.", "The port"),
    ],
)
def test_payers_are_named_where_they_are_known(nlp: Language, text: str, payer: str) -> None:
    doc = nlp(text)
    (found,) = doc._.claims_amounts
    assert named_payer(doc, found).payer == payer


def test_payers_stay_pronouns_without_speakers(nlp: Language) -> None:
    with nlp.select_pipes(disable=["claims_attributions", "claims_speakers", "claims_predictions"]):
        doc = nlp("Anna Keller runs the port. On Monday she paid $5 million for a crane.")
    (found,) = doc._.claims_amounts
    assert found.amount.payer == "she"
    assert named_payer(doc, found) == found.amount


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        ("She owed money. Then she paid $5.", 30, 21),
        ("Of the $5 she kept two. She left.", 7, 10),
        ("She left. Of the $5 nothing was kept.", 17, None),
    ],
)
def test_payers_pronoun_is_in_the_amounts_sentence(nlp: Language, text: str, at: int, found: int | None) -> None:
    token = nearest_pronoun(nlp(text), at, "she")
    assert (token.idx if token is not None else None) == found
