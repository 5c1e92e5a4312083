"""From articles to the dataset: a syndicated copy, an exact copy, an updated page and a PDF, through every step."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from pages import column, pdf
from spacy.language import Language

from pipeline import cli, compare, extraction, steps
from pipeline.dataset import Dataset, load_dataset
from pipeline.ingest.corpus import Corpus
from pipeline.ingest.item import Item
from pipeline.publish.files import publish
from pipeline.store.database import opened

STORY = [
    "Port minister Lena Ortiz said the new quay would cost $420 million, a third more than she told parliament in May.",
    "“We will finish the quay before the end of 2031,” Ortiz told reporters at the harbour on Thursday morning.",
    "The shipping union wants 15 percent of the berths kept for small boats, its chairman, Paul Brandt, said.",
    "Brandt warned that fares could rise by 8 percent if the talks about the berths fail this winter.",
    "Engineers from three towns have looked at the ground under the old quay and found it softer than the maps say.",
]
UPDATED = [STORY[0].replace("$420 million", "$510 million"), *STORY[1:3], *STORY[4:]]
PAPER, WIRE, SMALL = "https://paper.example/quay", "https://wire.example/a1", "https://small.example/news/7"
LETTER = [
    "Harbour master Jan Voss wrote that the pumps",
    "need $7 million for repairs before the spring.",
]


def page(paragraphs: list[str], headline: str, chrome: str = "", published: str = "2026-03-05") -> bytes:
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    meta = f'<meta property="article:published_time" content="{published}">'
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{headline}</title>{meta}</head><body>{chrome}"
        f"<article><h1>{headline}</h1>{body}</article></body></html>"
    ).encode()


def items() -> list[Item]:
    """What is found on one day: the agency's story, one with another headline and the last paragraph cut, a copy of
    its bytes' text elsewhere, a letter."""
    text = ("Quay to cost more\n\n" + "\n\n".join(STORY)).encode()
    letter = pdf([column(60, 750, ["The pumps of the old harbour"]), column(60, 750, LETTER)])
    when = datetime(2026, 3, 6, tzinfo=UTC)
    return [
        Item(page(STORY, "Quay to cost more than promised", published="2026-03-05"), PAPER, "text/html", None, when),
        Item(page(STORY[:4], "Union fears for small boats", published="2026-03-07"), WIRE, "text/html", None, when),
        Item(text, "https://mirror.example/one", "text/plain", None, when),
        Item(b"\xef\xbb\xbf" + text, "https://mirror.example/two", "text/plain", None, when),
        Item(letter, "https://harbour.example/letter.pdf", "application/pdf", None, when),
    ]


def update() -> Item:
    later = datetime(2026, 3, 9, tzinfo=UTC)
    return Item(page(UPDATED, "Quay to cost more than promised"), PAPER, "text/html", None, later)


@dataclass
class Desk:
    """A corpus, a store and a dataset in a folder."""

    place: Path

    def add(self, *found: Item) -> None:
        Corpus.create(self.place, "news").add_items(found)

    def run(self, shuffled: random.Random | None = None) -> Dataset:
        corpus = Corpus(self.place / "news")
        with opened(self.place / "claims.db") as store:
            with steps.recorded(store, corpus) as run_id:
                entries = steps.unread(store, corpus)
                if shuffled:
                    shuffled.shuffle(entries)
                for entry in entries:
                    steps.ingest(store, run_id, corpus, [entry])
                    if shuffled:
                        compare.compare(store)
                steps.extract(store, run_id, steps.pending(store, corpus))
            compare.compare(store)
            publish(store, self.place / "dataset")
        return load_dataset(self.place / "dataset")


