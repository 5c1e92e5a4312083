"""What a page says of itself: JSON-LD, OpenGraph, meta tags, links; each with where it was found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.ingest.dates import parse_date
from pipeline.ingest.reading import squeeze

ARTICLES = frozenset(
    (
        "Article",
        "NewsArticle",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "BackgroundNewsArticle",
        "ReviewNewsArticle",
        "BlogPosting",
        "LiveBlogPosting",
        "Report",
        "ScholarlyArticle",
        "TechArticle",
        "SocialMediaPosting",
    )
)
"""The schema.org types of articles."""

META = {
    "title": ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title", "parsely-title"),
    "byline": ("author", "article:author", "citation_author", "dc.creator", "dcterms.creator", "parsely-author", "byl"),
    "publisher": ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "application-name"),
    "published": (
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "citation_publication_date",
        "dcterms.issued",
        "dcterms.date",
        "dc.date.issued",
        "dc.date",
        "parsely-pub-date",
        "pubdate",
        "publish-date",
        "date",
    ),
    "language": ("og:locale", "dc.language", "dcterms.language", "content-language"),
    "licence": ("dcterms.license", "dc.rights", "dcterms.rights"),
    "uri": ("og:url",),
}
"""Field -> names of ``meta`` elements that hold it, the surest first: OpenGraph, Twitter, Google Scholar, Dublin Core,
Parse.ly, and what pages use beside them."""

MAX_JSON = 1_000_000
MAX_NODES = 5000
MAX_AUTHORS = 50
MAX_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of a document, its value, and where the page says it ("json-ld", "og:title", "<html lang>")."""

    field: str
    value: Any
    origin: str


def facts(tree: Any) -> Mapping[str, Fact]:
    """What a page says of itself, by field: its JSON-LD is believed before its meta tags, these before its links."""
    found: dict[str, Fact] = {}
    for fact in (*json_ld(tree), *meta_tags(tree), *links(tree)):
        if fact.value and not (fact.field == "byline" and str(fact.value).startswith("http")):
            found.setdefault(fact.field, fact)
    return found


def json_ld(tree: Any) -> Iterator[Fact]:
    """The facts of the page's JSON-LD about its article (schema.org)."""
    for script in tree.iter("script"):
        source = script.text or ""
        if "ld+json" not in (script.get("type") or "") or len(source) > MAX_JSON:
            continue
        try:
            value = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in nodes(value):
            kinds = node.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if not any(isinstance(kind, str) and kind in ARTICLES for kind in kinds):
                continue
            yield Fact("title", text_of(node.get("headline")), "json-ld")
            yield Fact("byline", text_of(node.get("author")), "json-ld")
            yield Fact("publisher", text_of(node.get("publisher")), "json-ld")
            yield Fact("published", parse_date(text_of(node.get("datePublished"))), "json-ld")
            yield Fact("language", text_of(node.get("inLanguage")), "json-ld")
            yield Fact("licence", text_of(node.get("license")), "json-ld")


def nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a JSON value, the outer ones first."""
    waiting, seen = [value], 0
    while waiting and seen < MAX_NODES:
        seen += 1
        here = waiting.pop(0)
        if isinstance(here, Mapping):
            yield here
            waiting += (v for k, v in here.items() if k in ("@graph", "mainEntity", "mainEntityOfPage"))
        elif isinstance(here, list):
            waiting += here[:MAX_NODES]


def text_of(value: Any, depth: int = 0) -> str:
    """A JSON-LD value as text: an object by its name, several joined with commas."""
    if isinstance(value, Mapping) and depth < MAX_DEPTH:
        return text_of(value.get("name") or value.get("@value") or value.get("url") or value.get("@id"), depth + 1)
    if isinstance(value, list) and depth < MAX_DEPTH:
        return ", ".join(dict.fromkeys(filter(None, (text_of(one, depth + 1) for one in value[:MAX_AUTHORS]))))
    return squeeze(value) if isinstance(value, str) else ""


def meta_tags(tree: Any) -> Iterator[Fact]:
    """The facts of the page's ``meta`` elements."""
    said: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = (
            node.get("property") or node.get("name") or node.get("itemprop") or node.get("http-equiv") or ""
        ).lower()
        said.setdefault(name, squeeze(node.get("content")))
    for field, names in META.items():
        for name in names:
            value = said.get(name)
            yield Fact(field, parse_date(value) if field == "published" else value, name)


def links(tree: Any) -> Iterator[Fact]:
    """The facts of links, the root element and the first dated ``time`` element."""
    for node in tree.iter("link", "a"):
        relations = (node.get("rel") or "").lower().split()
        if node.tag == "link" and "canonical" in relations:
            yield Fact("uri", node.get("href"), "<link rel=canonical>")
        if "license" in relations:
            yield Fact("licence", node.get("href"), "<rel=license>")
    for time in tree.iter("time"):
        yield Fact("published", parse_date(time.get("datetime")), "<time>")
    language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    yield Fact("language", language, "<html lang>")


def without_site(title: str, publisher: str | None) -> str:
    """A title without the site's name behind it ("Rail plan approved | The Daily")."""
    return re.sub(rf"\s*[|–—·:-]+\s*{re.escape(publisher)}\s*$", "", title) or title if publisher else title
