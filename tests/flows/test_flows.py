"""The flows on a temporary Prefect server: quiet, killed in the middle, complete when run again.

Starting the server takes seconds: the tests share two runs of the installed command.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.dataset import load_dataset
from pipeline.store import schema
from pipeline.store.database import opened, reading

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "pipeline.cli", "run", "corpus", "--json"]


@dataclass(frozen=True)
class Runs:
    """A folder where a run was killed, and how the one after it ended, whose Prefect server was killed."""

    place: Path
    killed: bool
    children_gone: bool
    server_killed: bool
    second: subprocess.CompletedProcess[str]


def environment() -> dict[str, str]:
    """The user's, without a Prefect of the user's own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_") and k != "CLAIMS_DATABASE"}
    return kept | {"PYTHONPATH": str(ROOT)}


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(p) for p in listed]


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    place = tmp_path_factory.mktemp("flows")
    (place / "corpus").mkdir()
    for name in ("newswire.txt", "hearing.txt", "think-tank.html"):
        shutil.copy(ROOT / "corpora" / "samples" / name, place / "corpus")
    (place / "corpus" / "empty.txt").touch()
    first = subprocess.Popen(COMMAND, cwd=place, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 200
    while first.poll() is None and time.monotonic() < deadline and not documents(place):
        time.sleep(0.02)
    started = children(first.pid) if first.poll() is None else []
    first.kill()
    killed = first.wait() == -9
    gone = bool(started) and wait_until_gone(started)
    out = subprocess.PIPE
    second = subprocess.Popen(COMMAND, cwd=place, env=environment(), stdout=out, stderr=out, text=True)
    while second.poll() is None and time.monotonic() < deadline and running(place) < 2:
        time.sleep(0.02)
    server = [child for child in children(second.pid) if b"flows.server" in command_of(child)]
    for child in server:
        os.kill(child, signal.SIGKILL)
    said = second.communicate(timeout=300)
    ended = subprocess.CompletedProcess(COMMAND, second.returncode, *said)
    return Runs(place, killed, gone, len(server) == 1, ended)


def documents(place: Path) -> int:
    """How many documents are stored so far."""
    if not (place / "claims.db").exists():
        return 0
    with opened(place / "claims.db") as store, reading(store) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(schema.documents)).scalar_one()


def running(place: Path) -> int:
    """How many runs have begun."""
    with opened(place / "claims.db") as store, reading(store) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(schema.runs)).scalar_one()


def command_of(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def wait_until_gone(processes: list[int]) -> bool:
    for _ in range(100):
        if not any(Path(f"/proc/{p}").exists() for p in processes):
            return True
        time.sleep(0.1)
    return False


def test_flows_run_is_quiet_and_tells_what_it_found(runs: Runs) -> None:
    assert (runs.second.returncode, runs.second.stderr) == (0, "")
    found = json.loads(runs.second.stdout)
    assert found["documents"] == 3
    assert found["claims"]["quote"] > 0 and found["claims"]["amount"] > 0
    assert [f["file"] for f in found["failures"]] == ["empty.txt"]
    assert found["dataset"] == "dataset"


def test_flows_killed_run_takes_its_server_and_workers_along(runs: Runs) -> None:
    assert runs.killed
    assert runs.children_gone


def test_flows_run_survives_its_server(runs: Runs) -> None:
    """A temporary Prefect server that is killed is started again, and nobody notices."""
    assert runs.server_killed
    assert (runs.second.returncode, runs.second.stderr) == (0, "")


def test_flows_run_after_a_kill_goes_on(runs: Runs) -> None:
    """What the killed run had read is not read again; both runs are on record, each with its Prefect run."""
    found = json.loads(runs.second.stdout)
    assert found["read"] == 0
    assert found["extracted"] == 3
    with opened(runs.place / "claims.db") as store, reading(store) as connection:
        recorded = connection.execute(sa.select(schema.runs).order_by(schema.runs.c.run_id)).all()
    assert [r.status for r in recorded] == ["interrupted", "completed"]
    assert recorded[0].prefect_run_id != recorded[1].prefect_run_id
    dataset = load_dataset(runs.place / "dataset")
    assert set(dataset.claims.run_id) == {recorded[1].run_id}
    assert set(dataset.table("failures").run_id) == {recorded[0].run_id}


def test_flows_settings_respect_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from flows import settings

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_LOGGING_LEVEL", "DEBUG")
    for name in settings.OWN_CHOICE:
        monkeypatch.delenv(name, raising=False)
    settings.settle()
    assert os.environ["PREFECT_HOME"] == str(tmp_path / "policy-claims" / "prefect")
    assert os.environ["PREFECT_LOGGING_LEVEL"] == "DEBUG"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    monkeypatch.setenv("PREFECT_API_URL", "http://example.org/api")
    monkeypatch.setenv("PREFECT_HOME", "/own")
    settings.settle()
    assert os.environ["PREFECT_HOME"] == "/own"


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("15m", 900), ("2h", 7200), ("1d", 86400)])
def test_flows_deploy_interval(text: str, seconds: int) -> None:
    from flows.deploy import interval

    assert interval(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("arguments", [["corpus", "--every", "soon"], ["corpus", "--every", "0m"], ["nowhere"]])
def test_flows_deploy_bad_input(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from flows.deploy import main

    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_flows_hold_no_domain_logic() -> None:
    """The core imports no Prefect; `test_cli` checks the command in a process of its own."""
    for path in (ROOT / "pipeline").rglob("*.py"):
        lines = path.read_text("utf-8").splitlines()
        assert not [line for line in lines if line.strip().startswith(("import prefect", "from prefect"))], path
