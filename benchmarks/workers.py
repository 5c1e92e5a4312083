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
    for _ in extract_documents(documents, nlp):  # warm up
        pass
    begun = time.process_time()
    for _ in extract_documents(documents, nlp):
        pass
    alone = time.process_time() - begun
    one, other = Worker(), Worker()
    wall([one, other], [*documents, *documents])  # warm up: each sees half of both
    early = megabytes_of(one.process.pid)
    theirs, ours = seconds_of(one.process.pid), time.process_time()
    single = wall([one], documents)
    theirs, ours = seconds_of(one.process.pid) - theirs, time.process_time() - ours
    both = wall([one, other], documents)
    for _ in range(4):
        wall([one, other], documents)
    yield "extraction in this process", f"{words / alone:,.0f} words per processor second"
    yield (
        "extraction in a child process",
        f"{words / (theirs + ours):,.0f} words per processor second, its parent's included",
    )
    yield "  its parent's share", f"{ours / (theirs + ours):.1%}"
    yield "two workers over one", f"{single / both:.2f} times the words per second"
    yield "memory of a worker, early and late", f"{early} MB, {megabytes_of(one.process.pid)} MB"
    for worker in (one, other):
        worker.close()


if __name__ == "__main__":
    for name, figure in rows():
        print(f"{name:40} {figure}")
