"""What extraction in child processes costs and gains: ``python -m benchmarks.workers``.

Costs are processor seconds, which other work on the machine disturbs little; the gain of two workers is wall time,
which it does disturb: measure it on an idle machine.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.speed import articles
from pipeline.extraction import default_pipeline, extract_documents
from pipeline.records import Document
from pipeline.workers import Worker

ROUNDS = 3


def seconds_of(process: int) -> float:
    """Processor seconds that a process has taken."""
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / 100


def megabytes_of(process: int) -> int:
    """Memory that a process has now."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024**2


def wall(workers: Sequence[Worker], documents: Sequence[Document]) -> float:
    """Seconds that some workers take for the documents together."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(len(workers)) as threads:
        parts = [documents[i :: len(workers)] for i in range(len(workers))]
        for done in threads.map(lambda w, part: [w.extract(d) for d in part], workers, parts):
            del done
    return time.perf_counter() - begun


def rows() -> Iterator[tuple[str, str]]:
    """What is measured and its figure."""
    documents = articles()
    words = sum(len(d.text.split()) for d in documents)
    nlp = default_pipeline()
    one, other = Worker(), Worker()
    for _ in extract_documents(documents, nlp):  # warm up
        pass
    wall([one, other], [*documents, *documents])
    early = megabytes_of(one.process.pid)
    here, ours, theirs, single, both = (list[float]() for _ in range(5))
    for _ in range(ROUNDS):  # by turns, since other work on the machine comes and goes
        begun = time.process_time()
        for _ in extract_documents(documents, nlp):
            pass
        here.append(time.process_time() - begun)
        child, begun = seconds_of(one.process.pid), time.process_time()
        single.append(wall([one], documents))
        theirs.append(seconds_of(one.process.pid) - child)
        ours.append(time.process_time() - begun)
        both.append(wall([one, other], documents))
    there = min(theirs) + min(ours)
    yield "extraction in this process", f"{words / min(here):,.0f} words per processor second"
    yield (
        "extraction in a child process",
        f"{words / there:,.0f} words per processor second, its parent's included",
    )
    yield "  its parent's share", f"{min(ours) / there:.1%}"
    yield "two workers over one", f"{min(single) / min(both):.2f} times the words per second"
    yield "memory of a worker, early and late", f"{early} MB, {megabytes_of(one.process.pid)} MB"
    for worker in (one, other):
        worker.close()


if __name__ == "__main__":
    for name, figure in rows():
        print(f"{name:40} {figure}")
