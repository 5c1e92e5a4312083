"""The act of an attribution follows from its cue."""

from __future__ import annotations

import pytest

from pipeline.attribution.acts import act_of, load_acts


@pytest.mark.parametrize(
    ("cue", "lemma", "act"),
    [
        ("said", "say", "statement"),
        ("according to", "accord", "statement"),
        (":", ":", "statement"),
        ("denied", "deny", "denial"),
        ("has vowed", "vow", "promise"),
        ("threatened", "threaten", "threat"),
        ("calling for", "call", "demand"),
        ("called", "call", "statement"),
        ("asked", "ask", "question"),
        ("asked for", "ask", "demand"),
        ("criticism", "criticism", "criticism"),
        ("believes", "believe", "belief"),
        ("plans", "plan", "intention"),
        ("hailed", "hail", "praise"),
        ("an unknown word", "zzz", "statement"),
    ],
)
def test_acts_follow_from_the_cue(cue: str, lemma: str, act: str) -> None:
    assert act_of(cue, lemma) == act


def test_acts_are_lower_case_and_single_words() -> None:
    assert all(word == word.lower() for word in load_acts())
    assert set(load_acts().values()) == {
        "statement", "belief", "evidence", "prediction", "intention", "promise", "threat", "warning", "demand",
        "question", "denial", "agreement", "criticism", "praise", "desire", "apology",
    }  # fmt: skip
