"""The dataset card: what the dataset holds, how it came about, how far to trust it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import takewhile
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
    (
        "Quotes",
        "attributions/CARD.md",
        "| | P |",
        "84 news articles that no weight was fitted on; rules were written with them in view",
    ),
    ("Predictions", "predictions/CARD.md", "| | clause F1 |", "US political news; 20 articles were kept for measuring"),
    ("Amounts", "amounts/SOURCES.md", "| class |", "by class of amount, on texts that most rules were developed on"),
    (
        "`check_worthiness`",
        "check_worthiness/CARD.md",
        "| | F1 |",
        "sentences of US presidential debates, cross-validated",
    ),
)
"""What was measured, the page in ``pipeline/knowledge`` that says it, how the head of its table begins, which texts."""


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
        table(("licence of the article", "articles"), counts(_column(folder, "documents", "licence"))),
        _period(_column(folder, "documents", "published")),
        f"Articles that failed: {rows['failures']} (`failures.csv` says why).",
        "## How it came about",
        table(("version of the program", "spaCy model", "runs"), _versions(folder)),
        table(("publication", "claims", "came", "went", "changed"), [_publication(p) for p in publications]),
        "## Quality",
        "Measured on annotated articles, which are not those of this dataset; on others expect less. The program's"
        " model cards tell how.",
        *quality(),
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
    return sorted((row["values"] or "not known", row["counts"]) for row in found.to_pylist())


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


def quality() -> Iterable[str]:
    """The figures in the model cards that are shipped with the program."""
    for what, name, head, texts in MEASURED:
        lines = files("pipeline.knowledge").joinpath(name).read_text("utf-8").splitlines()
        first = next(i for i, line in enumerate(lines) if line.startswith(head))
        yield f"{what} ({texts}):"
        yield "\n".join(takewhile(lambda line: line.startswith("|"), lines[first:]))
