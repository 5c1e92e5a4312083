"""The whole: read what is new in a corpus, extract its claims, publish the dataset, say what was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import deployment, flow_run

from flows.extract import extract
from flows.ingest import ingest
from flows.publish import publish
from pipeline import steps
from pipeline.errors import InputError
from pipeline.ingest.corpus import Corpus
from pipeline.publish.files import Published
from pipeline.store import default_url
from pipeline.store.database import opened, reading
from pipeline.store.summary import Summary, summarise


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run over a corpus ended."""

    run_id: str
    read: int
    extracted: int
    summary: Summary
    published: Published


@flow(name="claims-run", persist_result=False)
def run(corpus: str, database: str | None = None, out: str = "dataset", batch: int = steps.BATCH) -> Outcome:
    """Run the whole pipeline over a corpus; what is already done is not done again.

    An empty folder is no error: articles may arrive later. Raises ``InputError`` where the folder is not there or the
    database cannot be opened.
    """
    folder = Path(corpus)
    articles = Corpus(folder)
    if not folder.is_dir():
        raise InputError(f"{corpus} is no folder: name the folder of a corpus")
    url = database or default_url()
    with opened(url) as store:
        with steps.recorded(store, articles, flow_run.id) as run_id:
            read = ingest(folder, url, run_id, batch)
            extracted = extract(folder, url, run_id, batch)
            published = publish(url, Path(out))
        with reading(store) as connection:
            outcome = Outcome(run_id, read, extracted, summarise(connection, articles.name), published)
    if deployment.id and (read or extracted):  # started by a schedule: this is what the terminal shows
        print(headline(outcome), flush=True)
    create_markdown_artifact(report(outcome), key="claims-run", description=f"Run of {articles.name}")
    return outcome


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
