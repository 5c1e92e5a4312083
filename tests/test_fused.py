"""The fused token vectors against the stock network's: same vectors, same heads, tags and entities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from thinc.api import set_dropout_rate

from pipeline.fused import BLOCK, fuse
from pipeline.language import default_model, use_numpy_products

TEXTS = [p.read_text(encoding="utf-8") for p in sorted((Path(__file__).parents[1] / "corpora").rglob("*.txt"))]


@pytest.fixture(scope="module")
def stock() -> Language:
    return spacy.load(default_model())


@pytest.fixture(scope="module")
def fused() -> Language:
    nlp = spacy.load(default_model())
    use_numpy_products(nlp)
    fuse(nlp)
    return nlp


@pytest.mark.parametrize("text", [*TEXTS, "", " ", "a", "don't"])
def test_fused_output_is_the_stock_models(stock: Language, fused: Language, text: str) -> None:
    slow, fast = stock(text), fused(text)
    assert np.abs(slow.tensor - fast.tensor).max(initial=0.0) < 1e-5
    assert [(t.head.i, t.dep_, t.tag_, t.pos_, t.lemma_) for t in slow] == [
        (t.head.i, t.dep_, t.tag_, t.pos_, t.lemma_) for t in fast
    ]
    assert [(e.start, e.end, e.label_) for e in slow.ents] == [(e.start, e.end, e.label_) for e in fast.ents]


def test_fused_vectors_do_not_depend_on_what_came_before(fused: Language) -> None:
    fresh = spacy.load(default_model())
    use_numpy_products(fresh)
    fuse(fresh)
    words = " ".join(f"word{i}" for i in range(BLOCK + 1))
    fused(words)
    assert np.array_equal(fused(TEXTS[0]).tensor, fresh(TEXTS[0]).tensor)


def test_fused_forgets_when_full_and_goes_on(fused: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fused(TEXTS[0]).tensor
    monkeypatch.setattr("pipeline.fused.MAX_FORMS", 50)
    assert np.array_equal(fused(TEXTS[0]).tensor, before)
    assert np.array_equal(fused(TEXTS[1])[:5].doc.tensor, fused(TEXTS[1]).tensor)


def test_fused_network_can_be_trained_and_sees_its_new_weights() -> None:
    nlp = spacy.load(default_model())
    fuse(nlp)
    before = nlp(TEXTS[0]).tensor
    model = nlp.get_pipe("tok2vec").model
    set_dropout_rate(model, 0.0)
    doc = nlp.make_doc(TEXTS[0])
    (vectors,), backprop = model([doc], is_train=True)
    assert np.abs(vectors - before).max() < 1e-5
    backprop([np.ones_like(vectors)])
    model.finish_update(nlp.resume_training())
    (vectors,), _ = model([doc], is_train=True)
    assert np.abs(vectors - before).max() > 1e-3
    assert np.abs(vectors - nlp(TEXTS[0]).tensor).max() < 1e-5
