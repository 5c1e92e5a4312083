"""The entity recogniser that reads a document at a time, against the stock component."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.language import default_model
from pipeline.recognition import Recognizer, is_replaceable, quicken

TEXTS = [p.read_text(encoding="utf-8") for p in sorted((Path(__file__).parents[1] / "corpora").rglob("*.txt"))]
WORDS = [
    "Joe",
    "Biden",
    "Seoul",
    "$5",
    "billion",
    "on",
    "Monday",
    "the",
    "\n",
    " ",
    ".",
    "“",
    "said",
    "U.S.",
    "10",
    "%",
]


@pytest.fixture(scope="module")
def stock() -> Language:
    """The stock model without what its entities do not depend on."""
    return spacy.load(default_model(), disable=["tagger", "attribute_ruler", "lemmatizer"])


@pytest.fixture(scope="module")
def quick() -> Language:
    """The same with the quick recogniser."""
    nlp = spacy.load(default_model(), disable=["tagger", "attribute_ruler", "lemmatizer"])
    quicken(nlp)
    assert isinstance(nlp.get_pipe("ner"), Recognizer)
    return nlp


def state(doc: Doc) -> list[tuple[str, int, str]]:
    """What is said of each token."""
    return [(t.ent_type_, t.ent_iob, t.ent_kb_id_) for t in doc]


@pytest.mark.parametrize("text", [*TEXTS, "", " ", "\n\n", "Seoul", "Seoul\n\nJoe Biden\n"])
def test_recognition_finds_what_the_stock_component_finds(stock: Language, quick: Language, text: str) -> None:
    assert state(quick(text)) == state(stock(text))


@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_recognition_equals_stock_on_any_words(stock: Language, quick: Language, text: str) -> None:
    assert state(quick(text)) == state(stock(text))


def test_recognition_streams_in_order(stock: Language, quick: Language) -> None:
    texts = [*TEXTS, "", "Seoul"]
    assert [state(d) for d in quick.pipe(texts)] == [state(stock(t)) for t in texts]


def test_recognition_keeps_entities_that_are_there(stock: Language, quick: Language) -> None:
    found = []
    for nlp in (stock, quick):
        doc = nlp.make_doc("Joe Biden met the Seoul Forum on Monday.")
        doc.set_ents([Span(doc, 3, 6, "EVENT")], default="unmodified")
        found.append(state(nlp(doc)))
    assert found[0] == found[1]
    assert ("EVENT", 3, "") in found[1]


def test_recognition_leaves_other_searches_alone() -> None:
    nlp = spacy.load(default_model())
    nlp.get_pipe("ner").cfg["beam_width"] = 4
    assert not is_replaceable(nlp.get_pipe("ner"))
    quicken(nlp)
    assert not isinstance(nlp.get_pipe("ner"), Recognizer)
