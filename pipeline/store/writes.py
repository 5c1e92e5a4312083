"""Everything that changes the store. Each function works in the transaction of the connection that it is given."""

from __future__ import annotations

import json
import os
import secrets
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline import records
from pipeline.errors import ClaimsError
from pipeline.records import Document
from pipeline.store import bulk, processes, rows
from pipeline.store.reads import load_claims
from pipeline.store.schema import (
    blocks,
    claims,
    documents,
    extractions,
    failures,
    files,
    mentions,
    runs,
    sources,
    speakers,
)

if TYPE_CHECKING:
    from pipeline.assembly import Extraction

Step = Literal["ingest", "extract"]


class IntegrityError(ClaimsError):
    """A record does not fit the document that it claims to come from."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document was found: the corpus, the file in it with the raw bytes, and all its addresses.

    ``supersedes`` is the ``doc_id`` of what was found at the same address before.
    """

    corpus: str
    file: str
    uris: tuple[str, ...]
    supersedes: str | None = None


def start_run(
    connection: Connection,
    corpus: str,
    pipeline_version: str,
    *,
    model: str | None = None,
    config_hash: str | None = None,
    prefect_run_id: str | None = None,
) -> str:
    """Put a new run on record and return its id, which sorts by time ("20261123T213550-3f9a1c")."""
    now = datetime.now(UTC)
    run_id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    connection.execute(
        runs.insert().values(
            run_id=run_id,
            corpus=corpus,
            status="running",
            started_at=now,
            pipeline_version=pipeline_version,
            model=model,
            config_hash=config_hash,
            prefect_run_id=prefect_run_id,
            host=processes.HOST,
            process=processes.identity(os.getpid()),
        )
    )
    return run_id


def finish_run(connection: Connection, run_id: str, status: Literal["completed", "failed"]) -> None:
    """Say how a run ended."""
    connection.execute(
        runs.update().where(runs.c.run_id == run_id).values(status=status, finished_at=datetime.now(UTC))
    )


def store_documents(connection: Connection, run_id: str, found: Iterable[tuple[Source, Document]]) -> None:
    """Store what was read. Equal bytes in several files are one document, read from the file that sorts first.

    Claims of a document whose text is now read differently leave with the old text (they stay on record in its
    extraction).
    """
    for source, document in found:
        _store_document(connection, source, document)
        forget_file(connection, source.corpus, source.file)
        rows_ = [asdict(source) | {"uri": uri, "doc_id": document.doc_id} for uri in source.uris]
        connection.execute(sources.insert(), [{c.name: row.get(c.name) for c in sources.columns} for row in rows_])
        mend(connection, run_id, source.corpus, source.file, "ingest")


def _store_document(connection: Connection, source: Source, document: Document) -> None:
    new = rows.document_row(document)
    here = documents.c.doc_id == document.doc_id
    old = connection.execute(sa.select(documents.c.text_hash, documents.c.input_hash).where(here)).one_or_none()
    found_in = sa.select(sources.c.corpus, sources.c.file).where(sources.c.doc_id == document.doc_id)
    if old is None:
        connection.execute(documents.insert().values(new))
    elif (
        any(tuple(other) < (source.corpus, source.file) for other in connection.execute(found_in))
        or old.input_hash == new["input_hash"]
    ):
        return
    else:
        if old.text_hash != new["text_hash"]:
            retire(connection, [document.doc_id])
        connection.execute(documents.update().where(here).values(new | {"content_hash": None}))
        connection.execute(blocks.delete().where(blocks.c.doc_id == document.doc_id))
    if document.blocks:
        bulk.insert(connection, blocks, rows.block_rows(document))


def forget_file(connection: Connection, corpus: str, file: str) -> None:
    """Drop the sources in a file; a document without any source stays in the store but is published no more."""
    connection.execute(sources.delete().where(sources.c.corpus == corpus, sources.c.file == file))


def forget_unlisted(connection: Connection, corpus: str, listed: Iterable[str]) -> int:
    """Drop what is known of files that a corpus no longer lists; returns how many of them had sources."""
    kept, seen = set(listed), sa.select(files.c.file).where(files.c.corpus == corpus)
    elsewhere = sa.union(  # articles of containers that failed, and what was never read from a file
        *(sa.select(t.c.file).where(t.c.corpus == corpus, t.c.file.not_in(seen)) for t in (sources, failures))
    )
    known = {*connection.scalars(seen), *connection.scalars(elsewhere)}
    had = 0
    for file in (file for file in known - kept if container_of(file) not in kept):
        for table in (sources, failures, files):
            gone = connection.execute(table.delete().where(table.c.corpus == corpus, table.c.file == file)).rowcount
            had += table is sources and gone > 0
    return had


def container_of(file: str) -> str:
    """The file that an article lies in which failures call "news.rss#3"."""
    name, mark, number = file.rpartition("#")
    return name if mark and number.isdecimal() else file