@pytest.fixture
def desk(tmp_path: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(extraction, "default_pipeline", lambda: nlp)
    return Desk(tmp_path)


def texts(dataset: Dataset, claim_text: str) -> list[tuple[str, str]]:
    """Where a claim with these words stands: address and relation."""
    claims = dataset.claims[dataset.claims.text == claim_text]
    places = dataset.table("claim_sources")
    return [(row.uri, row.relation) for row in places[places.claim_id.isin(claims.claim_id)].itertuples()]


def test_editions_count_shared_claims_once_and_keep_all_sources(desk: Desk) -> None:
    desk.add(*items())
    dataset = desk.run()
    assert dataset.claims.text.tolist().count("15 percent") == 1
    assert sorted(texts(dataset, "15 percent")) == [
        ("https://mirror.example/one", "near_copy"),
        ("https://mirror.example/two", "exact_copy"),
        (PAPER, "original"),
        (WIRE, "near_copy"),
    ]
    sources, documents = dataset.table("claim_sources"), dataset.documents.set_index("doc_id").text
    words = dataset.claims.set_index("claim_id").text
    assert set(sources.claim_id) == set(words.index)
    for row in sources.itertuples():
        assert documents[row.doc_id][row.start : row.end] == words[row.claim_id]
    original = sources[sources.relation == "original"]
    assert original.claim_id.is_unique and len(original) == len(words)
    outer = dataset.claims.within.dropna()
    assert set(outer) <= set(words.index)


def test_editions_link_copies_to_the_original(desk: Desk) -> None:
    desk.add(*items())
    dataset = desk.run()
    address = dataset.documents.set_index("doc_id").uri
    links = dataset.table("document_links")
    found = {(address[row.doc_id], address[row.other_doc_id]): row for row in links.itertuples()}
    assert found[WIRE, PAPER].relation == "near_copy"
    assert found[WIRE, PAPER].containment > 0.8 > found[WIRE, PAPER].similarity
    assert not any("harbour.example" in uri for pair in found for uri in pair)


def test_editions_newest_version_is_current(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    desk.add(items()[0])
    desk.run()
    desk.add(update())
    dataset = desk.run()
    assert dataset.claims.text.tolist().count("$510 million") == 1
    assert "$420 million" not in dataset.claims.text.tolist()
    assert sorted(texts(dataset, "15 percent")) == [(PAPER, "earlier_version"), (PAPER, "original")]
    old = dataset.documents[dataset.documents.superseded_by.notna()].iloc[0]
    link = dataset.table("document_links").iloc[0]
    assert (link.doc_id, link.other_doc_id, link.relation) == (old.superseded_by, old.doc_id, "supersedes")
    assert 0.5 < link.similarity < 1
    monkeypatch.chdir(desk.place)
    assert cli.main(["diff", PAPER]) == 0
    said = capsys.readouterr().out
    assert cli.main(["diff", old.doc_id[:12], old.superseded_by[:12]]) == 0
    assert capsys.readouterr().out == said
    assert "~ amount" in said and "$510 million" in said and "was: $420 million" in said
    assert "- amount" in said and "8 percent" in said
    assert "+ amount" not in said


def test_editions_claims_of_a_pdf_have_pages_and_links(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    desk.add(*items())
    dataset = desk.run()
    claim = dataset.claims[dataset.claims.text == "$7 million"].iloc[0]
    assert (claim.page, claim.link) == (2, "https://harbour.example/letter.pdf#page=2")
    monkeypatch.chdir(desk.place)
    assert cli.main(["show", claim.claim_id]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "page 2 " in said and "letter.pdf#page=2" in said
    quay = dataset.claims[dataset.claims.text == "15 percent"].iloc[0]
    assert unquote(quay.link).startswith(f"{PAPER}#:~:text=shipping union wants-,15 percent,-of the berths")
    mirrored = dataset.table("claim_sources", uri="https://mirror.example/two")
    assert mirrored.link.str.startswith("https://mirror.example/two#:~:text=").all()


def test_editions_do_not_depend_on_order(desk: Desk, tmp_path: Path) -> None:
    """One by one in any order, each compared when it comes, or all at once: the same dataset."""
    desk.add(*items(), update())
    whole = desk.run()
    other = Desk(tmp_path / "other")
    other.place.mkdir()
    other.add(*items(), update())
    again = other.run(random.Random(5))
    for name in ("document_links", "claim_sources", "claims"):
        frames = [d.table(name).drop(columns=["run_id"], errors="ignore").astype(str) for d in (whole, again)]
        assert frames[0].equals(frames[1]), name
