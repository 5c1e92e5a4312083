"""The claims of a report as rows of its table: the passage with the claim marked, what it says, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from pipeline.dataset import Dataset
from pipeline.publish.report.drawing import clean, quantity

MOST_ROWS = 5000
"""Claims in the table: as many as a browser searches without delay. Of more, those most worth checking."""
CONTEXT = 400
"""Characters of its sentence shown either side of a claim."""
BOUNDS = {"exact": "", "about": "about ", "at_least": "at least ", "at_most": "at most ", "range": ""}


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of a passage, and what they are: ``claim``, ``source``, ``cue`` or nothing."""

    text: str
    role: str


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as the table shows it; ``review``: what a person decided, ``article``: its article's number."""

    claim_id: str
    kind: str
    speaker: str
    role: str
    details: str
    review: str
    pieces: tuple[Piece, ...]
    article: int
    start: int
    end: int
    confidence: float
    page: int | None
    link: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the report."""

    number: int
    title: str
    publisher: str
    published: str
    uri: str
    doc_id: str

    @property
    def link(self) -> str:
        """Its address, where that is one on the web."""
        return self.uri if self.uri.startswith(("https://", "http://")) else ""


def table(dataset: Dataset, wide: pd.DataFrame) -> tuple[list[Row], list[Article]]:
    """The rows, in the order of the articles and their text, and the articles that they come from."""
    shown = wide
    if len(wide) > MOST_ROWS:
        best = wide.sort_values(["check_worthiness", "confidence", "claim_id"], ascending=[False, False, True])
        shown = wide.loc[best.index[:MOST_ROWS].sort_values()]
    documents = dataset.documents
    documents = documents[documents["doc_id"].isin(shown["doc_id"])]
    articles = [_article(n, row) for n, row in enumerate(_records(documents), 1)]
    numbers = {a.doc_id: a.number for a in articles}
    texts = dict(zip(documents["doc_id"], documents["text"], strict=True))
    spans = dataset.table("quote_spans")
    spans = spans[(spans["role"] == "content") & spans["claim_id"].isin(shown["claim_id"])]
    content: dict[str, list[tuple[int, int]]] = {}
    for span in _records(spans):
        content.setdefault(span["claim_id"], []).append((span["start"], span["end"]))
    rows = []
    for claim in _records(shown):
        own = content.get(claim["claim_id"]) or [(claim["start"], claim["end"])]
        rows.append(
            Row(
                claim["claim_id"],
                claim["kind"],
                clean(claim["speaker"] or ""),
                clean(claim["speaker_role"] or ""),
                clean(_details(claim)),
                _review(claim),
                tuple(passage(texts[claim["doc_id"]], claim, own)),
                numbers[claim["doc_id"]],
                claim["start"],
                claim["end"],
                claim["confidence"],
                claim["page"],
                clean(claim["link"] or ""),
            )
        )
    return rows, articles


def passage(text: str, claim: Mapping[str, Any], own: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """The claim's sentence, or as much of it as stands near the claim, cut where a marked span begins or ends."""
    first = max(min(claim["start"], claim["sentence_start"]), claim["start"] - CONTEXT)
    last = min(max(claim["end"], claim["sentence_end"]), claim["end"] + CONTEXT)
    spans = [("claim", start, end) for start, end in own]
    for role, name in (("source", "speaker"), ("cue", "cue")):
        if claim[f"{name}_start"] is not None:
            spans.append((role, claim[f"{name}_start"], claim[f"{name}_end"]))
    edges = {first, last} | {edge for _, *ends in spans for edge in ends if first < edge < last}
    for start, end in pairwise(sorted(edges)):
        role = next((r for r, s, e in spans if s <= start and end <= e), "")
        yield Piece(clean(text[start:end]), role)


def _review(claim: Mapping[str, Any]) -> str:
    """What a person decided on the claim: nothing for those that nobody has judged."""
    status = claim.get("review_status") or "open"
    return "" if status == "open" else status


def _details(claim: Mapping[str, Any]) -> str:
    """What the details of a claim say, in a few words."""
    if claim["kind"] == "quote":
        return f"{claim['quote_type']}, {claim['act']}"
    if claim["kind"] == "prediction":
        words = [claim["prediction_type"], claim["prediction_certainty"]]
        words += ["will not happen"] if claim["prediction_negated"] else []
        words += [f"{name} “{claim[f'prediction_{name}']}”" for name in CONDITIONS if claim[f"prediction_{name}"]]
        if claim["prediction_horizon_to"] is not None:
            words.append(f"by {claim['prediction_horizon_to']:%Y-%m-%d}")
        return ", ".join(words)
    said = BOUNDS[claim["amount_bound"]] + _range(claim["amount_low"], claim["amount_high"], claim["amount_unit"])
    said += f" per {claim['amount_per']}" if claim["amount_per"] else ""
    said += f", {claim['amount_change']}" if claim["amount_change"] != "none" else ""
    if claim["amount_unit"] != "USD" and (claim["amount_usd_low"] or claim["amount_usd_high"]) is not None:
        said += f" = {_range(claim['amount_usd_low'], claim['amount_usd_high'], 'USD')}"
        said += f" (rate of {claim['amount_usd_date']:%Y-%m-%d})" if claim["amount_usd_date"] is not None else ""
    return said


CONDITIONS = ("condition", "horizon")


def _range(low: Any, high: Any, unit: str) -> str:
    return " to ".join(dict.fromkeys(quantity(n, unit) for n in (low, high) if n is not None))


def _article(number: int, row: Mapping[str, Any]) -> Article:
    published = f"{row['published']:%Y-%m-%d}" if row["published"] is not None else ""
    told = [clean(row[name] or "") for name in ("title", "publisher")]
    return Article(number, told[0] or clean(row["uri"]), told[1], published, clean(row["uri"]), row["doc_id"])


def _records(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows as plain values; what is absent is ``None``."""
    names = list(frame.columns)
    columns = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in names]
    for row in zip(*columns, strict=True):
        yield dict(zip(names, row, strict=True))
