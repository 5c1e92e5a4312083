"""A progress bar for people; nothing where standard error is no terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

T = TypeVar("T")
_shown: list[tuple[Progress, TaskID]] = []


def batches(items: Sequence[T], size: int, what: str) -> Iterator[Sequence[T]]:
    """The items in batches, with a bar that shows how many are done and how long the rest will take.

    Whoever does the work says ``advance`` after each item.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("elapsed,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal or not items) as progress:
        _shown.append((progress, progress.add_task(what, total=len(items))))
        try:
            for i in range(0, len(items), size):
                yield items[i : i + size]
                progress.update(_shown[-1][1], completed=min(i + size, len(items)))
        finally:
            _shown.pop()


def advance() -> None:
    """One more item is done; nothing happens where no bar is shown."""
    if _shown:
        progress, bar = _shown[-1]
        progress.advance(bar)
