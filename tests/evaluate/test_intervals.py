"""Confidence intervals over documents, and the change between two evaluations of the same documents."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import InputError
from pipeline.evaluate import load, save
from pipeline.evaluate.intervals import FEWEST, compare, figures
from pipeline.evaluate.matching import Tallies, Tally


def documents(count: int, seed: int = 1) -> list[Tallies]:
    """Documents with an F1 and a share, some of them without a case of the share."""
    dice = np.random.default_rng(seed)
    out: list[Tallies] = []
    for _ in range(count):
        gold, predicted = (int(n) for n in dice.integers(5, 30, 2))
        right = int(dice.integers(0, min(gold, predicted)))
        cases = int(dice.integers(0, 3))
        share = Tally(right_gold=int(dice.integers(0, cases + 1)), gold=cases, share=True)
        out.append({"f": Tally(right, right, gold, predicted), "s": share})
    return out


def test_intervals_agree_with_another_bootstrap() -> None:
    stats = pytest.importorskip("scipy.stats")
    found = documents(60)
    rows = np.array([[t["f"].right_gold, t["f"].gold, t["f"].predicted] for t in found])

    def f1(right: np.ndarray, gold: np.ndarray, predicted: np.ndarray, axis: int = -1) -> np.ndarray:
        return 2 * right.sum(axis) / (gold.sum(axis) + predicted.sum(axis))

    other = stats.bootstrap(
        tuple(rows.T), f1, paired=True, vectorized=True, n_resamples=4000, method="percentile", rng=3
    )
    mine = next(f for f in figures(found) if f.name == "f")
    assert mine.value == pytest.approx(f1(*rows.T))
    assert (mine.low, mine.high) == pytest.approx(tuple(other.confidence_interval), abs=0.01)


def test_intervals_hold_the_value_and_are_the_same_every_time() -> None:
    for f in figures(documents(30)):
        assert f.low is not None and f.high is not None
        assert f.low < f.value < f.high
    assert figures(documents(30)) == figures(documents(30))


def test_intervals_are_not_given_for_few_documents() -> None:
    assert {f.low for f in figures(documents(FEWEST - 1))} == {None}


def test_intervals_of_a_share_without_cases_are_not_given() -> None:
    (figure,) = figures([{"s": Tally(share=True)}] * 9)
    assert (figure.value, figure.low, figure.gold) == (0.0, None, 0)


def test_compare_of_the_same_evaluation_finds_no_change() -> None:
    same = dict(enumerate(documents(20)))
    for f in compare(same, same):  # type: ignore[arg-type]
        assert (f.change, f.change_low, f.change_high) == (0, 0, 0)


def test_compare_is_surer_of_a_change_than_the_values_are_sure() -> None:
    before = {str(i): {"f": Tally(n, n, 20, 20)} for i, n in enumerate((2, 5, 9, 14, 18, 3, 11))}
    after = {k: {"f": Tally(t["f"].right_gold + 1, t["f"].right_gold + 1, 20, 20)} for k, t in before.items()}
    (figure,) = compare(before, {**after, "other": {"f": Tally(0, 0, 20, 0)}})
    assert figure.gold == 140
    assert figure.change == pytest.approx(0.05)
    assert figure.change_low == pytest.approx(0.05) == figure.change_high


def test_evaluate_counts_survive_a_file(tmp_path: Path) -> None:
    counted = {f"d{i}": tallies for i, tallies in enumerate(documents(3))}
    save(counted, tmp_path / "c.json")
    assert load(tmp_path / "c.json") == counted
    (tmp_path / "other.json").write_text(json.dumps([1, 2]))
    with pytest.raises(InputError, match="not an evaluation"):
        load(tmp_path / "other.json")
