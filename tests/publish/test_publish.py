"""The dataset: complete, typed, the same bytes for the same store, never half-written."""

from __future__ import annotations

import csv
import json
import multiprocessing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from handmade import TEXT, document, extraction
from sqlalchemy import Engine

from pipeline.dataset import load_dataset
from pipeline.errors import InputError
from pipeline.publish import fields
from pipeline.publish.files import STAGING, publish
from pipeline.publish.tables import merge
from pipeline.store import open_store, writes
from pipeline.store.database import writing

TEXTS = {f"{n}.txt": f"{TEXT}\n\nEdition {n}." for n in ("one", "two", "three")}


def fill(store: Engine, names: list[str], run_id: str | None = None) -> str:
    """Store and extract some articles, in the order given."""
    with writing(store) as connection:
        run_id = run_id or writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        for name in names:
            doc = document(TEXTS[name], name)
            writes.store_documents(connection, run_id, [(writes.Source("test", name, (doc.uri,)), doc)])
            writes.store_extractions(connection, run_id, [extraction(doc)])
    return run_id


@pytest.fixture
def store(tmp_path: Path) -> Engine:
    engine = open_store(tmp_path / "claims.db")
    run_id = fill(engine, list(TEXTS))
    with writing(engine) as connection:
        writes.record_failure(connection, run_id, "test", "bad.txt", "ingest", 'it said "no", twice,\nand more')
    return engine


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


