"""The Python interface: any text gives claims whose characters are the text's own."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from pipeline import extract, extract_documents, ingest, load
from pipeline.errors import ClaimsError, InputError
from pipeline.extraction import config_hash

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = sorted((ROOT / "corpora/samples").glob("*.*"))
PIECES = (
    'The minister said: "We will pay $5 million by 2030."',
    "“Taxes may rise,” she warned. ",
    "\n\n• ",
    "\ud83c",
    "📌 ",
    "\x00",
    "\u202e",
    '"',
    "’",
    "€2.3bn a year",
    "\r\n",
    " ",
    "댓글 쓰기",
    "If he wins, ",
)


@pytest.fixture(scope="module")
def documents() -> list[ingest.Document]:
    return [ingest.read(p) for p in ARTICLES if p.suffix in {".txt", ".md", ".html"}]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=12))
def test_extraction_spans_are_the_texts_own_characters(nlp: Language, pieces: list[str]) -> None:
    text = "".join(pieces)
    for claim in extract(text, nlp):
        assert text[claim.start : claim.end] == claim.text != ""
        assert claim.sentence.start <= claim.start < claim.end <= claim.sentence.end
        json.dumps(claim.to_dict())


def test_extraction_of_nothing_is_nothing(nlp: Language) -> None:
    assert extract("", nlp) == extract(" \n\n ", nlp) == []


def test_extraction_does_not_depend_on_order_or_company(nlp: Language, documents: list[ingest.Document]) -> None:
    alone = {d.uri: next(extract_documents([d], nlp)).to_dict() for d in documents}
    shuffled = random.Random(5).sample(documents, len(documents))
    together = {e.document.uri: e.to_dict() for e in extract_documents(shuffled, nlp)}
    assert together == alone
    assert sum(len(e["claims"]) for e in alone.values()) > 50


def test_extraction_in_pipe_with_two_processes_gives_the_same(nlp: Language, documents: list[ingest.Document]) -> None:
    texts = [d.text for d in documents if d.uri.endswith(".txt")]
    assert texts
    one = [(doc._.claims_attributions, doc._.claims_amounts) for doc in map(nlp, texts)]
    two = [(doc._.claims_attributions, doc._.claims_amounts) for doc in nlp.pipe(texts, n_process=2)]
    assert one == two


def test_extraction_config_hash_changes_with_the_configuration(nlp: Language) -> None:
    before = config_hash(nlp)
    assert config_hash(nlp) == before
    nlp.meta["version"], version = "0.0.0", nlp.meta["version"]
    changed = config_hash(nlp)
    nlp.meta["version"] = version
    assert changed != before


def test_extraction_knowledge_file_gives_speakers_their_ids(tmp_path: Path) -> None:
    known = tmp_path / "people.csv"
    known.write_text(
        "name,aliases,kind,wikidata,party\nOttoline Grey,,person,Q99999901,Harbour Party\n", encoding="utf-8"
    )
    nlp = load(knowledge=str(known))
    (claim,) = extract("Ottoline Grey said the harbour was safe.", nlp)
    assert claim.speaker is not None
    assert (claim.speaker.name, claim.speaker.wikidata) == ("Ottoline Grey", "Q99999901")
    before = config_hash(nlp)
    known.write_text(known.read_text(encoding="utf-8") + "Bo Stone,,person,,\n", encoding="utf-8")
    assert config_hash(nlp) != before


def test_extraction_knowledge_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match=r"nobody\.csv"):
        load(knowledge=str(tmp_path / "nobody.csv"))


def test_extraction_of_another_language_is_refused(nlp: Language) -> None:
    german = "Die Regierung will im kommenden Jahr zwei Milliarden Euro in die Bahn investieren, sagte der Minister."
    with pytest.raises(InputError, match="written in 'de'"):
        list(extract_documents([ingest.read_bytes(german.encode(), uri="bahn.txt")], nlp))
