"""A published dataset as typed pandas DataFrames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from pipeline.errors import InputError


def load_dataset(path: str | Path = "dataset") -> Dataset:
    """The dataset that ``claims publish`` wrote to a folder; its tables are read when they are first asked for.

    Raises ``InputError`` where the folder holds none.
    """
    folder = Path(path)
    if not (folder / "datapackage.json").is_file():
        raise InputError(f"{folder}: no dataset there; `claims publish --out {folder}` writes one")
    return Dataset(folder)


@dataclass(frozen=True)
class Dataset:
    """The tables of a dataset, one attribute each.

    Text is ``str``, few-valued columns are categories, offsets nullable integers (``Int32``), dates ``datetime64``,
    money exact Arrow decimals (``.astype(float)`` where arithmetic needs no exactness).
    """

    path: Path

    @cached_property
    def claims(self) -> pd.DataFrame:
        """One row per claim."""
        return self.table("claims")

    @cached_property
    def amounts(self) -> pd.DataFrame:
        """Details of the amounts, by ``claim_id``."""
        return self.table("amounts")

    @cached_property
    def quotes(self) -> pd.DataFrame:
        """Details of the quotes, by ``claim_id``."""
        return self.table("quotes")

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Details of the predictions, by ``claim_id``."""
        return self.table("predictions")

    @cached_property
    def speakers(self) -> pd.DataFrame:
        """One row per speaker."""
        return self.table("speakers")

    @cached_property
    def links(self) -> pd.DataFrame:
        """How claims relate to earlier ones: ``claim_id``, ``other_claim_id``, ``relation``, ``score``, ``reason``."""
        return self.table("links")

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """What became of predictions, by ``claim_id``; those that are not here are open."""
        return self.table("outcomes")

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row per article, with its text."""
        return self.table("documents")

    def wide(self, columns: Sequence[str] | None = None, **equal: Any) -> pd.DataFrame:
        """Every claim with its details, speaker and article in one row; ``columns`` and ``equal`` as in ``table``."""
        return self.table("claims_wide", columns, **equal)

    def table(self, name: str, columns: Sequence[str] | None = None, **equal: Any) -> pd.DataFrame:
        """Any table of the dataset by its name (see ``dictionary.md``), or only some columns and rows of it.

        ``equal`` keeps the rows with these values: ``table("claims", ["text"], kind="quote")``. Only what is asked for
        is read. Raises ``InputError`` where there is no such table or column.
        """
        file = self._file(name, [*(columns or ()), *equal])
        filters = [(column, "==", value) for column, value in equal.items()] or None
        return _frame(pyarrow.parquet.read_table(file, columns=columns and list(columns), filters=filters))

    def pieces(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """A table piece by piece, some hundred articles each, for datasets that memory does not hold."""
        with pyarrow.parquet.ParquetFile(self._file(name, columns or ())) as file:
            for i in range(file.num_row_groups):
                yield _frame(file.read_row_group(i, columns and list(columns)))

    def _file(self, name: str, columns: Sequence[str]) -> Path:
        """The file of a table that has these columns."""
        file = self.path / f"{name}.parquet"
        if not file.is_file():
            known = ", ".join(sorted(p.stem for p in self.path.glob("*.parquet")))
            raise InputError(f"{self.path}: no table {name!r}; there are {known}")
        names = pyarrow.parquet.read_schema(file).names
        for column in columns:
            if column not in names:
                raise InputError(f"{file}: no column {column!r}; there are {', '.join(names)}")
        return file


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(types_mapper=_pandas_type, date_as_object=False)
    return frame


def _pandas_type(kind: pa.DataType) -> object:
    """The pandas type of an Arrow type, where pandas' own choice would lose exactness or turn integers into floats."""
    if kind == pa.int32():
        return pd.Int32Dtype()
    if kind == pa.bool_():
        return pd.BooleanDtype()
    return pd.ArrowDtype(kind) if pa.types.is_decimal(kind) else None
