"""The steps of a run over a corpus, as plain functions. Flows say when each happens; nothing here knows of them.

Every step may be repeated: what is already done is found in the store and left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

from sqlalchemy import Engine

from pipeline import extraction
from pipeline.assembly import Extraction
from pipeline.errors import ClaimsError, InputError, reason
from pipeline.ingest.corpus import Corpus
from pipeline.ingest.record import Entry
from pipeline.ingest.stamp import stamp
from pipeline.progress import advance
from pipeline.records import Document, digest
from pipeline.store import processes, reads, rows, writes
from pipeline.store.database import reading, writing
from pipeline.store.files import File, known_files, note_files
from pipeline.workers import Maker, Worker, maker

BATCH = 100
"""Articles per transaction and per task of a flow: some seconds of work."""


@contextmanager
def recorded(engine: Engine, corpus: Corpus) -> Iterator[str]:
    """Put a run in this process on record, with how it ended; gives its id."""
    run_id = begin(engine, corpus.name, maker())
    try:
        yield run_id
    except BaseException:
        end(engine, run_id, "failed")
        raise
    end(engine, run_id, "completed")


def begin(engine: Engine, corpus: str, made_by: Maker, prefect_run_id: str | None = None) -> str:
    """Put a run that begins on record, and of those that went on no more that they were interrupted; gives its id."""
    with writing(engine) as connection:
        processes.end_interrupted(connection)
        return writes.start_run(
            connection,
            corpus,
            made_by.pipeline_version,
            model=made_by.model,
            config_hash=made_by.config_hash,
            prefect_run_id=prefect_run_id,
        )


def end(engine: Engine, run_id: str, status: Literal["completed", "failed"]) -> None:
    """Put on record how a run ended."""
    with writing(engine) as connection:
        writes.finish_run(connection, run_id, status)


def fetch(engine: Engine, run_id: str, corpus: Corpus, addresses: Sequence[str], allow_private: bool = False) -> None:
    """Fetch feeds (or pages) that have changed and put their articles on the corpus's record.

    What cannot be fetched or read becomes a failure, an article of a feed under its address and number in it.
    """
    from pipeline.ingest.fetch import Fetcher  # a run without addresses needs no network

    fetcher = Fetcher(allow_private=allow_private)
    for address in addresses:
        try:
            added = corpus.add_url(address, fetcher)
        except InputError as error:
            added, failed = [error], {address: reason(error)}
        else:
            errors = ((number, one) for number, one in enumerate(added, 1) if isinstance(one, InputError))
            failed = {f"{address}#{number}": reason(error) for number, error in errors}
        with writing(engine) as connection:
            if added:
                writes.mend_container(connection, run_id, corpus.name, address, failed)
            else:  # unchanged: which of its articles could not be read still holds
                writes.mend(connection, run_id, corpus.name, address, "ingest")


def take_in(engine: Engine, run_id: str, corpus: Corpus) -> None:
    """Put the articles of the feeds, tables and archives in a corpus's folder on its record, of those that changed.

    Articles that cannot be read become failures, each named by its file and its number in it.
    """
    containers = corpus.containers()
    if not containers:
        return
    with reading(engine) as connection:
        known = known_files(connection, corpus.name)
    for file in containers:
        entry = Entry(file=file, uri=corpus.uri_of(file))
        seen = look(corpus, entry, known.get(file))
        if seen is not None and file in known and known[file].fingerprint == seen.fingerprint:
            continue
        failed: dict[str, str] = {}
        try:
            for number, added in enumerate(corpus.add_all(corpus.path / file), 1):
                if isinstance(added, InputError):
                    failed[f"{file}#{number}"] = reason(added)
        except InputError as error:
            failed[file] = reason(error)
        with writing(engine) as connection:
            note_files(connection, [seen] if seen is not None else [])
            writes.mend_container(connection, run_id, corpus.name, file, failed)


def unread(engine: Engine, corpus: Corpus, addresses: Sequence[str] = ()) -> list[Entry]:
    """The corpus's entries that are new or changed, or that this program reads anew; forgets those that are gone.

    ``addresses`` are those that the corpus is fetched from.
    """
    listed, containers = corpus.listing()
    with writing(engine) as connection:
        writes.forget_unlisted(connection, corpus.name, (*(e.file for e in listed), *containers, *addresses))
        known = known_files(connection, corpus.name)
    new: list[Entry] = []
    unchanged: list[File] = []
    for entry in listed:
        before = known.get(entry.file)
        now = look(corpus, entry, before) if before is not None else None
        if before is None or now is None or now.fingerprint != before.fingerprint:
            new.append(entry)
        elif now.stamp != before.stamp:
            unchanged.append(now)
    if unchanged:
        with writing(engine) as connection:
            note_files(connection, unchanged)
    return new


def look(corpus: Corpus, entry: Entry, before: File | None = None) -> File | None:
    """How a file of a corpus is now, its bytes read only where it looks changed; ``None`` where it cannot be read."""
    try:
        stamped = stamp(f"{corpus.path}/{entry.file}")
        if before is None or stamped is None or stamped != before.stamp:
            with corpus.raw_path(entry).open("rb") as raw:
                hashed = hashlib.file_digest(raw, "sha256").hexdigest()
        else:
            hashed = before.sha256
    except (ClaimsError, OSError):
        return None
    return File(corpus.name, entry.file, hashed, stamped, fingerprint(entry, hashed))


def fingerprint(entry: Entry, sha256: str) -> str:
    """Changes when the entry, its bytes or the code that reads them do."""
    return digest(entry.fingerprint, sha256, extraction.code_hash())


def ingest(engine: Engine, run_id: str, corpus: Corpus, entries: Sequence[Entry]) -> int:
    """Read the entries' articles and store them in one transaction; those that cannot be read become failures.

    Returns how many were read.
    """
    found: list[tuple[writes.Source, Document]] = []
    failed: list[tuple[Entry, str]] = []
    seen: list[File | None] = []
    for entry in entries:
        named = replace(entry, uri=entry.uri or corpus.uri_of(entry.file))
        try:
            stamped = stamp(f"{corpus.path}/{entry.file}")  # before it is read, so that a change meanwhile is noticed
            document = corpus.read(named)
            rows.document_row(document)
        except Exception as error:  # one bad article must not stop the others
            failed.append((entry, reason(error)))
            if isinstance(error, InputError):  # reading the same bytes again would end the same way
                seen.append(look(corpus, entry))
        else:
            uris = tuple(dict.fromkeys((document.uri, *entry.other_uris)))
            found.append((writes.Source(corpus.name, entry.file, uris, entry.supersedes), document))
            hashed = fingerprint(entry, document.doc_id)
            seen.append(File(corpus.name, entry.file, document.doc_id, stamped, hashed))
        advance()
    with writing(engine) as connection:
        writes.store_documents(connection, run_id, found)
        for entry, why in failed:
            writes.forget_file(connection, corpus.name, entry.file)
            writes.record_failure(connection, run_id, corpus.name, entry.file, "ingest", why)
        note_files(connection, [file for file in seen if file is not None])
    return len(found)


def pending(engine: Engine, corpus: Corpus, made_by: Maker | None = None) -> list[str]:
    """The ids of the corpus's documents that the present version and configuration has not extracted yet."""
    made_by = made_by or maker()
    with reading(engine) as connection:
        return reads.pending(connection, corpus.name, made_by.pipeline_version, made_by.config_hash)


