"""Training on a handful of articles: it runs whole, and says so where the gold is too small."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch: pip install -e .[train]")

from pipeline.attribution import fitting
from pipeline.attribution.decision import WIDTH, Decision
from pipeline.attribution.finder import Finder
from pipeline.attribution.network import Network
from pipeline.attribution.train import Parsed, main, parse, read_gold, train_decision, train_network

EPOCHS = 45
SPEAKERS = ("Mayor Ortiz", "Anna Lindqvist", "The minister", "Senator Bell")
CONTENTS = (
    "the bridge will open in spring",
    "rents have risen too fast",
    "the budget is sound",
    "nobody asked the farmers",
    "the harbour needs new cranes",
)


def write_gold(path: Path, documents: int) -> Path:
    """Articles in which every speaker says something, and a sentence that nobody says follows."""
    lines = []
    for d in range(documents):
        text, attributions = "", []
        for k, source in enumerate(SPEAKERS):
            content = CONTENTS[(d + k) % len(CONTENTS)]
            start = len(text)
            cue = start + len(source) + 1
            said = cue + len("said that ")
            spans = {"source": [[start, cue - 1]], "cue": [[cue, cue + 4]], "content": [[said, said + len(content)]]}
            attributions.append(spans)
            text += f"{source} said that {content}. The crowd went home at noon. "
        lines.append(json.dumps({"doc_id": str(d), "text": text, "attributions": attributions}))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[Parsed]:
    return parse(None, read_gold([write_gold(tmp_path_factory.mktemp("gold") / "gold.jsonl", 4)]))


def test_train_learns_from_a_handful_of_articles(documents: list[Parsed], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "STEPS", 60)
    network = Network(train_network(EPOCHS, documents[:2]))
    decision = train_decision([documents[2:3], documents[3:]], network)
    assert decision["hidden"].shape == (WIDTH, fitting.HIDDEN)
    assert np.all(np.diff(decision["levels"]) > 0)
    found = {s.candidate.anchor for s in Finder(network, Decision(decision)).score(documents[2].tokens)}
    assert {t.anchor for t in documents[2].targets} <= found


def test_train_says_that_the_epochs_are_too_few(documents: list[Parsed]) -> None:
    network = Network(train_network(1, documents[:2]))
    with pytest.raises(ValueError, match="too few epochs"):
        train_decision([documents[2:3], documents[3:]], network)


def test_train_says_that_the_gold_is_too_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold, out = write_gold(tmp_path / "gold.jsonl", 1), tmp_path / "out"
    assert main([str(gold), "--dev", str(gold), "--out", str(out)]) == 2
    assert capsys.readouterr().err.startswith("error: 1 documents are too few")
    assert not out.exists()
