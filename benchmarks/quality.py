"""Every quality figure on development gold: ``python -m benchmarks.quality GOLD_FOLDER`` (``make quality``)."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

import pipeline
from pipeline.evaluate import evaluate
from pipeline.evaluate.matching import Figure

SETS = (
    "articles/gold.json",
    "quotes/dev.jsonl",
    "speakers/dev.jsonl",
    "predictions/dev.jsonl",
    "amounts/duckling.jsonl",
    "amounts/quantulum.jsonl",
    "amounts/price_parser.jsonl",
    "amounts/quantulum_neg.jsonl",
)
"""The gold sets, below the folder that is named."""


def main(folder: Path) -> None:
    """Print one table a gold set; a set that is not there is named as missing."""
    console = Console()
    if not folder.is_dir():
        console.print(f"No gold in {folder}: nothing measured. Name a folder with {', '.join(SETS)}.")
        return
    nlp = pipeline.load()
    for name in SETS:
        path = folder / name
        if path.exists():
            console.print(table(name, evaluate(path, nlp=nlp)))
        else:
            console.print(f"{name}: not there")


def table(title: str, figures: list[Figure]) -> Table:
    """The figures of one set for people."""
    out = Table(title=title, title_justify="left", box=None)
    out.add_column("measure")
    for column in ("value", "precision", "recall", "gold", "found"):
        out.add_column(column, justify="right")
    for f in figures:
        numbers = [f"{v:.3f}" if v is not None else "" for v in (f.value, f.precision, f.recall)]
        out.add_row(f.name, *numbers, str(f.gold), "" if f.predicted is None else str(f.predicted))
    return out


if __name__ == "__main__":
    main(Path(sys.argv[1]))
