"""Feeds, tables and archives: several articles in one source."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline import ingest
from pipeline.errors import InputError
from pipeline.ingest.corpus import Corpus
from pipeline.ingest.item import CONTAINERS
from pipeline.ingest.record import Entry

SAID = "The ministry said that the plan would cost £3bn."

RSS = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>The Daily Test</title>
<language>en-gb</language>
<item><title>Rail plan</title><link>https://daily.example/rail</link><author>Jane Doe</author>
<pubDate>Mon, 04 Mar 2024 10:15:00 GMT</pubDate><description>&lt;p&gt;{SAID}&lt;/p&gt;</description></item>
<item><title>Nothing</title><link>https://daily.example/none</link></item></channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>The Daily Test</title><rights>CC BY 4.0</rights>
<entry><title>Rail plan</title><link href="https://daily.example/rail"/><updated>2024-03-04T10:15:00Z</updated>
<summary>Short.</summary><content type="text">{SAID} And a lot more than that.</content></entry></feed>"""


def put(tmp_path: Path, name: str, raw: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(raw)
    return path


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return out.getvalue()


def test_feed_entries_are_articles_with_what_the_feed_says(tmp_path: Path) -> None:
    full, empty = ingest.items(put(tmp_path, "news.rss", RSS.encode()))
    doc = ingest.read_item(full)
    assert (doc.uri, doc.title, doc.byline) == ("https://daily.example/rail", "Rail plan", "Jane Doe")
    assert (doc.publisher, doc.published, doc.language) == ("The Daily Test", date(2024, 3, 4), "en")
    assert doc.text.endswith(SAID)
    with pytest.raises(InputError, match="has no text; fetch its page"):
        ingest.read_item(empty)


def test_feed_full_content_is_preferred_to_the_summary(tmp_path: Path) -> None:
    doc = ingest.read(put(tmp_path, "news.atom", ATOM.encode()))
    assert doc.text == f"{SAID} And a lot more than that."
    assert (doc.licence, doc.published) == ("CC BY 4.0", date(2024, 3, 4))


def test_feed_entities_of_its_own_are_not_expanded(tmp_path: Path) -> None:
    bomb = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(30))
    source = RSS.replace("<rss", f'<!DOCTYPE rss [<!ENTITY e0 "boom">{bomb}]><rss', 1).replace(
        "said that", "said &e30; that"
    )
    assert not any(b"boom" in item.raw for item in ingest.items(put(tmp_path, "news.rss", source.encode())))


def test_feed_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no RSS or Atom feed"):
        ingest.read(put(tmp_path, "x.xml", b"<note><p>Words.</p></note>"))


def test_table_of_json_lines(tmp_path: Path) -> None:
    rows = [
        {"headline": "Rail plan", "body": SAID, "author": ["Jane Doe", "Sam Roe"], "url": "https://daily.example/rail",
         "date": "2024-03-04T10:00:00Z", "source": "The Daily Test", "lang": "en-GB"},
        {"headline": "Nothing", "body": ""},
        ["no", "object"],
        {"body": f"<p>{SAID}</p><p>And more.</p>"},
    ]  # fmt: skip
    lines = [json.dumps(row) for row in rows]
    path = put(tmp_path, "a.jsonl", "\n".join([*lines, "{broken"]).encode())
    items = list(ingest.items(path))
    doc = ingest.read_item(items[0])
    assert (doc.text, doc.title, doc.byline, doc.uri) == (
        SAID,
        "Rail plan",
        "Jane Doe, Sam Roe",
        "https://daily.example/rail",
    )
    assert (doc.published, doc.publisher, doc.language) == (date(2024, 3, 4), "The Daily Test", "en")
    assert [item.problem is None for item in items] == [True, False, False, True, False]
    page = ingest.read_item(items[3])
    assert [b.kind for b in page.blocks] == ["paragraph", "paragraph"]
    assert page.uri == f"{path.as_posix()}#row=4"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_table_of_comma_separated_values(tmp_path: Path, delimiter: str) -> None:
    rows = [["Title", "Text", "Date"], ["Rail plan", f'"{SAID}\nIt said ""no"" more."', "2024-03-04"]]
    source = "\n".join(delimiter.join(row) for row in rows)
    doc = ingest.read(put(tmp_path, "a.csv", source.encode("cp1252")))
    assert (doc.title, doc.published) == ("Rail plan", date(2024, 3, 4))
    assert doc.text == f'{SAID}\nIt said "no" more.'


def test_table_without_a_text_column_names_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column of text \(it has: place, price\)"):
        ingest.read(put(tmp_path, "a.csv", b"place,price\nSeoul,4\n"))


def test_table_of_a_json_file(tmp_path: Path) -> None:
    assert ingest.read(put(tmp_path, "a.json", json.dumps({"articles": [{"text": SAID}]}).encode())).text == SAID
    with pytest.raises(InputError, match="is not JSON"):
        ingest.read(put(tmp_path, "b.json", b"[" * 100_000))