def mend_container(connection: Connection, run_id: str, corpus: str, file: str, failed: Mapping[str, str]) -> None:
    """Put on record which articles of a container cannot be read and why; those that failed before have passed now."""
    inside = sa.or_(failures.c.file == file, failures.c.file.startswith(f"{file}#", autoescape=True))
    query = sa.select(failures.c.file).where(failures.c.corpus == corpus, inside)
    for name in set(connection.scalars(query)) - set(failed):
        if container_of(name) == file:
            mend(connection, run_id, corpus, name, "ingest")
    for name, why in failed.items():
        record_failure(connection, run_id, corpus, name, "ingest", why)


def lock_documents(connection: Connection, doc_ids: Sequence[str]) -> None:
    """Have others who want to change the documents or their claims wait, where the database lets several write."""
    query = sa.select(documents.c.doc_id).where(documents.c.doc_id.in_(doc_ids)).order_by(documents.c.doc_id)
    connection.execute(query.with_for_update()).all()


def store_extractions(connection: Connection, run_id: str, found: Sequence[Extraction]) -> None:
    """Store what a run extracted from documents that are in the store; it replaces what an earlier run extracted.

    Raises ``IntegrityError``, and stores nothing, where a span's text is not its document's characters (invariant 1)
    or a document's text is not the stored one.
    """
    if not found:
        return
    ids = [e.document.doc_id for e in found]
    run = connection.execute(sa.select(runs).where(runs.c.run_id == run_id)).one()
    stored = {
        row.doc_id: row
        for row in connection.execute(
            sa.select(documents.c.doc_id, documents.c.text_hash, documents.c.input_hash).where(
                documents.c.doc_id.in_(ids)
            )
        )
    }
    for extraction in found:
        document = extraction.document
        row = stored.get(document.doc_id)
        if row is None or row.text_hash != records.text_hash(document.text):
            raise IntegrityError(f"{document.uri}: extracted from another text than the stored one")
        rows.check(extraction)
    retire(connection, ids, by=run_id)
    connection.execute(
        extractions.insert(),
        [
            {
                "doc_id": doc_id,
                "run_id": run_id,
                "current": True,
                "pipeline_version": run.pipeline_version,
                "model": run.model,
                "config_hash": run.config_hash,
                "input_hash": stored[doc_id].input_hash,
            }
            for doc_id in ids
        ],
    )
    for table, values in rows.extraction_rows(found, run_id).items():
        bulk.insert(connection, table, values)
    where = sa.select(sources.c.corpus, sources.c.file).where(sources.c.doc_id.in_(ids)).distinct()
    for corpus, file in connection.execute(where).all():
        mend(connection, run_id, corpus, file, "extract")


def retire(connection: Connection, doc_ids: Sequence[str], *, by: str | None = None) -> None:
    """Take the documents' current claims out of the tables; they stay on record in compressed form.

    What the run ``by`` itself had stored (a batch tried again) leaves without a trace.
    """
    current = sa.select(extractions.c.doc_id, extractions.c.run_id).where(
        extractions.c.doc_id.in_(doc_ids), extractions.c.current
    )
    for doc_id, run_id in connection.execute(current).all():
        here = (extractions.c.doc_id == doc_id, extractions.c.run_id == run_id)
        kept = None if run_id == by else _pack([c.to_dict() for c in load_claims(connection, doc_id)])
        connection.execute(claims.delete().where(claims.c.doc_id == doc_id))
        connection.execute(mentions.delete().where(mentions.c.doc_id == doc_id))
        connection.execute(speakers.delete().where(speakers.c.doc_id == doc_id))
        if kept is None:
            connection.execute(extractions.delete().where(*here))
        else:
            connection.execute(extractions.update().where(*here).values(current=False, replaced=kept))


def record_failure(connection: Connection, run_id: str, corpus: str, file: str, step: Step, reason: str) -> None:
    """Put a failure on record; the same one in a later run keeps the run in which it was first seen."""
    here = (failures.c.corpus == corpus, failures.c.file == file, failures.c.step == step)
    old = connection.execute(sa.select(failures.c.reason, failures.c.mended_by).where(*here)).one_or_none()
    if old is not None and old.reason == reason and old.mended_by is None:
        return
    connection.execute(failures.delete().where(*here))
    connection.execute(failures.insert().values(corpus=corpus, file=file, step=step, reason=reason, run_id=run_id))


def mend(connection: Connection, run_id: str, corpus: str, file: str, step: Step) -> None:
    """Note that a file which had failed at a step has now passed it."""
    here = (failures.c.corpus == corpus, failures.c.file == file, failures.c.step == step)
    connection.execute(failures.update().where(*here, failures.c.mended_by.is_(None)).values(mended_by=run_id))


def _pack(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def unpack(blob: bytes) -> Any:
    """The claims that ``extractions.replaced`` keeps."""
    return json.loads(zlib.decompress(blob))
