"""Which runs are still going on: a run whose process is gone was interrupted."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.store.schema import runs

HOST = socket.gethostname()
FOREIGN = timedelta(days=2)
"""A run on another host, whose processes cannot be looked up here, is taken to be going on for so long."""


def identity(pid: int) -> str | None:
    """A process's number and, where the system tells it, the moment it began; ``None`` where it has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return None
        except PermissionError:
            pass
        return str(pid)
    return f"{pid} {state[19]}" if state[0] not in "ZX" else None


def end_interrupted(connection: Connection) -> None:
    """Mark the runs that are on record as running but are not.

    Should one be going on all the same, it says itself how it ends.
    """
    running = sa.select(runs.c.run_id, runs.c.host, runs.c.process, runs.c.started_at).where(runs.c.status == "running")
    now = datetime.now(UTC)
    for run_id, host, process, started in connection.execute(running).all():
        if host not in (None, HOST) and now - started < FOREIGN:
            continue
        if host == HOST and process and process == identity(int(process.split()[0])):
            continue
        connection.execute(runs.update().where(runs.c.run_id == run_id).values(status="interrupted", finished_at=now))
