"""HTML pages."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline import ingest
from pipeline.errors import InputError
from pipeline.records import Document

PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<title>Rail plan approved | The Daily Test</title>
<meta property="og:site_name" content="The Daily Test"><meta name="author" content="Jane Doe">
<meta property="article:published_time" content="2024-03-04T10:00:00Z">
<link rel="canonical" href="https://daily.example/rail"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<article><h1>Rail plan approved</h1>
<p>The ministry said on Monday that the plan would cost <b>£3bn</b>
and that it would be <a href="/x">paid by 2030</a>.</p>
<h2>What it costs</h2>
<p>The costs were put at a third of that only a year ago, and the opposition asked why nobody had noticed it since.</p>
<ul><li>Bridges will be rebuilt first<ul><li>in the north</li><li>in the south</li></ul></li>
<li>Tunnels come later</li></ul>
<blockquote><p>We will not pay for it.</p><p>Not a cent.</p></blockquote>
<p>First line of a statement<br>✅ A second line about jobs.</p>
<h3>Costs by year</h3>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2025</td><td>£1bn</td></tr></table>
<p>In the end the committee voted for the plan, with all but two of its members in favour of the bridges.</p>
</article><footer>Copyright 2024 The Daily Test. <a href="/p">Privacy policy</a></footer></body></html>"""


@pytest.fixture(scope="module")
def page() -> Document:
    return ingest.read_bytes(PAGE.encode(), uri="rail.html", media_type="text/html")


def found(doc: Document, kind: str) -> list[str]:
    return [doc.text[b.start : b.end] for b in doc.blocks if b.kind == kind]


def test_html_page_chrome_is_not_in_the_text(page: Document) -> None:
    assert "Home" not in page.text
    assert "Privacy" not in page.text
    assert "cost £3bn and that it would be paid by 2030." in page.text


def test_html_structure_survives(page: Document) -> None:
    assert found(page, "title") == ["Rail plan approved"]
    assert found(page, "heading") == ["What it costs", "Costs by year"]
    assert found(page, "quote") == ["We will not pay for it.", "Not a cent."]
    items = ["Bridges will be rebuilt first", "in the north", "in the south", "Tunnels come later"]
    assert found(page, "list_item") == [*items, "A second line about jobs."]
    assert "First line of a statement" in found(page, "paragraph")


def test_html_blocks_have_their_section(page: Document) -> None:
    cells = {page.text[b.start : b.end]: b.section for b in page.blocks if b.kind == "table_cell"}
    assert cells["£1bn"] == ("What it costs", "Costs by year", "2025", "Cost")
    assert {b.section for b in page.blocks if b.kind == "quote"} == {("What it costs",)}


def test_html_metadata(page: Document) -> None:
    assert page.title == "Rail plan approved"
    assert page.byline == "Jane Doe"
    assert page.publisher == "The Daily Test"
    assert page.published == date(2024, 3, 4)
    assert page.language == "en"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252"])
def test_html_declared_charset_is_followed(charset: str) -> None:
    raw = PAGE.replace("utf-8", charset).replace("paid by", "“paid” by").encode("cp1252", "xmlcharrefreplace")
    assert "it would be “paid” by 2030" in ingest.read_bytes(raw, media_type="text/html").text


@pytest.mark.parametrize("tag", ["div", "b", "ul", "blockquote", "table"])
def test_html_nested_too_deeply_is_refused(tag: str) -> None:
    page = f"<{tag}>" * 20_000 + "<p>The ministry said that the plan would cost a lot of money in the end.</p>"
    with pytest.raises(InputError, match="nested too deeply"):
        ingest.read_bytes(page.encode(), media_type="text/html")


def test_html_entities_of_a_doctype_are_not_expanded() -> None:
    bomb = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(30))
    page = f'<!DOCTYPE x [<!ENTITY e0 "boom">{bomb}]>{PAGE.split(">", 1)[1].replace("What it", "&e30; it")}'
    assert "boom" not in ingest.read_bytes(page.encode(), media_type="text/html").text


def test_html_fragment_without_any_frame_is_read() -> None:
    doc = ingest.read_bytes(b"<p>Tariffs will rise, he said.</p><p>They will.</p>", media_type="text/html")
    assert [b.kind for b in doc.blocks] == ["paragraph", "paragraph"]


SAID = "<p>The ministry said that the plan would cost a lot of money in the end, and nobody asked why.</p>"


def kinds(body: str) -> list[tuple[str, str]]:
    page = f"<html><body><article><h1>Rail plan</h1>{SAID}{body}{SAID.replace('said', 'wrote')}</article></body></html>"
    doc = ingest.read_bytes(page.encode(), media_type="text/html")
    return [(b.kind, doc.text[b.start : b.end]) for b in doc.blocks][2:-1]


def test_html_captions_stay_where_they_stand() -> None:
    figure = "<figure><img src='a.jpg'><figcaption>The minister in Seoul.</figcaption></figure>"
    table = "<table><caption>Costs by year</caption><tr><th>Year</th><th>Cost</th></tr></table>"
    assert kinds(figure + table)[:2] == [("caption", "The minister in Seoul."), ("caption", "Costs by year")]


