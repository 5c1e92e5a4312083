"""The programs of docs/dataset.md read the dataset, and all come to the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from handmade import document, extraction

from pipeline.assembly import Extraction
from pipeline.publish.files import publish
from pipeline.records import Amount
from pipeline.store import open_store, writes
from pipeline.store.database import writing

PAGE = (Path(__file__).parents[2] / "docs" / "dataset.md").read_text("utf-8")


def example(heading: str, language: str = "python") -> str:
    """The program under a line of the page."""
    found = re.search(rf"^With {heading}.*?^```{language}\n(.*?)^```", PAGE, re.M | re.S)
    assert found
    return found[1]


def priced(found: Extraction, usd: str) -> Extraction:
    def claim(one: Any) -> Any:
        with_value = isinstance(one.detail, Amount)
        return replace(one, detail=replace(one.detail, usd_high=Decimal(usd))) if with_value else one

    return replace(found, claims=tuple(claim(c) for c in found.claims))


@pytest.fixture(autouse=True)
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset in the working folder: two articles, Ana Ruiz with an amount in each."""
    monkeypatch.chdir(tmp_path)
    store = open_store(tmp_path / "claims.db")
    with writing(store) as connection:
        run_id = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        for name, usd in (("one.txt", "2700000000.5"), ("two.txt", "300000000")):
            doc = document(document().text + f"\n\n{name}", name)
            writes.store_documents(connection, run_id, [(writes.Source("test", name, (doc.uri,)), doc)])
            writes.store_extractions(connection, run_id, [priced(extraction(doc), usd)])
    publish(store, tmp_path / "dataset")
    store.dispose()


def run(program: str) -> Any:
    names: dict[str, Any] = {}
    exec(program, names)
    return names["top"]


def test_reading_with_pandas() -> None:
    assert run(example("pandas")).to_dict() == {"Ana Ruiz": 3000000000.5}


def test_reading_with_polars() -> None:
    pytest.importorskip("polars", reason="polars is not installed")
    assert run(example("Polars")).rows() == [("Ana Ruiz", Decimal("3000000000.5"))]


def test_reading_with_duckdb() -> None:
    pytest.importorskip("duckdb", reason="duckdb is not installed")
    assert run(example("DuckDB")) == [("Ana Ruiz", Decimal("3000000000.5"))]


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_reading_with_r(tmp_path: Path) -> None:
    (tmp_path / "top.R").write_text("options(digits = 15)\n" + example("R", "r"))
    done = subprocess.run(["Rscript", "top.R"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Ana Ruiz\s+3000000000\.5", done.stdout)


def test_reading_examples_are_short() -> None:
    for heading, language in (("pandas", "python"), ("Polars", "python"), ("DuckDB", "python"), ("R", "r")):
        assert len(example(heading, language).strip().splitlines()) <= 4
