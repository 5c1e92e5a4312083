"""PDF files."""

from __future__ import annotations

import re
from datetime import date

import pytest
from pages import Put, column, pdf

from pipeline import ingest
from pipeline.errors import InputError
from pipeline.records import Document

LEFT = [
    "The plan will cost three billion pounds over",
    "ten years, the ministry said on Monday, and the",
    "cost-sharing talks have not begun. The infra-",
    "structure fund pays for a half of it, which is",
    "much more than was thought. The infrastructure",
    "of the north comes first.",
    "Nobody in the region was asked about it, and a",
    "vote was not held, because the law does not ask",
]
RIGHT = [
    "for one. The opposition wants to change that as",
    "soon as it can, and it has drawn up a bill to",
    "the same effect, which the house will debate in",
    "May. It also wants to end the cost-",
    "sharing that the regions have lived with since",
    "the war, said its leader, Ann Roe, on Tuesday.",
]


def read(pages: list[list[Put]], **meta: str) -> Document:
    return ingest.read_bytes(pdf(pages, **meta), media_type="application/pdf", name="plan.pdf")


def blocks(doc: Document) -> list[tuple[str, str]]:
    return [(b.kind, doc.text[b.start : b.end]) for b in doc.blocks]


def framed(lines: list[Put], number: int) -> list[Put]:
    return [
        Put(60, 800, "Rail Review 2024", 8),
        *lines,
        Put(290, 30, str(number), 8),
        Put(60, 45, f"Volume {number}", 8),
    ]


def two_columns() -> Document:
    first = [Put(60, 750, "Paying for the Rail Plan", 20), Put(60, 715, "What it costs", 14)]
    first += column(60, 690, LEFT) + column(320, 690, RIGHT)
    second = column(60, 740, ["who had never said so before. That was all."])
    return read([framed(first, 1), framed(second, 2)], CreationDate="D:20240304101500Z", Author="Jane Doe")


def test_pdf_is_read_column_by_column_without_running_heads() -> None:
    doc = two_columns()
    assert blocks(doc)[:2] == [("title", "Paying for the Rail Plan"), ("heading", "What it costs")]
    assert "because the law does not ask for one." in doc.text
    assert not re.search(r"Review|Volume|^\d$", doc.text, re.MULTILINE)


def test_pdf_words_cut_at_a_line_end_are_whole_again() -> None:
    text = two_columns().text
    assert "The infrastructure fund" in text
    assert "end the cost-sharing that" in text


def test_pdf_paragraph_over_two_columns_is_one_block() -> None:
    kinds = blocks(two_columns())
    assert [k for k, _ in kinds] == ["title", "heading", "paragraph", "paragraph", "paragraph"]
    assert kinds[3][1].startswith("Nobody in the region") and kinds[3][1].endswith("on Tuesday.")


def test_pdf_paragraph_over_two_pages_is_one_block_of_the_first() -> None:
    first = column(
        60, 700, ["The plan was approved on Monday by the whole of the", "committee, said a spokeswoman for the"]
    )
    second = column(60, 700, ["ministry of transport, who did not give her name.", "Nothing else was said."])
    doc = read([framed(first, 1), framed(second, 2), framed(column(60, 700, ["The end of it all is near."]), 3)])
    assert "for the ministry of transport" in doc.text
    assert [b.page for b in doc.blocks] == [1, 3]


def test_pdf_metadata() -> None:
    doc = two_columns()
    assert (doc.title, doc.byline, doc.published) == ("Paying for the Rail Plan", "Jane Doe", date(2024, 3, 4))


def test_pdf_stated_title_is_used_where_no_heading_is_one() -> None:
    page = column(60, 700, LEFT)
    assert read([page], Title="Rail and Money").title == "Rail and Money"
    assert read([page], Title="Microsoft Word - plan.docx").title is None


def test_pdf_list_items_and_bold_headings() -> None:
    page = [Put(60, 700, "What is next", bold=True), *column(60, 670, LEFT)]
    page += column(70, 550, ["• Bridges will be rebuilt first", "• Tunnels come later", "  and cost more"])
    found = blocks(read([page]))
    assert found[0] == ("title", "What is next") or found[0] == ("heading", "What is next")
    assert found[-2:] == [
        ("list_item", "Bridges will be rebuilt first"),
        ("list_item", "Tunnels come later and cost more"),
    ]


def test_pdf_footnote_does_not_cut_the_text() -> None:
    first = [*column(60, 700, LEFT[:5]), Put(60, 100, "1 See the annual report of the ministry.", 7)]
    second = [*column(60, 700, ["of the south comes second. That is the law."]), Put(60, 100, "2 The law of 1998.", 7)]
    assert "The infrastructure of the south comes second." in read([first, second]).text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (pdf([[], []]), "no text layer"),
        (b"%PDF-1.7\nnothing", "damaged"),
        (pdf([column(60, 700, LEFT)])[:600], "damaged"),
    ],
)
def test_pdf_without_readable_text_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        ingest.read_bytes(raw, media_type="application/pdf", name="plan.pdf")
    assert "plan.pdf" in str(caught.value)
