"""A temporary Prefect server on the loopback, for runs without a configured one.

Unlike the one that Prefect would start itself it writes to a log file and not to the terminal, is not reached by the
terminal's Ctrl-C before the flow has said goodbye, and ends when this process ends, however it ends.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flows.settings import home
from pipeline.errors import ClaimsError, InputError

START_SECONDS = 120
LOG = "server.log"
AGAIN_SECONDS = 0.5
"""Time between the end of a temporary server and the start of the next."""


@contextmanager
def server(*, schedules: bool = False, meanwhile: Callable[[], object] | None = None) -> Iterator[str]:
    """The address of the Prefect API: the configured one (``PREFECT_API_URL``), else that of a temporary server.

    ``schedules``: the temporary server also starts scheduled runs and shows its pages, which takes it longer to start.
    ``meanwhile`` is called, where one is started while that goes on. Raises ``ClaimsError`` where it does not start,
    ``InputError`` where the configured one does not answer.
    """
    address = configured()
    if address:
        check(address)
        if meanwhile:
            meanwhile()
        yield address
        return
    log = home() / LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as said, socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        kept = Kept(listener, said, schedules)
        try:
            from prefect.settings import PREFECT_API_URL, temporary_settings

            if meanwhile:
                meanwhile()
            wait(kept.process, address, log)
            kept.keep()
            with temporary_settings({PREFECT_API_URL: address}):
                yield address
        finally:
            kept.end()


class Kept:
    """The process of a temporary server, which is started again when it ends before its time.

    The listening socket is this process's: requests wait in it for the next server and are not refused.
    """

    def __init__(self, listener: socket.socket, said: IO[bytes], schedules: bool) -> None:
        self._listener, self._said, self._schedules = listener, said, schedules
        self._lock, self._over = threading.Lock(), False
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        number = self._listener.fileno()
        return subprocess.Popen(
            [sys.executable, "-m", "flows.server", str(number), *(["schedules"] if self._schedules else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            pass_fds=[number],
            start_new_session=True,
        )

    def keep(self) -> None:
        """Watch over the process from now on."""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.process.wait()
            time.sleep(AGAIN_SECONDS)
            with self._lock:
                if self._over:
                    return
                self.process = self._start()

    def end(self) -> None:
        """End the process for good."""
        with self._lock:
            self._over = True
            self.process.kill()
        self.process.wait()


@contextmanager
def told(address: str) -> Iterator[None]:
    """Say in one line that the Prefect server has gone for good."""
    from httpx import TransportError

    try:
        yield
    except TransportError as error:
        advice = "start it and run the same command again: what was done is kept"
        raise ClaimsError(f"the Prefect server at {address} does not answer any more ({error}); {advice}") from None


def configured() -> str | None:
    """The address of the Prefect API that the user has set, by environment or in a profile of the user's own."""
    if os.environ.get("PREFECT_HOME") == str(home()):
        return os.environ.get("PREFECT_API_URL")
    from prefect.settings import PREFECT_API_URL

    address: str | None = PREFECT_API_URL.value()
    return address


def check(address: str) -> None:
    """Raise ``InputError`` where the configured Prefect API does not answer."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if error:
        advice = "start it, or unset PREFECT_API_URL for a temporary one"
        raise InputError(f"the Prefect server at {address} does not answer ({error}); {advice}")


def wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return when the server answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise ClaimsError(f"the temporary Prefect server did not start; see {log}, or set PREFECT_API_URL to one that runs")


def serve(listener: socket.socket, schedules: bool) -> None:
    """Run the server on a socket until standard input ends, which it does when the parent process is gone."""
    threading.Thread(target=end_with_input, daemon=True).start()
    import uvicorn
    from prefect.server.api.server import create_app

    leave_state_to_its_own_table()
    app = create_app(ephemeral=not schedules)
    uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on")).run(sockets=[listener])


def leave_state_to_its_own_table() -> None:
    """Let Prefect 3.8 schedule runs on SQLAlchemy 2.1.

    Its scheduler inserts flow runs in bulk with a value for ``FlowRun.state``, a hybrid property that has no column.
    SQLAlchemy 2.0 skipped such values; 2.1 refuses them unless the hybrid says what they mean: here, nothing.
    """
    from prefect.server.database.orm_models import FlowRun
    from sqlalchemy import inspect
    from sqlalchemy.ext.hybrid import hybrid_property

    state = inspect(FlowRun).all_orm_descriptors["state"]
    if isinstance(state, hybrid_property) and state.bulk_dml_setter is None:
        state.bulk_dml_setter = lambda _class, _row, _value: None


def end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), "schedules" in sys.argv)
