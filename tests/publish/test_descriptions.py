"""The descriptions that lie beside the tables."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine
from test_publish import store

from pipeline.publish import fields
from pipeline.publish.files import publish

__all__ = ["store"]


def test_croissant_is_valid_and_readable(store: Engine, tmp_path: Path) -> None:
    """The format's own tool finds no error, and reads the records through the description."""
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    out = publish(store, tmp_path / "dataset").path
    dataset = mlcroissant.Dataset(jsonld=str(out / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    records = list(dataset.records("claims"))
    assert len(records) == 9
    assert records[0]["claims/extractor"] == b"claims_test"


def test_croissant_check_can_fail(store: Engine, tmp_path: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    description = publish(store, tmp_path / "dataset").path / "croissant.json"
    description.write_text(description.read_text("utf-8").replace('"@id": "claims.parquet"', '"@id": "other"', 1))
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(jsonld=str(description))


def test_checksums_are_right(store: Engine, tmp_path: Path) -> None:
    out = publish(store, tmp_path / "dataset").path
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    subprocess.run(check, cwd=out, check=True)
    listed = {line.split("  ")[1] for line in (out / "SHA256SUMS").read_text().splitlines()}
    assert listed == {p.name for p in out.iterdir()} - {"SHA256SUMS"}
    (out / "claims.csv").write_text("changed")
    assert subprocess.run(check, cwd=out, capture_output=True).returncode == 1


def test_dictionary_has_every_column(store: Engine, tmp_path: Path) -> None:
    page = (publish(store, tmp_path / "dataset").path / "dictionary.md").read_text("utf-8")
    sections = {part.splitlines()[0]: part for part in page.split("\n## ")[1:]}
    assert list(sections) == [t.name for t in fields.TABLES]
    for table in fields.TABLES:
        rows = [line for line in sections[table.name].splitlines() if line.startswith("| ")][1:]
        assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [f.name for f in table.fields]
    assert "| speaker_id | text | yes | who makes the claim (→ speakers.speaker_id) |" in sections["claims"]
    assert "| bound | category | no |" in sections["amounts"] and "at_least" in sections["amounts"]


def test_card_counts_and_versions(store: Engine, tmp_path: Path) -> None:
    card = (publish(store, tmp_path / "dataset").path / "README.md").read_text("utf-8")
    for row in ("| quote | 3 |", "| amount | 3 |", "| test | 3 |", "| 1.0 | none | 1 |"):
        assert row in card
    assert "published from 2026-03-01 to 2026-03-01." in card
    assert "Articles that failed: 1 " in card


def test_card_quality_is_that_of_the_model_cards(store: Engine, tmp_path: Path) -> None:
    card = (publish(store, tmp_path / "dataset").path / "README.md").read_text("utf-8")
    assert "Publication 1, as reviewed" in card
    for row in ("| full attribution | ", "| 20 articles kept for measuring | ", "| range | ", "| threshold 0.5 | "):
        assert row in card
    assert "| open | 9 |" in card and "| not known | 3 |" in card
