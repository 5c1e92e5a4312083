"""Decisions after the articles were extracted again, or changed, or both."""

from __future__ import annotations

from dataclasses import replace

import pytest
from harbour import OTHER, TEXT, make_claim, make_document, put, usual_claims
from sqlalchemy import Engine

from pipeline.records import Claim, Document, Quote
from pipeline.review import index, queue, service
from pipeline.review.queue import Filters
from pipeline.review.survey import Item
from pipeline.store.database import reading

QUOTE = "a toll road to nowhere"


def items(engine: Engine, document: Document) -> list[Item]:
    with reading(engine) as connection:
        return index.items_of(connection, document.doc_id)[1]


def decide(engine: Engine, document: Document, words: str, verdict: str, **form: str) -> str:
    claim_id = next(i.claim.claim_id for i in items(engine, document) if i.claim.text == words)
    service.decide(engine, claim_id, verdict, form.pop("reviewer", "Ann"), {"review_id": service.new_id(), **form})
    return claim_id


def about(engine: Engine, document: Document, words: str) -> Item:
    return next(i for i in items(engine, document) if i.claim.text == words)


def again(engine: Engine, text: str, claims: list[Claim] | None = None) -> Document:
    """The article at the same address as it reads now, with what is extracted now."""
    document = make_document(text, blocks=())
    return put(engine, document, usual_claims(document) if claims is None else claims)


@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_survey_same_span_keeps_its_decision(engine: Engine, harbour: Document, verdict: str) -> None:
    decide(engine, harbour, QUOTE, verdict)
    changed = [replace(c, confidence=0.99, speaker=OTHER) for c in usual_claims(harbour)]
    put(engine, harbour, changed)
    assert about(engine, harbour, QUOTE).status == {"accept": "accepted", "reject": "rejected"}[verdict]
    assert about(engine, harbour, "€40 million").status == "open"


def test_survey_moved_claim_takes_its_decision_along(engine: Engine, harbour: Document) -> None:
    old = decide(engine, harbour, QUOTE, "accept")
    now = again(engine, "CORRECTED VERSION. A new first line.\n\n" + TEXT)
    moved = about(engine, now, QUOTE)
    assert moved.status == "accepted"
    assert moved.claim.claim_id != old
    assert [d.claim_id for d in moved.history] == [old]


def test_survey_correction_is_found_where_the_new_extraction_agrees(engine: Engine, harbour: Document) -> None:
    start = harbour.text.index("toll road")
    decide(engine, harbour, QUOTE, "correct", start=str(start))
    kept = [c for c in usual_claims(harbour) if c.text != QUOTE]
    put(engine, harbour, [*kept, make_claim(harbour, "quote", "toll road to nowhere")])
    assert about(engine, harbour, "toll road to nowhere").status == "corrected"


def test_survey_vanished_claim_comes_back_and_says_why(engine: Engine, harbour: Document) -> None:
    old = decide(engine, harbour, QUOTE, "accept")
    put(engine, harbour, [c for c in usual_claims(harbour) if c.text != QUOTE])
    gone = about(engine, harbour, QUOTE)
    assert (gone.status, gone.extracted, gone.claim.claim_id) == ("returned", False, old)
    assert gone.reason == "This claim is no longer extracted."
    with reading(engine) as connection:
        assert [e.claim_id for e in queue.page(connection, Filters(view="returned"))] == [old]
    decide(engine, harbour, QUOTE, "accept")
    assert about(engine, harbour, QUOTE).status == "added"
    service.undo(engine, "Ann", {"review_id": service.new_id()})
    assert about(engine, harbour, QUOTE).status == "returned"
    decide(engine, harbour, QUOTE, "reject")
    assert all(i.claim.text != QUOTE for i in items(engine, harbour))


def test_survey_rejected_claim_that_vanished_is_settled(engine: Engine, harbour: Document) -> None:
    decide(engine, harbour, QUOTE, "reject")
    put(engine, harbour, [c for c in usual_claims(harbour) if c.text != QUOTE])
    assert all(i.claim.text != QUOTE and i.status == "open" for i in items(engine, harbour))


