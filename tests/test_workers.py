"""Extraction in child processes: the same claims, and no document that takes the run down with it.

What is limited here really happens: a document takes too long, memory runs out, a process is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from handmade import document
from spacy.language import Language

from pipeline import extraction, steps
from pipeline.errors import ClaimsError
from pipeline.ingest import read
from pipeline.ingest.corpus import Corpus
from pipeline.records import Document
from pipeline.store import reads
from pipeline.store.database import opened, reading
from pipeline.workers import LimitError, Limits, Pool, Worker, maker

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT / "corpora" / "samples" / "newswire.txt"


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One child process at a time: loading the pipeline takes seconds."""
    made = Worker()
    yield made
    made.close()


@pytest.fixture(scope="module")
def long() -> Document:
    """A document that takes seconds."""
    return document(ARTICLE.read_text("utf-8") * 100, "long.txt")


def test_workers_give_the_same_claims(worker: Worker, nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "default_pipeline", lambda: nlp)
    assert worker.maker == maker()
    for article in (read(ARTICLE), document("It cost \ud800 $5.")):
        assert worker.extract(article) == next(extraction.extract_documents([article]))


def test_workers_tell_why_a_document_gives_no_claims(worker: Worker) -> None:
    before = worker.process.pid
    with pytest.raises(ClaimsError, match="only English articles") as caught:
        worker.extract(document(language="fr"))
    assert not isinstance(caught.value, LimitError)
    assert worker.process.pid == before


def test_workers_need_the_same_version(tmp_path: Path, worker: Worker) -> None:
    """A machine with another version, model or weights is refused, rather than mixing their claims."""
    from flows.extract import extract_some
    from pipeline.workers import pool

    with pool.worker() as theirs:
        theirs.close()
    pool._idle[:] = [worker]
    other = replace(worker.maker, config_hash="0" * 16)
    with pytest.raises(ClaimsError, match="install the same version on both"):
        extract_some(str(tmp_path / "claims.db"), "run", other, [])
    pool._idle.clear()


def test_workers_try_again_where_the_child_was_killed(worker: Worker, long: Document) -> None:
    """As a system short of memory does; but not for ever."""
    article = read(ARTICLE)
    expected = worker.extract(article)
    worker.process.kill()
    assert worker.extract(article) == expected
    pid = worker.process.pid
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    assert len(worker.extract(replace(long, text=long.text[:20_000], blocks=())).claims) > 10
    assert worker.process.pid != pid


def test_workers_stop_what_takes_too_long_or_too_much(
    worker: Worker, long: Document, tmp_path: Path, nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is named in the failures with its reason; the others are extracted."""
    monkeypatch.setattr(extraction, "default_pipeline", lambda: nlp)
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "long.txt").write_text(long.text, "utf-8")
    (folder / "short.txt").write_bytes(ARTICLE.read_bytes())
    corpus = Corpus(folder)
    with opened(tmp_path / "claims.db") as store, steps.recorded(store, corpus) as run_id:
        steps.ingest(store, run_id, corpus, steps.unread(store, corpus))
        for limits, done, why in (
            (Limits(seconds=0.5, characters=10**9), 1, "extraction took longer than 0.5 s and was stopped"),
            (Limits(memory=50_000_000), 0, "extraction needs more than 0.05 GB of memory and was stopped"),
        ):
            worker.close()
            worker.limits = limits
            assert steps.extract(store, run_id, steps.pending(store, corpus), worker) == done
            with reading(store) as connection:
                failed = reads.open_failures(connection)
            assert [(f.file, f.reason) for f in failed] == [("long.txt", why)]
        worker.close()
        worker.limits = Limits()


def test_workers_pool_uses_what_is_idle() -> None:
    pool = Pool()
    with pool.worker() as first, pool.worker() as second:
        assert first.process.pid != second.process.pid
    with pool.worker() as again:
        assert again in (first, second)
    pool.close()
    assert first.process.poll() is not None and second.process.poll() is not None


def test_workers_end_with_their_parent() -> None:
    """Even where it is killed in the middle of their work."""
    code = "from pipeline.workers import Worker; w = Worker(); print(w.process.pid, flush=True); w.maker; input()"
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            return
        time.sleep(0.1)
    pytest.fail("the child goes on")


def test_workers_say_what_keeps_them_from_starting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAIMS_KNOWLEDGE", str(tmp_path / "absent.csv"))
    started = Worker()
    with pytest.raises(ClaimsError, match=r"the pipeline cannot be loaded: .*absent\.csv"):
        _ = started.maker
    started.close()
