"""What reviewers have settled so far, document by document: gold to measure and to train with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

import sqlalchemy as sa
from sqlalchemy import Engine

from pipeline.records import Claim, ClaimKind, Document
from pipeline.review import index
from pipeline.review.decisions import STATUS
from pipeline.review.survey import Item
from pipeline.store.database import reading

DECIDED = frozenset(STATUS.values())
KINDS: tuple[ClaimKind, ...] = get_args(ClaimKind)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A document and all there is to review in it, decided or not."""

    document: Document
    items: tuple[Item, ...]

    def complete(self) -> tuple[ClaimKind, ...]:
        """The kinds of which there are claims and all are decided: what is not among them is known to be no claim."""
        return tuple(kind for kind in KINDS if is_complete([i for i in self.items if i.claim.kind == kind]))

    def decided(self, kind: ClaimKind) -> list[Item]:
        """The claims of a kind that reviewers have decided on."""
        return [i for i in self.items if i.claim.kind == kind and i.status in DECIDED]

    def claims(self, kind: ClaimKind) -> list[Claim]:
        """The claims of a kind that hold, as reviewers have settled them."""
        return [i.settled for i in self.decided(kind) if i.settled is not None]


def is_complete(items: Sequence[Item]) -> bool:
    """Whether there are claims, and all are decided."""
    return bool(items) and all(i.status in DECIDED for i in items)


def reviewed(engine: Engine, doc_ids: Iterable[str] | None = None) -> Iterator[Reviewed]:
    """The documents in which somebody has decided something (or those named), by their ids.

    The queue's index must be up to the store (``index.catch_up``).
    """
    if doc_ids is None:
        rows = index.review_queue.c
        query = sa.select(rows.doc_id).where(rows.kind.in_(KINDS), rows.status.in_(sorted(DECIDED)))
        with reading(engine) as connection:
            doc_ids = sorted(connection.scalars(query.distinct()))
    for doc_id in doc_ids:
        with reading(engine) as connection:
            document, items = index.items_of(connection, doc_id)
        yield Reviewed(document, tuple(items))
