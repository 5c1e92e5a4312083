"""The whole: read what is new in a corpus, extract its claims, publish the dataset, say what was found."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import deployment, flow_run

from flows.extract import extract
from flows.ingest import ingest
from flows.publish import publish
from flows.runners import CLUSTER, Runner, default_workers, task_runner
from flows.tasks import step
from pipeline import steps
from pipeline.errors import InputError
from pipeline.ingest.corpus import Corpus
from pipeline.publish.files import Published
from pipeline.store.database import StoreError, opened, reading, without_password
from pipeline.store.summary import Summary, summarise
from pipeline.workers import Maker, pool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run over a corpus ended."""

    run_id: str
    read: int
    extracted: int
    summary: Summary
    published: Published


@step("begin")
def begin(database: str, corpus: str, maker: Maker, prefect_run_id: str | None) -> str:
    """Put the run on record; returns its id."""
    with opened(database) as store:
        return steps.begin(store, corpus, maker, prefect_run_id)


@step("end")
def end(database: str, run_id: str, status: Literal["completed", "failed"]) -> None:
    """Put on record how the run ended."""
    with opened(database) as store:
        steps.end(store, run_id, status)


@step("summarise")
def summary_of(database: str, corpus: str) -> Summary:
    """What the corpus holds now."""
    with opened(database) as store, reading(store) as connection:
        return summarise(connection, corpus)


@flow(name="claims-run", persist_result=False, validate_parameters=False)  # a served run cannot resolve their types
def run(
    corpus: str,
    database: str | None = None,
    out: str = "dataset",
    batch: int = steps.BATCH,
    workers: int | None = None,
    runner: Runner = "local",
    address: str | None = None,
    feeds: list[str] | None = None,
    allow_private: bool = False,
    reviewed: bool = True,
) -> Outcome:
    """Run the whole pipeline over a corpus; what is already done is not done again.

    ``feeds``: addresses whose new articles are fetched first (``allow_private``: inside your network, too).
    ``workers``: processes that extract (default: one for each core); ``runner`` and ``address``: see ``task_runner``.
    ``reviewed``: whether claims are published as reviewers have settled them, or as they were extracted.
    An empty folder is no error: articles may arrive later. Raises ``InputError`` where the folder is not there or the
    database cannot be opened.
    """
    folder = Path(corpus)
    name = Corpus(folder).name
    if not folder.is_dir():
        raise InputError(f"{corpus} is no folder: name the folder of a corpus")
    url = absolute(without_password(database))
    count = workers or (CLUSTER if address else default_workers())
    on_runner = extract.with_options(task_runner=task_runner(runner, count, address))
    with opened(url), pool.worker() as worker:  # bad input is told before anything is put on record
        maker = worker.maker
    run_id = begin(url, name, maker, flow_run.id)
    try:
        read = ingest(folder, url, run_id, batch, feeds or (), allow_private)
        extracted = on_runner(folder, url, run_id, maker, count, batch)
        published = publish(url, Path(out), reviewed)
    except BaseException:
        with suppress(StoreError), opened(url) as store:
            steps.end(store, run_id, "failed")
        raise
    finally:
        pool.close()
    end(url, run_id, "completed")
    outcome = Outcome(run_id, read, extracted, summary_of(url, name), published)
    if deployment.id and (read or extracted):  # started by a schedule: this is what the terminal shows
        print(headline(outcome), flush=True)
    create_markdown_artifact(report(outcome), key="claims-run", description=f"Run of {name}")
    return outcome


def absolute(database: str) -> str:
    """The store's address, whatever the working directory of whoever opens it."""
    return database if "://" in database else str(Path(database).resolve())


def headline(outcome: Outcome) -> str:
    """The outcome in one line."""
    failed, rows = len(outcome.summary.failures), outcome.published.rows
    return (
        f"{outcome.run_id} {outcome.summary.corpus}: {outcome.read} read, {outcome.extracted} extracted,"
        f" {failed} failed; {rows['claims']} claims in {outcome.published.path}"
    )


def report(outcome: Outcome) -> str:
    """The outcome in Markdown, for Prefect's page of the run."""
    summary = outcome.summary
    figures = [
        ("articles read in this run", outcome.read),
        ("articles extracted in this run", outcome.extracted),
        ("articles in the corpus", summary.documents),
        *((f"{kind}s", count) for kind, count in summary.claims.items()),
        ("failures", len(summary.failures)),
    ]
    lines = [f"# {summary.corpus}", "", "| what | number |", "| --- | ---: |"]
    lines += [f"| {what} | {number} |" for what, number in figures]
    if summary.failures:
        lines += ["", "| file | step | reason |", "| --- | --- | --- |"]
        lines += [f"| {cell(f.file)} | {f.step} | {cell(f.reason)} |" for f in summary.failures]
    return "\n".join([*lines, "", f"Dataset: `{outcome.published.path}`"])


def cell(text: str) -> str:
    """Text as it may stand in a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")
