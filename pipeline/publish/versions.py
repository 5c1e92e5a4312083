"""The publications of a dataset: each has a number, digests of all that it was made from, and what it changed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline import records
from pipeline.errors import InputError
from pipeline.publish import changes
from pipeline.publish.fields import CLAIM_ID, Table, choice, text
from pipeline.publish.inventory import File
from pipeline.records import ClaimKind
from pipeline.store.diff import Change, Difference, counts
from pipeline.store.schema import documents, extractions, reviews, sources

PACKAGE = "datapackage.json"
FOLDER = "changes"
CHANGES = Table(
    "changes",
    "Which claims came, went or changed with a publication, and why.",
    (
        choice("change", Change, "what happened to the claim"),
        CLAIM_ID,
        choice("kind", ClaimKind, "kind of claim"),
        text("text", "the claim's words", required=True),
        text("uri", "address of the article", required=True),
        text("reason", "why", required=True),
        text("fields", "columns that changed, with spaces between"),
    ),
    key=("claim_id",),
)
"""The columns of ``changes/NUMBER.csv``: what the publication of that number changed."""
Entry = dict[str, Any]


def inputs(connection: Connection) -> Entry:
    """Digests of what a publication is made from: corpora, annotations, program and model."""
    d, e = documents.c, extractions.c
    listed = sa.select(sources.c.corpus, sources.c.file, sources.c.uri, d.doc_id, d.input_hash).join_from(
        sources, documents
    )
    decided = sa.select(reviews.c.review_id)
    made = sa.select(e.pipeline_version, e.model, e.config_hash).where(e.current).distinct()
    shown = made.where(e.doc_id.in_(sa.select(sources.c.doc_id)))
    names = ("pipeline_version", "model", "config_hash")
    return {
        "corpora": _digest(connection.execute(listed)),
        "annotations": _digest(connection.execute(decided)),
        "programs": [dict(zip(names, row, strict=True)) for row in sorted(map(tuple, connection.execute(shown)))],
    }


def _digest(rows: Iterable[Any]) -> Entry:
    found = sorted(tuple(row) for row in rows)
    return {"rows": len(found), "digest": records.digest(*("\x1f".join(row) for row in found))}


def history(folder: Path) -> list[Entry]:
    """The publications of the dataset in a folder, oldest first."""
    try:
        found: list[Entry] = json.loads((folder / PACKAGE).read_text("utf-8")).get("publications", [])
    except (OSError, ValueError):
        return []
    return found


def publish(out: Path, staging: Path, files: Mapping[str, File], made_from: Entry, claims: int) -> list[Entry]:
    """The publications of ``out`` with the one in ``staging``; one that is as the last was gets no new number.

    What a new one changes is put in ``staging``.
    """
    past = history(out)
    tables = sorted((f.name, f.sha256) for f in files.values() if f.name.endswith(".parquet"))
    this = {"digest": records.digest(*(value for pair in tables for value in pair)), "inputs": made_from}
    if past and {name: past[-1][name] for name in this} == this:
        return past
    entry: Entry = {"number": len(past) + 1, **this, "claims": claims}
    if past:
        found = changes.compare(out, staging)
        (staging / FOLDER).mkdir()
        (staging / name_of(entry["number"])).write_bytes(_page(found))
        entry["changes"] = counts(found)
    return [*past, entry]


def name_of(number: int) -> str:
    """The file with what a publication changed."""
    return f"{FOLDER}/{number:04}.csv"


def between(folder: Path, before: int, after: int) -> list[Difference]:
    """What publications changed together, from one to another (backwards, too).

    Raises ``InputError`` where the dataset has no such publication.
    """
    known = len(history(folder))
    for number in (before, after):
        if not 1 <= number <= known:
            had = f"it has 1 to {known}" if known else "`claims publish` makes the first"
            raise InputError(f"{folder}: no publication {number} of this dataset; {had}")
    steps: dict[str, list[Difference]] = {}
    for number in range(min(before, after) + 1, max(before, after) + 1):
        for found in read(folder / name_of(number)):
            steps.setdefault(found.claim_id, []).append(found)
    merged = [one for found in steps.values() if (one := _together(found))]
    return merged if before <= after else [_backwards(one) for one in merged]


def read(path: Path) -> list[Difference]:
    """What a file of changes says."""
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    return [Difference(**row | {"fields": tuple(row["fields"].split())}) for row in rows]


def _together(found: Sequence[Difference]) -> Difference | None:
    """Several changes of one claim as one; ``None`` where it came and went."""
    first, last = found[0], found[-1]
    was, is_ = first.change != "came", last.change != "went"
    if not was and not is_:
        return None
    change: Change = ("changed" if is_ else "went") if was else "came"
    fields = tuple(dict.fromkeys(name for one in found for name in one.fields)) if change == "changed" else ()
    reason = "; ".join(dict.fromkeys(one.reason for one in found))
    return Difference(change, last.claim_id, last.kind, last.text, last.uri, reason, fields)


def _backwards(one: Difference) -> Difference:
    turned: dict[Change, Change] = {"came": "went", "went": "came", "changed": "changed"}
    return Difference(turned[one.change], one.claim_id, one.kind, one.text, one.uri, one.reason, one.fields)


def _page(found: Iterable[Difference]) -> bytes:
    out = io.StringIO()
    names = [f.name for f in CHANGES.fields]
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(one.to_dict() | {"fields": " ".join(one.fields)} for one in found)
    return out.getvalue().encode()
