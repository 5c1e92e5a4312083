"""What a run costs where nearly everything is done already: ``python -m benchmarks.incremental [--articles 100000]``.

A corpus of so many short articles, half of them on record and half loose in the folder, and a store in which all of
them have been read and extracted, are made once. Then ten new articles are added, and the steps that look for what is
new are timed one by one, and after them the whole of ``claims run``.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from benchmarks.ingest import sample
from pipeline import extraction, ingest, records, steps
from pipeline.ingest.corpus import LIST, Corpus
from pipeline.ingest.record import Entry, lines_of
from pipeline.records import Document
from pipeline.store import open_store, schema
from pipeline.store.database import opened, writing
from pipeline.store.files import note_files
from pipeline.store.rows import block_rows, document_row

ARTICLES = 100_000
FOLDER = Path(tempfile.gettempdir()) / "claims-incremental"
NEW = 10
BATCH = 5000
SPEAKER = "Maria Ellison"
T = TypeVar("T")


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    for name, figure in rows(given.articles, given.folder):
        print(f"{name}: {figure}", flush=True)


def rows(articles: int = ARTICLES, folder: Path = FOLDER) -> Iterator[tuple[str, str]]:
    """What was timed and how long it took; first makes the corpus and the store where they are not there yet."""
    place = folder / str(articles)
    corpus = Corpus(place / "corpus")
    if not (place / "made").exists():
        shutil.rmtree(place, ignore_errors=True)
        (corpus.path / "raw").mkdir(parents=True)
        make(place, corpus, articles)
        (place / "made").touch()
    renew(place, corpus)
    command(place)  # whatever else the present program does with every article once
    begin = len(list(corpus.path.glob("new-*.txt")))
    for number in range(begin, begin + NEW):
        (corpus.path / f"new-{number}.txt").write_text(text_of(-1 - number), "utf-8")
    what = f"{NEW} new of {articles:,} articles"
    with opened(place / "claims.db") as store:
        found, figure = timed(lambda: steps.unread(store, corpus))
        if len(found) != NEW:
            raise SystemExit(f"{len(found)} articles are to be read instead of {NEW}")
        yield f"finding {what}", figure
        yield f"finding what is pending of {articles:,} articles", timed(lambda: steps.pending(store, corpus))[1]
    yield f"claims run, {what}", command(place)


def text_of(number: int) -> str:
    """A short article; no two have much in common."""
    words = " ".join(random.Random(number).choices(vocabulary(), k=40))
    return f"Plan number {number}\n\n{SPEAKER} said the plan would cost ${abs(number)} million by 2030: {words}.\n"


@cache
def vocabulary() -> list[str]:
    """The words of the repository's own articles."""
    return sorted({word for paragraph in sample() for word in paragraph.split() if word.isalpha()})


def make(place: Path, corpus: Corpus, count: int) -> None:
    """Write the articles, and the rows of a store in which all of them are extracted."""
    engine = open_store(place / "claims.db")
    run = {"run_id": "r" * 32, "corpus": corpus.name, "status": "completed", "started_at": datetime.now(UTC)}
    made = {"pipeline_version": "1", "model": "m", "config_hash": "c"}
    with writing(engine) as connection:
        connection.execute(schema.runs.insert().values(run | made))
    listed: list[Entry] = []
    for begin in range(0, count, BATCH):
        found: list[tuple[str, Document]] = []
        for number in range(begin, min(begin + BATCH, count)):
            raw = text_of(number).encode()
            file = f"raw/{records.digest_bytes(raw)}.txt" if number % 2 else f"{number:07}.txt"
            (corpus.path / file).write_bytes(raw)
            document = ingest.read_bytes(raw, uri=corpus.uri_of(file))
            found.append((file, document))
            if number % 2:
                listed.append(entry_of(file, document))
        with writing(engine) as connection:
            for table, values in rows_of(corpus, found):
                connection.execute(table.insert(), values)
    (corpus.path / LIST).write_bytes(lines_of(listed))
    engine.dispose()


