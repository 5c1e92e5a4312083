"""Finding time expressions, and the data file they come from."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from pipeline.predictions.timewords import fill, parse, timewords

FOUND = {
    "prices will fall by the end of next year": "by the end of next year",
    "the court meets on Monday at noon": "on Monday at noon",
    "work starts in early 2030": "in early 2030",
    "they vote on June 7, 2027": "on June 7, 2027",
    "it ends after the November summit": "after the November summit",
    "it will pass within two years": "within two years",
    "we will know soon": "soon",
    "a rise over the next 10 years": "over the next 10 years",
    "it will be built in the second half of 2027": "in the second half of 2027",
    "they will stay for years to come": "for years to come",
    "he leaves before the election": "before the election",
}


@pytest.mark.parametrize("text", FOUND)
def test_horizons_expression_finds(text: str) -> None:
    found = timewords().expression.search(text)
    assert found is not None
    assert found.group() == FOUND[text]


@pytest.mark.parametrize(
    "text", ["six weeks of leave", "she may resign", "a 68-year-old man", "in the primary colours"]
)
def test_horizons_expression_leaves_out(text: str) -> None:
    assert timewords().expression.search(text) is None


def test_horizons_terms_are_checked() -> None:
    with pytest.raises(ValueError, match="unknown term <era>"):
        fill("in the <era>", {})
    source = files("pipeline.knowledge").joinpath("predictions/time.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    del raw["patterns"]["events"]
    with pytest.raises(ValueError, match="tables must be"):
        parse(raw)
