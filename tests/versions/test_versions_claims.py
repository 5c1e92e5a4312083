"""Which claims two articles share."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.versions.claims import Stated, changed, shared

A = Stated("a1", "amount", 30, "$3 billion", "The bridge will cost $3 billion, the minister said.", "Ana Ruiz")


def test_claims_same_words_in_an_edited_sentence_are_shared() -> None:
    b = replace(A, claim_id="b1", start=90, sentence="The bridge will cost $3 billion, the minister said on Monday.")
    assert shared([A], [b]) == {"b1": "a1"}


def test_claims_same_words_in_another_sentence_are_not() -> None:
    assert shared([A], [replace(A, claim_id="b1", sentence="Schools get $3 billion a year.")]) == {}


def test_claims_of_another_kind_or_voice_are_not() -> None:
    assert shared([A], [replace(A, claim_id="b1", kind="quote")]) == {}
    assert shared([A], [replace(A, claim_id="b1", speaker="Paul Brandt")]) == {}
    for name in ("Ruiz", None, "ana ruiz"):
        assert shared([A], [replace(A, claim_id="b1", speaker=name)]) == {"b1": "a1"}


def test_claims_repeated_in_an_article_are_told_apart_by_order() -> None:
    twice = [A, replace(A, claim_id="a2", start=500)]
    again = [replace(c, claim_id=f"b{c.claim_id[1]}") for c in twice]
    assert shared(twice, again) == {"b1": "a1", "b2": "a2"}
    assert shared(twice, again[:1]) == {"b1": "a1"}


def test_claims_changed_are_those_with_other_words_in_about_the_same_sentence() -> None:
    b = replace(A, claim_id="b1", text="$4 billion", sentence=A.sentence.replace("3", "4"))
    c = replace(A, claim_id="b2", text="5 percent", sentence="Wages rise by 5 percent.")
    assert shared([A], [b, c]) == {}
    assert changed([A], [b, c]) == {"b1": "a1"}
    assert changed([A], [replace(A, claim_id="b1", speaker="Paul Brandt")]) == {"b1": "a1"}


STATED = st.lists(
    st.builds(
        lambda kind, start, text, sentence, who: (kind, start, text, f"{text} {sentence}", who),
        st.sampled_from(["amount", "quote"]),
        st.integers(0, 9),
        st.sampled_from(["$3", "$4 more", ""]),
        st.sampled_from(["will be paid by all", "was said by nobody", ""]),
        st.sampled_from([None, "Ruiz", "Ana Ruiz", "Brandt"]),
    ),
    max_size=8,
)


def made(rows: list[tuple[str, int, str, str, str | None]], side: str) -> list[Stated]:
    return [Stated(f"{side}{i}", *row) for i, row in enumerate(rows)]


@given(STATED, STATED, st.randoms())
def test_claims_shared_one_to_one_whatever_the_order(x, y, draw) -> None:  # type: ignore[no-untyped-def]
    a, b = made(x, "a"), made(y, "b")
    found = shared(a, b)
    assert len(set(found.values())) == len(found)
    old, new = {c.claim_id: c for c in a}, {c.claim_id: c for c in b}
    assert all(old[i].kind == new[n].kind and old[i].words == new[n].words for n, i in found.items())
    draw.shuffle(a)
    draw.shuffle(b)
    assert shared(a, b) == found
    assert len(shared(a, a)) == len(a)
