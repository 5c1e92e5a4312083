"""Extract the claims of the documents that this version of the program has not extracted yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from prefect import flow
from prefect.futures import PrefectFuture

from flows.tasks import step
from pipeline import steps
from pipeline.errors import ClaimsError
from pipeline.ingest.corpus import Corpus
from pipeline.progress import bar
from pipeline.store.database import opened
from pipeline.workers import Maker, pool

ROUNDS = 4
"""Batches for each worker at least, where there are few documents: none waits long for the last one."""
AHEAD = 2
"""Batches for each worker that are submitted before they can begin; Prefect slows down under thousands."""


@step("list-pending")
def list_pending(database: str, corpus: Path, maker: Maker) -> list[str]:
    """The ids of a corpus's documents that are to be extracted."""
    with opened(database) as store:
        return steps.pending(store, Corpus(corpus), maker)


def extract_some(database: str, run_id: str, maker: Maker, doc_ids: Sequence[str]) -> int:
    """Extract some documents and store their claims in one transaction; returns how many could be extracted.

    Raises ``ClaimsError`` where this machine would not make the claims that the run makes.
    """
    with pool.worker() as worker, opened(database) as store:
        if worker.maker != maker:
            raise ClaimsError(f"this worker has {worker.maker}, the run {maker}: install the same version on both")
        return steps.extract(store, run_id, doc_ids, worker)


extract_batch = step("extract-batch")(extract_some)
"""The task; the function keeps a name of its own, by which a Dask worker finds it."""


@flow(name="claims-extract", persist_result=False, validate_parameters=False)
def extract(corpus: Path, database: str, run_id: str, maker: Maker, workers: int = 1, batch: int = steps.BATCH) -> int:
    """Extract what is pending in a corpus on the flow's task runner; returns how many documents were extracted."""
    doc_ids = list_pending(database, corpus, maker)
    size = max(1, min(batch, len(doc_ids) // (workers * ROUNDS)))
    parts = iter([doc_ids[i : i + size] for i in range(0, len(doc_ids), size)])
    extracted = done = 0
    waiting: deque[tuple[int, PrefectFuture[int]]] = deque()
    with bar(len(doc_ids), "Extracting") as reached:
        while True:
            for part in islice(parts, workers * (1 + AHEAD) - len(waiting)):
                waiting.append((len(part), extract_batch.submit(database, run_id, maker, part)))
            if not waiting:
                return extracted
            count, future = waiting.popleft()
            extracted += future.result()
            done += count
            reached(done)
