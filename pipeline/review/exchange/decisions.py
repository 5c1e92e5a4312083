"""Review decisions as JSONL in git: one file per reviewer, one decision a line, oldest first.

A decision never changes, so files of two branches merge by taking the lines of both; reading takes each once.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import get_args

from sqlalchemy import Engine

from pipeline import records
from pipeline.errors import InputError
from pipeline.review import decisions as log
from pipeline.review import index
from pipeline.review.decisions import Decision, Verdict
from pipeline.review.snapshots import claim_of, speaker_of
from pipeline.store.database import reading, writing

FOLDER = "reviews"


def export(engine: Engine, folder: Path) -> dict[Path, int]:
    """Write the decisions of the store to ``folder/reviews``; returns how many each file has now.

    Decisions that are in a file but not in the store stay. Exporting twice gives the same bytes.
    """
    by_reviewer: dict[str, list[Decision]] = defaultdict(list)
    with reading(engine) as connection:
        for decision in log.everything(connection):
            by_reviewer[decision.reviewer].append(decision)
    out = {}
    for reviewer, found in sorted(by_reviewer.items()):
        path = folder / FOLDER / file_name(reviewer)
        known = {d.review_id: d for d in read(path)} if path.exists() else {}
        known |= {d.review_id: d for d in found}
        lines = [line(d) for d in sorted(known.values(), key=lambda d: (d.decided_at, d.review_id))]
        write_whole(path, "".join(f"{text}\n" for text in lines))
        out[path] = len(lines)
    return out


def load(engine: Engine, paths: Iterable[Path]) -> tuple[int, int]:
    """Bring decisions from files or folders into the store; returns how many were new, and how many there are in all.

    All or none: raises ``InputError`` for the first line that is no decision.
    """
    found = {d.review_id: d for path in paths for file in _files(path) for d in read(file)}
    with writing(engine) as connection:
        fresh = [d for d in found.values() if log.append(connection, d)]
        index.outdate_documents(connection, {d.doc_id for d in fresh}, {d.uri for d in fresh})
    index.catch_up(engine)
    return len(fresh), len(found)


def line(decision: Decision) -> str:
    """A decision as one line of JSON."""
    values = asdict(decision) | {"decided_at": decision.decided_at.isoformat()}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(path: Path) -> Iterator[Decision]:
    """The decisions of a file; ``InputError`` names the line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from None
    for number, text in enumerate(lines, 1):
        if re.match(r"<{7}|={7}|>{7}", text):
            raise InputError(f"{path}, line {number}: a merge conflict; keep the lines of both sides, drop the marks")
        if text.strip():
            try:
                yield _decision(json.loads(text))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise InputError(f"{path}, line {number}: not a review decision ({error})") from None


def file_name(reviewer: str) -> str:
    """The name of a reviewer's file: readable, and different for different reviewers on any file system."""
    plain = re.sub(r"[^a-z0-9]+", "-", reviewer.casefold()).strip("-") or "reviewer"
    return f"{plain[:40]}-{records.digest(reviewer, length=6)}.jsonl"


def _decision(values: dict[str, object]) -> Decision:
    names = {f.name for f in fields(Decision)}
    if set(values) != names:
        raise ValueError(f"its fields are {', '.join(sorted(names))}")
    moment = datetime.fromisoformat(str(values["decided_at"]))
    decision = Decision(**{**values, "decided_at": moment})  # type: ignore[arg-type]
    if decision.decision not in get_args(Verdict):
        raise ValueError(f"{decision.decision!r} is no decision")
    if moment.tzinfo is None:
        raise ValueError("decided_at has no time zone")
    for text in (decision.review_id, decision.claim_id, decision.doc_id, decision.uri, decision.reviewer):
        if not isinstance(text, str) or not text:
            raise ValueError("an id or a name is missing")
    for one in (decision.before, decision.after):
        if one is not None:
            (claim_of if "claim_id" in one else speaker_of)(one)
    if decision.decision == "undo" and not decision.refers_to:
        raise ValueError("an undo says what it takes back")
    return decision


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    inner = path / FOLDER if (path / FOLDER).is_dir() else path
    return sorted(inner.glob("*.jsonl"))


def write_whole(path: Path, text: str) -> None:
    """Write a whole file or leave the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
