"""Writing and replacing: nothing is lost, nothing is stored twice, nothing false gets in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa
from handmade import TEXT, document, extraction
from sqlalchemy import Connection, Engine

from pipeline.errors import ClaimsError
from pipeline.records import Amount, Claim, Document, Span
from pipeline.store import reads, schema, writes
from pipeline.store.database import reading, writing


def source(name: str = "bridge.txt", *uris: str, corpus: str = "test") -> writes.Source:
    return writes.Source(corpus, name, uris or (f"corpora/{corpus}/{name}",))


def run(connection: Connection, version: str = "1.0") -> str:
    return writes.start_run(connection, "test", version, model="none", config_hash="c")


def fill(store: Engine, doc: Document | None = None, version: str = "1.0") -> str:
    """Store a document and what was extracted from it; returns the run's id."""
    doc = doc or document()
    with writing(store) as connection:
        run_id = run(connection, version)
        writes.store_documents(connection, run_id, [(source(), doc)])
        writes.store_extractions(connection, run_id, [extraction(doc)])
    return run_id


def stored(store: Engine, doc: Document) -> list[Claim]:
    with reading(store) as connection:
        return reads.load_claims(connection, doc.doc_id)


def count(store: Engine, table: sa.Table) -> int:
    with reading(store) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_writes_give_back_every_field(store: Engine) -> None:
    run_id = fill(store)
    doc = document()
    want = [replace(c, provenance=replace(c.provenance, run_id=run_id)) for c in extraction().claims]
    assert sorted(stored(store, doc), key=lambda c: c.claim_id) == sorted(want, key=lambda c: c.claim_id)
    with reading(store) as connection:
        assert reads.load_documents(connection, [doc.doc_id]) == [doc]


def test_writes_decimals_are_exact(store: Engine) -> None:
    doc, numbers = document(), (Decimal("0.1"), Decimal("12345678901234567890.123456789"))
    found = extraction(doc)
    money = next(c for c in found.claims if isinstance(c.detail, Amount))
    exact = replace(money, detail=replace(money.detail, bound="range", low=numbers[0], high=numbers[1]))
    with writing(store) as connection:
        run_id = run(connection)
        writes.store_documents(connection, run_id, [(source(), doc)])
        writes.store_extractions(
            connection, run_id, [replace(found, claims=tuple(exact if c is money else c for c in found.claims))]
        )
    amount = next(c.detail for c in stored(store, doc) if isinstance(c.detail, Amount))
    assert (amount.low, amount.high) == numbers


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 30])
def test_writes_refuse_numbers_out_of_range(store: Engine, number: Decimal) -> None:
    doc = document()
    found = extraction(doc)
    claims = tuple(
        replace(c, detail=replace(c.detail, low=number, high=number)) if isinstance(c.detail, Amount) else c
        for c in found.claims
    )
    with pytest.raises(ClaimsError, match="out of range"), writing(store) as connection:
        run_id = run(connection)
        writes.store_documents(connection, run_id, [(source(), doc)])
        writes.store_extractions(connection, run_id, [replace(found, claims=claims)])
    assert count(store, schema.documents) == 0


@pytest.mark.parametrize("field", ["span", "sentence", "cue", "mention"])
def test_writes_refuse_words_that_do_not_stand_there(store: Engine, field: str) -> None:
    """Invariant 1, checked where every claim has to pass."""
    doc = document()
    found = extraction(doc)
    wrong = tuple(replace(c, **{field: Span(0, 6, "Tunnel")}) for c in found.claims)
    with pytest.raises(ClaimsError, match="'Tunnel' is not what stands at characters 0 to 6"), writing(store) as c:
        run_id = run(c)
        writes.store_documents(c, run_id, [(source(), doc)])
        writes.store_extractions(c, run_id, [replace(found, claims=wrong)])
    assert count(store, schema.claims) == 0


def test_writes_refuse_an_extraction_from_another_text(store: Engine) -> None:
    fill(store)
    other = replace(document("Bridge fund\n\n" + TEXT), doc_id=document().doc_id)
    with pytest.raises(writes.IntegrityError, match="another text"), writing(store) as connection:
        writes.store_extractions(connection, run(connection), [extraction(other)])
    assert len(stored(store, document())) == 3


def test_writes_new_version_replaces_and_keeps_the_old_on_record(store: Engine) -> None:
    first = fill(store)
    before = [c.to_dict() for c in stored(store, document())]
    second = fill(store, version="2.0")
    assert {c.provenance.run_id for c in stored(store, document())} == {second}
    assert count(store, schema.claims) == 3
    with reading(store) as connection:
        rows = {r.run_id: r for r in connection.execute(sa.select(schema.extractions))}
    assert [(rows[r].current, rows[r].pipeline_version) for r in (first, second)] == [(False, "1.0"), (True, "2.0")]
    assert writes.unpack(rows[first].replaced) == before


