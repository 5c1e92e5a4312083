"""Commands on corpora and datasets: run, ingest, publish."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import InputError

Database = Annotated[
    str | None,
    typer.Option(
        help="Store: a file, or a database URL (postgresql://...).", envvar="CLAIMS_DATABASE", show_default="claims.db"
    ),
]
Out = Annotated[Path, typer.Option(help="Folder for the dataset.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def run(
    corpus: Annotated[Path, typer.Argument(help="Folder with the articles of a corpus.", metavar="CORPUS")],
    out: Out = Path("dataset"),
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Read what is new in a corpus, extract its claims, publish the dataset, say what was found.

    A second run does only what is new. Needs nothing running: it starts a temporary Prefect server, unless
    PREFECT_API_URL names one.

    Example: `claims run corpora/us-korea`
    """
    from pipeline.cli import render
    from pipeline.ingest.corpus import Corpus
    from pipeline.publish.files import folder
    from pipeline.store.database import opened

    Corpus.open(corpus)
    with opened(database), folder(out):  # bad input is told before a server is started
        pass
    with ExitStack() as stack:
        with render.status("Starting Prefect ..."):
            from flows.server import server

            stack.enter_context(server(meanwhile=prepare))
        from flows.run import run as flow

        outcome = flow(str(corpus), database, str(out))
    if as_json:
        figures = outcome.summary.to_dict() | {"run_id": outcome.run_id, "read": outcome.read}
        print(json.dumps(figures | {"extracted": outcome.extracted, "dataset": str(out)}, ensure_ascii=False, indent=1))
    else:
        render.outcome(outcome)


def prepare() -> None:
    """Load what a run needs; takes seconds."""
    import flows.run  # noqa: F401
    from flows.settings import leave_errors_to_caller
    from pipeline.extraction import default_pipeline

    leave_errors_to_caller()
    default_pipeline()


def ingest(
    sources: Annotated[list[Path], typer.Argument(help="Files, or folders of files.", metavar="SOURCE")],
    corpus: Annotated[str, typer.Option(help="Name of the corpus, or its folder.")],
    as_json: AsJson = False,
) -> None:
    """Copy articles into a corpus and put on record where each came from.

    Articles that are there already are not added again.

    Example: `claims ingest article.html notes.md --corpus us-korea`
    """
    from pipeline.ingest.corpus import Corpus

    target = Path(corpus)
    folder = Corpus.create(target.parent if len(target.parts) > 1 else Path("corpora"), target.name)
    known = {entry.doc_id for entry in folder.recorded()}
    added, failed = [], 0
    for source in expand(sources):
        try:
            entry = folder.add(source)
        except InputError as error:
            failed += 1
            print("error:", error, file=sys.stderr)
        else:
            if entry.doc_id not in known:
                known.add(entry.doc_id)
                added.append(entry)
    if as_json:
        print(json.dumps([entry.to_dict() for entry in added], ensure_ascii=False, indent=1))
    elif added or not failed:
        print(f"{len(added)} new articles in {folder.path}; extract their claims with: claims run {folder.path}")
    if failed:
        raise InputError(f"{failed} of the sources could not be read (see above); the others are in {folder.path}")


def expand(sources: list[Path]) -> list[Path]:
    """The files named, and those in the folders named. Raises ``InputError`` for a folder without any."""
    out: list[Path] = []
    for source in sources:
        inside = sorted(p for p in source.rglob("*") if p.is_file() and not p.name.startswith("."))
        if source.is_dir() and not inside:
            raise InputError(f"no articles in {source}: name a folder that has some")
        out += inside if source.is_dir() else [source]
    return out


def publish(out: Out = Path("dataset"), database: Database = None, as_json: AsJson = False) -> None:
    """Write the dataset of everything in the store: Parquet and CSV of each table, and datapackage.json.

    Example: `claims publish --out dataset`
    """
    from pipeline.publish.files import publish as write
    from pipeline.store.database import opened

    with opened(database, create=False) as store:
        done = write(store, out)
    if as_json:
        print(json.dumps({"dataset": str(out), "rows": done.rows, "changed": done.changed}, indent=1))
    else:
        print(f"{done.rows['claims']} claims from {done.rows['documents']} articles in {out}/", end="")
        print(f" ({len(done.changed)} files new or changed)" if done.changed else " (nothing had changed)")