def test_archive_members_are_articles(tmp_path: Path) -> None:
    inner = zipped(**{"deep/news.rss": RSS.encode()})
    raw = zipped(
        **{
            "a.txt": SAID.encode(),
            "../../b.md": b"# Title\n\nWords of it.",
            "c.xyz": b"?",
            "__MACOSX/a.txt": b"?",
            "in.zip": inner,
        }
    )
    path = put(tmp_path, "all.zip", raw)
    found = list(ingest.items(path))
    assert [item.uri for item in found] == [
        f"{path.as_posix()}#a.txt",
        f"{path.as_posix()}#../../b.md",
        "https://daily.example/rail",
        "https://daily.example/none",
    ]


def test_archive_bombs_are_refused(tmp_path: Path) -> None:
    bomb = put(tmp_path, "bomb.zip", zipped(**{"a.txt": bytes(101_000_000)}))
    with pytest.raises(InputError, match="too much"):
        list(ingest.items(bomb))
    nested = zipped(**{"a.txt": SAID.encode()})
    for _ in range(6):
        nested = zipped(**{"in.zip": nested})
    (item,) = ingest.items(put(tmp_path, "nested.zip", nested))
    with pytest.raises(InputError, match="nested too deeply"):
        ingest.read_item(item)


def test_archive_damaged_member_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    raw = bytearray(zipped(**{"a.txt": b"A" * 500 + SAID.encode(), "b.txt": SAID.encode()}))
    raw[raw.index(b"a.txt") + 8] ^= 0xFF
    bad, good = ingest.items(put(tmp_path, "all.zip", bytes(raw)))
    assert ingest.read_item(good).text == SAID
    with pytest.raises(InputError, match=r"a\.txt is damaged"):
        ingest.read_item(bad)


def test_warc_pages_are_articles(tmp_path: Path) -> None:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for status, kind, body in (
        ("200 OK", "text/html; charset=cp1252", f"<p>{SAID}</p>"),
        ("404 Not Found", "text/html", "x"),
        ("200 OK", "image/png", "x"),
    ):
        headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                "https://daily.example/rail",
                "response",
                payload=io.BytesIO(body.encode("cp1252")),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2024-03-04T10:15:00Z"},
            )
        )
    doc = ingest.read(put(tmp_path, "a.warc.gz", out.getvalue()))
    assert (doc.text, doc.uri) == (SAID, "https://daily.example/rail")
    assert doc.fetched_at == datetime(2024, 3, 4, 10, 15, tzinfo=UTC)
    with pytest.raises(InputError, match="no article in it"):
        ingest.read(put(tmp_path, "b.warc", b"no web archive at all"))


@pytest.mark.parametrize("media_type", sorted(CONTAINERS))
@settings(max_examples=40, deadline=None)
@given(raw=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda s: s.encode("utf-8", "surrogatepass"))))
def test_containers_of_any_bytes_are_read_or_refused(media_type: str, raw: bytes) -> None:
    try:
        ingest.read_bytes(raw, media_type=media_type, name="input")
    except InputError as error:
        assert "\n" not in str(error)


def test_corpus_takes_every_article_of_a_container(tmp_path: Path) -> None:
    corpus = Corpus.create(tmp_path, "news")
    added = list(corpus.add_all(put(tmp_path, "news.rss", RSS.encode()), licence="CC BY 4.0"))
    assert [type(one) for one in added] == [Entry, InputError]
    (entry,) = Corpus.open(corpus.path).entries()
    assert (entry.container, entry.licence) == ((tmp_path / "news.rss").as_posix(), "CC BY 4.0")
    assert corpus.read(entry).title == "Rail plan"
    assert next(corpus.add_all(tmp_path / "news.rss")) == entry


def test_corpus_container_in_the_folder_is_no_article(tmp_path: Path) -> None:
    corpus = Corpus.create(tmp_path, "news")
    path = put(corpus.path, "news.rss", RSS.encode())
    assert (corpus.entries(), Corpus.open(corpus.path).containers()) == ([], ["news.rss"])
    list(corpus.add_all(path))
    (entry,) = corpus.entries()
    assert entry.file.startswith("raw/")
    assert entry.container == corpus.uri_of("news.rss")


def test_feed_references_to_no_character_are_replaced(tmp_path: Path) -> None:
    source = RSS.replace("Rail plan", "Rail &#xD800;plan")
    (item, _) = ingest.items(put(tmp_path, "news.rss", source.encode()))
    assert ingest.read_item(item).title == "Rail \ufffdplan"


@pytest.mark.parametrize("old", [b"WARC-Target-URI", b"Content-Length: 3", b"WARC-Type: response"])
def test_warc_with_damaged_headers_is_read_or_refused_quietly(
    tmp_path: Path, old: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    body = io.BytesIO(f"<p>{SAID}</p>".encode() * 5)
    writer.write_record(writer.create_warc_record("https://a.example/", "response", payload=body, http_headers=headers))
    raw = out.getvalue()
    assert old[:-2] in raw
    path = put(
        tmp_path, "a.warc", raw.replace(old[:-2], old[:-2][::-1]).replace(b"Content-Length: 3", b"Content-Length: 1")
    )
    try:
        assert all(item.raw for item in ingest.items(path))
    except InputError as error:
        assert "\n" not in str(error)
    assert capfd.readouterr().err == ""
