"""Finding a quote again by its words and what stands around them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.anchoring import locate


def selector(text: str, start: int, end: int) -> dict[str, str]:
    return {"text": text[start:end], "prefix": text[max(0, start - 32) : start], "suffix": text[end : end + 32]}


@given(st.text(min_size=1, max_size=60), st.text(max_size=40), st.data())
def test_anchoring_finds_only_the_same_words(text: str, before: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    now = before + text
    place = locate(selector(text, start, end), now)
    if place is not None and place.exact:
        assert now[place.start : place.end].split() == text[start:end].split()


def test_anchoring_tells_one_of_several_by_its_surroundings() -> None:
    text = "In May it paid $5 billion to Peru. In June it paid $5 billion to Chile and lost."
    second = text.rindex("$5 billion")
    now = "Today. " + text.replace("In May", "In early May")
    place = locate(selector(text, second, second + 10), now)
    assert place is not None and place.start == now.rindex("$5 billion")


def test_anchoring_does_not_guess_between_equals() -> None:
    assert locate({"text": "$5 billion", "prefix": "", "suffix": ""}, "$5 billion, $5 billion") is None


def test_anchoring_looks_past_white_space() -> None:
    text = "He said that the long and winding bridge\nwould be mended soon."
    start = text.index("the long")
    place = locate(selector(text, start, len(text) - 1), text.replace("\n", "  \n "))
    assert place is not None and place.exact and place.same_context
