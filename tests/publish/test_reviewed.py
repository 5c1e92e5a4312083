"""What people decided in review is what is published, with flags."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from handmade import TEXT, document, extraction
from sqlalchemy import Engine

from pipeline import records
from pipeline.dataset import Dataset, load_dataset
from pipeline.publish.files import publish
from pipeline.records import Document
from pipeline.review import decisions, index, service
from pipeline.review.decisions import Decision
from pipeline.store import open_store, writes
from pipeline.store.database import writing


def put(engine: Engine, doc: Document, **changes: object) -> None:
    """Store and extract an article; ``changes`` of its claims by kind."""
    found = extraction(doc)
    claims = tuple(replace(c, **changes.get(c.kind, {})) for c in found.claims)  # type: ignore[arg-type]
    with writing(engine) as connection:
        run_id = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        source = writes.Source("test", doc.uri, (doc.uri,))
        writes.store_documents(connection, run_id, [(source, doc)])
        writes.store_extractions(connection, run_id, [replace(found, claims=claims)])
    index.catch_up(engine)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A store with one article: a quote by Ana Ruiz, an amount in it, a prediction by the ministry."""
    store = open_store(tmp_path / "claims.db")
    index.prepare(store)
    put(store, document())
    return store


def ids(doc: Document | None = None) -> dict[str, str]:
    """The id of the article's claim of each kind."""
    return {c.kind: c.claim_id for c in extraction(doc).claims}


def say(engine: Engine, kind: str, verdict: str, reviewer: str = "Ann", **form: str) -> None:
    """Decide on the claim of a kind."""
    service.decide(engine, ids()[kind], verdict, reviewer, form | {"review_id": secrets.token_hex(16)})


