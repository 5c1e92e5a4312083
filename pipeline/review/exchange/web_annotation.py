"""W3C Web Annotation Data Model (Recommendation of 2017): JSON-LD, positions in code points."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.records import CONTEXT_CHARS
from pipeline.review.anchoring import locate
from pipeline.review.exchange.marks import Annotated, Mark, TextOf

CONTEXT = "http://www.w3.org/ns/anno.jsonld"


def write(found: Iterable[Annotated], path: Path) -> None:
    """Write one page with an annotation for each claim."""
    items = [_annotation(one, mark) for one in found for mark in one.marks]
    page = {"@context": CONTEXT, "type": "AnnotationPage", "items": items}
    path.write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(path: Path, text_of: TextOf) -> Iterator[Annotated]:
    """The annotations of a page by document; where the position no longer has the quoted words, they are looked for."""
    by_document: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for item in json.loads(path.read_text(encoding="utf-8"))["items"]:
        uri = item["target"]["source"]
        by_document[_fields(item).get("doc_id", ""), uri].append(item)
    for (doc_id, uri), items in by_document.items():
        text = text_of(doc_id, uri)
        if text is None:
            raise InputError(f"{path}: the store has no article at {uri}; run the pipeline on it first")
        marks = [_mark(item, text, str(path)) for item in items]
        yield Annotated(doc_id, uri, text, tuple(sorted(marks, key=lambda m: (m.start, -m.end, m.kind))))


def _annotation(one: Annotated, m: Mark) -> dict[str, Any]:
    fields = {"doc_id": one.doc_id, "claim_id": m.claim_id, **m.values}
    quote = {
        "type": "TextQuoteSelector",
        "exact": one.text[m.start : m.end],
        "prefix": one.text[max(0, m.start - CONTEXT_CHARS) : m.start],
        "suffix": one.text[m.end : m.end + CONTEXT_CHARS],
    }
    described = json.dumps(fields, ensure_ascii=False)
    return {
        "id": f"urn:policy-claims:{m.claim_id}",
        "type": "Annotation",
        "motivation": "tagging",
        "body": [
            {"type": "TextualBody", "purpose": "tagging", "value": m.kind},
            {"type": "TextualBody", "purpose": "describing", "format": "application/json", "value": described},
        ],
        "target": {
            "source": one.uri,
            "selector": [{"type": "TextPositionSelector", "start": m.start, "end": m.end}, quote],
        },
    }


def _mark(item: dict[str, Any], text: str, name: str) -> Mark:
    selectors = {s["type"]: s for s in item["target"]["selector"]}
    place, quote = selectors.get("TextPositionSelector"), selectors.get("TextQuoteSelector")
    start, end = (place["start"], place["end"]) if place else (0, 0)
    if quote and text[start:end] != quote["exact"]:
        sought = {"text": quote["exact"], "prefix": quote.get("prefix", ""), "suffix": quote.get("suffix", "")}
        found = locate(sought, text)
        if found is None or not found.exact:
            raise InputError(f"{name}: the words {quote['exact'][:40]!r} are not in the article")
        start, end = found.start, found.end
    kind = next(b["value"] for b in item["body"] if b.get("purpose") == "tagging")
    values = {k: v for k, v in _fields(item).items() if k not in ("doc_id", "claim_id")}
    return Mark(kind, start, end, _fields(item).get("claim_id"), values)


def _fields(item: dict[str, Any]) -> dict[str, Any]:
    described = (b["value"] for b in item["body"] if b.get("format") == "application/json")
    found: dict[str, Any] = json.loads(next(described, "{}"))
    return found
