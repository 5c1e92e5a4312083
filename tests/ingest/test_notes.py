"""Footnotes in HTML and Markdown."""

from __future__ import annotations

import time

import pytest

from pipeline import ingest
from pipeline.ingest import html
from pipeline.ingest.notes import take_notes
from pipeline.records import Document

BODY = "The ministry said that the plan would cost £3bn{} over ten years, and more than any plan before it."
MORE = "Critics{} replied that the money was better spent on the schools and hospitals of the north."
FIRST, SECOND = "Ministry of Transport, annual report, page 14.", "Interview with the author, 4 March 2024."

PAGES = {
    "doc-noteref": (
        '<a role="doc-noteref" href="#n1">1</a>',
        '<a role="doc-noteref" href="#n2">2</a>',
        f'<aside role="doc-footnote" id="n1"><p>{FIRST}</p></aside><aside role="doc-footnote" id="n2">{SECOND}</aside>',
    ),
    "list": (
        '<sup id="fnref1"><a href="#fn1">1</a></sup>',
        '<sup id="fnref2"><a href="#fn2">2</a></sup>',
        f'<hr><ol><li id="fn1"><p>{FIRST} <a href="#fnref1">↩</a></p></li>'
        f'<li id="fn2">{SECOND} <a href="#fnref2">↩︎</a></li></ol>',
    ),
    "word processor": (
        '<a href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a>',
        '<a href="#_ftn2" name="_ftnref2"><sup>[2]</sup></a>',
        f'<div><p><a href="#_ftnref1" name="_ftn1">[1]</a> {FIRST}</p></div>'
        f'<div><p><a href="#_ftnref2" name="_ftn2">[2]</a> {SECOND}</p></div>',
    ),
}


def blocks(doc: Document) -> list[tuple[str, str]]:
    return [(b.kind, doc.text[b.start : b.end]) for b in doc.blocks]


@pytest.mark.parametrize("kind", sorted(PAGES))
def test_notes_of_a_page_are_told_and_their_marks_left_out(kind: str) -> None:
    first, second, notes = PAGES[kind]
    last = "The parliament is going to vote on the plan in summer, and nobody knows how that vote will end."
    page = f"<article><p>{BODY.format(first)}</p><p>{MORE.format(second)}</p>{notes}<p>{last}</p></article>"
    assert blocks(ingest.read_bytes(page.encode(), media_type="text/html")) == [
        ("paragraph", BODY.format("")),
        ("paragraph", MORE.format("")),
        ("paragraph", last),
        ("footnote", FIRST),
        ("footnote", SECOND),
    ]


def test_notes_are_not_the_parts_that_a_table_of_contents_leads_to() -> None:
    page = (
        '<ul><li><a href="#1">1</a></li><li><a href="#costs">Costs</a></li></ul>'
        f'<h2 id="costs">Costs</h2><p id="1">{BODY.format("")}</p><p>{MORE.format("")}</p>'
    )
    found = blocks(ingest.read_bytes(f"<article>{page}</article>".encode(), media_type="text/html"))
    assert ("paragraph", BODY.format("")) in found
    assert "footnote" not in dict(found)


def test_notes_of_many_links_to_one_long_place_take_no_longer() -> None:
    tree = html.parse(f'<div id="fn1">{"<p>Words.</p>" * 5000}</div>{"<sup><a href=#fn1>1</a></sup>" * 5000}', "page")
    begin = time.process_time()
    assert take_notes(tree) == []
    assert time.process_time() - begin < 5


MARKDOWN = f"""{BODY.format("[^1]")}

{MORE.format("[^second]")}

[^1]: Ministry of *Transport*,
    annual report, page 14.
[^second]: {SECOND}

    ```
    [^1]: no note
    ```

Code: `x[^9]`.
"""


def test_notes_of_markdown() -> None:
    doc = ingest.read_bytes(MARKDOWN.encode(), media_type="text/markdown")
    found = blocks(doc)
    assert found[:2] == [("paragraph", BODY.format("")), ("paragraph", MORE.format(""))]
    assert ("footnote", FIRST) in found
    assert [kind for kind, _ in found].count("footnote") == 2
    assert "[^9]" in doc.text  # a mark without a note is left as it is