def test_publish_is_valid_data_package(store: Engine, tmp_path: Path) -> None:
    done = publish(store, tmp_path / "dataset")
    report = frictionless.Package(str(done.path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    assert done.rows["claims"] == 9
    assert done.rows["failures"] == 1


def test_publish_package_check_can_fail(store: Engine, tmp_path: Path) -> None:
    """A changed file, and a claim whose document is gone, are noticed by the package's own description."""
    done = publish(store, tmp_path / "dataset")
    claims = done.path / "claims.csv"
    claims.write_text(claims.read_text("utf-8").replace(document(TEXTS["one.txt"]).doc_id, "0" * 64), "utf-8")
    report = frictionless.Package(str(done.path / "datapackage.json")).validate()
    assert {"hash-count", "foreign-key"} <= {kind for (kind,) in report.flatten(["type"])}


def test_publish_again_changes_no_byte(store: Engine, tmp_path: Path) -> None:
    first = publish(store, tmp_path / "dataset")
    before = contents(first.path)
    times = {p.name: p.stat().st_mtime_ns for p in first.path.iterdir()}
    assert set(first.changed) == set(before)
    second = publish(store, tmp_path / "dataset")
    assert second.changed == ()
    assert contents(second.path) == before
    assert {p.name: p.stat().st_mtime_ns for p in second.path.iterdir()} == times


def test_publish_does_not_depend_on_order_or_place(tmp_path: Path) -> None:
    made = []
    for i, names in enumerate((list(TEXTS), list(reversed(TEXTS)))):
        engine = open_store(tmp_path / f"{i}.db")
        with writing(engine) as connection:
            row = {"corpus": "test", "pipeline_version": "1.0", "model": "none", "config_hash": "c"}
            run = {"run_id": "r", "status": "running", "started_at": pd.Timestamp("2026-01-01", tz="UTC")}
            connection.execute(writes.runs.insert().values(run | row))
        fill(engine, names, "r")
        made.append(contents(publish(engine, tmp_path / str(i) / "dataset").path))
        engine.dispose()
    assert made[0] == made[1]


def test_publish_leaves_other_files_alone(store: Engine, tmp_path: Path) -> None:
    out = tmp_path / "dataset"
    out.mkdir()
    (out / "notes.md").write_text("mine")
    (out / STAGING).mkdir()
    (out / STAGING / "claims.csv").write_text("left by a run that was killed")
    publish(store, out)
    assert (out / "notes.md").read_text() == "mine"
    assert not (out / STAGING).exists()


def test_publish_failing_half_way_keeps_the_old_dataset(
    store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = publish(store, tmp_path / "dataset")
    before = contents(done.path)
    fill(store, ["one.txt"])
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.publish.data_package.package", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(store, done.path)
    assert contents(done.path) == before


def test_publish_at_the_same_time(store: Engine, tmp_path: Path) -> None:
    """Four processes write one dataset: each waits for the others, and the result is whole."""
    url = str(store.url.database)
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=publish_in_process, args=(url, tmp_path / "dataset")) for _ in range(4)]
    store.dispose()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [w.exitcode for w in workers] == [0] * 4
    assert frictionless.Package(str(tmp_path / "dataset" / "datapackage.json")).validate().valid


def publish_in_process(url: str, out: Path) -> None:
    publish(open_store(url), out)


def test_publish_where_it_cannot(store: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="--out"):
        publish(store, tmp_path / "file")


def test_publish_empty_store(tmp_path: Path) -> None:
    engine = open_store(tmp_path / "claims.db")
    done = publish(engine, tmp_path / "dataset")
    assert set(done.rows.values()) == {0}
    assert frictionless.Package(str(done.path / "datapackage.json")).validate().valid
    assert load_dataset(done.path).wide().empty


def test_publish_equal_texts_once(store: Engine, tmp_path: Path) -> None:
    """Two files with other bytes and the same text give the same claim ids: they are published of one only."""
    twin = replace(document(TEXTS["one.txt"], "zwin.html"), doc_id="f" * 64)
    with writing(store) as connection:
        run_id = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        writes.store_documents(connection, run_id, [(writes.Source("test", "zwin.html", (twin.uri,)), twin)])
        writes.store_extractions(connection, run_id, [extraction(twin)])
    dataset = load_dataset(publish(store, tmp_path / "dataset").path)
    assert dataset.claims.claim_id.is_unique
    assert len(dataset.claims) == 9
    documents = dataset.documents.set_index("doc_id")
    assert documents.loc["f" * 64, "duplicate_of"] == document(TEXTS["one.txt"]).doc_id


def test_publish_without_source_not_at_all(store: Engine, tmp_path: Path) -> None:
    with writing(store) as connection:
        writes.forget_unlisted(connection, "test", ["one.txt", "two.txt"])
    done = publish(store, tmp_path / "dataset")
    assert (done.rows["documents"], done.rows["claims"], done.rows["sources"]) == (2, 6, 2)


def test_dataset_types(store: Engine, tmp_path: Path) -> None:
    dataset = load_dataset(publish(store, tmp_path / "dataset").path)
    claims, amounts, predictions = dataset.claims, dataset.amounts, dataset.predictions
    assert claims.dtypes[["start", "speaker_start"]].tolist() == [pd.Int32Dtype()] * 2
    assert list(claims.kind.cat.categories) == ["amount", "quote", "prediction"]
    assert amounts.low.sum() == Decimal("7500000000")
    assert amounts.low.astype(float).median() == 2.5e9
    assert predictions.negated.dtype == pd.BooleanDtype()
    assert predictions.horizon_to.dt.year.tolist() == [2031] * 3
    assert dataset.documents.published.dt.date.tolist() == [date(2026, 3, 1)] * 3
    assert dataset.speakers.set_index("name").aliases["Ana Ruiz"].tolist() == ["Ruiz"]
    joined = dataset.claims.merge(dataset.amounts, on="claim_id").merge(dataset.speakers, on="speaker_id")
    assert joined.name.tolist() == ["Ana Ruiz"] * 3


def test_dataset_traces_to_characters(store: Engine, tmp_path: Path) -> None:
    dataset = load_dataset(publish(store, tmp_path / "dataset").path)
    texts = dataset.documents.set_index("doc_id").text
    for row in dataset.wide().itertuples():
        text = texts[row.doc_id]
        assert text[row.start : row.end] == row.text
        assert text[row.sentence_start : row.sentence_end] == row.sentence
        assert text[row.cue_start : row.cue_end] == row.cue
        assert text[row.speaker_start : row.speaker_end] == row.speaker_mention


def test_dataset_wide_has_everything(store: Engine, tmp_path: Path) -> None:
    wide = load_dataset(publish(store, tmp_path / "dataset").path).wide()
    quote = wide[wide.kind == "quote"].iloc[0]
    assert quote.quote_content.tolist() == ["We will spend €2.5 billion a year,", "if parliament agrees."]
    assert (quote.speaker, quote.speaker_role, quote.act) == ("Ana Ruiz", "transport minister", "statement")
    amount = wide[wide.kind == "amount"].iloc[0]
    assert (amount.amount_low, amount.amount_unit, amount.amount_per) == (Decimal("2500000000"), "EUR", "year")
    assert amount.within == quote.claim_id
    prediction = wide[wide.kind == "prediction"].iloc[0]
    assert (prediction.prediction_horizon, prediction.corpora.tolist()) == ("by 2031", ["test"])
    assert pd.isna(prediction.amount_low) and pd.isna(quote.prediction_type)


def test_dataset_csv_says_the_same_as_parquet(store: Engine, tmp_path: Path) -> None:
    out = publish(store, tmp_path / "dataset").path
    dataset = load_dataset(out)
    for table in fields.TABLES:
        frame = dataset.table(table.name)
        with (out / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [f.name for f in table.fields] == list(frame.columns)
        assert len(rows) == len(frame)
        for name in frame.columns:
            for cell, value in zip((r[name] for r in rows), frame[name], strict=True):
                assert alike(cell, value), (table.name, name, cell, value)


def alike(cell: str, value: object) -> bool:
    """Whether a CSV cell says what the typed value does."""
    if hasattr(value, "tolist"):
        return json.loads(cell) == value.tolist()
    if pd.isna(value):
        return cell == ""
    if isinstance(value, pd.Timestamp):
        return pd.Timestamp(cell).date() == value.date()
    if isinstance(value, bool):
        return cell == str(value).lower()
    if isinstance(value, int | float | Decimal):
        return Decimal(cell) == Decimal(str(value))
    return cell == str(value)


def test_dataset_absent_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="claims publish"):
        load_dataset(tmp_path)


def test_dataset_unknown_table_is_told(store: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no table 'claim'; there are amounts, blocks"):
        load_dataset(publish(store, tmp_path / "dataset").path).table("claim")


def test_dataset_some_columns(store: Engine, tmp_path: Path) -> None:
    dataset = load_dataset(publish(store, tmp_path / "dataset").path)
    frame = dataset.table("claims", ["kind", "start"])
    pd.testing.assert_frame_equal(frame, dataset.claims[["kind", "start"]])
    with pytest.raises(InputError, match="no column 'begin'; there are claim_id, kind"):
        dataset.table("claims", ["begin"])


def test_dataset_rows_with_a_value(store: Engine, tmp_path: Path) -> None:
    dataset = load_dataset(publish(store, tmp_path / "dataset").path)
    quotes = dataset.wide(["text", "kind", "quote_content"], kind="quote", speaker="Ana Ruiz")
    assert quotes.kind.tolist() == ["quote"] * 3
    assert quotes.text.tolist() == dataset.claims[dataset.claims.kind == "quote"].text.tolist()
    assert dataset.table("claims", ["text"], kind="quote").columns.tolist() == ["text"]
    assert dataset.wide(["text"], kind="quote", speaker="Nobody").empty
    with pytest.raises(InputError, match="no column 'sort'"):
        dataset.wide(sort="quote")


def test_dataset_pieces_are_the_table(store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.publish.tables.CHUNK", 2)
    dataset = load_dataset(publish(store, tmp_path / "dataset").path)
    pieces = list(dataset.pieces("claims"))
    assert [len(piece) for piece in pieces] == [6, 3]
    pd.testing.assert_frame_equal(pd.concat(pieces, ignore_index=True), dataset.claims)


def test_dataset_wide_is_the_join(store: Engine, tmp_path: Path) -> None:
    """The one wide row says what the tables say when they are joined on their ids."""
    dataset = load_dataset(publish(store, tmp_path / "dataset").path)
    wide = dataset.wide().set_index("claim_id")
    tables = (("amounts", "amount_"), ("quotes", "quote_"), ("predictions", "prediction_"))
    for name, prefix in tables:
        table = dataset.table(name).set_index("claim_id")
        for column in table.columns:
            joined = wide.loc[table.index, column if column in ("quote_type", "act") else prefix + column]
            assert list(map(str, joined)) == list(map(str, table[column])), column
    names = dataset.claims.merge(dataset.speakers, on="speaker_id", how="left").set_index("claim_id").name
    assert wide.speaker.equals(names.rename("speaker"))


def test_dataset_with_polars(store: Engine, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    out = publish(store, tmp_path / "dataset").path
    claims, amounts = polars.scan_parquet(out / "claims.parquet"), polars.scan_parquet(out / "amounts.parquet")
    joined = claims.join(amounts, on="claim_id").select("text", "low", "unit").collect()
    assert joined["low"].sum() == Decimal("7500000000")
    assert (joined["unit"].to_list(), joined["text"].len()) == (["EUR"] * 3, 3)


def test_dataset_with_duckdb(store: Engine, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    out = publish(store, tmp_path / "dataset").path
    query = f"SELECT speaker, count(*), sum(amount_low) FROM '{out}/claims_wide.parquet' GROUP BY speaker ORDER BY 1"
    rows = duckdb.sql(query).fetchall()
    assert rows == [("Ana Ruiz", 6, Decimal("7500000000")), ("Ministry", 3, None)]


def test_tables_merge_speaker_of_several_articles() -> None:
    def row(name: str, role: str | None, *aliases: str) -> dict[str, object]:
        known = {"kind": "person", "wikidata": None, "party": None, "speaker_id": "s", "merged": []}
        return {"name": name, "role": role, "aliases": list(aliases), **known}

    merged = merge([row("Ana Ruiz", None, "Ruiz"), row("A. Ruiz", "minister"), row("Ana Ruiz", "minister", "Ana")])
    assert (merged["name"], merged["role"], merged["aliases"]) == ("Ana Ruiz", "minister", ["A. Ruiz", "Ana", "Ruiz"])
