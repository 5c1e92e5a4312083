"""Markdown files."""

from __future__ import annotations

import time
from datetime import date

import pytest

from pipeline import ingest
from pipeline.errors import InputError
from pipeline.records import Document

SOURCE = """---
title: Rail plan approved
author: [Jane Doe, Sam Roe]
date: 2024-03-04
license: CC-BY-4.0
lang: en-GB
---
# Rail *plan* approved

The ministry said **costs** would
rise by [25%](https://example.org/x). ![chart](c.png)

## 🚂 Costs

> We will not pay.

- First point about the line
  - nested **one**

  with a second paragraph
- Second point

3. Third thing
4. Fourth thing

| Year | Cost | Payer |
|------|------|-------|
| 2025 | $4bn | State |
| 2026 |      | City  |

📌 "It is over."

Share this article

Line one\\
Line two
"""


def document() -> Document:
    return ingest.read_bytes(SOURCE.encode(), uri="rail.md", media_type="text/markdown")


def found(kind: str) -> list[str]:
    doc = document()
    return [doc.text[b.start : b.end] for b in doc.blocks if b.kind == kind]


def test_markdown_text_has_no_markup() -> None:
    assert found("title") == ["Rail plan approved"]
    assert found("paragraph") == ["The ministry said costs would rise by 25%.", "Line one", "Line two"]
    assert not set("*[]#`") & set(document().text)


def test_markdown_blocks_keep_their_kind_and_section() -> None:
    assert found("heading") == ["Costs"]
    assert found("quote") == ["We will not pay.", '"It is over."']
    assert found("boilerplate") == ["Share this article"]
    assert found("list_item") == [
        "First point about the line",
        "nested one",
        "with a second paragraph",
        "Second point",
        "Third thing",
        "Fourth thing",
    ]
    assert {b.section for b in document().blocks if b.kind in ("quote", "list_item")} == {("Costs",)}


def test_markdown_list_reads_as_one() -> None:
    assert (
        "• First point about the line\n  • nested one\n  with a second paragraph\n• Second point\n\n3. Third"
        in document().text
    )


def test_markdown_table_cells_know_their_heads() -> None:
    doc = document()
    cells = {doc.text[b.start : b.end]: b.section for b in doc.blocks if b.kind == "table_cell"}
    assert cells["$4bn"] == ("Costs", "2025", "Cost")
    assert cells["City"] == ("Costs", "2026", "Payer")
    assert "2025 | $4bn | State\n2026 |  | City" in doc.text


def test_markdown_front_matter_is_metadata() -> None:
    doc = document()
    assert (doc.title, doc.byline, doc.published) == ("Rail plan approved", "Jane Doe, Sam Roe", date(2024, 3, 4))
    assert (doc.licence, doc.language) == ("CC-BY-4.0", "en")


def test_markdown_without_headings_is_read_like_plain_text() -> None:
    doc = ingest.read_bytes("🚂 Costs\n\nThe costs will rise by a lot.\n\nEnd.".encode(), media_type="text/markdown")
    assert [b.kind for b in doc.blocks] == ["title", "paragraph", "paragraph"]


@pytest.mark.parametrize("mark", [">", "- ", "1. "])
def test_markdown_nested_too_deeply_is_refused(mark: str) -> None:
    source = "Before.\n\n" + mark * 3000 + "words\n\nAfter.\n"
    with pytest.raises(InputError, match="nested too deeply"):
        ingest.read_bytes(source.encode(), media_type="text/markdown")


def test_markdown_long_email_thread_is_read_to_its_end() -> None:
    source = ">" * 30 + " The first mail of many.\n\nThe last one.\n"
    assert ingest.read_bytes(source.encode(), media_type="text/markdown").text.endswith("The last one.")


@pytest.mark.parametrize("pattern", ["[", "![", "[a](", "[[]", "<!--", "**a", "`a", "<a b="])
def test_markdown_time_grows_with_length_alone(pattern: str) -> None:
    """At twice the time for twice the length these take under a second; growing with the square, minutes."""
    source = "Some words.\n\n" + pattern * (60_000 // len(pattern))
    begin = time.process_time()
    ingest.read_bytes(source.encode(), media_type="text/markdown")
    assert time.process_time() - begin < 8


def test_markdown_links_in_brackets_are_still_links() -> None:
    doc = ingest.read_bytes(
        b"See [the [draft] plan](https://a.example) and [[1]](https://b.example).", media_type="text/markdown"
    )
    assert doc.text == "See the [draft] plan and [1]."
