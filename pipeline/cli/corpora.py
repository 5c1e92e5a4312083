"""Commands on corpora and datasets: run, ingest, publish."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.ingest.corpus import Corpus
    from pipeline.ingest.record import Entry

Database = Annotated[
    str | None,
    typer.Option(
        help="Store: a file, or a database URL (postgresql://...).", envvar="CLAIMS_DATABASE", show_default="claims.db"
    ),
]
Out = Annotated[Path, typer.Option(help="Folder for the dataset.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Unreviewed = Annotated[
    bool, typer.Option("--unreviewed", help="Publish claims as they were extracted, whatever reviewers decided.")
]


def run(
    corpus: Annotated[Path, typer.Argument(help="Folder with the articles of a corpus.", metavar="CORPUS")],
    out: Out = Path("dataset"),
    database: Database = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that extract.", min=1, show_default="one a core")
    ] = None,
    runner: Annotated[Literal["local", "dask"], typer.Option(help="Where to extract: local or dask.")] = "local",
    address: Annotated[str | None, typer.Option(help="Scheduler of a Dask cluster (tcp://host:8786).")] = None,
    unreviewed: Unreviewed = False,
    as_json: AsJson = False,
) -> None:
    """Read what is new in a corpus, extract its claims, publish the dataset, say what was found.

    A second run does only what is new. Needs nothing running: it starts a temporary Prefect server, unless
    PREFECT_API_URL names one. `--runner dask` extracts on a Dask cluster: one of this machine, or an existing one whose
    workers have this program and reach the store and the Prefect server.

    Example: `claims run corpora/us-korea`
    """
    from pipeline.cli import render
    from pipeline.ingest.corpus import Corpus
    from pipeline.publish.files import folder
    from pipeline.store.database import opened, without_password

    if address and runner != "dask":
        raise InputError("--address is that of a Dask cluster: give --runner dask, too")
    Corpus.open(corpus)
    with opened(database), folder(out):  # bad input is told before a server is started
        pass
    url = without_password(database)
    with ExitStack() as stack:
        with render.status("Starting Prefect ..."):
            from flows.server import server, told

            stack.enter_context(told(stack.enter_context(server(meanwhile=prepare))))
        from flows.run import run as flow

        outcome = flow(
            str(corpus), url, str(out), workers=workers, runner=runner, address=address, reviewed=not unreviewed
        )
    if outcome.extracted:
        fill_queue(database)
    if as_json:
        figures = outcome.summary.to_dict() | {"run_id": outcome.run_id, "read": outcome.read}
        print(json.dumps(figures | {"extracted": outcome.extracted, "dataset": str(out)}, ensure_ascii=False, indent=1))
    else:
        render.outcome(outcome)


def fill_queue(database: str | None) -> None:
    """Bring what was extracted into the review queue, so that `claims review` need not do it when it opens."""
    from pipeline.review import index
    from pipeline.store.database import opened

    with opened(database, create=False) as engine:
        index.prepare(engine)
        index.catch_up(engine)


def prepare() -> None:
    """Load what a run needs; takes seconds."""
    import flows.run  # noqa: F401
    from flows.settings import leave_errors_to_caller
    from pipeline.workers import pool

    leave_errors_to_caller()
    with pool.worker():  # begins to load the pipeline
        pass


def ingest(
    sources: Annotated[list[str], typer.Argument(help="Files, folders of files, or addresses.", metavar="SOURCE")],
    corpus: Annotated[str, typer.Option(help="Name of the corpus, or its folder.")],
    published: Annotated[str | None, typer.Option(help="Date of publication, where the source is wrong.")] = None,
    title: Annotated[str | None, typer.Option(help="Title, where the source is wrong.")] = None,
    byline: Annotated[str | None, typer.Option(help="Author, where the source is wrong.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Publisher, where the source is wrong.")] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the text.")] = None,
    allow_private: Annotated[bool, typer.Option(help="Fetch from addresses inside your network, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Copy articles into a corpus and put on record where each came from.

    Reads text, Markdown, HTML, PDF, Word, e-mail; every article of a feed, a table (JSON, CSV), a web archive or a zip
    archive; and pages and feeds on the web. Articles that are there already are not added again.

    Example: `claims ingest article.html notes.md --corpus us-korea`
    """
    from pipeline.ingest.corpus import Corpus
    from pipeline.ingest.dates import parse_date

    said = {"title": title, "byline": byline, "publisher": publisher, "licence": licence}
    given = {name: value for name, value in said.items() if value is not None}
    day = parse_date(published)
    if published is not None and day is None:
        raise InputError(f"--published {published!r} is no date: write it like 2024-03-04")
    target = Path(corpus)
    folder = Corpus.create(target.parent if len(target.parts) > 1 else Path("corpora"), target.name)
    known = {entry.doc_id for entry in folder.recorded()}
    added, failed = [], 0
    for entry in taken(folder, expand(sources), allow_private, **given, **({"published": day} if day else {})):
        if isinstance(entry, InputError):
            failed += 1
            print("error:", entry, file=sys.stderr)
        elif entry.doc_id not in known:
            known.add(entry.doc_id)
            added.append(entry)
    if as_json:
        print(json.dumps([entry.to_dict() for entry in added], ensure_ascii=False, indent=1))
    elif added or not failed:
        print(f"{len(added)} new articles in {folder.path}; extract their claims with: claims run {folder.path}")
    if failed:
        raise InputError(f"{failed} of the sources could not be read (see above); the others are in {folder.path}")


def taken(folder: Corpus, sources: list[str], allow_private: bool, **said: Any) -> Iterator[Entry | InputError]:
    """Put the articles of files and addresses on record; an error for each that cannot be read."""
    fetcher = None
    for source in sources:
        try:
            if is_address(source):
                from pipeline.ingest.fetch import Fetcher

                fetcher = fetcher or Fetcher(allow_private=allow_private)
                yield from folder.add_url(source, fetcher, **said)
            else:
                yield from folder.add_all(source, **said)
        except InputError as error:
            yield error


def is_address(source: str) -> bool:
    """Whether a source is meant as an address on the web rather than a file."""
    return "://" in source


def expand(sources: list[str]) -> list[str]:
    """The addresses and files named, and those in the folders named; ``InputError`` for a folder without any."""
    out: list[str] = []
    for source in sources:
        path = Path(source)
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        if not is_address(source) and path.is_dir() and not inside:
            raise InputError(f"no articles in {source}: name a folder that has some")
        out += map(str, inside) if path.is_dir() else [source]
    return out


def publish(
    out: Out = Path("dataset"), database: Database = None, unreviewed: Unreviewed = False, as_json: AsJson = False
) -> None:
    """Write the dataset of everything in the store: each table as Parquet and CSV, and what describes them.

    Example: `claims publish --out dataset`
    """
    from pipeline.linking.stored import link
    from pipeline.publish.files import publish as write
    from pipeline.store.database import opened

    with opened(database, create=False) as store:
        link(store)
        done = write(store, out, reviewed=not unreviewed)
    if as_json:
        print(json.dumps({"dataset": str(out), "rows": done.rows, "changed": done.changed}, indent=1))
    else:
        print(f"{done.rows['claims']} claims from {done.rows['documents']} articles in {out}/", end="")
        print(f" ({len(done.changed)} files new or changed)" if done.changed else " (nothing had changed)")