def test_writes_same_run_again_leaves_no_trace(store: Engine) -> None:
    """A batch that Prefect tries again after it was stored."""
    run_id = fill(store)
    with writing(store) as connection:
        writes.store_extractions(connection, run_id, [extraction()])
    assert count(store, schema.extractions) == 1
    assert count(store, schema.claims) == 3


def test_writes_text_read_anew_retires_its_claims(store: Engine) -> None:
    """A better reader gives the same bytes another text: claims of the old text must not point into the new one."""
    fill(store)
    anew = replace(document(TEXT.replace("fund", "funds")), doc_id=document().doc_id)
    with writing(store) as connection:
        writes.store_documents(connection, run(connection), [(source(), anew)])
    assert stored(store, anew) == []
    with reading(store) as connection:
        assert reads.pending(connection, "test", "1.0", "c") == [anew.doc_id]
        assert [d.text for d in reads.load_documents(connection, [anew.doc_id])] == [anew.text]
        kept = connection.execute(sa.select(schema.extractions.c.replaced)).scalar_one()
    assert len(writes.unpack(kept)) == 3


def test_writes_pending_knows_version_configuration_and_input(store: Engine) -> None:
    fill(store)
    doc_id = document().doc_id
    with reading(store) as connection:
        assert reads.pending(connection, "test", "1.0", "c") == []
        assert reads.pending(connection, "test", "1.1", "c") == [doc_id]
        assert reads.pending(connection, "test", "1.0", "d") == [doc_id]
        assert reads.pending(connection, "other", "1.0", "d") == []
    with writing(store) as connection:
        later = replace(document(), published=None)
        writes.store_documents(connection, run(connection), [(source(), later)])
        assert reads.pending(connection, "test", "1.0", "c") == [doc_id]


def test_writes_equal_bytes_are_one_document_with_two_sources(store: Engine) -> None:
    """Whichever comes first, the file that sorts first gives the metadata."""
    names = [("b.txt", "B"), ("a.txt", "A"), ("c.txt", "C")]
    with writing(store) as connection:
        run_id = run(connection)
        for name, title in names:
            writes.store_documents(connection, run_id, [(source(name), replace(document(), title=title))])
    assert count(store, schema.documents) == 1
    with reading(store) as connection:
        doc_id = document().doc_id
        assert [f for _, f, _ in reads.sources_of(connection, [doc_id])] == ["a.txt", "b.txt", "c.txt"]
        assert reads.load_documents(connection, [doc_id])[0].title == "A"


def test_writes_forget_what_a_corpus_no_longer_lists(store: Engine) -> None:
    fill(store)
    with writing(store) as connection:
        writes.record_failure(connection, run(connection), "test", "gone.txt", "ingest", "empty")
        assert writes.forget_unlisted(connection, "test", ["bridge.txt"]) == 0
        assert reads.open_failures(connection) == []
        assert writes.forget_unlisted(connection, "other", []) == 0
        assert writes.forget_unlisted(connection, "test", []) == 1
        assert reads.sources_of(connection, [document().doc_id]) == []


def test_writes_failure_keeps_its_first_run_until_mended(store: Engine) -> None:
    with writing(store) as connection:
        first, second = run(connection), run(connection)
        for run_id in (first, second):
            writes.record_failure(connection, run_id, "test", "bridge.txt", "ingest", "empty")
        assert [(f.run_id, f.reason) for f in reads.open_failures(connection, "test")] == [(first, "empty")]
        writes.record_failure(connection, second, "test", "bridge.txt", "ingest", "binary")
        assert [(f.run_id, f.reason) for f in reads.open_failures(connection)] == [(second, "binary")]
    with writing(store) as connection:
        third = run(connection)
        writes.store_documents(connection, third, [(source(), document())])
        assert reads.open_failures(connection) == []
        row = connection.execute(sa.select(schema.failures)).one()
    assert (row.run_id, row.mended_by) == (second, third)


def test_writes_refuse_text_that_is_no_unicode(store: Engine) -> None:
    broken = document("Bridge fund\n\nA lone \ud800 surrogate")
    with pytest.raises(ClaimsError, match="not valid Unicode at character 20"), writing(store) as connection:
        writes.store_documents(connection, run(connection), [(source(), broken)])


@pytest.mark.parametrize("ending", ["\x00", "\x00tail", "e\u0301", "\r\n", "\u2028", "🇰🇷"])
def test_writes_keep_every_character(store: Engine, ending: str) -> None:
    doc = document(TEXT + ending)
    fill(store, doc)
    with reading(store) as connection:
        assert reads.load_documents(connection, [doc.doc_id])[0].text == doc.text
    assert {c.text for c in stored(store, doc)} == {c.text for c in extraction(doc).claims}
