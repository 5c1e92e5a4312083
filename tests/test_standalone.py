"""Claims that can be read on their own, on the project's own examples and its model article."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.records import Context
from pipeline.standalone import Rewriter, joined, standalone

ROOT = Path(__file__).parent.parent
TEXT = (
    "Minister Rachel Green said on Tuesday that she would resign next year if the coalition refused to back "
    "her plan.\n\n"
    "“I will not stay in a cabinet that breaks its word,” Green told reporters in Lisbon.\n\n"
    "Paul Brown, the finance secretary, wants to cut the budget by $4 million. He said it was “my duty to save”."
)


def read(nlp: Language, text: str, published: date | None = date(2026, 11, 3)) -> Doc:
    doc = nlp.make_doc(text)
    doc._.claims_context = Context(published=published)
    return nlp(doc)


def rewritten(doc: Doc, words: str) -> str:
    start = doc.text.index(words)
    return standalone(doc, start, start + len(words))


@pytest.fixture(scope="module")
def doc(nlp: Language) -> Doc:
    return read(nlp, TEXT)


def test_standalone_names_pronouns_and_dates(doc: Doc) -> None:
    assert rewritten(doc, "she would resign next year") == "[Rachel Green] would resign [2027]"


def test_standalone_names_the_first_person_of_a_quote(doc: Doc) -> None:
    assert rewritten(doc, "I will not stay in a cabinet").startswith("[Rachel Green] will not stay")


def test_standalone_puts_the_speaker_before_a_direct_quote(doc: Doc) -> None:
    quote = next(a for a in doc._.claims_attributions if a.quote_type == "direct" and "stay" in a.content[0].text)
    words = standalone(doc, quote.content[0].start, quote.content[-1].end)
    assert words == 'Rachel Green: "I will not stay in a cabinet that breaks its word"'


def test_standalone_gives_an_amount_its_clause(doc: Doc) -> None:
    words = rewritten(doc, "$4 million")
    assert words == "[Paul Brown] to cut the budget by $4 million"


def test_standalone_leaves_relative_dates_without_the_articles_date(nlp: Language) -> None:
    assert "next year" in rewritten(read(nlp, TEXT, None), "would resign next year")


def test_standalone_leaves_what_is_uncertain(nlp: Language) -> None:
    assert rewritten(read(nlp, "It will rain and they will stay."), "they will stay") == "they will stay"


def test_standalone_completes_a_surname_once(nlp: Language) -> None:
    text = (ROOT / "corpora/us-korea/us-korea.txt").read_text(encoding="utf-8")
    doc = read(nlp, text, None)
    claim = "If defense cost negotiations fail, Trump may use troop reduction as a negotiation tactic"
    assert rewritten(doc, claim) == claim.replace("Trump", "[Donald] Trump")
    bolton = rewritten(doc, "Trump always believes previous deals were bad ones.")
    assert bolton == 'John Bolton: "[Donald] Trump always believes previous deals were bad ones."'
    assert rewritten(doc, "The 2024 SMA agreement could be revised") == "The 2024 SMA agreement could be revised"


def test_standalone_of_a_month_or_day(nlp: Language) -> None:
    doc = read(nlp, "The council will vote next month. The mayor leaves tomorrow.", date(2026, 12, 31))
    assert rewritten(doc, "The council will vote next month") == "The council will vote [January 2027]"
    assert rewritten(doc, "The mayor leaves tomorrow") == "The mayor leaves [1 January 2027]"


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_standalone_of_any_span_raises_nothing(doc: Doc, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(start, len(TEXT)))
    assert isinstance(Rewriter(doc).standalone(start, end), str)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["We will stay,", "We will fight."], "We will stay. We will fight."),
        (["We will stay,", "come what may."], "We will stay, come what may."),
        (["Why stay?", "We leave."], "Why stay? We leave."),
        (["One."], "One."),
    ],
)
def test_standalone_joins_an_interrupted_quote(parts: list[str], whole: str) -> None:
    assert joined(parts) == whole
