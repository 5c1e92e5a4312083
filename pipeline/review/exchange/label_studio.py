"""Label Studio: JSON, one task per document, offsets in code points.

Some older versions count UTF-16 units; the words that come with each span tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.review.exchange.marks import Annotated, Mark, TextOf
from pipeline.review.exchange.units import from_utf16


def write(found: Iterable[Annotated], path: Path) -> None:
    """Write the tasks, annotated so that they can be changed there; ``annotations/README.md`` has the label set-up."""
    path.write_text(json.dumps([_task(one) for one in found], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(path: Path, text_of: TextOf) -> Iterator[Annotated]:
    """The annotated tasks of an export in JSON (of several annotations of a task, the last one not cancelled)."""
    for task in json.loads(path.read_text(encoding="utf-8")):
        done = [a for a in task.get("annotations", []) if not a.get("was_cancelled")]
        if done:
            data = task["data"]
            marks = _marks(done[-1]["result"], data["text"], str(path))
            yield Annotated(data.get("doc_id", ""), data.get("uri", ""), data["text"], tuple(marks))


def _task(one: Annotated) -> dict[str, Any]:
    result = []
    for number, m in enumerate(one.marks):
        region = {"id": m.claim_id or f"new{number}", "to_name": "text"}
        place = {"start": m.start, "end": m.end}
        labels = place | {"text": one.text[m.start : m.end], "labels": [m.kind]}
        result.append(region | {"from_name": "kind", "type": "labels", "value": labels})
        for name, value in m.values.items():
            if value:
                result.append(region | {"from_name": name, "type": "textarea", "value": place | {"text": [value]}})
    data = {"text": one.text, "doc_id": one.doc_id, "uri": one.uri}
    return {"data": data, "annotations": [{"result": result}]}


def _marks(result: list[dict[str, Any]], text: str, name: str) -> list[Mark]:
    values: dict[str, dict[str, str]] = {}
    for r in result:
        if r["type"] == "textarea":
            values.setdefault(r["id"], {})[r["from_name"]] = " ".join(r["value"]["text"])
    out = []
    for r in result:
        if r["type"] == "labels":
            start, end = _ends(r["value"], text, name)
            out.append(Mark(r["value"]["labels"][0], start, end, r["id"], values.get(r["id"], {})))
    return out


def _ends(value: dict[str, Any], text: str, name: str) -> tuple[int, int]:
    """The ends in code points; the words that come with them tell which unit they are in."""
    start, end, words = value["start"], value["end"], value.get("text")
    if words is None or text[start:end] == words:
        return start, end
    start, end = from_utf16(text, start, end)
    if text[start:end] != words:
        raise InputError(f"{name}: {words[:40]!r} is not what stands at its offsets")
    return start, end
