"""Write the published tables as files: all of them under temporary names, then each renamed into place."""

from __future__ import annotations

import fcntl
import filecmp
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from sqlalchemy import Engine

from pipeline.errors import ClaimsError, InputError
from pipeline.publish import card, croissant, data_package, dictionary, fields, inventory, prov, tables, versions
from pipeline.publish.annotations import Annotations
from pipeline.publish.columns import json_lists, whole
from pipeline.publish.fields import Table
from pipeline.publish.inventory import File
from pipeline.publish.schema_org import Claims
from pipeline.store.database import reading
from pipeline.store.types import plain_decimal

STAGING = ".publishing"
"""Folder for unfinished files, inside the target: the same file system, so that renaming is atomic."""
COMPLETE = ".published"
"""The same folder once all in it is finished: from then on its files replace the old ones, if need be after a crash."""
WRITERS = 2
"""Threads that write; Arrow leaves Python's lock to the thread that reads."""
CSV_OPTIONS = pyarrow.csv.WriteOptions(quoting_style="needed", quoting_header="none")


@dataclass(frozen=True, slots=True)
class Published:
    """Where the dataset lies, its number, how many rows each table has, and which files are new or changed."""

    path: Path
    number: int
    rows: dict[str, int]
    changed: tuple[str, ...]


def publish(engine: Engine, out: Path, *, reviewed: bool = True) -> Published:
    """Write the dataset to the folder ``out``; other files there are left alone.

    Claims are as reviewers have settled them; as they were extracted, unless ``reviewed``.

    The same store gives the same bytes and no new number. A reader sees each file old or new, never half-written;
    ``SHA256SUMS`` comes last; what a crash left half replaced the next publication finishes. Raises ``InputError``
    where the folder cannot be made.
    """
    with folder(out) as staging:
        with reading(engine) as connection:
            rows = write_tables(staging, tables.chunks(connection, reviewed=reviewed))
            made_from = versions.inputs(connection)
        publications, names = describe(staging, out, rows, made_from | {"reviewed": reviewed})
        changed = tuple(n for n in names if not same(staging / n, out / n))
        if changed:
            for name in set(names) - set(changed):
                (staging / name).unlink()
            for path in staging.rglob("*"):
                sync(path)
            staging.rename(out / COMPLETE)
            replace(out)
    return Published(out, publications[-1]["number"], rows, changed)


def replace(out: Path) -> None:
    """Put the files of a complete publication in the place of the old ones, checksums last."""
    complete = out / COMPLETE
    sync(out)
    for path in sorted((p for p in complete.rglob("*") if p.is_file()), key=lambda p: p.name == inventory.NAME):
        target = out / path.relative_to(complete)
        target.parent.mkdir(exist_ok=True)
        path.replace(target)
        sync(target.parent)
    shutil.rmtree(complete)


def describe(
    folder: Path, out: Path, rows: Mapping[str, int], made_from: versions.Entry
) -> tuple[list[versions.Entry], list[str]]:
    """Put the descriptions of the tables in a folder beside them, with what they change of the dataset in ``out``.

    Returns the publications of the dataset with this one, and the names of all files in the folder, checksums last.
    """
    with ThreadPoolExecutor(WRITERS) as pool:
        files = {f.name: f for f in pool.map(File.of, sorted(folder.iterdir()))}
    publications = versions.publish(out, folder, files, made_from, rows[fields.CLAIMS.name])
    past = {n: out / n for p in publications[1:] if (n := versions.name_of(p["number"]))}
    new = {n for n in past if (folder / n).is_file()}
    changes = {n: replaced(File.of(folder / n if n in new else path), name=n) for n, path in past.items()}
    texts = {
        data_package.NAME: data_package.package(files | changes, rows, publications),
        croissant.NAME: croissant.description(files),
        dictionary.NAME: dictionary.page(),
        card.NAME: card.page(folder, rows, publications),
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text)
    described = [*files.values(), *changes.values(), *(File.of(folder / name) for name in texts)]
    (folder / inventory.NAME).write_bytes(inventory.checksums(described))
    return publications, [*files, *sorted(new), *texts, inventory.NAME]


