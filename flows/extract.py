"""Extract the claims of the documents that this version of the program has not extracted yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import flow

from flows.tasks import step
from pipeline import steps
from pipeline.ingest.corpus import Corpus
from pipeline.progress import batches
from pipeline.store.database import opened


@step("extract-batch")
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
