"""The command that draws a dataset: report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    dataset: Annotated[Path, typer.Option(help="Folder of a published dataset.")] = Path("dataset"),
    out: Annotated[Path, typer.Option(help="File for the report.")] = Path("report.html"),
) -> None:
    """Write a dataset as one HTML page with pictures and a searchable table of its claims; needs no network.

    Example: `claims report --dataset dataset --out report.html`
    """
    from pipeline.publish.report import write_report

    claims = write_report(dataset, out)
    print(f"{claims} claims in {out}")
