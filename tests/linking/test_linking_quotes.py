"""The same quote, whole or clipped, is linked; a quote that says something else is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import KELLER, MARSH, quote

from pipeline.linking import find
from pipeline.linking.items import Who

WHOLE = "A ferry that never sails is a very expensive bench, and we have enough benches."


def test_linking_quotes_links_the_later_to_the_earlier() -> None:
    one, other = quote(WHOLE, "a"), quote(WHOLE.upper().replace("'", "’"), "b", day=2)
    (link,) = find([other, one]).links
    assert (link.claim_id, link.other_claim_id, link.relation) == (other.claim_id, one.claim_id, "same_quote")
    assert "same 15 words" in link.reason
    assert link.score > 0.95


@pytest.mark.parametrize(
    "clip",
    [
        "a ferry that never sails is a very expensive bench",
        "A ferry that never sails ... is a very expensive bench",
        "[The] ferry that never sails is a very expensive bench",
    ],
)
def test_linking_quotes_links_a_clip(clip: str) -> None:
    found = find([quote(WHOLE, "a"), quote(clip, "b", Who.of("Keller", (), "unnamed", None), day=2)])
    assert [link.relation for link in found.links] == ["same_quote"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We will pay for the ferry next year", "We will not pay for the ferry next year"),
        ("We will buy 12 ferries by the summer", "We will buy 15 ferries by the summer"),
        ("We will buy three ferries by the summer", "We will buy five ferries by the summer"),
        ("We value our sailors, but there is no money", "We value our teachers, but there is no money"),
        ("Thank you very much", "Thank you very much indeed"),
    ],
)
def test_linking_quotes_keeps_other_words_apart(one: str, other: str) -> None:
    assert not find([quote(one, "a"), quote(other, "b", day=2)]).links


def test_linking_quotes_leaves_a_short_slogan_to_each_speaker() -> None:
    assert not find([quote("The sea is ours", "a"), quote("The sea is ours", "b", MARSH)]).links
    (link,) = find([quote(WHOLE, "a"), quote(WHOLE, "b", MARSH)]).links
    assert "two speakers" in link.reason
    assert link.score < 0.85


def test_linking_quotes_leaves_a_short_clip_of_two_quotes_alone() -> None:
    clip = "a very expensive bench"
    one, other = quote(f"The ferry is {clip}, they say.", "a"), quote(f"My chair was {clip} in its day.", "b")
    assert not find([one, other, quote(clip, "c", day=3)]).links
    assert len(find([one, quote(clip, "c", day=3)]).links) == 1


def test_linking_quotes_ignores_a_claim_inside_another() -> None:
    assert not find([quote(WHOLE, "a"), quote(WHOLE[:50], "a", start=3)]).links


def test_linking_quotes_are_one_cluster_under_the_first() -> None:
    quotes = [quote(WHOLE, "a", day=3), quote(WHOLE[:50], "b", day=2), quote(WHOLE, "c", day=1)]
    assert set(find(quotes).clusters.values()) == {quotes[2].claim_id}
    assert len(find(quotes).clusters) == 3


@given(st.lists(st.sampled_from(WHOLE.split()), max_size=30).map(" ".join), st.randoms(use_true_random=False))
def test_linking_quotes_do_not_depend_on_the_order(text: str, random: object) -> None:
    quotes = [quote(t, d, w) for t, d, w in ((WHOLE, "a", KELLER), (text, "b", KELLER), (WHOLE[9:60], "c", None))]
    found = find(quotes)
    random.shuffle(quotes)  # type: ignore[attr-defined]
    assert find(quotes) == found
