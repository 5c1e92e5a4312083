"""The knowledge files about amounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.amounts import knowledge


def test_knowledge_every_file_has_a_source() -> None:
    sources = (knowledge.FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    for path in knowledge.FOLDER.iterdir():
        assert path.name == "SOURCES.md" or f"`{path.name}`" in sources


def test_knowledge_defaults_are_among_the_candidates() -> None:
    currencies = knowledge.currencies()
    for marker in [*currencies.exact.values(), *currencies.folded.values()]:
        assert marker.default == "XXX" or marker.default in marker.codes, marker


def test_knowledge_main_currencies_have_names_and_signs() -> None:
    currencies = knowledge.currencies()
    for code, sign, name in [
        ("USD", "$", "dollars"),
        ("EUR", "€", "euros"),
        ("GBP", "£", "pounds"),
        ("INR", "₹", "rupees"),
    ]:
        assert currencies.exact[(sign,)].default == code
        assert currencies.folded[(name,)].default == code
        assert currencies.exact[(code,)].codes == (code,)


def test_knowledge_rejects_unknown_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rates.toml").write_text("[surprise]\n", encoding="utf-8")
    monkeypatch.setattr(knowledge, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"rates\.toml: expected the tables"):
        knowledge.read_toml("rates.toml", ["periodic"])


def test_knowledge_rejects_unknown_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "currencies.csv").write_text("code,title\n", encoding="utf-8")
    monkeypatch.setattr(knowledge, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"currencies\.csv: expected the columns"):
        knowledge.read_csv("currencies.csv", ["code", "name"])


def test_knowledge_rejects_unknown_bounds() -> None:
    with pytest.raises(ValueError, match="unknown bounds"):
        knowledge.bounds({"roughly": ["about"]})
