"""Prodigy: JSONL for ``spans.manual``, offsets in code points, with the tokens that spans are selected by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.review.exchange.marks import Annotated, Mark, TextOf
from pipeline.review.exchange.tokens import to_doc


def write(found: Iterable[Annotated], path: Path) -> None:
    """Write one task a line."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for one in found:
            stream.write(json.dumps(_task(one), ensure_ascii=False) + "\n")


def read(path: Path, text_of: TextOf) -> Iterator[Annotated]:
    """The tasks that were answered with "accept"."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        task = json.loads(line) if line.strip() else {}
        if task.get("answer") == "accept":
            spans = task.get("spans", [])
            marks = [Mark(s["label"], s["start"], s["end"], s.get("claim_id"), s.get("values", {})) for s in spans]
            meta = task.get("meta", {})
            marks.sort(key=lambda m: (m.start, -m.end, m.kind))
            yield Annotated(meta.get("doc_id", ""), meta.get("uri", ""), task["text"], tuple(marks))


def _task(one: Annotated) -> dict[str, Any]:
    doc = to_doc(one.text, one.marks)
    first = {t.idx: t.i for t in doc}
    last = {t.idx + len(t): t.i for t in doc}
    spans = [
        {
            "start": m.start,
            "end": m.end,
            "token_start": first[m.start],
            "token_end": last[m.end],
            "label": m.kind,
            "claim_id": m.claim_id,
            "values": dict(m.values),
        }
        for m in one.marks
    ]
    tokens = [
        {"text": t.text, "start": t.idx, "end": t.idx + len(t), "id": t.i, "ws": bool(t.whitespace_)} for t in doc
    ]
    meta = {"doc_id": one.doc_id, "uri": one.uri}
    return {"text": one.text, "meta": meta, "tokens": tokens, "spans": spans, "answer": "accept"}
