"""Links to the words of a page."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from pipeline.links import text_link

TEXT = "Rail plan\n\nThe ministry said that cost-sharing, at $3 billion, would end. It did not say when."
PAGE = "https://daily.example/rail?a=1"


def link(passage: str, text: str = TEXT, uri: str = PAGE) -> str | None:
    start = text.index(passage)
    return text_link(uri, text, start, start + len(passage))


def test_links_mark_the_words_between_their_neighbours() -> None:
    found = link("cost-sharing, at $3 billion")
    assert (
        found == f"{PAGE}#:~:text=ministry%20said%20that-,cost%2Dsharing%2C%20at%20%243%20billion,-%2C%20would%20end."
    )


def test_links_context_goes_right_up_to_the_passage() -> None:
    found = link("We will not pay", 'The minister said: "We will not pay," and left.')
    assert found and unquote(found).endswith('#:~:text=minister said: "-,We will not pay,-," and left.')


def test_links_do_not_reach_over_line_breaks() -> None:
    assert link("Rail plan") == f"{PAGE}#:~:text=Rail%20plan"


def test_links_to_long_passages_name_their_ends() -> None:
    text = " ".join(f"word{i}" for i in range(100))
    found = text_link(PAGE, text, 0, len(text))
    assert found == f"{PAGE}#:~:text=word0%20word1%20word2%20word3%20word4,word95%20word96%20word97%20word98%20word99"


def test_links_replace_the_pages_own_fragment() -> None:
    found = link("plan", uri="https://daily.example/rail#top")
    assert found and found.count("#") == 1
    assert unquote(found).endswith("#:~:text=Rail-,plan")


@pytest.mark.parametrize("uri", ["corpora/us-korea/us-korea.txt", "", "file:///etc/passwd", "mid:1@x"])
def test_links_lead_to_web_pages_only(uri: str) -> None:
    assert link("plan", uri=uri) is None


def test_links_of_nothing() -> None:
    assert text_link(PAGE, TEXT, 3, 3) is None
