"""Policy articles in, a claims dataset out: who said what, how much, what they predict, each traceable to its words."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.dataset import load_dataset
    from pipeline.extraction import extract, extract_documents
    from pipeline.language import load

__all__ = ["extract", "extract_documents", "load", "load_dataset"]

HOMES = {
    "extract": "pipeline.extraction",
    "extract_documents": "pipeline.extraction",
    "load": "pipeline.language",
    "load_dataset": "pipeline.dataset",
}
"""Where each public name lives: imported at its first use, since spaCy and pandas each take about a second."""


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})
