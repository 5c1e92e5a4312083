"""What all tasks have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from pipeline.errors import InputError

P = ParamSpec("P")
R = TypeVar("R")


def step(name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """A task that is tried three times, and whose result lives in the store or the dataset, not in Prefect."""
    made: Callable[[Callable[P, R]], Task[P, R]] = task(
        name=name,
        retries=2,
        retry_delay_seconds=1,
        retry_condition_fn=transient,
        persist_result=False,
        cache_policy=NO_CACHE,
    )
    return made


def transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again may help; bad input stays bad."""
    try:
        state.result()
    except InputError:
        return False
    except Exception:
        return True
    return False