def published(engine: Engine, folder: Path, *, reviewed: bool = True) -> Dataset:
    done = publish(engine, folder / "dataset", reviewed=reviewed)
    report = frictionless.Package(str(done.path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    return load_dataset(done.path)


def row(dataset: Dataset, kind: str) -> pd.Series:
    wide = dataset.wide()
    found = wide[wide.kind == kind]
    assert len(found) == 1
    return found.iloc[0]


def test_reviewed_nothing_is_open(engine: Engine, tmp_path: Path) -> None:
    dataset = published(engine, tmp_path)
    assert dataset.claims.review_status.tolist() == ["open"] * 3
    assert dataset.claims.reviewer.isna().all() and dataset.claims.reviewed_at.isna().all()
    assert [found.tolist() for found in dataset.claims.corrected] == [[]] * 3
    assert dataset.table("reviews").empty


def test_reviewed_accepted_is_flagged(engine: Engine, tmp_path: Path) -> None:
    say(engine, "quote", "accept")
    dataset = published(engine, tmp_path)
    quote = row(dataset, "quote")
    assert (quote.review_status, quote.reviewer) == ("accepted", "Ann")
    assert quote.reviewed_at.tzinfo is not None
    assert dataset.claims.dtypes["review_status"] == "category"
    told = dataset.table("reviews").iloc[0]
    assert (told.status, told.published_as, told.reviewers.tolist()) == ("accepted", ids()["quote"], ["Ann"])


def test_reviewed_rejected_is_out(engine: Engine, tmp_path: Path) -> None:
    """The quote goes with all its rows; the amount that stood in it stays, within nothing."""
    say(engine, "quote", "reject")
    dataset = published(engine, tmp_path)
    assert sorted(dataset.claims.kind) == ["amount", "prediction"]
    assert dataset.quotes.empty and dataset.table("quote_spans").empty
    assert pd.isna(row(dataset, "amount").within)
    told = dataset.table("reviews").iloc[0]
    assert (told.claim_id, told.status, told.reviewers.tolist()) == (ids()["quote"], "rejected", ["Ann"])
    assert pd.isna(told.published_as)


def test_reviewed_corrected_values(engine: Engine, tmp_path: Path) -> None:
    say(engine, "amount", "correct", low="2600000000", high="2600000000", unit="USD")
    say(engine, "prediction", "correct", certainty="certain", horizon_to="2031-06-30")
    dataset = published(engine, tmp_path)
    amount, prediction = row(dataset, "amount"), row(dataset, "prediction")
    assert (amount.amount_low, amount.amount_unit, amount.amount_per) == (Decimal("2600000000"), "USD", "year")
    assert (amount.review_status, amount.corrected.tolist()) == ("corrected", ["low", "high", "unit"])
    assert amount.within == ids()["quote"]
    assert (prediction.prediction_certainty, str(prediction.prediction_horizon_to.date())) == ("certain", "2031-06-30")
    assert prediction.corrected.tolist() == ["certainty", "horizon_to"]
    assert prediction.prediction_horizon == "by 2031"
    assert dataset.amounts.low.tolist() == [Decimal("2600000000")]


def test_reviewed_corrected_span(engine: Engine, tmp_path: Path) -> None:
    """The claim has the id of its new span; what lay in it and still does is within the new one."""
    text = document().text
    end = text.index(" said Ana")
    say(engine, "quote", "correct", start=str(text.index("We will")), end=str(end - 2))
    dataset = published(engine, tmp_path)
    quote, amount = row(dataset, "quote"), row(dataset, "amount")
    assert quote.text == "We will spend €2.5 billion a year"
    assert quote.claim_id == records.claim_id(records.text_hash(text), "quote", quote.start, quote.end)
    assert quote.quote_content.tolist() == [quote.text]
    assert quote.corrected.tolist()[:2] == ["span", "text"]
    assert amount.within == quote.claim_id
    told = dataset.table("reviews").iloc[0]
    assert (told.claim_id, told.published_as) == (ids()["quote"], quote.claim_id)


def test_reviewed_corrected_speaker_is_that_of_claims_inside(engine: Engine, tmp_path: Path) -> None:
    say(engine, "quote", "correct", speaker="Ministry")
    dataset = published(engine, tmp_path)
    quote, amount = row(dataset, "quote"), row(dataset, "amount")
    assert (quote.speaker, amount.speaker) == ("Ministry", "Ministry")
    assert (quote.review_status, amount.review_status) == ("corrected", "open")
    assert quote.corrected.tolist() == amount.corrected.tolist() == ["speaker"]
    assert row(dataset, "prediction").corrected.tolist() == []


def test_reviewed_corrected_to_a_new_speaker(engine: Engine, tmp_path: Path) -> None:
    say(engine, "prediction", "correct", speaker="Lena Ode", speaker_kind="person")
    dataset = published(engine, tmp_path)
    assert row(dataset, "prediction").speaker == "Lena Ode"
    assert "Lena Ode" in dataset.speakers.name.tolist()


def test_reviewed_added_is_in(engine: Engine, tmp_path: Path) -> None:
    text = document().text
    start = text.index("work to begin")
    form = {"start": str(start), "end": str(start + 13), "speaker": "Ana Ruiz", "review_id": secrets.token_hex(16)}
    claim_id = service.add(engine, document().doc_id, "quote", "Ben", form)
    dataset = published(engine, tmp_path)
    added = dataset.wide().set_index("claim_id").loc[claim_id]
    assert (added.text, added.speaker, added.review_status) == ("work to begin", "Ana Ruiz", "added")
    assert (added.reviewer, added.extractor) == ("Ben", "review")
    assert added.run_id in dataset.table("runs").run_id.tolist()
    assert len(dataset.claims) == 4
    assert added.within == ids()["prediction"]


def test_reviewed_disputed_stays_as_extracted(engine: Engine, tmp_path: Path) -> None:
    say(engine, "amount", "correct", unit="USD")
    say(engine, "amount", "accept", "Ben")
    dataset = published(engine, tmp_path)
    amount = row(dataset, "amount")
    assert (amount.amount_unit, amount.review_status, amount.corrected.tolist()) == ("EUR", "disputed", [])
    assert pd.isna(amount.reviewer)
    assert dataset.table("reviews").iloc[0].reviewers.tolist() == ["Ann", "Ben"]
    say(engine, "amount", "reject", "Cleo")
    assert sorted(published(engine, tmp_path).claims.kind) == ["prediction", "quote"]


def test_reviewed_undone_is_as_extracted(engine: Engine, tmp_path: Path) -> None:
    before = published(engine, tmp_path).claims
    say(engine, "amount", "reject")
    assert len(published(engine, tmp_path).claims) == 2
    service.undo(engine, "Ann", {"review_id": secrets.token_hex(16)})
    pd.testing.assert_frame_equal(published(engine, tmp_path).claims, before)


def test_reviewed_merged_speakers_are_one(engine: Engine, tmp_path: Path) -> None:
    form = {"review_id": secrets.token_hex(16)}
    service.merge(engine, ids()["prediction"], "Ana Ruiz", "Ann", form)
    dataset = published(engine, tmp_path)
    speaker = dataset.speakers.set_index("name").loc["Ana Ruiz"]
    assert dataset.claims.speaker_id.tolist() == [speaker.speaker_id] * 3
    assert (speaker.aliases.tolist(), speaker.merged.tolist()) == (["Ministry", "Ruiz"], ["b" * 32])
    assert len(dataset.speakers) == 1
    assert dataset.wide().speaker.tolist() == ["Ana Ruiz"] * 3


def test_reviewed_raw_is_what_was_extracted(engine: Engine, tmp_path: Path) -> None:
    before = published(engine, tmp_path)
    say(engine, "quote", "reject")
    say(engine, "amount", "correct", unit="USD")
    service.merge(engine, ids()["prediction"], "Ana Ruiz", "Ann", {"review_id": secrets.token_hex(16)})
    flags = ["review_status", "reviewer", "reviewed_at", "corrected"]
    raw = published(engine, tmp_path, reviewed=False)
    pd.testing.assert_frame_equal(raw.wide().drop(columns=flags), before.wide().drop(columns=flags))
    assert row(raw, "quote").review_status == "rejected"
    assert (row(raw, "amount").review_status, row(raw, "amount").corrected.tolist()) == ("corrected", ["unit"])


def test_reviewed_decisions_outlive_a_changed_article(engine: Engine, tmp_path: Path) -> None:
    """The article changes above the claims: corrected values stand at the new places."""
    say(engine, "amount", "correct", unit="USD")
    changed = document(TEXT.replace("Bridge fund\n", "The bridge fund\n"))
    with writing(engine) as connection:
        writes.forget_unlisted(connection, "test", [])
    put(engine, changed)
    dataset = published(engine, tmp_path)
    amount = row(dataset, "amount")
    assert (amount.amount_unit, amount.review_status, amount.doc_id) == ("USD", "corrected", changed.doc_id)
    assert changed.text[amount.start : amount.end] == amount.text == "€2.5 billion a year"


def test_reviewed_decision_that_no_table_can_hold(engine: Engine, tmp_path: Path) -> None:
    """Decisions may come from a file: what cannot be published is left as extracted, and comes back for review."""
    claim = next(c for c in extraction().claims if c.kind == "amount").to_dict()
    for change in ({"low": 10**25, "high": 10**25}, {"bound": "roughly"}):
        after = claim | {"amount": claim["amount"] | change}
        said = Decision(
            review_id=secrets.token_hex(16),
            claim_id=claim["claim_id"],
            doc_id=document().doc_id,
            uri=document().uri,
            reviewer="Ann",
            decided_at=pd.Timestamp.now(tz="UTC").to_pydatetime(),
            decision="correct",
            before=claim,
            after=after,
            pipeline_version="1.0",
        )
        with writing(engine) as connection:
            decisions.append(connection, said)
        amount = row(published(engine, tmp_path), "amount")
        assert (amount.amount_low, amount.review_status) == (Decimal("2500000000"), "returned")


def test_reviewed_in_the_standard_forms(engine: Engine, tmp_path: Path) -> None:
    """Annotations assess, schema.org claims have a review of the extraction, PROV knows the reviewer as a person."""
    model = pytest.importorskip("prov.model", reason="prov is not installed")
    rdflib = pytest.importorskip("rdflib", reason="rdflib is not installed")
    say(engine, "amount", "accept", "Ann “A” Lee")
    out = published(engine, tmp_path).path
    lines = [json.loads(line) for line in (out / "annotations.jsonl").read_text("utf-8").splitlines()]
    assessed = [body for line in lines for body in line["body"] if body["purpose"] == "assessing"]
    assert [(body["value"], body["creator"]["name"]) for body in assessed] == [("accepted", "Ann “A” Lee")]
    graph = rdflib.Graph().parse(out / "claims.jsonld", format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    (review,) = graph.objects(None, schema.review)
    assert str(graph.value(review, schema.reviewBody)) == "accepted"
    document = model.ProvDocument.deserialize(str(out / "prov.json"), format="json")
    (influence,) = document.get_records(model.ProvInfluence)
    assert "claims-of" in str(influence)