def test_html_captions_outside_of_the_article_are_left_out() -> None:
    aside = "<aside><figure><img src='b.jpg'><figcaption>Another story.</figcaption></figure></aside>"
    page = f"<html><body><article><h1>Rail plan</h1>{SAID * 3}</article>{aside}</body></html>"
    assert "Another story" not in ingest.read_bytes(page.encode(), media_type="text/html").text


@pytest.mark.parametrize(
    "name", ["<footer>— John Smith, minister</footer>", "<cite>John Smith</cite>", "<p>– John Smith</p>"]
)
def test_html_block_quote_keeps_the_line_that_names_who_said_it(name: str) -> None:
    (quote, (kind, who)) = kinds(f"<blockquote><p>We will not pay a cent for this.</p>{name}</blockquote>")
    assert quote == ("quote", "We will not pay a cent for this.")
    assert kind == "paragraph"
    assert "John Smith" in who


def test_html_bold_line_is_a_heading() -> None:
    assert kinds("<p><strong>What is next</strong></p>")[0] == ("heading", "What is next")
    assert kinds("<p><strong>The bill failed.</strong></p>")[0] == ("paragraph", "The bill failed.")


def test_html_page_that_is_preformatted_as_a_whole_is_paragraphs() -> None:
    lines = f"For release today\n\n{SAID[3:-4]}\nIt goes\non here.\n\nAnother paragraph of it all.\n"
    doc = ingest.read_bytes(f"<html><body><pre>{lines}</pre></body></html>".encode(), media_type="text/html")
    assert [b.kind for b in doc.blocks] == ["title", "paragraph", "paragraph"]
    assert doc.text.endswith("why. It goes on here.\n\nAnother paragraph of it all.")


def test_html_without_semantic_markup_is_read_by_its_lines() -> None:
    lines = '"We will not pay."<br>• One item<br>• Two items'
    body = f"<b>Background</b><br><br>{SAID[3:-4]}<br><br>{lines}<br><br>{SAID[3:-4]}"
    doc = ingest.read_bytes(f"<html><body><div>{body}</div></body></html>".encode(), media_type="text/html")
    assert [b.kind for b in doc.blocks] == ["title", "paragraph", "quote", "list_item", "list_item", "paragraph"]
    assert doc.title == "Background"


def test_html_short_article_keeps_its_structure() -> None:
    page = "<article><h1>Rail plan</h1><p>It will cost £3bn.</p><ul><li>Bridges</li></ul><p>So be it.</p></article>"
    doc = ingest.read_bytes(f"<html><body>{page}</body></html>".encode(), media_type="text/html")
    assert [b.kind for b in doc.blocks] == ["title", "paragraph", "list_item", "paragraph"]


def test_html_captions_that_are_links_belong_to_other_articles() -> None:
    said = "The ministry said that the plan would cost three billion pounds over the coming ten years, and more."
    card = '<figure><a href="/b"><img src="b.jpg"><figcaption>Who pays for the bridge</figcaption></a></figure>'
    other = '<figure><img src="c.jpg"><figcaption><a href="/c">Five charts on rail</a></figcaption></figure>'
    own = '<figure><img src="a.jpg"><figcaption>The bridge in May</figcaption></figure>'
    page = f"<article><h1>Plan</h1><p>{said}</p>{own}<p>{said} Twice.</p>{card}{other}<p>{said} Thrice.</p></article>"
    doc = ingest.read_bytes(page.encode(), media_type="text/html")
    assert [doc.text[b.start : b.end] for b in doc.blocks if b.kind == "caption"] == ["The bridge in May"]
    assert "Who pays" not in doc.text


def test_html_cells_know_their_heads_where_one_spans_several() -> None:
    said = "<p>The ministry said that the plan would cost three billion pounds over the coming ten years, and more.</p>"
    head = "<tr><th>Year</th><th>State</th><th>City</th></tr>"
    rows = "<tr><th rowspan=2>2025</th><td>£4bn</td><td>£1bn</td></tr><tr><td>£5bn</td><td>£2bn</td></tr>"
    page = (
        f"<article><h1>Plan</h1>{said}<table>{head}{rows}<tr><th>Sum</th><td>£9bn</td><td>£3bn</td></tr></table>{said}"
    )
    doc = ingest.read_bytes(page.encode(), media_type="text/html")
    found = {doc.text[b.start : b.end]: b.section for b in doc.blocks if b.kind == "table_cell"}
    assert found["£4bn"] == found["£5bn"] == ("2025", "State")
    assert found["£2bn"] == ("2025", "City")
    assert found["£3bn"] == ("Sum", "City")


def test_html_interview_turns_are_blocks_of_their_own() -> None:
    turns = [
        "DAILY: Will it be built?",
        "ANN BROOK: It will be built by 2030.",
        "DAILY: Who pays?",
        "ANN BROOK: The state.",
    ]
    said = "<p>The ministry said that the plan would cost three billion pounds over the coming ten years, and more.</p>"
    page = f"<article><h1>Plan</h1>{said}{''.join(f'<p>{turn}</p>' for turn in turns)}</article>"
    doc = ingest.read_bytes(page.encode(), media_type="text/html")
    assert [doc.text[b.start : b.end] for b in doc.blocks if b.kind == "paragraph"][1:] == turns
