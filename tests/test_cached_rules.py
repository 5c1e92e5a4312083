"""The remembered attribute rules against the stock component's."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc

from pipeline.cached_rules import CachedRules, cache_rules, is_cacheable
from pipeline.language import default_model

TEXTS = [p.read_text(encoding="utf-8") for p in sorted((Path(__file__).parents[1] / "corpora").rglob("*.txt"))]
LONGER_PATTERNS = (
    "There's no deal. It ain't so. I'm gonna go; I've gotta. Let's see, c'm on, y'all! There was rain.  \n Well."
)


@pytest.fixture(scope="module")
def parsed() -> Language:
    """The stock model up to its parser."""
    nlp = spacy.load(default_model(), disable=["ner", "lemmatizer"])
    nlp.disable_pipe("attribute_ruler")
    return nlp


@pytest.mark.parametrize("text", [*TEXTS, LONGER_PATTERNS, "", " "])
def test_cached_rules_match_what_the_stock_rules_match(parsed: Language, text: str) -> None:
    ruler = parsed.get_pipe("attribute_ruler")
    assert isinstance(ruler, AttributeRuler)
    doc, cached = parsed(text), CachedRules(ruler)
    assert cached.match(doc) == ruler.match(doc)
    assert cached.match(doc) == ruler.match(doc)  # now from memory


def test_cached_rules_longer_patterns_are_met(parsed: Language) -> None:
    ruler = parsed.get_pipe("attribute_ruler")
    assert isinstance(ruler, AttributeRuler)
    spans = [end - start for _, _, start, end in CachedRules(ruler).match(parsed(LONGER_PATTERNS))]
    assert spans.count(2) >= 6


def test_cached_rules_repeated_tokens_are_left_alone() -> None:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    assert isinstance(ruler, AttributeRuler)
    ruler.add([[{"LOWER": "very", "OP": "+"}]], {"POS": "ADV"})
    assert not is_cacheable(ruler)
    cache_rules(nlp)
    doc: Doc = nlp("very very good")
    assert [t.pos_ for t in doc] == ["ADV", "ADV", ""]
