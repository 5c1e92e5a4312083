"""``claims review``, ``claims agreement`` and ``claims annotations`` as they are called."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from harbour import make_document, put, usual_claims

from pipeline.cli import main
from pipeline.review import index, queue, service
from pipeline.store import open_store
from pipeline.store.database import reading


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in the working folder with two reviewers' decisions on the same two claims."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLAIMS_DATABASE", raising=False)
    engine = open_store(tmp_path / "claims.db")
    index.prepare(engine)
    put(engine, make_document(), usual_claims(make_document()))
    with reading(engine) as connection:
        found = queue.page(connection, queue.Filters())
    for reviewer, verdicts in (("Ann", ("accept", "reject")), ("Ben", ("accept", "accept"))):
        for one, verdict in zip(found, verdicts, strict=False):
            service.decide(engine, one.claim_id, verdict, reviewer, {"review_id": service.new_id()})
    engine.dispose()
    return tmp_path


def test_commands_agreement(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreement"]) == 0
    assert "Ann, Ben" in capsys.readouterr().out
    assert main(["agreement", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures[0]["kind"], figures[0]["claims"], figures[0]["pairs"][0]["same"]) == ("all", 2, 0.5)


def test_commands_annotations_there_and_back(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotations", "export"]) == 0
    assert capsys.readouterr().out.count("2 decisions") == 2
    assert len(list((store / "annotations" / "reviews").glob("*.jsonl"))) == 2
    assert main(["annotations", "import"]) == 0
    assert capsys.readouterr().out == "0 new decisions of 4\n"
    assert main(["annotations", "export", "tasks.json", "--format", "label-studio"]) == 0
    assert main(["annotations", "import", "tasks.json", "--format", "label-studio", "--reviewer", "Cleo"]) == 0
    assert "As decisions of Cleo: 4 accept" in capsys.readouterr().out


def test_commands_settled_reviews_are_gold(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotations", "export", "reviewed", "--format", "gold"]) == 0
    assert capsys.readouterr().out == f"{Path('reviewed') / 'predictions.jsonl'}: 1 documents\n"
    row = json.loads((store / "reviewed" / "predictions.jsonl").read_text())
    (gold,) = row["predictions"]
    assert row["text"][slice(*gold["span"])] == "the works to end by 2031"
    assert (gold["type"], gold["certainty"], gold["speaker"]) == ("forecast", "probable", "Rosa Lind")
    assert main(["evaluate", "reviewed/predictions.jsonl"]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["review", "--database", "none.db"], "no such store"),
        (["review", "--host", "no.such.host.invalid"], "cannot listen"),
        (["review", "--reviewer", " "], "reviewer"),
        (["agreement", "--database", "none.db"], "no such store"),
        (["annotations", "import", "nowhere"], "no such file"),
        (["annotations", "export", "x", "--format", "tape"], "no such format"),
        (["annotations", "import", "claims.db", "--format", "prodigy"], "claims.db"),
    ],
)
def test_commands_bad_input_is_one_line(
    store: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_commands_review_on_a_taken_port(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["review", "--port", str(taken.getsockname()[1])]) == 2
    assert "--port" in capsys.readouterr().err
