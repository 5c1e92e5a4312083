"""Read a corpus's new and changed articles into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import flow

from flows.tasks import step
from pipeline import steps
from pipeline.ingest.corpus import Corpus
from pipeline.ingest.record import Entry
from pipeline.progress import batches
from pipeline.store.database import opened


@step("list-new")
def list_new(database: str, corpus: Path, feeds: Sequence[str]) -> list[Entry]:
    """The entries of a corpus that are to be read."""
    with opened(database) as store:
        return steps.unread(store, Corpus(corpus), feeds)


@step("ingest-batch")
def ingest_batch(database: str, run_id: str, corpus: Path, entries: Sequence[Entry]) -> int:
    """Read some articles in one transaction; returns how many could be read."""
    with opened(database) as store:
        return steps.ingest(store, run_id, Corpus(corpus), entries)


@step("fetch")
def fetch(database: str, run_id: str, corpus: Path, feeds: Sequence[str], allow_private: bool) -> None:
    """Put what is new in feeds on the corpus's record."""
    with opened(database) as store:
        steps.fetch(store, run_id, Corpus(corpus), feeds, allow_private)


@step("open-containers")
def open_containers(database: str, run_id: str, corpus: Path) -> None:
    """Put the articles of new and changed feeds, tables and archives in the folder on the corpus's record."""
    with opened(database) as store:
        steps.take_in(store, run_id, Corpus(corpus))


@flow(name="claims-ingest", persist_result=False, validate_parameters=False)
def ingest(
    corpus: Path,
    database: str,
    run_id: str,
    batch: int = steps.BATCH,
    feeds: Sequence[str] = (),
    allow_private: bool = False,
) -> int:
    """Read what is new or changed in a corpus and in the feeds it follows; returns how many articles were read."""
    if feeds:
        fetch(database, run_id, corpus, feeds, allow_private)
    open_containers(database, run_id, corpus)
    entries = list_new(database, corpus, feeds)
    return sum(ingest_batch(database, run_id, corpus, part) for part in batches(entries, batch, "Reading"))
