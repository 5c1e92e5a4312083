"""A whole run as its steps, without Prefect, and what it published."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from pipeline import steps
from pipeline.dataset import Dataset
from pipeline.ingest.corpus import Corpus
from pipeline.publish import fields
from pipeline.publish.files import publish
from pipeline.store.database import opened

RUN_COLUMNS = ("run_id",)
"""Which run did it, and when, may differ between two ways to the same result; nothing else may."""


@contextmanager
def ran(
    folder: Path,
    place: Path,
    batch: int = steps.BATCH,
    order: random.Random | None = None,
    publishing: bool = True,
) -> Iterator[Engine]:
    """The store after a run over a corpus folder, the dataset beside it where ``publishing``."""
    corpus = Corpus(folder)
    with opened(place / "claims.db") as store:
        with steps.recorded(store, corpus) as run_id:
            entries = steps.unread(store, corpus)
            if order:
                order.shuffle(entries)
            for i in range(0, len(entries), batch):
                steps.ingest(store, run_id, corpus, entries[i : i + batch])
            pending = steps.pending(store, corpus)
            if order:
                order.shuffle(pending)
            for i in range(0, len(pending), batch):
                steps.extract(store, run_id, pending[i : i + batch])
            if publishing:
                publish(store, place / "dataset")
        yield store


def content(dataset: Dataset) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table but that of the runs, in the order published, without the run's id."""
    frames = {t.name: dataset.table(t.name) for t in fields.TABLES if t is not fields.RUNS}
    plain: dict[str, pd.DataFrame] = {n: f.drop(columns=[*RUN_COLUMNS], errors="ignore") for n, f in frames.items()}
    return {name: [tuple(map(str, row)) for row in f.itertuples(index=False)] for name, f in plain.items()}
