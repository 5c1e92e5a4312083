"""What the two files of linked data share: JSON objects made from columns, all claims of a chunk at once."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.publish.columns import json_texts

URN = "urn:policy-claims:"


class Lines:
    """A file with one JSON object for each row of ``claims_wide``, and what stands before, between and behind them."""

    NAME: ClassVar[str]
    BEFORE, BETWEEN, BEHIND = "", "", ""

    def __init__(self, target: Path, stack: ExitStack) -> None:
        self.file = stack.enter_context((target / self.NAME).open("w", encoding="utf-8", newline="\n"))
        self.file.write(self.BEFORE)
        self.next = ""
        stack.callback(lambda: self.file.write(self.BEHIND))

    def write(self, rows: pa.Table) -> None:
        """Add the rows of a chunk."""
        if rows.num_rows:
            self.file.write(self.next + self.BETWEEN.join(self.lines(rows).to_pylist()))
            self.next = self.BETWEEN

    def lines(self, rows: pa.Table) -> Any:
        """The JSON object of each row."""
        raise NotImplementedError


def joined(*parts: Any) -> Any:
    """Columns and constants put together, row by row; null where one of them is."""
    return pc.binary_join_element_wise(*parts, "")


def quoted(column: Any) -> Any:
    """The column as JSON: strings for text and dates, numbers for numbers."""
    if pa.types.is_integer(column.type):
        return column.cast(pa.string())
    return json_texts(column.cast(pa.string()))


def judged(rows: pa.Table) -> Any:
    """What people hold of each claim; null where nobody has judged it."""
    status = rows["review_status"].cast(pa.string())
    return pc.if_else(pc.equal(status, "open"), pa.scalar(None, pa.string()), status)


def moments(column: Any) -> Any:
    """Moments as JSON strings in ISO 8601 (UTC)."""
    return quoted(pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ"))


def where_known(*parts: Any) -> Any:
    """``joined``, empty where a part is null."""
    return pc.fill_null(joined(*parts), "")
