"""What an amount is about, from the parse."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.records import Amount


def amount(nlp: Language, text: str) -> Amount:
    [mention] = nlp(text)._.claims_amounts
    result: Amount = mention.amount
    return result


@pytest.mark.parametrize(
    ("text", "payer", "verb", "object_", "when"),
    [
        (
            "The ministry spent $28 million on new bridges last year.",
            "The ministry",
            "spend",
            "new bridges",
            "last year",
        ),
        ("The bank was fined $185 million.", "The bank", "fine", None, None),
        ("In 2019, the senate demanded $4.7 billion.", "the senate", "demand", None, "In 2019"),
        ("The port would cost the city $27 million.", "the city", "cost", "The port", None),
        ("The deficit reached $438 billion in 2015.", None, "reach", "The deficit", "in 2015"),
        ("Farmers who owe $3 million met.", "Farmers", "owe", None, None),
        ("France agreed in 2024 to pay €2 billion for the repairs.", "France", "pay", "the repairs", "in 2024"),
        ("The mayor took a $9 million loan.", "The mayor", "take", "loan", None),
        ("They invested $5 million to reopen the mine.", "They", "invest", "to reopen the mine", None),
    ],
)
def test_clause_fields(
    nlp: Language, text: str, payer: str | None, verb: str, object_: str | None, when: str | None
) -> None:
    found = amount(nlp, text)
    assert (found.payer, found.verb, found.object, found.when) == (payer, verb, object_, when)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("The budget was cut by $100bn.", "decrease"),
        ("Prices rose 5 percent.", "increase"),
        ("They proposed a $10 billion annual increase.", "increase"),
        ("The debt grew from $21 trillion to $36 trillion.", "increase"),
        ("The price fell from €180 to €65.", "decrease"),
        ("Its income doubled.", "increase"),
        ("Its income was halved.", "decrease"),
        ("The campaign raised $5 million.", "none"),
        ("The state imposed a 25% tariff.", "none"),
        ("The shares were down 3 percent.", "decrease"),
    ],
)
def test_clause_change(nlp: Language, text: str, change: str) -> None:
    assert amount(nlp, text).change == change


def test_clause_of_an_overlong_sentence_is_left_open(nlp: Language) -> None:
    text = "They paid $5 million and " + "more, " * 400 + "again."
    found = amount(nlp, text)
    assert (found.low, found.payer, found.verb) == (5_000_000, None, None)


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("They demanded an annual fee of $5 million.", "year"),
        ("The weekly benefit would be $300.", "week"),
        ("They paid a fee of $5 million.", None),
    ],
)
def test_clause_period_of_the_noun(nlp: Language, text: str, per: str | None) -> None:
    assert amount(nlp, text).per == per
