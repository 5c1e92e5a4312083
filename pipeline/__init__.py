"""Policy articles in, a claims dataset out: who said what, how much, what they predict, each traceable to its words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.extraction import extract, extract_documents
from pipeline.language import load

if TYPE_CHECKING:
    from pipeline.dataset import Dataset

__all__ = ["extract", "extract_documents", "load", "load_dataset"]


def load_dataset(path: str | Path = "dataset") -> Dataset:
    """The dataset that ``claims publish`` wrote to a folder, as typed pandas frames.

    Raises ``InputError`` where the folder holds none.
    """
    from pipeline import dataset  # here, because pandas takes as long to import as a short article to read

    return dataset.load_dataset(path)
