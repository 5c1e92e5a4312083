"""The same figure, a changed one and a contradicting one are linked; figures of other things are not."""

from __future__ import annotations

import pytest
from made import KELLER, MARSH, amount

from pipeline.linking import find
from pipeline.linking.figures import rounded
from pipeline.linking.items import Amount, Link

COST = {"verb": "cost", "payer": "the ferry", "object": "the new ferry to Skerra"}
FERRY = "The new ferry to Skerra would cost {}, the ministry of the sea says."


def ferry(text: str, value: str, doc: str = "a", day: int = 1, **more: object) -> Amount:
    return amount(FERRY.format(text), text, value, doc, day, **(COST | more))


def only(*amounts: Amount) -> Link | None:
    """The link among amounts, which are not more than one; the same in any order."""
    links = find(amounts).links
    assert links == find(amounts[::-1]).links
    assert len(links) < 2
    return links[0] if links else None


def test_linking_figures_links_the_same_figure() -> None:
    link = only(ferry("$84.6 million", "84600000"), ferry("$84.6 million", "84600000", "b", 2))
    assert link is not None
    assert link.relation == "same_figure"
    assert "ferry" in link.reason


def test_linking_figures_links_a_rounded_figure() -> None:
    link = only(ferry("$84.6 million", "84600000"), ferry("$85 million", "85000000", "b", 2))
    assert link is not None
    assert (link.relation, "rounded" in link.reason) == ("same_figure", True)


def test_linking_figures_keeps_the_same_number_of_other_things_apart() -> None:
    school = amount(
        "Teachers asked for $84.6 million in back pay.", "$84.6 million", "84600000", "b", verb="ask", object="back pay"
    )
    assert only(ferry("$84.6 million", "84600000"), school) is None
    assert only(ferry("$84.6 million", "84600000"), ferry("$84.6 million", "84600000", "b", per="year")) is None
    assert only(ferry("$84.6 million", "84600000"), ferry("€84.6 million", "84600000", "b", unit="EUR")) is None


def test_linking_figures_links_a_revision_in_one_sentence() -> None:
    sentence = "First the island asked for $5 billion, later lowering the demand to $4.7 billion."
    old = amount(sentence, "$5 billion", "5000000000", payer="the island", verb="ask")
    new = amount(sentence, "$4.7 billion", "4700000000", payer="the island", verb="lower", object="the demand")
    link = only(old, new)
    assert link is not None
    assert (link.relation, link.claim_id, link.other_claim_id) == ("revision", new.claim_id, old.claim_id)


def test_linking_figures_puts_the_earlier_value_first_whatever_the_order_of_words() -> None:
    sentence = "The island cut its demand for ferries to $4.7 billion, down from $5 billion in May."
    more = {"payer": "the island", "verb": "cut", "object": "its demand for ferries"}
    new, old = (amount(sentence, *t, **more) for t in (("$4.7 billion", "4700000000"), ("$5 billion", "5000000000")))
    link = only(new, old)
    assert link is not None
    assert (link.claim_id, link.other_claim_id) == (new.claim_id, old.claim_id)


def test_linking_figures_links_what_two_sources_say() -> None:
    link = only(ferry("$84.6 million", "84600000", who=KELLER), ferry("$120 million", "120000000", "b", 2, who=MARSH))
    assert link is not None
    assert link.relation == "conflict"


@pytest.mark.parametrize(
    "other",
    [
        {"when": "in 2031"},
        {"verb": "offer"},
        {"per": "year"},
        {"payer": "the bus", "object": "the new bus to Harrow"},
    ],
)
def test_linking_figures_contradict_only_in_the_same_matter(other: dict[str, str]) -> None:
    one = ferry("$84.6 million", "84600000", when="in 2030", who=KELLER)
    sentence = "The new bus to Harrow would cost {}." if "payer" in other else FERRY
    two = amount(
        sentence.format("$120 million"), "$120 million", "120000000", "b", 2, **(COST | {"who": MARSH} | other)
    )
    assert only(one, two) is None


def test_linking_figures_round_to_the_digits_that_count() -> None:
    value = ferry("$1", "84600000").low
    assert value is not None
    assert [rounded(value, n) for n in (1, 2, 3)] == [80_000_000, 85_000_000, 84_600_000]
    assert rounded(value * 0, 2) == 0
