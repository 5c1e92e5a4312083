"""Review decisions as JSONL in git: one file per reviewer, one decision a line (``journal``)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import get_args

from sqlalchemy import Engine

from pipeline.review import decisions as log
from pipeline.review import index
from pipeline.review.decisions import Decision, Verdict
from pipeline.review.exchange.journal import Journal
from pipeline.review.snapshots import claim_of, speaker_of
from pipeline.store.database import reading, writing

FOLDER = "reviews"


def export(engine: Engine, folder: Path) -> dict[Path, int]:
    """Write the decisions of the store to ``folder/reviews``; returns how many each file has now.

    Decisions that are in a file but not in the store stay. Exporting twice gives the same bytes.
    """
    with reading(engine) as connection:
        found = list(log.everything(connection))
    return JOURNAL.write(folder / FOLDER, found)


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
    return JOURNAL.read(path)


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


JOURNAL = Journal(
    what="a review decision",
    entry_id=lambda d: d.review_id,
    person=lambda d: d.reviewer,
    moment=lambda d: d.decided_at,
    line=line,
    parse=_decision,
)
