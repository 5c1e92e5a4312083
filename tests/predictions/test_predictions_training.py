"""Training of the predictions' scorer: matching, examples, fitting."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from spacy.language import Language

from pipeline.predictions.scorer import Scorer, scorer
from pipeline.predictions.training import (
    Example,
    best_threshold,
    cross_validated,
    fit,
    judged,
    matches,
    matrix,
    proposed,
    vocabulary,
)
from pipeline.records import Span

TEXT = "x" * 200


@pytest.mark.parametrize(
    ("clause", "annotated", "same"),
    [
        ((0, 40), (0, 40), True),
        ((0, 40), (20, 60), True),
        ((0, 40), (21, 61), False),
        ((0, 40), (0, 120), True),
        ((0, 40), (0, 121), False),
    ],
)
def test_predictions_training_matches_clauses(clause: tuple[int, int], annotated: tuple[int, int], same: bool) -> None:
    assert matches(Span.of(TEXT, *clause), annotated) is same


def examples() -> list[Example]:
    return [
        Example(
            f"article {i // 2}", frozenset({"bias", "cue=will" if i % 2 else "cue=can", f"noise={i % 3}"}), i % 2 == 1
        )
        for i in range(60)
    ]


def test_predictions_training_learns_and_repeats_itself() -> None:
    data = examples()
    names = vocabulary(data)
    y = np.array([float(e.label) for e in data])
    weights = dict(zip(names, fit(matrix(data, names), y, names), strict=True))
    assert weights["cue=will"] > 1 > -1 > weights["cue=can"]
    assert weights == dict(zip(names, fit(matrix(data, names), y, names), strict=True))
    p = cross_validated(data, [])
    threshold, f1 = best_threshold(p, y)
    assert f1 == 1.0
    assert 0.2 <= threshold < 0.8


def test_predictions_training_takes_judged_clauses_by_their_very_span(nlp: Language) -> None:
    doc = nlp("Prices will fall. Wages may rise.")
    found = judged({"doc_id": "a", "clauses": [[0, 16, True], [18, 31, False]]}, proposed(doc))
    assert [e.label for e in found] == [True]


def test_predictions_training_lets_judged_clauses_help() -> None:
    data = [
        Example(f"article {i}", frozenset({"bias", "cue=will" if i % 2 else "cue=can"}), i % 2 == 1) for i in range(4)
    ]
    more = [Example("other", frozenset({"bias", "cue=will"}), True)] * 9
    assert cross_validated(data, more)[1] > cross_validated(data, [])[1]


def test_predictions_scorer_is_a_probability_that_ignores_unknown_features() -> None:
    model = Scorer({"bias": 0.0, "cue=will": 2.0}, 0.5)
    assert model.probability(["bias"]) == 0.5
    assert model.probability(["bias", "unseen"]) == 0.5
    assert model.probability(["cue=will", "cue=will"]) == 0.8808
    assert 0 <= model.probability(["bias"]) <= 1


def test_predictions_scorer_has_a_card_with_its_figures() -> None:
    folder = files("pipeline.knowledge").joinpath("predictions")
    figures = json.loads(folder.joinpath("figures.json").read_text(encoding="utf-8"))
    card = folder.joinpath("CARD.md").read_text(encoding="utf-8")
    assert f"F1 {figures['best']['f1']:.3f}".replace("0.", ".") in card
    for low, number, _, seen in figures["reliability"]:
        assert f"| {low:.1f}-{low + 0.1:.1f} | {number} |" in card
        assert f"{seen:.3f}".lstrip("0") in card
    assert 0 < scorer().threshold < 1
