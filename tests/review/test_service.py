"""Decisions as reviewers make them: append-only, idempotent, undone by new decisions, disputed and settled."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from harbour import OTHER, make_claim, make_document, put, usual_claims
from sqlalchemy import Engine

from pipeline.records import Amount, Document
from pipeline.review import decisions, index, queue, service
from pipeline.review.corrections import FormError
from pipeline.review.decisions import Decision
from pipeline.review.queue import Filters
from pipeline.review.survey import Item
from pipeline.store.database import reading, writing
from pipeline.store.schema import reviews


def item(engine: Engine, document: Document, words: str, kind: str | None = None) -> Item:
    with reading(engine) as connection:
        _, items = index.items_of(connection, document.doc_id)
    return next(i for i in items if i.claim.text == words and kind in (None, i.claim.kind))


def decide(engine: Engine, it: Item, verdict: str, reviewer: str, **form: str) -> None:
    service.decide(engine, it.claim.claim_id, verdict, reviewer, {"review_id": service.new_id(), **form})


def logged(engine: Engine) -> list[Decision]:
    with reading(engine) as connection:
        return list(decisions.everything(connection))


QUOTE = "a toll road to nowhere"


def test_service_puts_a_decision_on_record_with_all_it_needs(engine: Engine, harbour: Document) -> None:
    it = item(engine, harbour, QUOTE)
    decide(engine, it, "reject", "Ann")
    (made,) = logged(engine)
    assert (made.claim_id, made.doc_id, made.uri) == (it.claim.claim_id, harbour.doc_id, harbour.uri)
    assert (made.reviewer, made.decision, made.pipeline_version, made.after) == ("Ann", "reject", "1.0", None)
    assert made.before == it.claim.to_dict()
    assert item(engine, harbour, QUOTE).status == "rejected"


def test_service_decides_once_when_a_form_is_sent_twice(engine: Engine, harbour: Document) -> None:
    form = {"review_id": service.new_id()}
    claim_id = item(engine, harbour, QUOTE).claim.claim_id
    for _ in range(2):
        service.decide(engine, claim_id, "accept", "Ann", form)
    assert len(logged(engine)) == 1


def test_service_log_cannot_be_changed(engine: Engine, harbour: Document) -> None:
    decide(engine, item(engine, harbour, QUOTE), "accept", "Ann")
    for statement in (reviews.update().values(reviewer="Eve"), reviews.delete()):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), writing(engine) as connection:
            connection.execute(statement)
    assert [d.reviewer for d in logged(engine)] == ["Ann"]


def test_service_undo_and_redo_are_new_decisions(engine: Engine, harbour: Document) -> None:
    first, second = item(engine, harbour, QUOTE), item(engine, harbour, "€40 million")
    decide(engine, first, "accept", "Ann")
    decide(engine, second, "reject", "Ann")

    def status() -> tuple[str, str]:
        return item(engine, harbour, QUOTE).status, item(engine, harbour, "€40 million").status

    def act(what: str) -> str | None:
        found = getattr(service, what)(engine, "Ann", {"review_id": service.new_id()})
        return found.claim_id if found else None

    assert act("redo") is None
    assert act("undo") == second.claim.claim_id
    assert act("undo") == first.claim.claim_id
    assert status() == ("open", "open")
    assert act("undo") is None
    assert act("redo") == first.claim.claim_id
    assert act("redo") == second.claim.claim_id
    assert act("redo") is None
    assert status() == ("accepted", "rejected")
    act("undo")
    decide(engine, second, "accept", "Ann")
    assert act("redo") is None
    assert act("undo") == second.claim.claim_id
    assert status() == ("accepted", "open")
    assert len(logged(engine)) == 9


def test_service_undo_touches_own_decisions_only(engine: Engine, harbour: Document) -> None:
    decide(engine, item(engine, harbour, QUOTE), "accept", "Ann")
    assert service.undo(engine, "Ben", {"review_id": service.new_id()}) is None
    assert item(engine, harbour, QUOTE).status == "accepted"


def test_service_two_reviewers_dispute_and_a_third_settles(engine: Engine, harbour: Document) -> None:
    decide(engine, item(engine, harbour, QUOTE), "accept", "Ann")
    decide(engine, item(engine, harbour, QUOTE), "reject", "Ben")
    disputed = item(engine, harbour, QUOTE)
    assert disputed.status == "disputed"
    assert set(disputed.outcome.by_reviewer) == {"Ann", "Ben"}
    decide(engine, disputed, "reject", "Cleo")
    settled = item(engine, harbour, QUOTE)
    assert settled.status == "rejected"
    assert [d.adjudicates for d in settled.history] == [False, False, True]
    assert len(settled.history) == 3
    decide(engine, settled, "accept", "Dora")
    assert item(engine, harbour, QUOTE).status == "disputed"


def test_service_agreeing_copies_the_other_correction(engine: Engine, harbour: Document) -> None:
    it = item(engine, harbour, QUOTE)
    decide(engine, it, "correct", "Ann", quote_type="mixed")
    made = logged(engine)[0]
    decide(engine, it, "agree", "Ben", **{"with": made.review_id})
    assert item(engine, harbour, QUOTE).status == "corrected"
    assert logged(engine)[1].after == made.after


def test_service_corrects_span_speaker_and_fields(engine: Engine, harbour: Document) -> None:
    it = item(engine, harbour, "€40 million")
    start = harbour.text.index("cost €40")
    decide(engine, it, "correct", "Ann", start=str(start), speaker="R. Lind", bound="about", low="40,500,000")
    after = item(engine, harbour, "€40 million").settled
    assert after is not None
    assert (after.text, after.speaker and after.speaker.speaker_id) == ("cost €40 million", OTHER.speaker_id)
    assert harbour.text[after.start : after.end] == after.text
    assert isinstance(after.detail, Amount)
    assert (after.detail.low, after.detail.high, after.detail.bound) == (
        Decimal(40_500_000),
        Decimal(40_500_000),
        "about",
    )


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"start": "9", "end": "9"}, "start"),
        ({"end": "99999"}, "start"),
        ({"start": "x"}, "start"),
        ({"low": "many"}, "low"),
        ({"low": "NaN"}, "low"),
        ({"bound": "range", "low": "5", "high": "4"}, "high"),
        ({"bound": "at_most", "high": ""}, "high"),
        ({"unit": "dollars"}, "unit"),
        ({"change": "sideways"}, "change"),
        ({}, "start"),
    ],
)
def test_service_refuses_values_that_make_no_sense(
    engine: Engine, harbour: Document, form: dict[str, str], field: str
) -> None:
    with pytest.raises(FormError) as caught:
        decide(engine, item(engine, harbour, "€40 million"), "correct", "Ann", **form)
    assert caught.value.field == field
    assert logged(engine) == []


def test_service_adds_a_missed_claim_by_code_points(engine: Engine, harbour: Document) -> None:
    start = harbour.text.index("Café")
    form = {
        "review_id": service.new_id(),
        "start": str(start - 1),
        "end": str(start + len("Café owners ")),
        "speaker": "Rosa Lind",
    }
    claim_id = service.add(engine, harbour.doc_id, "quote", "Ann", form)
    made = item(engine, harbour, "Café owners")
    assert (made.claim.claim_id, made.status, made.extracted) == (claim_id, "added", False)
    with pytest.raises(FormError, match="already"):
        service.add(engine, harbour.doc_id, "quote", "Ben", {**form, "review_id": service.new_id()})
    service.undo(engine, "Ann", {"review_id": service.new_id()})
    with reading(engine) as connection:
        assert queue.entry(connection, claim_id) is None


def test_service_merges_two_speakers_everywhere_until_taken_back(engine: Engine) -> None:
    one = make_document(uri="news/one.txt")
    two = make_document(uri="news/two.txt", text="R. Lind said “we shall build”.", blocks=())
    put(engine, one, usual_claims(one))
    put(engine, two, [make_claim(two, "quote", "we shall build", speaker=OTHER)])

    def names() -> set[str | None]:
        index.catch_up(engine)
        with reading(engine) as connection:
            return {e.speaker for e in queue.page(connection, Filters())}

    assert names() == {"Rosa Lind", "R. Lind"}
    here = item(engine, one, QUOTE).claim.claim_id
    service.merge(engine, here, "R. Lind", "Ann", {"review_id": service.new_id()})
    assert names() == {"R. Lind"}
    with pytest.raises(FormError):
        service.merge(engine, here, "R. Lind", "Ann", {"review_id": service.new_id()})
    service.undo(engine, "Ann", {"review_id": service.new_id()})
    assert names() == {"Rosa Lind", "R. Lind"}


def test_service_added_claim_can_be_disputed_and_corrected(engine: Engine, harbour: Document) -> None:
    start = harbour.text.index("Café")
    form = {"review_id": service.new_id(), "start": str(start), "end": str(start + len("Café owners"))}
    service.add(engine, harbour.doc_id, "quote", "Ann", form)
    decide(engine, item(engine, harbour, "Café owners"), "reject", "Ben")
    assert item(engine, harbour, "Café owners").status == "disputed"
    decide(engine, item(engine, harbour, "Café owners"), "correct", "Ben", quote_type="indirect")
    decide(engine, item(engine, harbour, "Café owners"), "correct", "Ann", start=str(start), end=str(start + 4))
    corrected = item(engine, harbour, "Café owners")
    assert (corrected.status, corrected.claim.text) == ("disputed", "Café owners")
    decide(engine, corrected, "accept", "Cleo")
    assert item(engine, harbour, "Café owners").status == "accepted"
