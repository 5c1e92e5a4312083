"""Write the dataset."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from flows.tasks import step
from pipeline.compare import compare as find_near_copies
from pipeline.linking.stored import link as link_claims
from pipeline.publish.files import Published
from pipeline.publish.files import publish as write_dataset
from pipeline.store.database import opened


@step("write-dataset")
def write(database: str, out: Path, reviewed: bool) -> Published:
    """Write all tables; readers see each file old or new."""
    with opened(database) as store:
        return write_dataset(store, out, reviewed=reviewed)


@step("compare")
def compare(database: str) -> int:
    """Find near copies among the articles; returns how many new ones there are."""
    with opened(database) as store:
        return find_near_copies(store)


@step("link")
def link(database: str) -> bool:
    """Link the claims where they have changed; returns whether they had."""
    with opened(database) as store:
        return link_claims(store)


@flow(name="claims-publish", persist_result=False, validate_parameters=False)
def publish(database: str, out: Path, reviewed: bool = True) -> Published:
    """Write the dataset of everything in the store to a folder; ``reviewed``: as reviewers have settled it."""
    compare(database)
    link(database)
    return write(database, out, reviewed)
