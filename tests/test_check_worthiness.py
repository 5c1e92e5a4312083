"""The check-worthiness scorer: its range, order, weights and training."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import check_worthiness_training as training
from pipeline.check_worthiness import load, score

CHECKABLE = (
    "The government spent $4 million on consultants in 2019.",
    "Unemployment fell to 3.9 percent last year, the lowest rate since 1969.",
    "She voted against the trade agreement three times.",
)
IDLE = ("Thank you all for coming.", "How do you feel about that?", "I think we can do better than this.")


@pytest.mark.parametrize("checkable", CHECKABLE)
@pytest.mark.parametrize("idle", IDLE)
def test_check_worthiness_ranks_facts_above_courtesies(checkable: str, idle: str) -> None:
    facts, words = score([checkable, idle])
    assert facts > 0.5 > words


@given(st.lists(st.text(max_size=80), max_size=5))
def test_check_worthiness_is_a_probability_for_any_text(sentences: list[str]) -> None:
    scores = score(sentences)
    assert len(scores) == len(sentences)
    assert all(0.0 <= s <= 1.0 and round(s, 4) == s for s in scores)


def test_check_worthiness_of_a_sentence_does_not_depend_on_others() -> None:
    together = score([*CHECKABLE, *IDLE])
    assert together == [score([sentence])[0] for sentence in (*CHECKABLE, *IDLE)]


def test_check_worthiness_of_nothing_is_zero() -> None:
    assert score(["", " \n"]) == [0.0, 0.0]


def test_check_worthiness_weights_are_small_and_without_pickles() -> None:
    path = files("pipeline.knowledge").joinpath("check_worthiness/weights.npz")
    assert len(path.read_bytes()) < 3_000_000
    assert len(load().views) == 2


def test_check_worthiness_card_states_the_measured_figures() -> None:
    folder = files("pipeline.knowledge").joinpath("check_worthiness")
    figures = json.loads(folder.joinpath("figures.json").read_text(encoding="utf-8"))
    card = folder.joinpath("CARD.md").read_text(encoding="utf-8")
    best = figures["best"]
    row = f"| best threshold ({best['threshold']}) | " + " | ".join(
        f"{best[k]:.3f}".lstrip("0") for k in ("f1", "precision", "recall")
    )
    assert row in card
    for low, number, _, seen in figures["reliability"]:
        assert f"| {low:.1f}-{low + 0.1:.1f} | {number} |" in card
        assert f"{seen:.3f}".lstrip("0") in card


def test_check_worthiness_training_learns_and_repeats_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = "The budget rose by {0} percent in 19{0}."
    rows = [{"text": odd.format(10 + i) if i % 2 else f"Thank you, friend {i}!", "y": i % 2} for i in range(60)]
    monkeypatch.setattr(training, "STEPS", 30)
    y = np.array([float(row["y"]) for row in rows], np.float32)
    found = training.views(rows)
    chosen = np.arange(len(rows))
    first, second = training.train(found, y, chosen), training.train(found, y, chosen)
    assert all(np.array_equal(first[name].weights, second[name].weights) for name in first)
    logits = training.mean_logit(first, found, chosen)
    assert logits[y > 0].min() > logits[y == 0].max()


def test_check_worthiness_folds_keep_neighbours_together() -> None:
    fold = training.folds(list(range(5000)))
    assert set(fold.tolist()) == set(range(training.FOLDS))
    assert int((np.diff(fold) != 0).sum()) < training.BLOCKS
