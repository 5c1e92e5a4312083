"""The predictions' words: the data file is read and checked."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from pipeline.predictions.lexicon import lexicon, parse


@pytest.fixture
def raw() -> dict[str, Any]:
    source = files("pipeline.knowledge").joinpath("predictions/lexicon.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def test_lexicon_knows_what_a_cue_says() -> None:
    words = lexicon()
    assert words.modals["may"] == "possible"
    assert words.commitment["vow"].type == "commitment"
    assert words.raising["scheduled"].type == "schedule"
    assert not words.commitment["want"].firm


def test_lexicon_rejects_an_unknown_table(raw: dict[str, Any]) -> None:
    raw["moods"] = {}
    with pytest.raises(ValueError, match="tables must be"):
        parse(raw)


def test_lexicon_rejects_an_unknown_certainty(raw: dict[str, Any]) -> None:
    raw["modals"]["will"] = "surely"
    with pytest.raises(ValueError, match="'surely' is none of"):
        parse(raw)


def test_lexicon_rejects_a_word_listed_twice(raw: dict[str, Any]) -> None:
    raw["commitment"].append({"certainty": "certain", "lemmas": ["vow"]})
    with pytest.raises(ValueError, match="'vow' is listed twice"):
        parse(raw)


def test_lexicon_rejects_an_unknown_type(raw: dict[str, Any]) -> None:
    raw["raising"][0]["type"] = "wish"
    with pytest.raises(ValueError, match="'wish' is none of"):
        parse(raw)
