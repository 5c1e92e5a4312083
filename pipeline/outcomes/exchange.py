"""Outcomes as JSONL in git: one file per person, one outcome a line (``pipeline.review.exchange.journal``)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Engine

from pipeline.outcomes import log
from pipeline.outcomes.log import Outcome, State
from pipeline.review.exchange.journal import Journal
from pipeline.review.snapshots import claim_of
from pipeline.store.database import reading, writing

FOLDER = "outcomes"


def export(engine: Engine, folder: Path) -> dict[Path, int]:
    """Write the outcomes of the store to ``folder/outcomes``; returns how many each file has now.

    Outcomes that are in a file but not in the store stay. Exporting twice gives the same bytes.
    """
    with reading(engine) as connection:
        found = list(log.everything(connection))
    return JOURNAL.write(folder / FOLDER, found)


def load(engine: Engine, folders: Iterable[Path]) -> tuple[int, int]:
    """Bring the outcomes in ``outcomes`` of folders into the store; returns how many were new, and how many in all.

    All or none: raises ``InputError`` for the first line that is no outcome.
    """
    files = (path for folder in folders for path in sorted((folder / FOLDER).glob("*.jsonl")))
    found = {o.outcome_id: o for path in files for o in read(path)}
    with writing(engine) as connection:
        return sum(log.append(connection, o) for o in found.values()), len(found)


def line(outcome: Outcome) -> str:
    """An outcome as one line of JSON."""
    day = outcome.happened_on
    values = asdict(outcome) | {"recorded_at": outcome.recorded_at.isoformat()}
    return json.dumps(
        values | {"happened_on": day and day.isoformat()}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def read(path: Path) -> Iterator[Outcome]:
    """The outcomes of a file; ``InputError`` names the line that is none."""
    return JOURNAL.read(path)


def _outcome(values: dict[str, Any]) -> Outcome:
    if set(values) != set(log.FIELDS):
        raise ValueError(f"its fields are {', '.join(sorted(log.FIELDS))}")
    moment = datetime.fromisoformat(values["recorded_at"])
    day = date.fromisoformat(values["happened_on"]) if values["happened_on"] else None
    outcome = Outcome(**values | {"recorded_at": moment, "happened_on": day})
    if outcome.state not in get_args(State):
        raise ValueError(f"{outcome.state!r} is no state")
    if moment.tzinfo is None:
        raise ValueError("recorded_at has no time zone")
    for text in (outcome.outcome_id, outcome.claim_id, outcome.doc_id, outcome.uri, outcome.recorded_by):
        if not isinstance(text, str) or not text:
            raise ValueError("an id or a name is missing")
    if outcome.state != "open" and not (outcome.source or outcome.note):
        raise ValueError("neither source nor note")
    claim_of(outcome.claim)
    return outcome


JOURNAL = Journal(
    what="an outcome",
    entry_id=lambda o: o.outcome_id,
    person=lambda o: o.recorded_by,
    moment=lambda o: o.recorded_at,
    line=line,
    parse=_outcome,
)
