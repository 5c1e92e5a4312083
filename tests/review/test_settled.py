"""What reviewers settled, as gold: whole documents, documents half done, and the measure per kind and field."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from harbour import OTHER, make_claim, usual_claims
from sqlalchemy import Engine

from pipeline.cli import main
from pipeline.evaluate import claims as measure
from pipeline.learning.labelled import from_reviews, rest
from pipeline.records import Document, Quote, Span
from pipeline.review import service
from pipeline.review.settled import reviewed


def decide(engine: Engine, claim_id: str, verdict: str, **form: str) -> None:
    service.decide(engine, claim_id, verdict, "Ann", {"review_id": service.new_id(), **form})


def test_settled_kind_is_complete_when_all_its_claims_are_decided(engine: Engine, harbour: Document) -> None:
    assert list(reviewed(engine)) == []
    quote, amount, prediction, slogan = usual_claims(harbour)
    decide(engine, prediction.claim_id, "accept")
    decide(engine, quote.claim_id, "correct", speaker=OTHER.name)
    (one,) = reviewed(engine)
    assert one.complete() == ("prediction",)
    assert [c.speaker.name for c in one.claims("quote") if c.speaker] == [OTHER.name]
    decide(engine, slogan.claim_id, "reject")
    (one,) = reviewed(engine)
    assert one.complete() == ("quote", "prediction")
    assert [c.claim_id for c in one.claims("quote")] == [quote.claim_id]
    service.undo(engine, "Ann", {"review_id": service.new_id()})
    assert next(reviewed(engine)).complete() == ("prediction",)
    assert amount.claim_id not in {i.claim.claim_id for i in one.decided("amount")}


def test_labelled_from_a_document_half_done_judges_only_the_decided_words(engine: Engine, harbour: Document) -> None:
    quote, _, _, slogan = usual_claims(harbour)
    decide(engine, slogan.claim_id, "reject")
    (one,) = from_reviews(reviewed(engine))
    truth = one.truth["quote"]
    assert truth.entries == ()
    judged = set(range(len(harbour.text))) - {i for s, e in truth.ignore for i in range(s, e)}
    assert judged == set(range(slogan.start, slogan.end))
    decide(engine, quote.claim_id, "accept")
    (one,) = from_reviews(reviewed(engine))
    assert one.truth["quote"].ignore == ()
    assert [e["content"] for e in one.truth["quote"].entries] == [[[quote.start, quote.end]]]


@pytest.mark.parametrize(
    ("spans", "left"),
    [([], ((0, 9),)), ([(0, 9)], ()), ([(2, 4), (3, 5)], ((0, 2), (5, 9))), ([(5, 9), (0, 1)], ((1, 5),))],
)
def test_labelled_rest_is_what_no_span_covers(spans: list[tuple[int, int]], left: tuple[tuple[int, int], ...]) -> None:
    assert rest(9, spans) == left


def test_claims_measure_tells_what_is_wrong_by_field(harbour: Document) -> None:
    gold = usual_claims(harbour)
    shorter = make_claim(harbour, "prediction", "works to end by 2031")
    words = Span(gold[0].start, gold[0].end, gold[0].text)
    wrong = replace(gold[0], speaker=OTHER, detail=Quote("mixed", "statement", (words,)))
    tallies = measure.count(gold, [wrong, gold[1], shorter], ("quote", "amount", "prediction"))
    value = {name: (t.right_gold, t.gold) for name, t in tallies.items()}
    assert value["quote"] == (1, 2)
    assert value["quote quote_type"] == (0, 1)
    assert value["quote speaker"] == (1, 1)  # Lind is Lind
    assert value["amount"] == value["amount low"] == value["amount exact span"] == (1, 1)
    assert value["prediction"] == (1, 1)
    assert value["prediction exact span"] == (0, 1)


def test_evaluate_against_reviews_asks_for_whole_documents(
    engine: Engine, harbour: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(engine.url.database)
    assert main(["evaluate", "--database", path]) == 2
    assert "nothing is decided" in capsys.readouterr().err
    decide(engine, usual_claims(harbour)[3].claim_id, "reject")
    assert main(["evaluate", "--database", path]) == 2
    assert "in none of 1 documents all claims of a kind are decided" in capsys.readouterr().err


def test_evaluate_against_reviews_scores_each_kind_and_field(
    engine: Engine, harbour: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    for claim in usual_claims(harbour):
        if claim.kind != "quote":
            decide(engine, claim.claim_id, "accept")
    assert main(["evaluate", "--database", str(engine.url.database), "--json"]) == 0
    found = {f["name"]: f for f in json.loads(capsys.readouterr().out)}
    assert found["amount"]["gold"] == 1
    assert found["amount unit"]["value"] == 1.0
    assert not any(name.startswith("quote") for name in found)
