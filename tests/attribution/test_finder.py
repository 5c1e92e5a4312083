"""What the finder does with captions, quotations of several paragraphs and sources, on the whole pipeline."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.records import Attribution


def found(nlp: Language, text: str) -> list[Attribution]:
    return list(nlp(text)._.claims_attributions)


@pytest.mark.parametrize(
    "caption",
    [
        "Opinion: The senator's plan to cut taxes is a mistake",
        "Transcript: President Hale on the economy",
        "Analysis: Why the budget deal failed",
        "Exclusive: Ministers plan new tax on flights",
    ],
)
def test_finder_takes_no_caption_for_a_quote(nlp: Language, caption: str) -> None:
    assert not found(nlp, f"{caption}\n\nThe committee met on Tuesday in the capital.")


def test_finder_keeps_what_a_named_person_says_after_a_colon(nlp: Language) -> None:
    (a,) = found(nlp, "Trump: We will build the wall\n\nThe committee met on Tuesday in the capital.")
    assert a.source is not None and a.source.text == "Trump"


@pytest.mark.parametrize("nobody", ["Nobody", "No one"])
def test_finder_no_one_says_nothing(nlp: Language, nobody: str) -> None:
    assert not found(nlp, f"{nobody} remembers who planted the first trees.")


SPEECH = """Mayor Jane Roe said: {0}We have waited for years for this bridge.

{0}Nobody believed that we could build it.

{0}Now it stands, and it belongs to you.{1}

The crowd cheered."""


@pytest.mark.parametrize("marks", ["“”", '""'])
def test_finder_joins_the_paragraphs_of_a_quotation(nlp: Language, marks: str) -> None:
    (a,) = found(nlp, SPEECH.format(*marks))
    assert a.source is not None and a.source.text == "Mayor Jane Roe"
    assert a.quote_type == "direct"
    assert [c.text for c in a.content] == [
        "We have waited for years for this bridge.",
        "Nobody believed that we could build it.",
        "Now it stands, and it belongs to you.",
    ]


def test_finder_leaves_paragraphs_with_cues_of_their_own_apart(nlp: Language) -> None:
    text = "“The vote was fair,” said Senator Ann Doe. “We won it.\n\n“We lost it by a trick,” said Governor Tom Hale."
    by_source = {a.source.text: a for a in found(nlp, text) if a.source}
    assert set(by_source) == {"Senator Ann Doe", "Governor Tom Hale"}
    assert not any("trick" in c.text for c in by_source["Senator Ann Doe"].content)


def test_finder_source_is_no_part_of_the_content(nlp: Language) -> None:
    text = "Governor Tom Hale was there. “It is a fair deal for workers,” he said. “We spent months on it.”"
    (a,) = found(nlp, text)
    assert [c.text for c in a.content] == ["It is a fair deal for workers", "We spent months on it."]
    assert a.quote_type == "direct"


@pytest.mark.parametrize("mark", ["→", "->", "•", "-", "▪", "➡️", "👉", "*"])
@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Senator Ann Doe said the plan would fail.", "Senator Ann Doe"),
        ("Jane Roe, mayor of Springfield: “We will rebuild the plan.”", "Jane Roe, mayor of Springfield"),
        ("“The plan will not last,” Tom Hale told reporters.", "Tom Hale"),
    ],
)
def test_finder_source_after_an_arrow_or_bullet(nlp: Language, mark: str, line: str, source: str) -> None:
    (a,) = [a for a in found(nlp, f"Reactions came quickly.\n\n{mark} {line}") if "plan" in a.content[0].text]
    assert a.source is not None and a.source.text == source


def test_finder_content_keeps_its_percent_sign(nlp: Language) -> None:
    (a,) = found(nlp, "According to the National Audit Office, costs rose by 10%.")
    assert a.content[-1].text.endswith("10%")
