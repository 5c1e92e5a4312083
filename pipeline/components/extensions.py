"""The one registry of ``doc._.claims_*`` attributes and the span groups that go with them.

The records are kept in ``doc.user_data`` in a plain form, so that documents survive ``Doc.to_bytes``, ``DocBin`` and
``nlp.pipe(n_process=2)``; reading the attribute gives the frozen records back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import TypeAdapter
from spacy.tokens import Doc, SpanGroup

from pipeline import records
from pipeline.records import (
    AmountMention,
    Attribution,
    Block,
    Context,
    Mention,
    PredictionMention,
    Speaker,
)

EXTENSIONS: dict[str, tuple[Any, Any]] = {
    "claims_context": (Context, Context()),
    "claims_blocks": (tuple[Block, ...], ()),
    "claims_amounts": (tuple[AmountMention, ...], ()),
    "claims_attributions": (tuple[Attribution, ...], ()),
    "claims_speakers": (tuple[Speaker, ...], ()),
    "claims_mentions": (tuple[Mention, ...], ()),
    "claims_predictions": (tuple[PredictionMention, ...], ()),
}
"""Attribute name -> the type of its value and what it is before a component has set it."""


def register() -> None:
    """Register every attribute on ``Doc``; calling it again changes nothing."""
    for name, (kind, default) in EXTENSIONS.items():
        if not Doc.has_extension(name):
            getter, setter = accessors(name, TypeAdapter(kind), default)
            Doc.set_extension(name, getter=getter, setter=setter)


def accessors(
    name: str, adapter: TypeAdapter[Any], default: Any
) -> tuple[Callable[[Doc], Any], Callable[[Doc, Any], None]]:
    """The getter and setter of one attribute."""

    def get(doc: Doc) -> Any:
        return adapter.validate_python(doc.user_data[name]) if name in doc.user_data else default

    def put(doc: Doc, value: Any) -> None:
        doc.user_data[name] = adapter.dump_python(adapter.validate_python(value), mode="json")

    return get, put


def set_span_group(doc: Doc, name: str, spans: Iterable[tuple[records.Span, str]]) -> None:
    """Store labelled character spans as ``doc.spans[name]``, each widened to whole tokens."""
    found = (doc.char_span(s.start, s.end, label=label, alignment_mode="expand") for s, label in spans)
    doc.spans[name] = SpanGroup(doc, name=name, spans=[s for s in found if s is not None])


register()
