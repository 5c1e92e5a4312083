"""The steps of a run over a corpus, as plain functions. Flows say when each happens; nothing here knows of them.

Every step may be repeated: what is already done is found in the store and left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Engine

from pipeline import extraction
from pipeline.assembly import Extraction
from pipeline.errors import ClaimsError
from pipeline.ingest.corpus import Corpus, Entry
from pipeline.progress import advance
from pipeline.records import Document, digest
from pipeline.store import reads, rows, writes
from pipeline.store.database import reading, writing

BATCH = 100
"""Articles per transaction and per task of a flow: some seconds of work."""


@contextmanager
def recorded(engine: Engine, corpus: Corpus, prefect_run_id: str | None = None) -> Iterator[str]:
    """Put a run on record, with how it ended; gives its id."""
    nlp = extraction.default_pipeline()
    with writing(engine) as connection:
        run_id = writes.start_run(
            connection,
            corpus.name,
            extraction.pipeline_version(),
            model=extraction.model_name(nlp),
            config_hash=extraction.config_hash(nlp),
            prefect_run_id=prefect_run_id,
        )
    try:
        yield run_id
    except BaseException:
        with writing(engine) as connection:
            writes.finish_run(connection, run_id, "failed")
        raise
    with writing(engine) as connection:
        writes.finish_run(connection, run_id, "completed")


def unread(engine: Engine, corpus: Corpus) -> list[Entry]:
    """The corpus's entries that are new or changed, or that this program reads anew; forgets those that are gone."""
    entries = list(corpus.entries())
    with writing(engine) as connection:
        writes.forget_unlisted(connection, corpus.name, (e.file for e in entries))
        known = reads.fingerprints(connection, corpus.name)
    return [e for e in entries if e.file not in known or known[e.file] != fingerprint(corpus, e)]


def fingerprint(corpus: Corpus, entry: Entry) -> str:
    """Changes when the entry, its bytes or the code that reads them do; empty where the file cannot be read."""
    try:
        raw = corpus.raw_path(entry).read_bytes()
    except (ClaimsError, OSError):
        return ""
    return digest(entry.fingerprint, hashlib.sha256(raw).hexdigest(), extraction.code_hash())


def ingest(engine: Engine, run_id: str, corpus: Corpus, entries: Sequence[Entry]) -> int:
    """Read the entries' articles and store them in one transaction; those that cannot be read become failures.

    Returns how many were read.
    """
    found: list[tuple[writes.Source, Document]] = []
    failed: list[tuple[Entry, str]] = []
    for entry in entries:
        named = replace(entry, uri=entry.uri or corpus.uri_of(entry.file))
        try:
            document = corpus.read(named)
            rows.document_row(document)
        except Exception as error:  # one bad article must not stop the others
            failed.append((entry, reason(error)))
        else:
            uris = tuple(dict.fromkeys((document.uri, *entry.other_uris)))
            found.append((writes.Source(corpus.name, entry.file, uris, fingerprint(corpus, entry)), document))
        advance()
    with writing(engine) as connection:
        writes.store_documents(connection, run_id, found)
        for entry, why in failed:
            writes.forget_file(connection, corpus.name, entry.file)
            writes.record_failure(connection, run_id, corpus.name, entry.file, "ingest", why)
    return len(found)


def pending(engine: Engine, corpus: Corpus) -> list[str]:
    """The ids of the corpus's documents that the present version and configuration has not extracted yet."""
    hashed = extraction.config_hash(extraction.default_pipeline())
    with reading(engine) as connection:
        return reads.pending(connection, corpus.name, extraction.pipeline_version(), hashed)


def extract(engine: Engine, run_id: str, doc_ids: Sequence[str]) -> int:
    """Extract the documents and store what they gave in one transaction; those that cannot become failures.

    Returns how many were extracted.
    """
    with reading(engine) as connection:
        documents = reads.load_documents(connection, doc_ids)
    found: list[Extraction] = []
    failed: dict[str, str] = {}
    for document in documents:
        try:
            extracted = next(extraction.extract_documents([document]))
            rows.check(extracted)
        except Exception as error:  # one bad article must not stop the others
            failed[document.doc_id] = reason(error)
        else:
            found.append(extracted)
        advance()
    with writing(engine) as connection:
        writes.store_extractions(connection, run_id, found)
        writes.retire(connection, list(failed))
        for corpus, file, doc_id in reads.sources_of(connection, failed):
            writes.record_failure(connection, run_id, corpus, file, "extract", failed[doc_id])
    return len(found)


def reason(error: Exception) -> str:
    """Why something failed, in one line."""
    said = " ".join(str(error).split())
    return said if isinstance(error, ClaimsError) else f"{type(error).__name__}: {said}".removesuffix(": ")
