"""Reviewed claims as gold for ``claims evaluate``: JSONL files of attributions, predictions and amounts of money.

A document counts for a kind where all its claims of that kind have been decided: only then is what is not in the file
known to be no claim.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from pipeline.evaluate.amounts import NOT_MONEY
from pipeline.records import Amount, Claim, ClaimKind, Prediction, Quote, Span
from pipeline.review.settled import reviewed

FILES: dict[ClaimKind, str] = {"quote": "attributions", "prediction": "predictions", "amount": "amounts"}
"""The kind of claim -> the name of its file, and of the field that holds its gold."""


def write(engine: Engine, doc_ids: Iterable[str], folder: Path) -> dict[Path, int]:
    """Write the files of all kinds that have gold; returns how many documents each has."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: dict[ClaimKind, list[str]] = {kind: [] for kind in FILES}
    for one in reviewed(engine, doc_ids):
        for kind in one.complete():
            row = {"doc_id": one.document.doc_id, "text": one.document.text, FILES[kind]: list(gold(one.claims(kind)))}
            lines[kind].append(json.dumps(row, ensure_ascii=False) + "\n")
    out = {}
    for kind, found in lines.items():
        if found:
            path = folder / f"{FILES[kind]}.jsonl"
            path.write_text("".join(found), encoding="utf-8", newline="\n")
            out[path] = len(found)
    return out


def gold(claims: Iterable[Claim]) -> Iterator[dict[str, Any]]:
    """The claims as entries of a gold file; percentages and multiples, which are no sums of money, have none."""
    for claim in claims:
        name = claim.speaker.name if claim.speaker and claim.speaker.kind != "author" else None
        if isinstance(claim.detail, Quote):
            spans = {"source": [claim.mention], "cue": [claim.cue], "content": claim.detail.content}
            yield {role: _ends(found) for role, found in spans.items()} | {"name": name}
        elif isinstance(claim.detail, Prediction):
            yield _prediction(claim, claim.detail) | {"speaker": name}
        elif isinstance(claim.detail, Amount) and claim.detail.unit not in NOT_MONEY:
            yield _amount(claim, claim.detail)


def _prediction(claim: Claim, detail: Prediction) -> dict[str, Any]:
    spans = {"condition": detail.condition, "horizon": detail.horizon}
    out: dict[str, Any] = {role: [s.start, s.end] if s else None for role, s in spans.items()}
    return out | {"span": [claim.start, claim.end], "type": detail.type, "certainty": detail.certainty}


def _amount(claim: Claim, detail: Amount) -> dict[str, Any]:
    low, high = (None if n is None else float(n) for n in (detail.low, detail.high))
    unit = None if detail.unit == "XXX" else detail.unit
    return {"start": claim.start, "end": claim.end, "min": low, "max": high, "currency": unit}


def _ends(spans: Iterable[Span | None]) -> list[list[int]]:
    return [[s.start, s.end] for s in spans if s is not None]
