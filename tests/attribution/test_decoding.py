"""The steps between scores and attributions, on hand-made arrays."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.attribution.decoding import close_gaps, heaviest_run, overlap
from pipeline.attribution.features import WINDOW, Tree, chunk_bounds, pair_features
from pipeline.attribution.gold import align, read_gold
from pipeline.attribution.tokens import read_tokens

ROWS = st.lists(st.booleans(), min_size=1, max_size=30)


@pytest.fixture
def said() -> Doc:
    """``Ann said that prices fell .``, parsed."""
    words = ["Ann", "said", "that", "prices", "fell", "."]
    deps = ["nsubj", "ROOT", "mark", "nsubj", "ccomp", "punct"]
    tags = ["NNP", "VBD", "IN", "NNS", "VBD", "."]
    doc = Doc(Vocab(), words=words, tags=tags, deps=deps, heads=[1, 1, 4, 4, 1, 1])
    doc.tensor = np.zeros((len(words), 96), dtype=np.float32)
    return doc


def test_decoding_closes_short_gaps() -> None:
    mask = np.array([[True, False, False, True, False, False, False, True, False]])
    closed = close_gaps(mask, 2)
    assert closed.tolist() == [[True, True, True, True, False, False, False, True, False]]


@given(ROWS, st.integers(0, 4))
def test_decoding_closing_gaps_keeps_ends(row: list[bool], gap: int) -> None:
    mask = np.array([row])
    closed = close_gaps(mask, gap)
    assert (closed | ~mask).all()
    if mask.any():
        assert closed.argmax() == mask.argmax()
        assert closed[:, ::-1].argmax() == mask[:, ::-1].argmax()
    else:
        assert not closed.any()


@given(ROWS)
def test_decoding_heaviest_run_is_one_run(row: list[bool]) -> None:
    mask = np.array([row])
    run = heaviest_run(mask, np.ones(mask.shape, dtype=np.float32))
    assert not (run & ~mask).any()
    assert np.count_nonzero(np.diff(run[0].astype(int), prepend=0) == 1) == int(mask.any())


def test_decoding_overlap_is_iou() -> None:
    assert overlap(np.array([1, 2, 3]), np.array([2, 3, 4])) == 0.5
    assert overlap(np.array([1, 2]), np.array([5])) == 0.0


def test_features_paths_tell_subject_from_content(said: Doc) -> None:
    tokens = read_tokens(said)
    deps = np.arange(len(tokens))
    pairs = pair_features(tokens, Tree(tokens.head), deps, len(deps), np.array([1]))
    assert pairs.token[0, WINDOW] == 1
    paths = pairs.path[0, WINDOW - 1 : WINDOW + 5]
    assert len(set(paths.tolist())) == 6 - 1  # "that" and "prices" hang alike on the clause, all others differ
    assert pairs.valid[0, WINDOW - 1 : WINDOW + 5].all() and pairs.valid.sum() == 6
    assert pairs.parent[0, WINDOW + 3] == WINDOW and pairs.parent[0, WINDOW + 2] == WINDOW + 3


@pytest.mark.parametrize("size", [1, 2, 4, 100])
def test_features_chunks_cover_the_document(said: Doc, size: int) -> None:
    bounds = chunk_bounds(read_tokens(said), size)
    assert [i for a, b in bounds for i in range(a, b)] == list(range(len(said)))
    assert all(0 < b - a <= size for a, b in bounds)


def test_gold_aligns_to_tokens(said: Doc, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    roles = {"source": [[0, 3]], "cue": [[4, 8]], "content": [[9, 25]]}
    path.write_text(json.dumps({"doc_id": "a", "text": said.text, "attributions": [roles]}) + "\n")
    (gold,) = read_gold([path])
    (target,) = align(said, read_tokens(said), gold.attributions)
    assert (target.anchor, target.source.tolist(), target.content.tolist()) == (1, [0], [2, 3, 4])


def test_gold_names_the_malformed_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"doc_id": "a", "text": "x", "attributions": []}\n{"doc_id": "b"}\n')
    with pytest.raises(ValueError, match=r"gold\.jsonl, line 2"):
        read_gold([path])
