"""The dataset card: what the dataset holds, how it came about, how far to trust it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from pipeline.publish import fields
from pipeline.publish.versions import Entry

NAME = "README.md"
LIMITS = (
    "Claims are extracted by rules and statistical models and contain errors; `confidence` (0 to 1) says how sure the"
    " extraction is. Check a claim against its article before you rely on it.",
    "A claim says that somebody said, demanded or predicted something. Whether it is true is not judged.",
    "Only English text is extracted.",
    "Values in US dollars follow the exchange rate of `usd_date`, without inflation.",
    "`check_worthiness` ranks sentences as debate fact-checkers chose them; it is no measure of truth or importance.",
    "The texts of the articles remain under the licences of their publishers (`documents.licence`, where known).",
)
MEASURED = (
    ("predictions", "candidate clauses that are predictions"),
    ("check_worthiness", "sentences worth checking"),
)
"""Folders of ``pipeline/knowledge`` with the figures that were measured in training, and what they are about."""


def page(folder: Path, rows: Mapping[str, int], publications: Sequence[Entry]) -> bytes:
    """The text of ``README.md`` for the tables in a folder."""
    this = publications[-1]
    parts = [
        "# Claims extracted from policy articles",
        fields.ABOUT,
        f"Publication {this['number']}, {'as reviewed' if this['inputs']['reviewed'] else 'as extracted, unreviewed'}"
        " (`datapackage.json` has the digests of all that it was made from, `changes/` what each publication changed).",
        "## Contents",
        table(("table", "rows", "one row is"), [(t.name, rows[t.name], t.description) for t in fields.TABLES]),
        table(("kind of claim", "claims"), counts(_column(folder, "claims", "kind"))),
        table(("corpus", "files"), counts(_column(folder, "sources", "corpus"))),
        table(("review", "claims"), counts(_column(folder, "claims", "review_status"))),
        _period(_column(folder, "documents", "published")),
        f"Articles that failed: {rows['failures']} (`failures.csv` says why).",
        "## How it came about",
        table(("version of the program", "spaCy model", "runs"), _versions(folder)),
        table(("publication", "claims", "came", "went", "changed"), [_publication(p) for p in publications]),
        "## Quality",
        "Precision, recall and F1 on annotated sentences that the models were not trained on (cross-validation):",
        table(("what", "annotated", "precision", "recall", "F1"), list(_quality())),
        "## Limits",
        "\n".join(f"- {limit}" for limit in LIMITS),
        "## Files",
        "`datapackage.json` (Frictionless) and `croissant.json` describe the tables for programs, `dictionary.md` for"
        " people. `annotations.jsonl` has the claims as W3C Web Annotations, `claims.jsonld` as schema.org claims,"
        " `prov.json` the provenance (W3C PROV). `sha256sum --check SHA256SUMS` tells whether a file was changed.",
    ]
    return ("\n\n".join(p for p in parts if p) + "\n").encode()


def _publication(entry: Entry) -> tuple[Any, ...]:
    changes = entry.get("changes", {})
    return entry["number"], entry["claims"], *(changes.get(name, "") for name in ("came", "went", "changed"))


def table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    """A Markdown table; nothing where it would have no row."""
    lines = ["| " + " | ".join(str(v).replace("|", "\\|") for v in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines]) if lines else ""


def counts(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    """How often each value occurs, by value."""
    found = pc.value_counts(column.cast(pa.string()).combine_chunks())
    return sorted((row["values"], row["counts"]) for row in found.to_pylist())


def _column(folder: Path, name: str, column: str) -> pa.ChunkedArray:
    return pyarrow.parquet.read_table(folder / f"{name}.parquet", columns=[column])[column]


def _period(days: pa.ChunkedArray) -> str:
    ends = pc.min_max(days).as_py()
    undated = f"; {days.null_count} articles without a date" if days.null_count else ""
    return f"Articles published from {ends['min']} to {ends['max']}{undated}." if ends["min"] else ""


def _versions(folder: Path) -> list[tuple[str, str, int]]:
    runs = pyarrow.parquet.read_table(folder / "runs.parquet", columns=["pipeline_version", "model"])
    found = runs.group_by(["pipeline_version", "model"]).aggregate([([], "count_all")]).to_pylist()
    return sorted((r["pipeline_version"], r["model"] or "", r["count_all"]) for r in found)


def _quality() -> Iterable[tuple[str, int, float, float, float]]:
    for name, what in MEASURED:
        figures = json.loads(files("pipeline.knowledge").joinpath(name, "figures.json").read_text("utf-8"))
        best = figures["best"]
        annotated = figures.get("sentences") or figures["candidates"]
        yield what, annotated, best["precision"], best["recall"], best["f1"]
