"""brat: a folder with the text and the stand-off annotations of each document, offsets in code points.

An annotation that runs over lines is written in several fragments, as brat wants it. Fields other than the kind are a
note on the annotation, in JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.review.exchange.marks import Annotated, Mark, TextOf

CONFIGURATION = "[entities]\namount\nquote\nprediction\n\n[relations]\n\n[events]\n\n[attributes]\n"
NOTE = "AnnotatorNotes"


def write(found: Iterable[Annotated], path: Path) -> None:
    """Write ``DOC_ID.txt`` and ``DOC_ID.ann`` for each document, and the labels' configuration."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "annotation.conf").write_text(CONFIGURATION, encoding="utf-8")
    for one in found:
        (path / f"{one.doc_id}.txt").write_bytes(one.text.encode())
        lines = []
        for i, m in enumerate(one.marks, 1):
            parts = _fragments(one.text, m.start, m.end)
            places = ";".join(f"{a} {b}" for a, b in parts)
            words = " ".join(one.text[a:b] for a, b in parts)
            note = json.dumps({"claim_id": m.claim_id, **m.values}, ensure_ascii=True)
            lines += [f"T{i}\t{m.kind} {places}\t{words}\n", f"#{i}\t{NOTE} T{i}\t{note}\n"]
        (path / f"{one.doc_id}.ann").write_bytes("".join(lines).encode())


def read(path: Path, text_of: TextOf) -> Iterator[Annotated]:
    """The documents of a folder; of an annotation in fragments, all from the first to the last."""
    for file in sorted(path.glob("*.ann")):
        text = file.with_suffix(".txt").read_bytes().decode()
        rows = [line.split("\t") for line in file.read_bytes().decode().split("\n") if line]
        notes = {r[1].split()[1]: _note(r[2]) for r in rows if r[0].startswith("#") and r[1].startswith(NOTE)}
        marks = []
        for name, where, *_ in (r for r in rows if r[0].startswith("T")):
            kind, places = where.split(" ", 1)
            ends = [int(n) for n in re.findall(r"\d+", places)]
            values = dict(notes.get(name, {}))
            claim_id = values.pop("claim_id", None)
            marks.append(Mark(kind, ends[0], ends[-1], claim_id, values))
        yield Annotated(file.stem, "", text, tuple(sorted(marks, key=lambda m: (m.start, -m.end, m.kind))))


def _fragments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of the span on each line, without the line breaks."""
    return [(start + m.start(), start + m.end()) for m in re.finditer(r"[^\r\n\x85\u2028\u2029]+", text[start:end])]


def _note(text: str) -> dict[str, str]:
    """A note's fields; none where a person wrote a remark of another kind."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
