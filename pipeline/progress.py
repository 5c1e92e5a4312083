"""A progress bar for people; nothing where standard error is no terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

T = TypeVar("T")


def batches(items: Sequence[T], size: int, what: str) -> Iterator[Sequence[T]]:
    """The items in batches, with a bar that shows how many are done and how long the rest will take."""
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
        bar = progress.add_task(what, total=len(items))
        for i in range(0, len(items), size):
            part = items[i : i + size]
            yield part
            progress.advance(bar, len(part))
