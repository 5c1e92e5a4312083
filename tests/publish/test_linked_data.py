"""The claims and their provenance in standards of the web."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from test_publish import store

from pipeline.dataset import load_dataset
from pipeline.publish.files import publish
from pipeline.store import open_store

__all__ = ["store"]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


def test_annotations_find_their_words_by_both_selectors(store: Engine, tmp_path: Path) -> None:
    out = publish(store, tmp_path / "dataset").path
    dataset = load_dataset(out)
    texts = dataset.documents.set_index("uri").text
    found = lines(out / "annotations.jsonl")
    assert [a["id"].rsplit(":", 1)[1] for a in found] == dataset.claims.claim_id.tolist()
    for annotation in found:
        text = texts[annotation["target"]["source"]]
        position, words = annotation["target"]["selector"]
        assert (position["type"], words["type"]) == ("TextPositionSelector", "TextQuoteSelector")
        assert text[position["start"] : position["end"]] == words["exact"]
        assert words["prefix"] + words["exact"] + words["suffix"] in text
        (body,) = annotation["body"]
        assert body["value"] and annotation["type"] == "Annotation"


def test_schema_org_claims_are_linked_data(store: Engine, tmp_path: Path) -> None:
    rdflib = pytest.importorskip("rdflib", reason="rdflib is not installed")
    out = publish(store, tmp_path / "dataset").path
    graph = rdflib.Graph().parse(out / "claims.jsonld", format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    claims = set(graph.subjects(rdflib.RDF.type, schema.Claim))
    assert len(claims) == 9
    for claim in claims:
        assert graph.value(claim, schema.text)
        article = graph.value(claim, schema.appearance)
        assert str(graph.value(article, schema.datePublished)) == "2026-03-01"
    names = {str(name) for name in graph.objects(None, schema.name)}
    assert names == {"Ana Ruiz", "Ministry"}
    assert len(set(graph.subjects(rdflib.RDF.type, schema.Article))) == 3


def test_prov_is_read_by_its_library(store: Engine, tmp_path: Path) -> None:
    model = pytest.importorskip("prov.model", reason="prov is not installed")
    out = publish(store, tmp_path / "dataset").path
    document = model.ProvDocument.deserialize(str(out / "prov.json"), format="json")
    counted = {
        kind.__name__: len(list(document.get_records(kind)))
        for kind in (
            model.ProvEntity,
            model.ProvActivity,
            model.ProvAgent,
            model.ProvGeneration,
            model.ProvUsage,
            model.ProvDerivation,
            model.ProvAssociation,
        )
    }
    assert counted == {
        "ProvEntity": 6,
        "ProvActivity": 1,
        "ProvAgent": 1,
        "ProvGeneration": 3,
        "ProvUsage": 3,
        "ProvDerivation": 3,
        "ProvAssociation": 1,
    }
    again = model.ProvDocument.deserialize(content=document.serialize(format="json"), format="json")
    assert again == document


def test_linked_data_of_nothing_and_of_several_chunks(
    store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = publish(store, tmp_path / "whole").path
    monkeypatch.setattr("pipeline.publish.tables.CHUNK", 1)
    pieces = publish(store, tmp_path / "pieces").path
    for path in (p for p in whole.iterdir() if p.suffix in (".csv", ".jsonl", ".jsonld")):
        assert path.read_bytes() == (pieces / path.name).read_bytes()
    empty = publish(open_store(tmp_path / "empty.db"), tmp_path / "empty").path
    assert json.loads((empty / "claims.jsonld").read_text())["@graph"] == []
    assert (empty / "annotations.jsonl").read_bytes() == b""