def test_survey_another_span_comes_back(engine: Engine, harbour: Document) -> None:
    decide(engine, harbour, QUOTE, "accept")
    kept = [c for c in usual_claims(harbour) if c.text != QUOTE]
    put(engine, harbour, [*kept, make_claim(harbour, "quote", "toll road to nowhere")])
    successor = about(engine, harbour, "toll road to nowhere")
    assert successor.status == "returned"
    assert successor.reason is not None and QUOTE in successor.reason
    decide(engine, harbour, "toll road to nowhere", "accept")
    assert about(engine, harbour, "toll road to nowhere").status == "accepted"


def test_survey_words_that_left_the_article_come_back(engine: Engine, harbour: Document) -> None:
    decide(engine, harbour, QUOTE, "accept")
    now = again(engine, TEXT.replace(QUOTE, "rather expensive indeed"))
    gone = about(engine, now, QUOTE)
    assert gone.status == "returned"
    assert gone.reason is not None and "rather expensive indeed" in gone.reason
    with pytest.raises(service.FormError):
        decide(engine, now, QUOTE, "accept")
    again_gone = again(engine, TEXT[: TEXT.index("•")])
    assert about(engine, again_gone, QUOTE).reason == "The article has changed, and these words are no longer in it."


def test_survey_source_and_extraction_both_changed_come_back(engine: Engine, harbour: Document) -> None:
    decide(engine, harbour, "€40 million", "accept")
    text = TEXT.replace("will cost €40 million” on Friday", "shall now cost €40 million” on Monday")
    document = make_document(text, blocks=())
    same = make_claim(document, "amount", "€40 million")
    assert put(engine, document, [same]) and about(engine, document, "€40 million").status == "accepted"
    other = replace(same, speaker=OTHER)
    put(engine, document, [other])
    back = about(engine, document, "€40 million")
    assert back.status == "returned"
    assert back.reason is not None and "both" in back.reason.lower()


def test_survey_short_words_are_not_mistaken_for_others(engine: Engine, harbour: Document) -> None:
    decide(engine, harbour, "€40 million", "accept")
    now = again(engine, "Elsewhere a bridge for €40 million was opened by the mayor of the old town.\n", [])
    assert [i.reason for i in items(engine, now)] == ["The article has changed, and these words are no longer in it."]


def test_survey_added_claim_moves_and_is_found(engine: Engine, harbour: Document) -> None:
    start = TEXT.index("Café owners")
    form = {"review_id": service.new_id(), "start": str(start), "end": str(start + 11)}
    service.add(engine, harbour.doc_id, "quote", "Ann", form)
    now = again(engine, "New. " + TEXT)
    moved = about(engine, now, "Café owners")
    assert (moved.status, moved.extracted) == ("added", False)
    assert isinstance(moved.claim.detail, Quote)
    assert now.text[moved.claim.start : moved.claim.end] == "Café owners"
    put(engine, now, [*usual_claims(now), make_claim(now, "quote", "Café owners")])
    assert about(engine, now, "Café owners").extracted


def test_survey_equal_texts_share_their_decisions(engine: Engine, harbour: Document) -> None:
    twin = replace(make_document(), doc_id="f" * 64, uri="other/twin.txt")
    put(engine, twin, [replace(c, doc_id=twin.doc_id) for c in usual_claims(twin)], corpus="other", file="twin.txt")
    decide(engine, harbour, QUOTE, "accept")
    assert about(engine, twin, QUOTE).status == "accepted"
    with reading(engine) as connection:
        found = [queue.page(connection, Filters(view="all", corpus=c)) for c in ("", "news", "other")]
    assert [len(f) for f in found] == [4, 4, 4]
    assert all({e.text: e.status for e in f}[QUOTE] == "accepted" for f in found)
