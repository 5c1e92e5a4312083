"""The report: a dataset in pictures and a searchable table, as one HTML file that needs no network."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from importlib import resources
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.dataset import load_dataset
from pipeline.errors import InputError
from pipeline.publish.report import links
from pipeline.publish.report.pictures import draw
from pipeline.publish.report.rows import table


def write_report(dataset: str | Path, out: str | Path) -> int:
    """Write the report of a published dataset to a file, whole or not at all; returns the number of its claims.

    Raises ``InputError`` where the folder holds no dataset or the file cannot be written.
    """
    target = Path(out)
    if target.exists() and not target.is_file():  # renaming would put the report in the place of a device or pipe
        raise InputError(f"{target}: is there and is no file; name another with --out")
    claims, text = report(dataset)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror}); name another file with --out") from None
    return claims


def report(dataset: str | Path) -> tuple[int, str]:
    """How many claims a dataset has, and its report as HTML: the same text for the same dataset, wherever it lies."""
    data = load_dataset(dataset)
    wide = data.wide()
    rows, articles = table(data, wide)
    style, script = (_part(f"report.{kind}") for kind in ("css", "js"))
    published = data.documents["published"].dropna()
    linked = links.pairs(data, wide, links.numbers(articles))
    record, told = links.record(data, wide)
    environment = Environment(
        loader=PackageLoader("pipeline.publish.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template("report.html").render(
        pictures=[(p, Markup(p.svg)) for p in draw(wide)],
        rows=rows,
        articles=articles,
        linked=linked,
        record=record,
        told=told,
        undecided=links.due(wide, data),
        counts=_counts(wide),
        claims=len(wide),
        documents=len(data.documents),
        speakers=wide["speaker_id"].nunique(),
        failures=len(data.table("failures")),
        undated=len(data.documents) - len(published),
        since=f"{published.min():%Y-%m-%d}" if len(published) else "",
        until=f"{published.max():%Y-%m-%d}" if len(published) else "",
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none';"
        " form-action 'none'",
    )
    return len(wide), text


def _counts(wide: pd.DataFrame) -> list[tuple[str, int]]:
    """How many claims of each kind."""
    return [(kind, int((wide["kind"] == kind).sum())) for kind in ("quote", "amount", "prediction")]


def _part(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """A source expression of a Content Security Policy that allows this text alone."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
