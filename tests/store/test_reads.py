"""Finding a claim and everything that led to it."""

from __future__ import annotations

import json

import pytest
from handmade import document, extraction
from sqlalchemy import Engine

from pipeline.errors import InputError
from pipeline.store import reads, writes
from pipeline.store.database import reading, writing
from pipeline.store.summary import summarise


@pytest.fixture
def filled(store: Engine) -> Engine:
    source = writes.Source("test", "bridge.txt", ("https://example.org/bridge",))
    with writing(store) as connection:
        run = writes.start_run(connection, "test", "1.0", model="none", config_hash="c", prefect_run_id="p")
        writes.store_documents(connection, run, [(source, document())])
        writes.store_extractions(connection, run, [extraction()])
        writes.record_failure(connection, run, "test", "broken.txt", "ingest", "broken.txt is empty")
    return store


def test_reads_claim_by_unique_prefix(filled: Engine) -> None:
    for claim in extraction().claims:
        with reading(filled) as connection:
            origin = reads.find_claim(connection, claim.claim_id[:10].upper())
        assert origin.claim.claim_id == claim.claim_id
        assert origin.document == document()
        assert origin.sources == (("test", "bridge.txt", "https://example.org/bridge"),)
        assert origin.run["prefect_run_id"] == "p"
        assert [e[0] for e in origin.extractions] == [origin.claim.provenance.run_id]
        assert json.loads(json.dumps(origin.to_dict()))["claim"]["text"] == claim.text


def test_reads_rule_that_resolved_the_speaker(filled: Engine) -> None:
    quote, _, work = extraction().claims
    with reading(filled) as connection:
        assert reads.find_claim(connection, quote.claim_id).speaker_rule == "name"
        assert reads.find_claim(connection, work.claim_id).speaker_rule is None


@pytest.mark.parametrize(("prefix", "message"), [("", "more than one"), ("zz", "no claim"), ("%", "no claim")])
def test_reads_prefix_must_name_one_claim(filled: Engine, prefix: str, message: str) -> None:
    with reading(filled) as connection, pytest.raises(InputError, match=message):
        reads.find_claim(connection, prefix)


def test_reads_summary(filled: Engine) -> None:
    with reading(filled) as connection:
        summary, other = summarise(connection, "test"), summarise(connection, "other")
    assert (summary.documents, summary.claims) == (1, {"quote": 1, "amount": 1, "prediction": 1})
    assert summary.speakers == (("Ana Ruiz", 2), ("Ministry", 1))
    assert [f.reason for f in summary.failures] == ["broken.txt is empty"]
    assert summary.amounts == ()  # euros without a rate cannot be ranked
    assert (other.documents, sum(other.claims.values()), other.failures) == (0, 0, ())
    assert json.loads(json.dumps(summary.to_dict()))["speakers"][0] == {"name": "Ana Ruiz", "claims": 2}
