"""A progress bar for people; nothing where standard error is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
    """The items in batches, with a bar; whoever does the work says ``advance`` after each item."""
    with bar(len(items), what) as reached:
        for i in range(0, len(items), size):
            yield items[i : i + size]
            reached(i + size)


@contextmanager
def bar(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar that shows how many items are done and how long the rest will take.

    It moves by ``advance``, and by the function given, which says how many are done at least.
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
    with Progress(*columns, console=console, disable=not console.is_terminal or not total) as progress:
        shown = progress.add_task(what, total=total)

        def reached(done: int) -> None:
            progress.update(shown, completed=min(total, max(done, progress.tasks[0].completed)))

        _shown.append((progress, shown))
        try:
            yield reached
        finally:
            _shown.pop()


def advance() -> None:
    """One more item is done; nothing happens where no bar is shown."""
    if _shown:
        progress, bar = _shown[-1]
        progress.advance(bar)
