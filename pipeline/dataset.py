"""A published dataset as typed pandas DataFrames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

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
    def documents(self) -> pd.DataFrame:
        """One row per article, with its text."""
        return self.table("documents")

    def wide(self) -> pd.DataFrame:
        """Every claim with its details, speaker and article in one row."""
        return self.table("claims_wide")

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Any table of the dataset by its name (see ``datapackage.json``), or only some of its columns.

        Only what is asked for is read. Raises ``InputError`` where there is no such table or column.
        """
        file = self.path / f"{name}.parquet"
        if not file.is_file():
            known = ", ".join(sorted(p.stem for p in self.path.glob("*.parquet")))
            raise InputError(f"{self.path}: no table {name!r}; there are {known}")
        schema = pyarrow.parquet.read_schema(file)
        for column in columns or ():
            if column not in schema.names:
                raise InputError(f"{file}: no column {column!r}; there are {', '.join(schema.names)}")
        wanted = None if columns is None else list(columns)
        found = pyarrow.parquet.read_table(file, columns=wanted)
        frame: pd.DataFrame = found.to_pandas(types_mapper=_pandas_type, date_as_object=False)
        return frame


def _pandas_type(kind: pa.DataType) -> object:
    """The pandas type of an Arrow type, where pandas' own choice would lose exactness or turn integers into floats."""
    if kind == pa.int32():
        return pd.Int32Dtype()
    if kind == pa.bool_():
        return pd.BooleanDtype()
    return pd.ArrowDtype(kind) if pa.types.is_decimal(kind) else None
