"""The spaCy pipeline: its components, its entry points, its speed-up that changes nothing."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

import pipeline
from pipeline.language import COMPONENTS, default_model

TEXT = (Path(__file__).resolve().parents[1] / "corpora/samples/newswire.txt").read_text(encoding="utf-8")


def test_language_factories_are_entry_points() -> None:
    names = {e.name for e in entry_points(group="spacy_factories") if e.value.startswith("pipeline.")}
    assert names == {"claims_blocks", *COMPONENTS}


def test_language_factories_declare_what_they_assign() -> None:
    for name in ("claims_blocks", *COMPONENTS):
        meta = Language.get_factory_meta(name)
        assert any(attribute.startswith("doc._.claims_") for attribute in meta.assigns), name


def test_language_unknown_model_is_refused() -> None:
    with pytest.raises(OSError, match="no_such_model"):
        pipeline.load("no_such_model")


def test_language_numpy_products_change_no_head_tag_or_entity(nlp: Language) -> None:
    stock = spacy.load(default_model())
    stock.add_pipe("claims_blocks", first=True)
    fast, slow = nlp(TEXT), stock(TEXT)
    assert [(t.head.i, t.dep_, t.tag_, t.lemma_) for t in fast] == [(t.head.i, t.dep_, t.tag_, t.lemma_) for t in slow]
    assert [(e.start, e.end, e.label_) for e in fast.ents] == [(e.start, e.end, e.label_) for e in slow.ents]
