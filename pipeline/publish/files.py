"""Write the published tables as files: all of them under temporary names, then each renamed into place."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from sqlalchemy import Engine

from pipeline.errors import ClaimsError, InputError
from pipeline.publish import data_package, fields, tables
from pipeline.publish.fields import Table
from pipeline.store.database import reading
from pipeline.store.types import plain_decimal

STAGING = ".publishing"
"""Folder for unfinished files, inside the target: the same file system, so that renaming is atomic."""
CSV_OPTIONS = pyarrow.csv.WriteOptions(quoting_style="needed", quoting_header="none")


@dataclass(frozen=True, slots=True)
class Published:
    """Where the dataset lies, how many rows each table has, and which files are new or changed."""

    path: Path
    rows: dict[str, int]
    changed: tuple[str, ...]


def publish(engine: Engine, out: Path) -> Published:
    """Write the dataset to the folder ``out``; other files there are left alone.

    The same store gives the same bytes. A reader sees each file old or new, never half-written; ``datapackage.json``
    comes last and has the checksums. Raises ``InputError`` where the folder cannot be made.
    """
    with folder(out) as staging:
        with reading(engine) as connection:
            rows = write_tables(staging, tables.chunks(connection))
        (staging / data_package.NAME).write_bytes(data_package.package(staging, rows))
        names = [f"{t.name}.{suffix}" for t in fields.TABLES for suffix in ("parquet", "csv")] + [data_package.NAME]
        changed = tuple(n for n in names if not same(staging / n, out / n))
        for name in changed:
            (staging / name).replace(out / name)
        sync(out)
    return Published(out, rows, changed)


def write_tables(target: Path, chunks: Iterator[dict[str, pa.Table]]) -> dict[str, int]:
    """Write the chunks of every table to Parquet and CSV files; returns the number of rows of each."""
    rows = dict.fromkeys((t.name for t in fields.TABLES), 0)
    with ExitStack() as stack:
        writers = {t.name: Writer(t, target, stack) for t in fields.TABLES}
        for chunk in chunks:
            for name, table in chunk.items():
                writers[name].write(table)
                rows[name] += table.num_rows
    for path in target.iterdir():
        with path.open("rb") as written:
            os.fsync(written.fileno())
    return rows


class Writer:
    """The two files of one table."""

    def __init__(self, table: Table, target: Path, stack: ExitStack) -> None:
        self.table = table
        self.csv_schema = pa.schema([(f.name, _csv_type(f.type)) for f in table.fields])
        parquet = pyarrow.parquet.ParquetWriter(target / f"{table.name}.parquet", table.schema, compression="zstd")
        self.parquet = stack.enter_context(parquet)
        csv = pyarrow.csv.CSVWriter(target / f"{table.name}.csv", self.csv_schema, write_options=CSV_OPTIONS)
        self.csv = stack.enter_context(csv)

    def write(self, rows: pa.Table) -> None:
        if rows.num_rows:
            self.parquet.write_table(rows)
            columns = [_csv_column(column) for column in rows.columns]
            self.csv.write_table(pa.Table.from_arrays(columns, schema=self.csv_schema))


def _csv_type(kind: pa.DataType) -> pa.DataType:
    return kind if kind in (pa.int32(), pa.float64(), pa.bool_(), pa.date32()) else pa.string()


def _csv_column(column: pa.ChunkedArray) -> Any:
    """The column in the types of CSV: lists as JSON arrays, moments in ISO 8601, decimals without trailing zeros."""
    kind = column.type
    if pa.types.is_list(kind):
        return _as_text(column, lambda value: json.dumps(value, ensure_ascii=False))
    if pa.types.is_decimal(kind):
        return _as_text(column, plain_decimal)
    if pa.types.is_timestamp(kind):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    return column if _csv_type(kind) == kind else column.cast(pa.string())


def _as_text(column: pa.ChunkedArray, form: Callable[[Any], str]) -> Any:
    return pa.array([None if v is None else form(v) for v in column.to_pylist()], pa.string())


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
        staging = out / STAGING
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        yield staging
        shutil.rmtree(staging)
    except OSError as error:
        raise ClaimsError(f"{out}: the dataset could not be written ({error.strerror})") from error
    finally:
        os.close(lock)


def same(a: Path, b: Path) -> bool:
    """Whether two files have the same bytes."""
    return b.is_file() and a.stat().st_size == b.stat().st_size and a.read_bytes() == b.read_bytes()


def sync(path: Path) -> None:
    """Make the renames in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
