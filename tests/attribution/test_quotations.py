"""Quotations are found whatever the marks, and marks that quote nothing are left alone."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.attribution.quotations import find_quotations


def inner(text: str) -> list[str]:
    """What stands inside the quotations of a text whose lines are its blocks."""
    blocks, at = [], 0
    for line in text.split("\n"):
        blocks.append((at, at + len(line)))
        at += len(line) + 1
    return [text[q.inner_start : q.inner_end] for q in find_quotations(text, blocks)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('She called it "a sham" and left.', ["a sham"]),
        ("She called it “a sham” and left.", ["a sham"]),
        ("Er nannte es „Unsinn“ und ging.", ["Unsinn"]),
        ("Il parle de « rupture » ici.", [" rupture "]),
        ("He called it ``a sham'' again.", ["a sham"]),
        ("‘We shall see,’ the minister said.", ["We shall see,"]),
        ("'We shall see,' the minister said.", ["We shall see,"]),
        ("The workers' union and the owners' club met.", []),
        ("Back in the '90s the dogs' owners didn't mind.", []),
        ("'The farmers' share is falling,' he said.", ["The farmers' share is falling,"]),
        ('The senator, who is 6\'2", spoke of "height".', ["height"]),
        ('He said "they told me ‘no’ twice" on Monday.', ["they told me ‘no’ twice"]),
        ("‘She said “never” to me,’ he recalled.", ["She said “never” to me,"]),
        ("“First paragraph.\n“Second paragraph.”", ["First paragraph.", "Second paragraph."]),
        ("An opening “that nobody closes", ["that nobody closes"]),
        ("A stray ” closes nothing.", []),
        ("”We were wrong.” — Ann Roe", ["We were wrong."]),
        ('He said "yes" and "no".', ["yes", "no"]),
        ('“Mixed marks" are common online.', ["Mixed marks"]),
        ('""', []),
        ("", []),
    ],
)
def test_quotations_inner_text(text: str, expected: list[str]) -> None:
    assert inner(text) == expected


@given(st.text(alphabet="ab \n.'’‘\"“”«»„`6", max_size=80))
def test_quotations_lie_in_their_blocks_in_order(text: str) -> None:
    blocks, at = [], 0
    for line in text.split("\n"):
        blocks.append((at, at + len(line)))
        at += len(line) + 1
    found = list(find_quotations(text, blocks))
    for q in found:
        assert any(a <= q.start < q.inner_start <= q.inner_end <= q.end <= b for a, b in blocks)
    assert all(p.end <= q.start for p, q in pairwise(found))


def test_quotations_look_up_by_character() -> None:
    text = 'One "two" three "four".'
    found = find_quotations(text, [(0, len(text))])
    assert found.at(text.index("three")) is None
    two = found.at(text.index("two"))
    assert two is not None and text[two.start : two.end] == '"two"'
    assert len(found.overlapping(0, len(text))) == 2
    assert found.overlapping(text.index("three"), text.index("three") + 3) == ()


def test_quotations_time_is_linear() -> None:
    def seconds(n: int) -> float:
        text = "'a \" “b ‘c " * n
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            find_quotations(text, [(0, len(text))])
            best = min(best, time.process_time() - start)
        return best

    assert seconds(8000) < 8 * 3 * seconds(1000) + 0.05