def entry_of(file: str, document: Document) -> Entry:
    """The line of ``articles.jsonl`` about an article."""
    said: dict[str, Any] = {"title": document.title, "media_type": "text/plain", "encoding": "utf-8"}
    return Entry(file=file, doc_id=document.doc_id, uri=document.uri, fetched_at=datetime.now(UTC), **said)


def rows_of(corpus: Corpus, found: list[tuple[str, Document]]) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """The rows of some articles with a quote each, parents before children."""
    docs = [document for _, document in found]
    who = records.digest("speaker", SPEAKER)
    hashed = {d.doc_id: document_row(d) for d in docs}
    made = {"run_id": "r" * 32, "model": "m", "config_hash": "c"}
    yield schema.documents, list(hashed.values())
    yield schema.blocks, [row for d in docs for row in block_rows(d)]
    yield (
        schema.sources,
        [
            {"corpus": corpus.name, "file": file, "uri": d.uri, "doc_id": d.doc_id, "supersedes": None}
            for file, d in found
        ],
    )
    yield (
        schema.extractions,
        [
            made
            | {"doc_id": d.doc_id, "current": True, "pipeline_version": "1", "replaced": None}
            | {"input_hash": hashed[d.doc_id]["input_hash"]}
            for d in docs
        ],
    )
    named = {"speaker_id": who, "name": SPEAKER, "kind": "person", "aliases": []}
    yield schema.speakers, [named | {"doc_id": d.doc_id} for d in docs]
    claims, quotes, spans = [], [], []
    for document in docs:
        text, sentence = document.text, document.text.index(SPEAKER)
        start, end = text.index("the plan"), len(text) - 2
        key = {
            "doc_id": document.doc_id,
            "claim_id": records.claim_id(records.text_hash(text), "quote", start, end),
        }
        claims.append(
            key
            | {"kind": "quote", "start": start, "end": end, "text": text[start:end], "prefix": "", "suffix": "."}
            | {"sentence_start": sentence, "sentence_end": end + 1, "section": [], "standalone": text[start:end]}
            | {"speaker_id": who, "speaker_start": sentence, "speaker_end": sentence + len(SPEAKER)}
            | {"cue_start": start - 5, "cue_end": start - 1, "confidence": 0.9, "check_worthiness": 0.5}
            | {"extractor": "claims_attributions", "extractor_version": "1", **made}
        )
        quotes.append(key | {"quote_type": "indirect", "act": "statement"})
        spans.append(key | {"role": "content", "position": 0, "start": start, "end": end})
    yield schema.claims, claims
    yield schema.quotes, quotes
    yield schema.quote_spans, spans


def renew(place: Path, corpus: Corpus) -> None:
    """Let the store be the work of the present program: what it says of the files and who extracted them."""
    version, hashed = extraction.pipeline_version(), extraction.config_hash(extraction.default_pipeline())
    with opened(place / "claims.db") as store:
        seen = [file for entry in corpus.entries() if (file := steps.look(corpus, entry)) is not None]
        with writing(store) as connection:
            note(connection, seen, version, hashed)


def note(connection: Connection, seen: list[Any], version: str, hashed: str) -> None:
    """Put the present program in the place of the one that made the store."""
    note_files(connection, seen)
    connection.execute(schema.extractions.update().values(pipeline_version=version, config_hash=hashed))


def timed(work: Callable[[], T]) -> tuple[T, str]:
    """What it gives, and its wall clock and processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, f"{time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} s of processor time"


def command(place: Path) -> str:
    """Wall clock, processor time and peak memory of the command in a process of its own."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "run", "corpus"], cwd=place, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("claims run failed")
    wall, cpu, peak = time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return f"{wall:.1f} s, {cpu:.1f} s of processor time, peak {peak:.0f} MB"


if __name__ == "__main__":
    main()
