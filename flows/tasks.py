"""What all tasks have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from pipeline.store.database import StoreUnavailable

P = ParamSpec("P")
R = TypeVar("R")
DELAYS: list[float] = [1, 2, 4, 8, 16, 16]
"""Seconds between the tries of a task: together longer than a database takes to start again."""


def step(name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """A task that is tried again while the database is locked or gone.

    Its result lies in the store or the dataset, not in Prefect.
    """
    made: Callable[[Callable[P, R]], Task[P, R]] = task(
        name=name,
        retries=len(DELAYS),
        retry_delay_seconds=DELAYS,
        retry_condition_fn=transient,
        persist_result=False,
        cache_policy=NO_CACHE,
    )
    return made


def transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again may help."""
    try:
        state.result()
    except StoreUnavailable:
        return True
    except Exception:
        return False
    return False
