"""Plain text -> blocks."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.segment import segment

BODY = "The minister said on Monday that the tariff would rise again."


def kinds(text: str) -> list[tuple[str, str]]:
    return [(b.kind, text[b.start : b.end]) for b in segment(text)]


def sections(text: str) -> dict[str, tuple[str, ...]]:
    return {text[b.start : b.end]: b.section for b in segment(text)}


NOISE = st.text(
    st.sampled_from("aB1.,:;!?\"'“”«» \n\r\t-–—•✅📌🇰🇵\ufe0f\u20e3)(>#*=_|@→댓\u200b\x00\ud800\u2028\xa0\xad"),
    max_size=200,
)


@settings(deadline=None)
@given(st.one_of(NOISE, st.text(max_size=200)))
@example("\ud800")
@example("• ✅ ")
@example("**")
def test_segment_blocks_are_sorted_apart_and_trimmed(text: str) -> None:
    end = 0
    for block in segment(text):
        assert end <= block.start < block.end <= len(text)
        words = text[block.start : block.end]
        assert words == words.strip()
        assert any(c.isalnum() for c in words)
        end = block.end


@settings(deadline=None)
@given(NOISE)
def test_segment_loses_no_word_but_markers(text: str) -> None:
    covered = "".join(text[b.start : b.end] for b in segment(text))
    assert sum(c in "aB" for c in covered) >= sum(c in "aB" for c in text) - text.count("a.") - text.count("a)")


@pytest.mark.parametrize(
    "unit", ["a", "✅", "- \n", '"', "• x\n", "Heading Here\n\nBody of it.\n\n", "** ", "\n", "Share\n"]
)
def test_segment_time_grows_with_the_length_alone(unit: str) -> None:
    def seconds(chars: int) -> float:
        text = unit * (chars // len(unit))
        return min(timed(text) for _ in range(3))

    def timed(text: str) -> float:
        start = time.process_time()
        segment(text)
        return time.process_time() - start

    assert seconds(40_000) < 16 * seconds(5_000) + 0.1


def test_segment_newspaper_article_has_a_title_and_paragraphs() -> None:
    text = f"Tariff talks collapse in Geneva\n\n{BODY}\n\nHis deputy disagreed.\n"
    assert [k for k, _ in kinds(text)] == ["title", "paragraph", "paragraph"]


def test_segment_headline_with_full_stop_is_known_by_its_capitals() -> None:
    text = f"Tariff Talks Collapse in Geneva as Ministers Leave.\n\n{BODY}\n\n{BODY}\n"
    assert kinds(text)[0][0] == "title"


def test_segment_lede_is_no_title() -> None:
    text = f"The talks collapsed on Monday.\n\n{BODY}\n\n{BODY}\n"
    assert kinds(text)[0][0] == "paragraph"


def test_segment_single_line_is_a_paragraph() -> None:
    assert kinds("Tariffs will rise") == [("paragraph", "Tariffs will rise")]


def test_segment_joins_lines_that_an_editor_broke() -> None:
    text = (
        "The European Union said on Monday that it would raise its\n"
        "tariffs on steel by a quarter. The measure will cost the\n"
        "importers 2 billion euros.\n\n"
        "The commissioner, whose name is Anna\nLindqvist, was as calm and as patient as she ever was\n- and said so.\n"
    )
    assert len(segment(text)) == 2


def test_segment_keeps_lines_that_are_sentences_apart() -> None:
    text = f"{BODY}\n{BODY}\nNobody objected to the plan.\n"
    assert [w for _, w in kinds(text)] == [BODY, BODY, "Nobody objected to the plan."]


def test_segment_trims_markers_and_numbering() -> None:
    text = f"Plan:\n\n  • {BODY}\n  - Lower taxes\n✅ Better roads 🎉\n1. First\n2) Second\n(a) Third\n→ Fourth\n"
    assert [w for k, w in kinds(text) if k == "list_item"] == [
        BODY, "Lower taxes", "Better roads", "First", "Second", "Third", "Fourth",
    ]  # fmt: skip


def test_segment_numbers_and_dashes_inside_a_sentence_are_words() -> None:
    text = (
        "He was born in a village by the sea, in the spring of the year\n25. It was a cold year, and\n"
        "everybody in the whole of the country was poor\n- or so the annals of the ministry of the interior\nsay.\n"
    )
    assert [k for k, _ in kinds(text)] == ["paragraph"]


def test_segment_hanging_indent_belongs_to_the_item() -> None:
    text = "Costs:\n- importers pay more, and\n  Germany pays most\n- consumers pay too\n"
    assert [w for k, w in kinds(text) if k == "list_item"] == [
        "importers pay more, and\n  Germany pays most",
        "consumers pay too",
    ]


@pytest.mark.parametrize(
    ("line", "quote"),
    [
        ('"We will not pay. Not a cent."', True),
        ('📌 "We will not pay."', True),
        ("“He called it ‘a joke’ and left.”", True),
        ("«Nous ne paierons pas.»", True),
        ("> We will not pay.", True),
        ('"We will not pay," he said. "Not a cent."', False),
        ('"Peace" is a word they like.', False),
        ("We will not pay.", False),
    ],
)
def test_segment_quote_stands_wholly_in_quotation_marks(line: str, quote: bool) -> None:
    text = f"{BODY}\n\n{line}\n\n{BODY}"
    assert (kinds(text)[1][0] == "quote") is quote


def test_segment_interview_turns_are_blocks_of_their_own() -> None:
    text = "BELL: The committee will come to order now.\nMS. ROE: Thank you, Mr. Chairman.\nBELL: You may begin.\n"
    assert len(segment(text)) == 3


def test_segment_sections_nest_by_marker_and_space_above() -> None:
    text = (
        "A Title of Some Kind\n\n"
        f"🏦 Banks\n\n{BODY}\n\n\n\n\n🚂 Rail\n\n{BODY}\n\n📉 Fares\n\n✅ Fares rose by a tenth.\n\n"
        "Fares in the North\n\n  • They doubled.\n\n\n\n\n🏁 End\n\nThat is all there is.\n"
    )
    found = sections(text)
    assert found["Fares rose by a tenth."] == ("Rail", "Fares")
    assert found["They doubled."] == ("Rail", "Fares", "Fares in the North")
    assert found["That is all there is."] == ("End",)
    assert found["Banks"] == ()


def test_segment_hashes_and_underlines_give_heading_levels() -> None:
    text = f"Title Here\n==========\n\nOne\n---\n{BODY}\n\n### Two\n\n{BODY} Twice.\n\n## Three\n\nDone with that.\n"
    found = sections(text)
    assert kinds(text)[0] == ("title", "Title Here")
    assert found[BODY] == ("One",)
    assert found[f"{BODY} Twice."] == ("One", "Two")
    assert found["Done with that."] == ("Three",)


def test_segment_capitals_stand_above_plain_headings() -> None:
    text = f"A Title\n\n{BODY}\n\nTHE PLAN\n\n{BODY}\n\nHow it works\n\nIt works well enough.\n"
    assert sections(text)["It works well enough."] == ("THE PLAN", "How it works")


def test_segment_short_lines_without_a_body_are_no_headings() -> None:
    items = "✅ Lower taxes\n\n✅ Better roads\n\n✅ More jobs"
    text = f"A Title\n\n{BODY}\n\n{items}\n\n{BODY}\n\nJohn Smith\n\nWashington\n"
    assert [k for k, _ in kinds(text)][2:] == ["list_item"] * 3 + ["paragraph"] * 3


def test_segment_page_furniture_at_the_end_is_boilerplate() -> None:
    text = f"A Title\n\n{BODY}\n\n{BODY}\n\n댓글 쓰기\n\n다음 이전\n\nPOST ADS 2"
    assert [k for k, _ in kinds(text)][-3:] == ["boilerplate"] * 3


def test_segment_scraps_below_page_furniture_are_boilerplate() -> None:
    text = f"A Title\n\n{BODY}\n\nShare this article\n\nWhy steel matters\n"
    assert kinds(text)[-1] == ("boilerplate", "Why steel matters")


def test_segment_korean_article_is_not_boilerplate() -> None:
    text = "장관은 관세가 오를 것이라고 말했다.\n\n그는 이유를 말하지 않았다.\n"
    assert {k for k, _ in kinds(text)} == {"paragraph"}


def test_segment_long_paragraph_about_cookies_is_no_boilerplate() -> None:
    text = f"A Title\n\nThe commission wants to ban the sharing of cookies by 2027. {BODY}\n\n{BODY}"
    assert [k for k, _ in kinds(text)] == ["title", "paragraph", "paragraph"]


def test_segment_lists_of_links_are_boilerplate() -> None:
    body = "The council approved the plan on Monday, and the mayor said that work would begin in May."
    links = "More from The Daily\n\n- Who pays for the bridge?\n- Five charts"
    text = f"Plan approved\n\n{body}\n\n{links}\n\n{body}\n\n- One point.\n- Two"
    assert [k for k, _ in kinds(text)] == [
        *("title", "paragraph", "boilerplate", "boilerplate", "boilerplate", "paragraph", "list_item", "list_item"),
    ]


def test_segment_list_of_points_below_furniture_is_kept() -> None:
    body = "The council approved the plan on Monday, and the mayor said that work would begin in May."
    text = f"{body}\n\nRelated articles\n\n- The bridge will cost $40 million.\n- Work begins in May."
    assert [k for k, _ in kinds(text)] == ["paragraph", "boilerplate", "list_item", "list_item"]
