"""Looking up and packing word vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from spacy.strings import StringStore

from pipeline.attribution.word_vectors import WORDS, WordVectors, load_word_vectors, main, pack


def hashes(*words: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    strings = StringStore()
    return np.array([strings.add(w) for w in words], dtype=np.uint64)


def test_word_vectors_by_form_then_lemma_then_zeros() -> None:
    vectors = WordVectors.of(pack(["say 1 2\n", "claim 3 -4\n", "trees 0 5\n"]))
    rows = vectors(hashes("said", "trees", "qqq"), hashes("say", "tree", "qq"))
    direct = vectors(hashes("say", "trees"), hashes("", ""))
    assert np.array_equal(rows[:2], direct)
    assert not rows[2].any()


def test_word_vectors_packed_are_centred_and_scaled() -> None:
    table = pack(["a 1 2", "b 3 4", "c 5 9"])["table"].astype(np.float32)
    assert np.allclose(table.mean(axis=0), 0, atol=1e-3)


def test_word_vectors_command_reports_a_malformed_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "vectors.txt"
    source.write_text("say 1 2\nclaim 3\n", encoding="utf-8")
    assert main([str(source), str(tmp_path / "out.npz")]) == 2
    assert capsys.readouterr().err.startswith("error:")
    source.write_text("say 1 2\nclaim 3 4\n", encoding="utf-8")
    assert main([str(source), str(tmp_path / "out.npz")]) == 0
    with np.load(tmp_path / "out.npz", allow_pickle=False) as arrays:
        assert len(arrays["hashes"]) == 2


def test_word_vectors_shipped_know_frequent_words() -> None:
    vectors = load_word_vectors()
    assert len(vectors.hashes) == WORDS
    said, claimed, tree = vectors(hashes("said", "claimed", "tree"), hashes("", "", ""))
    assert said @ claimed > said @ tree
