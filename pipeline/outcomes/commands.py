"""``claims outcomes``: tell what became of predictions, see what is due and who was right."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import typer

from pipeline.cli.corpora import AsJson, Database
from pipeline.errors import InputError

group = typer.Typer(help="What became of predictions: what is due, what came true, who was right.")


class State(StrEnum):
    """What became of a prediction."""

    open = "open"
    came_true = "came_true"
    failed = "failed"
    unclear = "unclear"


@group.command("set")
def set_(
    claim_id: Annotated[str, typer.Argument(help="Id of the prediction, or its unique beginning.", metavar="CLAIM_ID")],
    state: Annotated[State, typer.Argument(help="What became of it.", metavar="STATE")],
    source: Annotated[str | None, typer.Option(help="Address of what shows it.")] = None,
    note: Annotated[str | None, typer.Option(help="What shows it, in your words.")] = None,
    on: Annotated[str | None, typer.Option(help="Day on which it came true or failed.")] = None,
    by: Annotated[str | None, typer.Option(help="Who says so.", show_default="your name in git")] = None,
    database: Database = None,
) -> None:
    """Put on record what became of a prediction: came_true, failed, unclear, or open again. Nothing is overwritten.

    Example: `claims outcomes set 3fa9c1 came_true --source https://example.org/vote`
    """
    from pipeline.ingest.dates import parse_date
    from pipeline.outcomes import log
    from pipeline.review.commands import own_name
    from pipeline.review.decisions import reviewer_name
    from pipeline.store.database import opened, writing

    if source is not None and urlsplit(source).scheme not in ("http", "https"):
        raise InputError(f"--source {source!r} is no address on the web; use --note for words")
    day = parse_date(on)
    if on is not None and day is None:
        raise InputError(f"--on {on!r} is no date: write it like 2026-03-04")
    try:
        who = reviewer_name(by) if by else own_name()
    except ValueError as error:
        raise InputError(str(error)) from None
    with opened(database, create=False) as store, writing(store) as connection:
        made = log.record(connection, claim_id, state.value, who, source=source, note=note, happened_on=day)
    print(f"{made.claim_id[:8]} {made.state}, says {who}: {' '.join(made.claim['standalone'].split())}")


@group.command("due")
def due(
    by: Annotated[str | None, typer.Option(help="Last day of the predictions.", show_default="today")] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the predictions whose last day has come and whose outcome nobody has told.

    Example: `claims outcomes due --by 2026-12-31`
    """
    from pipeline.ingest.dates import parse_date
    from pipeline.outcomes import log
    from pipeline.store.database import opened, reading

    day = parse_date(by) if by is not None else date.today()
    if day is None:
        raise InputError(f"--by {by!r} is no date: write it like 2026-12-31")
    with opened(database, create=False) as store, reading(store) as connection:
        found = log.due(connection, day)
    if as_json:
        print(json.dumps([asdict(d) for d in found], ensure_ascii=False, indent=1, default=str))
        return
    for one in found:
        print(f"{one.until}  {one.claim_id[:8]}  {one.speaker or 'nobody named'}: {' '.join(one.text.split())}")
    print(f"{len(found)} predictions due by {day}; tell what became of one: claims outcomes set CLAIM_ID STATE")


@group.command("record")
def record(database: Database = None, as_json: AsJson = False) -> None:
    """How many predictions of each speaker came true, failed, are unclear or open, by the year of the article.

    Example: `claims outcomes record`
    """
    from pipeline.outcomes.score import records
    from pipeline.store.database import opened, reading

    with opened(database, create=False) as store, reading(store) as connection:
        found = records(connection)
    if as_json:
        print(json.dumps([asdict(r) for r in found], ensure_ascii=False, indent=1))
        return
    from rich.table import Table

    from pipeline.cli import render

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("speaker")
    for title in ("year", "came true", "failed", "unclear", "open"):
        table.add_column(title, justify="right")
    for r in found:
        year = str(r.year) if r.year else "no date"
        table.add_row(r.speaker, year, *map(str, (r.came_true, r.failed, r.unclear, r.open)))
    render.console().print(table)
