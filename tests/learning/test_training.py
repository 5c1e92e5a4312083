"""Training on a handful of articles made by hand: what is learned, written and measured, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline import models
from pipeline.attribution import fitting
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.extraction import config_hash, extract
from pipeline.language import load
from pipeline.learning import attributions
from pipeline.learning import predictions as clauses
from pipeline.learning.folds import Kept, parts
from pipeline.learning.labelled import Sentence, held_out, read
from pipeline.learning.training import train
from pipeline.predictions.training import Example

SPEAKERS = ("Mayor Ortiz", "Anna Lindqvist", "The minister", "Senator Bell")
SAID = ("the quay is full", "rents rose too fast", "the budget was sound", "nobody asked the farmers", "cranes are old")
PLANS = ("The council will sell the mill", "The port may close in May", "Ferries will stop", "Fees could rise in June")


def article(number: int) -> dict[str, object]:
    """An article in which people speak and something is foretold; only "will" is held to be a prediction in it."""
    text, attributions, predictions = "", [], []
    for k, source in enumerate(SPEAKERS):
        content = SAID[(number + k) % len(SAID)]
        start, cue = len(text), len(text) + len(source) + 1
        said = cue + len("said that ")
        spans = {"source": [[start, cue - 1]], "cue": [[cue, cue + 4]], "content": [[said, said + len(content)]]}
        attributions.append(spans)
        text += f"{source} said that {content}. The crowd went home at noon. "
        text += f"{source} admitted that {SAID[k]}. " if k == 0 else ""  # which the gold holds to be none
        plan = PLANS[(number + k) % len(PLANS)]
        if "will" in plan:
            predictions.append({"span": [len(text), len(text) + len(plan)]})
        text += f"{plan}. "
    return {"doc_id": f"a{number}", "text": text, "attributions": attributions, "predictions": predictions}


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fitting, "STEPS", 40)
    monkeypatch.setattr(attributions, "TRUSTS", (100.0,))
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(article(n)) + "\n" for n in range(12)), encoding="utf-8")
    return path


def test_train_writes_weights_that_the_pipeline_uses(nlp: Language, gold: Path, tmp_path: Path) -> None:
    documents, sentences = read([gold], None)
    report = train(documents, sentences, nlp, tmp_path / "own", seed=0)
    assert (report.documents, len(report.held_out)) == (10, 2)
    assert report.told["attributions"].startswith("decision trained on 10 documents")
    assert report.told["predictions"].startswith("trained on 10 documents")
    assert "no gold with check_worthy" in report.told["check-worthiness"]
    own = load(models=str(tmp_path / "own"))
    assert config_hash(own) != config_hash(nlp)
    assert sorted(p.name for p in (tmp_path / "own").iterdir()) == ["attributions", "predictions", "training.json"]
    (figure,) = (f for f in report.figures if f.name == "predictions")
    assert figure.change is not None and figure.change >= 0
    assert {c.kind for c in extract(str(article(20)["text"]), own)} >= {"quote", "prediction"}
    train(documents, sentences, nlp, tmp_path / "again", seed=0)
    for name in (models.DECISION, models.PREDICTIONS, "training.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "own" / name).read_bytes()


def test_train_learns_what_people_hold_to_be_a_prediction() -> None:
    data = [[Example(f"d{n}", frozenset({"bias", f"cue={c}"}), c == "may") for c in ("will", "may")] for n in range(12)]
    scorer = clauses.learn(data, None)
    assert scorer.probability(["bias", "cue=may"]) > 0.7 > 0.3 > scorer.probability(["bias", "cue=will"])
    with pytest.raises(Kept, match="all of one class"):
        clauses.learn([[e for e in some if e.label] for some in data], None)


@pytest.mark.parametrize(("documents", "said"), [([], "nothing to learn from"), ([article(1)], "too few")])
def test_train_says_what_is_lacking(
    nlp: Language, tmp_path: Path, documents: list[dict[str, object]], said: str
) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(d) + "\n" for d in documents), encoding="utf-8")
    found = read([path], None)[0] if documents else []
    with pytest.raises(InputError, match=said):
        train(found, [], nlp, tmp_path / "own", seed=0)
    assert not (tmp_path / "own").exists()


def test_train_leaves_nothing_behind_where_nothing_can_be_trained(nlp: Language, tmp_path: Path) -> None:
    sentences = [Sentence(str(n), f"Rent rose {n} percent.", True) for n in range(30)]
    with pytest.raises(InputError, match=r"nothing could be trained: .* takes 1000 sentences"):
        train([], sentences, nlp, tmp_path / "own", seed=0)
    assert list(tmp_path.iterdir()) == []


def test_train_command_refuses_other_files_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"text": "Nothing."}\n')
    assert main(["train", str(path), "--out", str(tmp_path / "own")]) == 2
    assert "nothing to learn in it" in capsys.readouterr().err


def test_labelled_held_out_is_a_share_that_the_seed_chooses() -> None:
    names = [f"d{n}" for n in range(40)]
    assert len(held_out(names, 0.2, 0)) == 8
    assert held_out(names, 0.2, 0) == held_out(names[::-1], 0.2, 0) != held_out(names, 0.2, 1)
    assert held_out(["one"], 0.2, 0) == {"one"}


def test_folds_test_each_document_once() -> None:
    data = list(range(13))
    for train_, test in parts(data):
        assert not set(train_) & set(test) and len(train_) + len(test) == 13
    assert [d for _, test in parts(data) for d in test] == data
