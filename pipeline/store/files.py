"""What is known of the files of a corpus, so that a run need not read again what has not changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.store.schema import files


@dataclass(frozen=True, slots=True)
class File:
    """One file of a corpus as it was last read, whatever came of it; the columns of the table ``files``."""

    corpus: str
    file: str
    sha256: str
    stamp: str | None
    fingerprint: str


def known_files(connection: Connection, corpus: str) -> dict[str, File]:
    """What is known of each file of a corpus, by its path in the corpus."""
    columns = (files.c.corpus, files.c.file, files.c.sha256, files.c.stamp, files.c.fingerprint)
    query = sa.select(*columns).where(files.c.corpus == corpus)
    return {row.file: File(*row) for row in connection.execute(query)}


def note_files(connection: Connection, seen: Sequence[File]) -> None:
    """Put on record how files were found, in the place of what was known of them."""
    if not seen:
        return
    here = (files.c.corpus == sa.bindparam("its_corpus"), files.c.file == sa.bindparam("its_file"))
    connection.execute(files.delete().where(*here), [{"its_corpus": f.corpus, "its_file": f.file} for f in seen])
    connection.execute(files.insert(), [asdict(f) for f in seen])
