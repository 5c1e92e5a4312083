"""Acronyms and short names, on hand-built documents."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.speakers.article import Article
from pipeline.speakers.shortenings import Shortenings


def article(text: str, organisation: tuple[int, int] | None = None) -> Article:
    words = text.split()
    ents = ["O"] * len(words)
    if organisation:
        begin, end = organisation
        ents[begin:end] = ["B-ORG"] + ["I-ORG"] * (end - begin - 1)
    return Article.of(Doc(Vocab(), words=words, ents=ents))


@pytest.mark.parametrize(
    ("text", "acronym", "full"),
    [
        ("The National Audit Office ( NAO ) said", "NAO", "National Audit Office"),
        ("the Office for Budget Responsibility ( OBR ) said", "OBR", "Office for Budget Responsibility"),
        ("Bank of Tiree ( BOT ) said", "BOT", "Bank of Tiree"),
        ("he lives in Leeds ( UK ) and", "UK", ""),
        ("( NAO ) said", "NAO", ""),
    ],
)
def test_speakers_shortenings_acronyms_the_article_explains(text: str, acronym: str, full: str) -> None:
    assert Shortenings.of(article(text)).full(acronym) == full


def test_speakers_shortenings_last_word_of_a_longer_name() -> None:
    short = Shortenings.of(article("we read the Orkney Argus . the Argus said so", (3, 5)))
    assert short.full("Argus") == "Orkney Argus"
    assert short.full("read") == ""
