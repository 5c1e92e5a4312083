"""Write the dataset."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from flows.tasks import step
from pipeline.publish.files import Published
from pipeline.publish.files import publish as write_dataset
from pipeline.store.database import opened


@step("write-dataset")
def write(database: str, out: Path) -> Published:
    """Write all tables; readers see each file old or new."""
    with opened(database) as store:
        return write_dataset(store, out)


@flow(name="claims-publish", persist_result=False, validate_parameters=False)
def publish(database: str, out: Path) -> Published:
    """Write the dataset of everything in the store to a folder."""
    return write(database, out)
