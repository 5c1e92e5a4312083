"""Outcomes of predictions: put on record, never overwritten, due, exported, found again, published."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from handmade import TEXT, document, extraction
from sqlalchemy import Engine

from pipeline.cli import main
from pipeline.dataset import load_dataset
from pipeline.errors import InputError
from pipeline.outcomes import exchange, log
from pipeline.outcomes.score import records
from pipeline.publish.files import publish
from pipeline.records import Document
from pipeline.store import open_store, schema, writes
from pipeline.store.database import reading, writing


def put(engine: Engine, doc: Document) -> None:
    with writing(engine) as connection:
        run_id = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        writes.store_documents(connection, run_id, [(writes.Source("test", doc.uri, (doc.uri,)), doc)])
        writes.store_extractions(connection, run_id, [extraction(doc)])


def claim(kind: str = "prediction", doc: Document | None = None) -> str:
    return next(c.claim_id for c in extraction(doc).claims if c.kind == kind)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A store in the working folder; its one prediction is of the ministry, due by the end of 2031."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLAIMS_DATABASE", raising=False)
    store = open_store(tmp_path / "claims.db")
    put(store, document())
    return store


def tell(engine: Engine, state: log.State, by: str = "Ann", **more: str) -> log.Outcome:
    with writing(engine) as connection:
        return log.record(connection, claim(), state, by, **more)  # type: ignore[arg-type]


def last(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [o.state for o in log.standing(connection).values()]


def test_outcomes_last_word_counts_and_nothing_is_overwritten(engine: Engine) -> None:
    tell(engine, "failed", note="No work in sight.")
    tell(engine, "came_true", by="Ben", source="https://example.org/photo")
    assert last(engine) == ["came_true"]
    with reading(engine) as connection:
        assert [o.state for o in log.everything(connection)] == ["failed", "came_true"]
    for change in (schema.outcomes.delete(), schema.outcomes.update().values(state="open")):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), writing(engine) as connection:
            connection.execute(change)


def test_outcomes_need_a_prediction_and_what_shows_it(engine: Engine) -> None:
    with writing(engine) as connection, pytest.raises(InputError, match="only predictions"):
        log.record(connection, claim("quote"), "failed", "Ann", note="no")
    with pytest.raises(InputError, match="--source"):
        tell(engine, "failed")


def test_outcomes_due_are_open_and_past(engine: Engine) -> None:
    def due(day: date) -> list[str]:
        with reading(engine) as connection:
            return [d.claim_id for d in log.due(connection, day)]

    assert (due(date(2031, 12, 30)), due(date(2031, 12, 31))) == ([], [claim()])
    tell(engine, "unclear", note="Some say so.")
    assert due(date(2040, 1, 1)) == []
    tell(engine, "open")
    assert due(date(2040, 1, 1)) == [claim()]


def test_outcomes_make_a_speakers_record(engine: Engine) -> None:
    tell(engine, "failed", note="No.")
    with reading(engine) as connection:
        (record,) = records(connection)
    assert (record.speaker, record.year, record.failed, record.open) == ("Ministry", 2026, 1, 0)


def test_outcomes_survive_a_new_text_and_live_in_git(engine: Engine, tmp_path: Path) -> None:
    told = tell(engine, "failed", note="No.")
    exchange.export(engine, tmp_path / "annotations")
    (file,) = (tmp_path / "annotations/outcomes").glob("*.jsonl")
    before = file.read_bytes()
    exchange.export(engine, tmp_path / "annotations")
    assert file.read_bytes() == before
    fresh = open_store(tmp_path / "fresh.db")
    changed = document(TEXT.replace("Bridge fund", "The bridge fund, corrected"))
    put(fresh, changed)
    assert exchange.load(fresh, [tmp_path / "annotations"]) == (1, 1)
    assert exchange.load(fresh, [tmp_path / "annotations"]) == (0, 1)
    with reading(fresh) as connection:
        ((key, outcome),) = log.standing(connection).items()
    assert outcome == told
    assert key == (changed.doc_id, claim(doc=changed))
    assert key[1] != told.claim_id


@pytest.mark.parametrize("change", [{"state": "maybe"}, {"recorded_at": "2026-01-01T00:00:00"}, {"note": None}])
def test_outcomes_of_a_bad_file_are_refused(engine: Engine, tmp_path: Path, change: dict[str, object]) -> None:
    values = json.loads(exchange.line(tell(engine, "failed", note="No."))) | change
    file = tmp_path / "outcomes" / "ann.jsonl"
    file.parent.mkdir()
    file.write_text(json.dumps(values) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1: not an outcome"):
        exchange.load(engine, [tmp_path])


def test_outcomes_conflict_marks_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("=======\n")
    with pytest.raises(InputError, match="line 1: a merge conflict"):
        list(exchange.read(path))


def test_outcomes_are_published(engine: Engine, tmp_path: Path) -> None:
    tell(engine, "failed", source="https://example.org/list", happened_on=date(2032, 1, 1))  # type: ignore[arg-type]
    publish(engine, tmp_path / "dataset")
    row = load_dataset(tmp_path / "dataset").outcomes.iloc[0]
    assert (row.claim_id, row.state, row.source) == (claim(), "failed", "https://example.org/list")


def test_outcomes_commands(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outcomes", "due", "--by", "2032-01-01"]) == 0
    assert "1 predictions due" in capsys.readouterr().out
    assert main(["outcomes", "set", claim()[:8], "failed", "--source", "nowhere", "--by", "Ann"]) == 2
    assert main(["outcomes", "set", claim()[:8], "failed", "--note", "No work.", "--by", "Ann"]) == 0
    capsys.readouterr()
    assert main(["outcomes", "record", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["failed"] == 1
    assert main(["show", claim()[:8]]) == 0
    assert "failed, says Ann" in capsys.readouterr().out
    assert main(["annotations", "export"]) == 0
    assert "1 outcomes" in capsys.readouterr().out