def extract(engine: Engine, run_id: str, doc_ids: Sequence[str], worker: Worker | None = None) -> int:
    """Extract the documents and store what they gave in one transaction; those that cannot become failures.

    Those that another run has extracted in the same way meanwhile are left alone. ``worker``: the process to do it in,
    where it is not this one. Returns how many were extracted.
    """
    with reading(engine) as connection:
        documents = reads.load_documents(connection, reads.outstanding(connection, run_id, doc_ids))
    found: list[Extraction] = []
    failed: dict[str, str] = {}
    for document in documents:
        try:
            extracted = worker.extract(document) if worker else next(extraction.extract_documents([document]))
            rows.check(extracted)
        except Exception as error:  # one bad article must not stop the others
            failed[document.doc_id] = reason(error)
        else:
            found.append(extracted)
        advance()
    with writing(engine, alongside=True) as connection:
        writes.lock_documents(connection, [d.doc_id for d in documents])
        left = set(reads.outstanding(connection, run_id, [d.doc_id for d in documents]))
        writes.store_extractions(connection, run_id, [e for e in found if e.document.doc_id in left])
        failed = {doc_id: why for doc_id, why in failed.items() if doc_id in left}
        writes.retire(connection, list(failed))
        for corpus, file, doc_id in reads.sources_of(connection, failed):
            writes.record_failure(connection, run_id, corpus, file, "extract", failed[doc_id])
    return len(found)
