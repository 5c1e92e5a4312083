"""Extract the claims of the documents that this version of the program has not extracted yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from pipeline import steps
from pipeline.ingest.corpus import Corpus
from pipeline.progress import batches
from pipeline.store.database import opened


@task(name="extract-batch", retries=2, retry_delay_seconds=1, persist_result=False, cache_policy=NO_CACHE)
def extract_batch(database: str, run_id: str, doc_ids: Sequence[str]) -> int:
    """Extract some documents and store their claims in one transaction; returns how many could be extracted."""
    with opened(database) as store:
        return steps.extract(store, run_id, doc_ids)


@flow(name="claims-extract", persist_result=False, validate_parameters=False)
def extract(corpus: Path, database: str, run_id: str, batch: int = steps.BATCH) -> int:
    """Extract what is pending in a corpus; returns how many documents were extracted."""
    with opened(database) as store:
        doc_ids = steps.pending(store, Corpus(corpus))
    return sum(extract_batch(database, run_id, part) for part in batches(doc_ids, batch, "Extracting"))
