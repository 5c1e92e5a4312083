"""What is kept of an article to find copies of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Block, Document
from pipeline.versions.sketch import FEWEST, PERMUTATIONS, sketches, words_of

WORDS = [f"word{i}" for i in range(FEWEST + 10)]


def article(text: str, *blocks: Block) -> Document:
    return Document("0" * 64, "a", text, blocks)


def test_sketch_leaves_out_boilerplate_case_and_punctuation() -> None:
    plain = article(" ".join(WORDS))
    text = ", ".join(WORDS).upper() + "\nSubscribe now"
    end = text.index("\n")
    framed = article(text, Block("paragraph", 0, end), Block("boilerplate", end + 1, len(text)))
    one, other = sketches([plain, framed])
    assert one == other
    assert one.signature is not None and len(one.signature) == 4 * PERMUTATIONS


def test_sketch_of_short_article_has_no_signature() -> None:
    (short,) = sketches([article("Subscribe to read this article.")])
    assert (short.shingles, short.signature) == (2, None)
    assert sketches([article("")])[0].shingles == 0


def test_sketch_is_the_same_on_every_machine() -> None:
    """Signatures lie in stores: other hashes or seeds in the library would make them useless."""
    (known,) = sketches([article(" ".join(WORDS))])
    assert known.content_hash == "8477d1a52b57220ca8f43f96a37f81cf356b531f2e0fdd9a8b639cbc0d203e14"
    assert known.signature is not None and known.signature[:8].hex() == "8e32d4c59948d8c0"


@given(st.lists(st.text(max_size=200), max_size=4))
def test_sketch_depends_on_its_article_alone(texts: list[str]) -> None:
    documents = [article(t) for t in (*texts, " ".join(WORDS))]
    assert sketches(documents) == [sketches([d])[0] for d in documents]
    assert all(isinstance(w, str) for d in documents for w in words_of(d))
