"""The act of an attribution (statement, denial, promise, ...), looked up from the words of its cue."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, TypeAdapter

STATEMENT = "statement"


class Act(BaseModel):
    """The cues of one act: lemmas of single words, and whole phrases in lower case."""

    model_config = ConfigDict(extra="forbid")
    lemmas: list[str]
    phrases: list[str] = []


@cache
def load_acts() -> dict[str, str]:
    """Lemma or phrase -> act. Raises ``ValueError`` where a word is listed under two acts or an entry is malformed."""
    source = files("pipeline.knowledge").joinpath("attributions/acts.toml").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for name, act in TypeAdapter(dict[str, Act]).validate_python(tomllib.loads(source)).items():
        for word in (*act.lemmas, *act.phrases):
            if found.setdefault(word, name) != name:
                raise ValueError(f"acts.toml: {word!r} is listed under both {found[word]!r} and {name!r}")
    return found


def act_of(cue: str, lemma: str) -> str:
    """The act of a cue (its text and the lemma of its main word); a cue that no list has is a statement."""
    acts = load_acts()
    return acts.get(cue.lower()) or acts.get(lemma.lower(), STATEMENT)
