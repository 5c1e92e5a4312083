"""What pages say of themselves, and where."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import ingest
from pipeline.ingest.corpus import Corpus
from pipeline.ingest.html import parse
from pipeline.ingest.item import Item
from pipeline.ingest.metadata import facts, without_site

SAID = "<p>The ministry said that the plan would cost a lot of money in the end, and nobody asked why.</p>"


def page(head: str, root: str = "<html>") -> Any:
    return parse(f"{root}<head>{head}</head><body>{SAID}</body></html>", "page.html")


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def told(tree: Any) -> dict[str, tuple[object, str]]:
    return {field: (fact.value, fact.origin) for field, fact in facts(tree).items()}


def test_metadata_json_ld_comes_first() -> None:
    article = {
        "@type": ["NewsArticle"],
        "headline": "Rail plan approved",
        "author": [{"@type": "Person", "name": "Jane Doe"}, {"name": "Sam Roe"}],
        "publisher": {"@type": "Organization", "name": "The Daily Test"},
        "datePublished": "2024-03-04T10:00:00+01:00",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    head = ld({"@graph": [{"@type": "WebSite", "name": "x"}, article]}) + '<meta property="og:title" content="Other">'
    assert told(page(head)) == {
        "title": ("Rail plan approved", "json-ld"),
        "byline": ("Jane Doe, Sam Roe", "json-ld"),
        "publisher": ("The Daily Test", "json-ld"),
        "published": (date(2024, 3, 4), "json-ld"),
        "licence": ("https://creativecommons.org/licenses/by/4.0/", "json-ld"),
    }


def test_metadata_meta_tags_links_and_language() -> None:
    head = (
        '<meta property="og:title" content="Rail plan"><meta name="Author" content="Jane Doe">'
        '<meta property="article:author" content="https://social.example/jane">'
        '<meta name="dcterms.date" content="2024-03-04"><link rel="canonical" href="https://daily.example/rail">'
        '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">'
    )
    found = told(page(head, '<html lang="en-GB">'))
    assert found["title"] == ("Rail plan", "og:title")
    assert found["byline"] == ("Jane Doe", "author")
    assert found["published"] == (date(2024, 3, 4), "dcterms.date")
    assert found["uri"] == ("https://daily.example/rail", "<link rel=canonical>")
    assert found["licence"][1] == "<rel=license>"
    assert found["language"] == ("en-GB", "<html lang>")


@pytest.mark.parametrize("source", ["{", "[" * 5000, '{"@type": [{}], "headline": 1}', "null", '{"@type": "Article"}'])
def test_metadata_malformed_json_ld_is_passed_over(source: str) -> None:
    assert told(page(f'<script type="application/ld+json">{source}</script>')) == {}


JSON = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["headline", "author", "publisher", "datePublished", "inLanguage", "license"]), JSON
    )
)
def test_metadata_any_json_ld_is_survived(value: dict[str, object]) -> None:
    told(page(ld({"@type": "Article", **value})))


def test_metadata_title_without_the_site() -> None:
    assert without_site("Rail plan approved | The Daily", "The Daily") == "Rail plan approved"
    assert without_site("Rail plan – The Daily", "The Daily") == "Rail plan"
    assert without_site("The Daily", "The Daily") == "The Daily"
    assert without_site("Rail | Road", None) == "Rail | Road"


def test_metadata_origins_and_what_is_given_go_on_record(tmp_path: Path) -> None:
    path = tmp_path / "rail.html"
    head = '<meta property="og:title" content="Rail plan | Daily"><meta property="og:site_name" content="Daily">'
    path.write_text(f"<html><head>{head}</head><body>{SAID * 3}</body></html>", "utf-8")
    entry = Corpus.create(tmp_path, "news").add(path, published=date(2024, 3, 4))
    assert entry.title == "Rail plan"
    assert entry.origins == {"title": "og:title", "publisher": "og:site_name", "published": "given", "language": "text"}
    assert entry.encoding == "utf-8"


def test_metadata_lone_surrogates_do_not_reach_the_record() -> None:
    doc = ingest.read_item(Item(b"Words of an article.", "\ud800", "text/plain", said={"title": "a\ud800b"}))
    assert (doc.title, doc.uri) == ("a?b", "?")
