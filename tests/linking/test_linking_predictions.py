"""Predictions of one event are grouped, opposite ones contradict each other, others are left alone."""

from __future__ import annotations

from datetime import date

import pytest
from made import MARSH, prediction

from pipeline.linking import find

ONE = prediction("The new ferry", "enter service")


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        (prediction("The ferry", "start service", "b"), "same_event"),
        (prediction("The ferry", "start service", "b", MARSH, negated=True), "conflict"),
        (prediction("The bus", "start service", "b"), None),
        (prediction("The ferry", "start legal action", "b"), None),
        (prediction("The ferry", "need service", "b"), None),
    ],
)
def test_linking_predictions_of_one_event(other: object, relation: str | None) -> None:
    links = find([ONE, other]).links  # type: ignore[list-item]
    assert [link.relation for link in links] == ([relation] if relation else [])


def test_linking_predictions_of_opposite_verbs_contradict_unless_one_is_negated() -> None:
    rise, fall = prediction("Interest rates", "rise"), prediction("Interest rates", "fall", "b", MARSH)
    not_fall = prediction("Interest rates", "fall", "c", MARSH, negated=True)
    assert [link.relation for link in find([rise, fall]).links] == ["conflict"]
    assert [link.relation for link in find([rise, not_fall]).links] == ["same_event"]


def test_linking_predictions_of_other_years_and_numbers_are_apart() -> None:
    years = [prediction("The ferry", "sail", d, until=date(y, 12, 31)) for d, y in (("a", 2027), ("b", 2029))]
    assert not find(years).links
    assert not find([prediction("The port", f"create {n} jobs", d) for d, n in (("a", "900"), ("b", "250"))]).links


def test_linking_predictions_finds_a_passive_beside_its_active() -> None:
    active = prediction("Parliament", "approve the harbour bill")
    passive = prediction("The harbour bill", "be approved by parliament", "b")
    assert [link.relation for link in find([active, passive]).links] == ["same_event"]