def write_tables(target: Path, chunks: Iterator[dict[str, pa.Table]]) -> dict[str, int]:
    """Write the chunks of every table as Parquet and CSV, the claims also as linked data; returns the tables' sizes.

    While a chunk is written in threads, the next one is read; never more than these two are in memory.
    """
    rows = dict.fromkeys((t.name for t in fields.TABLES), 0)
    with ExitStack() as stack:
        writers: dict[str, list[Writer]] = {
            t.name: [Parquet(t, target, stack), Csv(t, target, stack)] for t in fields.TABLES
        }
        writers[fields.WIDE.name] += [Annotations(target, stack), Claims(target, stack)]
        pool = stack.enter_context(ThreadPoolExecutor(WRITERS))
        busy: list[Future[None]] = []
        for chunk in chunks:
            finish(busy)
            largest_first = sorted(chunk.items(), key=lambda item: -item[1].nbytes)
            busy = [pool.submit(w.write, table) for name, table in largest_first for w in writers[name]]
            for name, table in chunk.items():
                rows[name] += table.num_rows
        finish(busy)
    prov.write(target)
    return rows


def finish(busy: list[Future[None]]) -> None:
    """Wait until all is written; raises what a thread raised."""
    for future in busy:
        future.result()


class Writer(Protocol):
    """Writes the chunks of a table to a file."""

    def write(self, rows: pa.Table) -> None: ...


class Parquet:
    """The Parquet file of a table; each chunk is a row group."""

    def __init__(self, table: Table, target: Path, stack: ExitStack) -> None:
        file = pyarrow.parquet.ParquetWriter(target / f"{table.name}.parquet", table.schema, compression="zstd")
        self.file = stack.enter_context(file)

    def write(self, rows: pa.Table) -> None:
        if rows.num_rows:
            self.file.write_table(rows)


class Csv:
    """The CSV file of a table."""

    def __init__(self, table: Table, target: Path, stack: ExitStack) -> None:
        self.schema = pa.schema([(f.name, _csv_type(f.type)) for f in table.fields])
        file = pyarrow.csv.CSVWriter(target / f"{table.name}.csv", self.schema, write_options=CSV_OPTIONS)
        self.file = stack.enter_context(file)

    def write(self, rows: pa.Table) -> None:
        if rows.num_rows:
            self.file.write_table(pa.Table.from_arrays([_csv_column(c) for c in rows.columns], schema=self.schema))


def _csv_type(kind: pa.DataType) -> pa.DataType:
    return kind if kind in (pa.int32(), pa.float64(), pa.bool_(), pa.date32()) else pa.string()


def _csv_column(column: pa.ChunkedArray) -> Any:
    """The column in the types of CSV: lists as JSON arrays, moments in ISO 8601, decimals without trailing zeros."""
    kind = column.type
    if pa.types.is_list(kind):
        return json_lists(column)
    if pa.types.is_decimal(kind):
        return _plain_decimals(whole(column))
    if pa.types.is_timestamp(kind):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    return column if _csv_type(kind) == kind else column.cast(pa.string())


def _plain_decimals(column: pa.Array) -> pa.Array:
    """``plain_decimal`` of a column; Arrow writes small numbers and zero with an exponent."""
    texts = column.cast(pa.string())
    odd = pc.fill_null(pc.match_substring(texts, "E"), False)
    small = [plain_decimal(v) for v in column.filter(odd).to_pylist()]
    return pc.replace_with_mask(pc.utf8_rtrim(pc.utf8_rtrim(texts, "0"), "."), odd, pa.array(small, pa.string()))


@contextmanager
def folder(out: Path) -> Iterator[Path]:
    """The folder for unfinished files in ``out``, both made where absent; one process at a time."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        reason = error.strerror
        raise InputError(f"{out}: cannot write the dataset there ({reason}); choose another with --out") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (out / COMPLETE).is_dir():
            replace(out)
        staging = out / STAGING
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        yield staging
        shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise ClaimsError(f"{out}: the dataset could not be written ({error.strerror})") from error
    finally:
        os.close(lock)


def same(a: Path, b: Path) -> bool:
    """Whether two files have the same bytes."""
    return b.is_file() and filecmp.cmp(a, b, shallow=False)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
