"""doccano: JSONL of sequence labelling, offsets in UTF-16 units (its default: it counts as JavaScript does)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.review.exchange.marks import Annotated, Mark, TextOf
from pipeline.review.exchange.units import from_utf16, utf16_positions


def write(found: Iterable[Annotated], path: Path) -> None:
    """Write one document a line; fields other than the kind have no place in this format."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for one in found:
            units = utf16_positions(one.text)
            labels = [[units[m.start], units[m.end], m.kind] for m in one.marks]
            line = {"text": one.text, "label": labels, "doc_id": one.doc_id, "uri": one.uri}
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def read(path: Path, text_of: TextOf) -> Iterator[Annotated]:
    """The documents of an export: labels as triples, or as entities with offsets."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            row = json.loads(line)
            triples = row.get("label") or [
                (e["start_offset"], e["end_offset"], e["label"]) for e in row.get("entities", [])
            ]
            marks = [Mark(kind, *from_utf16(row["text"], start, end)) for start, end, kind in triples]
            meta = row.get("meta") or row.get("Metadata") or row
            marks.sort(key=lambda m: (m.start, -m.end, m.kind))
            yield Annotated(meta.get("doc_id", ""), meta.get("uri", ""), row["text"], tuple(marks))
