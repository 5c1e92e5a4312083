"""spaCy ``DocBin``: for training; claims are ``doc.spans["claims"]``, their fields lie in ``doc.user_data``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.tokens import DocBin, Span, SpanGroup

from pipeline.review.exchange.marks import Annotated, Mark, TextOf
from pipeline.review.exchange.tokens import english, to_doc

GROUP = "claims"


def write(found: Iterable[Annotated], path: Path) -> None:
    """Write all documents; tokens are cut so that every claim covers whole ones."""
    out = DocBin(store_user_data=True)
    for one in found:
        doc = to_doc(one.text, one.marks)
        spans: list[Span] = []
        for m in one.marks:
            span = doc.char_span(m.start, m.end, label=m.kind)
            assert span is not None  # the tokens are cut at the marks' edges
            spans.append(span)
        doc.spans[GROUP] = SpanGroup(doc, name=GROUP, spans=spans)
        fields = [[m.claim_id, dict(m.values)] for m in one.marks]
        doc.user_data |= {"doc_id": one.doc_id, "uri": one.uri, "claims": fields}
        out.add(doc)
    out.to_disk(path)


def read(path: Path, text_of: TextOf) -> Iterator[Annotated]:
    """The documents of a file, also of one made elsewhere with the same span group."""
    for doc in DocBin().from_disk(path).get_docs(english().vocab):
        spans = doc.spans.get(GROUP, [])
        fields = doc.user_data.get("claims") or [(None, {})] * len(spans)
        marks = tuple(
            Mark(span.label_, span.start_char, span.end_char, claim_id, dict(values))
            for span, (claim_id, values) in zip(spans, fields, strict=True)
        )
        yield Annotated(doc.user_data.get("doc_id", ""), doc.user_data.get("uri", ""), doc.text, marks)
