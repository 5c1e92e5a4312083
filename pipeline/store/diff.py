"""Which claims came, went or changed between two runs, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.errors import InputError
from pipeline.store.reads import fetch, load_claims
from pipeline.store.rows import Row
from pipeline.store.schema import documents, extractions, runs
from pipeline.store.writes import unpack

Change = Literal["came", "went", "changed"]
Claims = dict[str, Mapping[str, Any]]
PROVENANCE = frozenset({"extractor", "extractor_version", "model", "config_hash", "run_id"})
"""Fields that differ after every new extraction: no change of the claim."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One claim that is not the same after the later run or in the later version.

    ``fields`` are those that changed; ``before``: the claim's words in the earlier version.
    """

    change: Change
    claim_id: str
    kind: str
    text: str
    uri: str
    reason: str
    fields: tuple[str, ...] = ()
    before: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self) | {"fields": list(self.fields)}


def diff(connection: Connection, before: str, after: str) -> list[Difference]:
    """What the claims after one run and after a later one do not share, by article and place in it.

    A run may be named by so much of its id as is unique. Raises ``InputError`` for a run that is not on record.
    """
    first, last = find_run(connection, before), find_run(connection, after)
    query = (
        sa.select(extractions, documents.c.uri)
        .join_from(extractions, documents)
        .where(extractions.c.run_id <= max(first, last))
        .order_by(extractions.c.run_id)
    )
    seen: dict[str, dict[str, Row]] = {first: {}, last: {}}
    for row in fetch(connection, query):
        for run_id, state in seen.items():
            if row["run_id"] <= run_id:
                state[row["doc_id"]] = row
    out: list[Difference] = []
    for doc_id in sorted({*seen[first], *seen[last]}):
        old, new = seen[first].get(doc_id), seen[last].get(doc_id)
        if old and new and old["run_id"] == new["run_id"]:
            continue
        out += _compare(_claims(connection, old), _claims(connection, new), (new or old or {})["uri"], _why(old, new))
    return sorted(out, key=lambda d: d.uri)


def find_run(connection: Connection, prefix: str) -> str:
    """The id of the run that begins with ``prefix``."""
    known: list[str] = list(connection.scalars(sa.select(runs.c.run_id).order_by(runs.c.run_id.desc())))
    found = [run_id for run_id in known if run_id.startswith(prefix)]
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} runs begin with" if found else "no run begins with"
    raise InputError(f"{what} {prefix!r}; the latest are {', '.join((found or known)[:3]) or 'none'}")


def counts(found: list[Difference]) -> dict[str, int]:
    """How many claims came, went and changed."""
    counted = Counter(d.change for d in found)
    return {change: counted[change] for change in ("came", "went", "changed")}


def _claims(connection: Connection, extraction: Row | None) -> Claims:
    """The claims of an extraction in their JSON form, by id."""
    if extraction is None:
        return {}
    if extraction["current"]:
        found = [c.to_dict() for c in load_claims(connection, extraction["doc_id"])]
    else:
        found = unpack(extraction["replaced"])
    return {c["claim_id"]: c for c in found}


def _why(old: Row | None, new: Row | None) -> str:
    """Why the claims of an article may differ."""
    if old is None or new is None:
        return "new article" if old is None else "not extracted yet"
    if old["input_hash"] != new["input_hash"]:
        return "the article or its metadata changed"
    if old["pipeline_version"] != new["pipeline_version"]:
        return f"version {new['pipeline_version']} after {old['pipeline_version']}"
    return "other rules, data, weights or model"


def _compare(old: Claims, new: Claims, uri: str, why: str) -> list[Difference]:
    out: list[Difference] = []
    for claim in sorted({**old, **new}.values(), key=lambda c: (c["start"], c["end"], c["kind"])):
        i, kind, text = claim["claim_id"], claim["kind"], claim["text"]
        if i in old and i in new:
            fields = tuple(k for k in claim if k not in PROVENANCE and old[i].get(k) != new[i].get(k))
            out += [Difference("changed", i, kind, text, uri, why, fields)] if fields else []
        else:
            out.append(Difference("came" if i in new else "went", i, kind, text, uri, why))
    return out
