"""What the report tells of links and outcomes: figures that changed or contradict each other, and who was right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.dataset import Dataset
from pipeline.publish.report.drawing import clean, clip

MOST = 200
"""Pairs shown of each kind, the surest first."""
MOST_SPEAKERS = 50
KINDS = (("revision", "Figures that were changed"), ("conflict", "Claims that contradict each other"))
STATES = ("came_true", "failed", "unclear")


@dataclass(frozen=True, slots=True)
class Side:
    """One claim of a pair; ``article`` is the number of its article in the report, 0 where it is not listed."""

    claim_id: str
    text: str
    sentence: str
    speaker: str
    published: str
    article: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two claims, the earlier one first; ``change``: by how much the later figure differs."""

    one: Side
    other: Side
    change: str
    reason: str
    score: float


@dataclass(frozen=True, slots=True)
class Record:
    """What became of a speaker's predictions in the articles of one year."""

    speaker: str
    year: str
    came_true: int
    failed: int
    unclear: int
    open: int


def pairs(dataset: Dataset, wide: pd.DataFrame, articles: Mapping[str, int]) -> list[tuple[str, str, list[Pair], int]]:
    """For each kind its name, heading, pairs and how many there are in all."""
    links = dataset.links
    wanted = links[links["relation"].isin([kind for kind, _ in KINDS])]
    ids = {*wanted["claim_id"], *wanted["other_claim_id"]}
    claims = {row["claim_id"]: row for row in wide[wide["claim_id"].isin(ids)].to_dict("records")}
    out = []
    for kind, heading in KINDS:
        found = wanted[wanted["relation"] == kind].sort_values(
            ["score", "claim_id", "other_claim_id"], ascending=[False, True, True]
        )
        shown = [_pair(row, claims, articles) for row in found.head(MOST).to_dict("records")]
        out.append((kind, heading, shown, len(found)))
    return out


def _pair(row: Mapping[Any, Any], claims: Mapping[str, Any], articles: Mapping[str, int]) -> Pair:
    earlier, later = claims[row["other_claim_id"]], claims[row["claim_id"]]
    sides = [_side(c, articles) for c in (earlier, later)]
    return Pair(sides[0], sides[1], _change(earlier, later), clean(row["reason"]), row["score"])


def _side(claim: Mapping[str, Any], articles: Mapping[str, int]) -> Side:
    day, speaker = claim["article_published"], claim["speaker"]
    return Side(
        claim["claim_id"],
        clip(claim["text"], 160),
        clip(claim["sentence"], 240) if claim["kind"] == "amount" else "",
        "" if pd.isna(speaker) else clean(speaker),
        "" if pd.isna(day) else f"{day:%Y-%m-%d}",
        articles.get(claim["doc_id"], 0),
    )


def _change(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> str:
    """By how many percent a single figure differs from an earlier one ("-6 %"); empty for anything else."""
    values = [claim[f"amount_{end}"] for claim in (earlier, later) for end in ("low", "high")]
    if any(pd.isna(v) for v in values) or values[0] != values[1] or values[2] != values[3] or not values[0]:
        return ""
    return f"{(float(values[2]) / float(values[0]) - 1) * 100:+.1f}".rstrip("0").rstrip(".") + " %"


def record(dataset: Dataset, wide: pd.DataFrame) -> tuple[list[Record], int]:
    """The record of each speaker of whose predictions somebody has told the outcome, and of how many in all."""
    outcomes = dataset.outcomes
    states = dict(zip(outcomes["claim_id"], outcomes["state"].astype(str), strict=True))
    told = sum(state in STATES for state in states.values())
    predictions = wide[(wide["kind"] == "prediction") & wide["speaker"].notna()]
    state = [states.get(claim_id, "open") for claim_id in predictions["claim_id"]]
    year = predictions["article_published"].dt.strftime("%Y").fillna("no date")
    counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for speaker, when, what in zip(predictions["speaker"].astype(str), year, state, strict=True):
        counted[speaker, when][what] += 1
    found = [
        Record(clean(speaker), when, *(of[s] for s in (*STATES, "open")))
        for (speaker, when), of in sorted(counted.items())
    ]
    decided = {r.speaker for r in found if r.came_true + r.failed + r.unclear}
    return [r for r in found if r.speaker in decided][:MOST_SPEAKERS], told


def due(wide: pd.DataFrame, dataset: Dataset) -> int:
    """How many open predictions have a last day."""
    told = set(dataset.outcomes["claim_id"])
    dated = wide["prediction_horizon_to"].notna() & ~wide["claim_id"].isin(told)
    return int(dated.sum())


def numbers(articles: Sequence[Any]) -> dict[str, int]:
    """The number of each article that the report lists."""
    return {a.doc_id: a.number for a in articles}
