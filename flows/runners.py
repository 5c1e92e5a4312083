"""Where the extraction of a run takes place: in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import os
from typing import Any, Literal, cast

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from pipeline.errors import ClaimsError, InputError

Runner = Literal["local", "dask"]
CLUSTER = 16
"""How many workers a cluster is taken to have when work is divided."""
ANSWER_SECONDS = 10
"""How long a Dask scheduler may take to answer."""
MEMORY = 1_500_000_000
"""Bytes of memory that the machine should have for each worker."""


def task_runner(runner: Runner, workers: int, address: str | None = None) -> TaskRunner[Any]:
    """The task runner. Raises ``InputError`` where Dask is not installed, ``ClaimsError`` where it does not answer.

    A thread of this process waits for each worker of the machine (see ``pipeline.workers``).
    """
    if runner == "local":
        return ThreadPoolTaskRunner(max_workers=workers)
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ModuleNotFoundError as error:
        raise InputError(f"Dask is not installed ({error.name}): install policy-claims[dask]") from None
    if address is None:
        return cast(TaskRunner[Any], DaskTaskRunner(cluster_kwargs={"n_workers": workers, "threads_per_worker": 1}))
    check(address)
    return cast(TaskRunner[Any], DaskTaskRunner(address=address))


def check(address: str) -> None:
    """Raise ``ClaimsError`` where no Dask scheduler answers at the address."""
    import distributed

    client: Any = distributed.Client
    try:
        client(address, timeout=ANSWER_SECONDS, set_as_default=False).close()
    except (OSError, ValueError) as error:
        raise ClaimsError(f"no Dask scheduler answers at {address} ({type(error).__name__}: {error})") from None


def default_workers() -> int:
    """As many workers as this process may use cores, and as the machine has memory for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(cores, memory // MEMORY))
