"""Disks that fill, databases that are locked or damaged: told in one line, and nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from spacy.language import Language
from whole import content, ran

from pipeline import cli, extraction
from pipeline.dataset import load_dataset
from pipeline.store.database import StoreError, StoreUnavailable, opened, reading, writing
from pipeline.store.processes import end_interrupted, identity
from pipeline.store.schema import runs
from pipeline.store.writes import start_run

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "corpora" / "samples"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that is easy to fill."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", place]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no right to mount a file system: {done.stderr}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path, left: int) -> Path:
    """Put a file on a disk that leaves so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - left)
    return ballast


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "samples"
    folder.mkdir()
    for name in ("newswire.txt", "hearing.txt"):
        shutil.copy(SAMPLES / name, folder)
    return folder


def test_faults_full_disk(
    small_disk: Path, corpus: Path, tmp_path: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with one line and goes on where it was when there is room again."""
    monkeypatch.setattr(extraction, "default_pipeline", lambda: nlp)
    with opened(small_disk / "claims.db"):
        pass
    ballast = fill(small_disk, 40_000)
    with pytest.raises(StoreError, match="disk") as caught, ran(corpus, small_disk, batch=1, publishing=False):
        pass
    assert not isinstance(caught.value, StoreUnavailable)
    assert "\n" not in str(caught.value)
    ballast.unlink()
    with ran(corpus, small_disk), ran(corpus, tmp_path):
        assert content(load_dataset(small_disk / "dataset")) == content(load_dataset(tmp_path / "dataset"))


def test_faults_full_disk_while_publishing(
    small_disk: Path,
    corpus: Path,
    tmp_path: Path,
    nlp: Language,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The dataset that was there stays as it was."""
    monkeypatch.setattr(extraction, "default_pipeline", lambda: nlp)
    with ran(corpus, tmp_path, publishing=False):
        pass
    command = ["publish", "--out", str(small_disk / "dataset"), "--database", str(tmp_path / "claims.db")]
    assert cli.main(command) == 0
    before = {p.name: p.read_bytes() for p in (small_disk / "dataset").iterdir() if p.is_file()}
    (corpus / "more.txt").write_text("The minister said it would cost $7 billion.", "utf-8")
    with ran(corpus, tmp_path, publishing=False):
        pass
    ballast = fill(small_disk, 20_000)
    capsys.readouterr()
    assert cli.main(command) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ") and "No space left on device" in said and said.count("\n") == 1
    assert {p.name: p.read_bytes() for p in (small_disk / "dataset").iterdir() if p.is_file()} == before
    ballast.unlink()
    assert cli.main(command) == 0
    assert {p.name: p.read_bytes() for p in (small_disk / "dataset").iterdir() if p.is_file()} != before


LOCKER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("COMMIT")
"""


def test_faults_locked_database_is_waited_for(tmp_path: Path) -> None:
    """Another program holds the lock for a while (`python -m benchmarks.faults` holds it for ten seconds)."""
    path = tmp_path / "claims.db"
    with opened(path):
        pass
    other = subprocess.Popen([sys.executable, "-c", LOCKER, path, "1"], stdout=subprocess.PIPE, text=True)
    assert other.stdout and other.stdout.readline() == "locked\n"
    begun = time.monotonic()
    with opened(path) as store, writing(store) as connection:
        start_run(connection, "test", "1.0")
    assert time.monotonic() - begun > 0.5
    assert other.wait() == 0


def test_faults_damaged_store_is_told(
    corpus: Path,
    tmp_path: Path,
    nlp: Language,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its first page is sound, those with the articles are not."""
    monkeypatch.setattr(extraction, "default_pipeline", lambda: nlp)
    path = tmp_path / "claims.db"
    with ran(corpus, tmp_path, publishing=False):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'documents'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(os.urandom(size))
    assert cli.main(["publish", "--out", str(tmp_path / "dataset"), "--database", str(path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: sqlite:///{path}: ") and "malformed" in said and said.count("\n") == 1


def test_faults_interrupted_runs_are_told_from_those_that_go_on(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    identity_of_gone = identity(gone.pid)
    gone.wait()
    assert identity(gone.pid) is None
    assert identity(os.getpid()) == identity(os.getpid()) is not None
    with opened(tmp_path / "claims.db") as store, writing(store) as connection:
        on, killed, reused, foreign, unknown = (start_run(connection, "test", "1.0") for _ in range(5))
        for run_id, values in (
            (killed, {"process": identity_of_gone}),
            (reused, {"process": f"{os.getpid()} 1"}),
            (foreign, {"host": "elsewhere"}),
            (unknown, {"host": None, "process": None}),
        ):
            connection.execute(runs.update().where(runs.c.run_id == run_id).values(values))
        end_interrupted(connection)
        status = {row.run_id: row.status for row in connection.execute(runs.select())}
    assert {r for r, s in status.items() if s == "interrupted"} == {killed, reused, unknown}
    assert {r for r, s in status.items() if s == "running"} == {on, foreign}


def test_faults_two_runs_at_once(corpus: Path, tmp_path: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one store, each with every step on the same articles: nothing is extracted twice in the end."""
    monkeypatch.setattr(extraction, "default_pipeline", lambda: nlp)
    fork = multiprocessing.get_context("fork")  # the loaded pipeline comes with it
    both = [fork.Process(target=finish, args=(corpus, tmp_path)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    with opened(tmp_path / "claims.db") as store, reading(store) as connection:
        assert connection.exec_driver_sql("SELECT count(*), sum(current) FROM extractions").one() == (2, 2)


def finish(folder: Path, place: Path) -> None:
    with ran(folder, place, batch=1, publishing=False):
        pass
