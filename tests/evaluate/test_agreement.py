"""Our measures give the figures of the project's reference scorers on the same predictions."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.evaluate import amounts, predictions, quotes

SHARED = Path(os.environ.get("CLAIMS_GOLD", Path(__file__).resolve().parents[3] / "shared"))
pytestmark = pytest.mark.skipif(not (SHARED / "score").is_dir(), reason="the reference scorers are not on this machine")


def reference(name: str) -> ModuleType:
    sys.path.insert(0, str(SHARED / "score"))
    spec = importlib.util.spec_from_file_location(f"reference_{name}", SHARED / "score" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gold(name: str, limit: int) -> list[dict[str, Any]]:
    with (SHARED / "gold" / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for _, line in zip(range(limit), lines, strict=False)]


def shaken(pair: list[int], rng: random.Random) -> list[int]:
    start = max(0, pair[0] + rng.choice([-9, -2, 0, 0, 0, 3]))
    return [start, max(start + 1, pair[1] + rng.choice([-8, -1, 0, 0, 0, 6]))]


def test_evaluate_quotes_agrees_with_reference() -> None:
    rng, rows = random.Random(1), gold("quotes/dev.jsonl", 15)
    predicted = []
    for r in rows:
        kept = [a for a in r["attributions"] if rng.random() < 0.8]
        moved = [{k: [shaken(p, rng) for p in a[k]] for k in ("source", "cue", "content")} for a in kept]
        predicted.append({"doc_id": r["doc_id"], "attributions": moved})
    want = reference("quotes").score(rows, predicted)
    texts = {r["doc_id"]: r["text"] for r in rows}
    as_roles = lambda docs: {  # noqa: E731
        d["doc_id"]: [quotes.from_json(texts[d["doc_id"]], a) for a in d["attributions"]] for d in docs
    }
    have = {f.name: f for f in quotes.score(as_roles(rows), as_roles(predicted), texts)}
    assert 0.2 < have["full"].value < 0.95
    for name in ("full", "full_strict", "content_overlap", "cue_exact", "source_overlap", "content_chars"):
        assert round(have[name].value, 4) == want[name]["f1"], name
        for kind in quotes.TYPES:
            assert round(have[f"{name} {kind}"].value, 4) == want[name]["by_type"][kind]["f1"], (name, kind)


def test_evaluate_predictions_agrees_with_reference() -> None:
    rng, rows = random.Random(2), {r["doc_id"]: r for r in gold("predictions/dev.jsonl", 20)}
    predicted = {
        k: {"predictions": [{**p, "span": shaken(p["span"], rng)} for p in r["predictions"] if rng.random() < 0.7]}
        for k, r in rows.items()
    }
    for r in predicted.values():
        for p in r["predictions"]:
            p["speaker"] = p["speaker"][0] if isinstance(p["speaker"], list) else p["speaker"]
    want = reference("predictions").score(rows, predicted)
    as_gold = {
        k: predictions.GoldClauses(tuple(map(predictions.from_json, r["predictions"])), tuple(map(tuple, r["ignore"])))
        for k, r in rows.items()
    }
    as_predicted = {k: [predictions.from_json(p) for p in r["predictions"]] for k, r in predicted.items()}
    have = {f.name.removeprefix("prediction "): f.value for f in predictions.score(as_gold, as_predicted)}
    assert have == pytest.approx(
        {"clause": want["span"]["f1"], **{k: want[k] for k in ("type", "certainty", "speaker")}}
        | {k: want[k]["f1"] for k in ("condition", "horizon")}
    )


def test_evaluate_amounts_agrees_with_reference() -> None:
    rng, rows = random.Random(3), {r["id"]: r for r in gold("amounts/duckling.jsonl", 141)}
    predicted = {
        k: {
            "amounts": [
                {**a, "currency": rng.choice([a["currency"], "EUR"])} for a in r["amounts"] if rng.random() < 0.8
            ]
        }
        for k, r in rows.items()
    }
    want = reference("money").score(rows, predicted)
    as_sums = lambda docs: {k: [amounts.from_json(a) for a in r["amounts"]] for k, r in docs.items()}  # noqa: E731
    as_gold = {k: amounts.GoldSums(tuple(v), tuple(map(tuple, rows[k]["ignore"]))) for k, v in as_sums(rows).items()}
    joint, span, value, currency = amounts.score(as_gold, as_sums(predicted))
    assert 0.2 < joint.value < 0.95
    assert (joint.value, span.value) == pytest.approx((want["joint_f1"], want["span"]["f1"]))
    assert (value.value, currency.value) == pytest.approx((want["value_acc"], want["currency_acc"]))
