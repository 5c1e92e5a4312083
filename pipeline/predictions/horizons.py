"""The words of a prediction that say when."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.predictions.clauses import Range
from pipeline.records import Span

PREPOSITIONS = frozenset(
    {
        "by",
        "before",
        "after",
        "until",
        "till",
        "in",
        "on",
        "at",
        "within",
        "during",
        "from",
        "for",
        "over",
        "through",
        "since",
    }
)


def horizon(doc: Doc, span: Range, condition: Range | None) -> Span | None:
    """The first date or time in the clause that is not part of its condition."""
    for ent in doc[span[0] : span[1]].ents:
        if ent.label_ not in ("DATE", "TIME"):
            continue
        if condition is not None and condition[0] <= ent.start < condition[1]:
            continue
        start = ent.start
        if start > span[0] and doc[start - 1].lower_ in PREPOSITIONS:
            start -= 1
        return Span.of(doc.text, doc[start].idx, ent.end_char)
    return None
