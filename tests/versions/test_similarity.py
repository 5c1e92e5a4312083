"""Which pairs of articles are compared, and how much they share."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Document
from pipeline.versions.similarity import Candidates, Similarity, signatures_of, similarity
from pipeline.versions.sketch import sketches

SETS = st.frozensets(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=20)


def signatures(texts: list[list[str]]):  # type: ignore[no-untyped-def]
    made = sketches([Document("0" * 64, "a", " ".join(t), ()) for t in texts])
    return signatures_of(s.signature or b"" for s in made)


def texts(seed: int, edits: int) -> list[str]:
    """An article of 300 words, some replaced."""
    words = [f"w{n}" for n in np.random.default_rng(seed).integers(0, 5000, 300)]
    for i in range(0, edits * 9, 9):
        words[i] = "edited"
    return words


@given(SETS, SETS)
def test_similarity_is_symmetric_and_bounded(a: frozenset[str], b: frozenset[str]) -> None:
    found = similarity(a, b)
    assert found == similarity(b, a)
    assert 0 <= found.jaccard <= found.containment <= 1
    assert (found.jaccard == 1) == (a == b)
    assert similarity(a, a) == Similarity(1.0, 1.0)


def test_similarity_of_nothing_is_none() -> None:
    assert similarity(frozenset(), frozenset({"a"})) == Similarity(0.0, 0.0)


def test_candidates_are_the_edited_and_the_shortened() -> None:
    all_ = signatures([texts(1, 0), texts(2, 0), texts(1, 10), texts(3, 0), texts(2, 0)[:120]])
    a, b = Candidates(all_).within()
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == [(0, 2), (1, 4)]


def test_candidates_new_against_old_are_those_of_all_together() -> None:
    all_ = signatures([texts(seed, edits) for seed in range(30) for edits in (0, 6)])
    whole = set(zip(*(c.tolist() for c in Candidates(all_).within()), strict=True))
    old, new = all_[:41], all_[41:]
    within = {(a + 41, b + 41) for a, b in zip(*(c.tolist() for c in Candidates(new).within()), strict=True)}
    among = {(b, a + 41) for a, b in zip(*(c.tolist() for c in Candidates(new).among(old)), strict=True)}
    before = set(zip(*(c.tolist() for c in Candidates(old).within()), strict=True))
    assert before | within | among == whole
    assert len(whole) == 30


def test_candidates_of_a_template_are_bounded() -> None:
    """Many equal signatures must not make all pairs."""
    all_ = np.repeat(signatures([texts(1, 0)]), 500, axis=0)
    a, _ = Candidates(all_).within()
    assert len(a) < 500 * 100 < 500 * 499 / 2
