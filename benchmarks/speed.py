"""Words a second of the pipeline and of the bare stock model, in the same run: ``python -m benchmarks.speed``.

The text is made here from the repository's own articles, repeated; nothing is downloaded. Times are CPU seconds of one
process with one thread, so other work on the machine disturbs them little.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import platform
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import spacy
from rich.console import Console
from rich.table import Table
from spacy.language import Language

import pipeline
from pipeline.extraction import extract_documents, to_doc
from pipeline.ingest import read
from pipeline.language import default_model
from pipeline.records import Document

ROOT = Path(__file__).resolve().parents[1]
WORDS = 30_000
ROUNDS = 3


def articles() -> list[Document]:
    """The repository's own articles, repeated until they have enough words."""
    files = sorted(p for folder in ("corpora", "tests/articles") for p in (ROOT / folder).rglob("*") if _is_article(p))
    once = [read(p) for p in files]
    words = sum(len(d.text.split()) for d in once)
    return once * max(1, round(WORDS / words))


def _is_article(path: Path) -> bool:
    return path.suffix in {".txt", ".md", ".html"}


def best(run: Callable[[], object]) -> float:
    """The shortest of several runs in CPU seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def component_times(nlp: Language, documents: Sequence[Document]) -> dict[str, float]:
    """CPU seconds that each component of the pipeline takes, tokenizer included."""
    spent: dict[str, float] = defaultdict(float)
    for document in documents:
        start = time.process_time()
        doc = to_doc(document, nlp)
        spent["tokenizer"] += time.process_time() - start
        for name, component in nlp.pipeline:
            start = time.process_time()
            doc = component(doc)
            spent[name] += time.process_time() - start
    return dict(spent)


def cold_start() -> float:
    """Wall seconds of ``claims extract`` on the model article in a new process."""
    article = next((ROOT / "corpora/us-korea").rglob("*.txt"))
    start = time.perf_counter()
    command = [Path(sys.executable).parent / "claims", "extract", str(article), "--format", "jsonl"]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def rows() -> Iterator[tuple[str, str]]:
    """What is measured and its figure."""
    documents = articles()
    texts = [d.text for d in documents]
    words = sum(len(t.split()) for t in texts)
    stock, nlp = spacy.load(default_model()), pipeline.load()
    for _ in stock.pipe(texts[:5]):  # warm up
        pass
    for _ in extract_documents(documents[:5], nlp):
        pass
    bare = best(lambda: [None for _ in stock.pipe(texts)])
    whole = best(lambda: [None for _ in extract_documents(documents, nlp)])
    yield "machine", f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    yield "text", f"{len(documents)} articles, {words:,} words"
    yield "stock model", f"{words / bare:,.0f} words/s"
    yield (
        "whole pipeline, text to claims",
        f"{words / whole:,.0f} words/s, {whole / words * 1e6:.0f} ms per 1,000 words",
    )
    for name, seconds in component_times(nlp, documents).items():
        yield f"  {name}", f"{seconds / words * 1e6:.1f} ms per 1,000 words, {seconds / bare:.0%} of the stock model"
    yield "cold start of claims extract", f"{min(cold_start() for _ in range(ROUNDS)):.2f} s"
    yield "peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"


def main() -> None:
    """Print the table."""
    out = Table("measure", "figure", title="Speed", title_justify="left", box=None)
    for name, figure in rows():
        out.add_row(name, figure)
    Console().print(out)


if __name__ == "__main__":
    main()
