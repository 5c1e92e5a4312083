"""The store's rows as Arrow columns, without a Python object for each row on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.publish.fields import DECIMAL, MOMENT, TEXTS, Table
from pipeline.store.types import ExactDecimal, Text, UtcDateTime, plain_decimal

SCALE = Decimal(1).scaleb(-DECIMAL.scale)
EXACT = Context(prec=DECIMAL.precision)
BATCH = 2000
"""Rows taken from the database at once: few enough to stay in the processor's cache."""
AS_TEXT: Mapping[type, pa.DataType] = {sa.JSON: TEXTS, ExactDecimal: DECIMAL, sa.Date: pa.date32()}
"""Types that the database hands over as text, for all values of a column to be read at once."""
AS_IS: Mapping[type, pa.DataType] = {
    sa.Boolean: pa.bool_(),
    sa.Integer: pa.int32(),
    sa.Float: pa.float64(),
    UtcDateTime: MOMENT,
    sa.String: pa.string(),
    Text: pa.string(),
}


def fetch(connection: Connection, table: sa.Table, doc_ids: Sequence[str]) -> pa.Table:
    """The rows of a table of the store that belong to these articles, in no order."""
    ours = table.c.doc_id.in_(sa.bindparam("ids", list(doc_ids), sa.String, expanding=True))
    asked = [sa.cast(c, sa.Text).label(c.name) if type(c.type) in AS_TEXT else c for c in table.columns]
    found: list[list[pa.Array]] = [[] for _ in asked]
    for rows in connection.execute(sa.select(*asked).where(ours)).partitions(BATCH):
        for column, kept, values in zip(table.columns, found, zip(*rows, strict=True), strict=True):
            kept.append(pa.array(values, AS_IS.get(type(column.type), pa.string())))
    return pa.table({c.name: _read(c.type, kept) for c, kept in zip(table.columns, found, strict=True)})


def _read(kind: sa.types.TypeEngine[Any], pieces: list[pa.Array]) -> pa.Array:
    """The values of a column from the pieces in which it came."""
    target = AS_TEXT.get(type(kind))
    if target is None:
        return pa.chunked_array(pieces, AS_IS[type(kind)])
    texts = whole(pa.chunked_array(pieces, pa.string()))
    if target == TEXTS:
        return each(texts, json.loads, TEXTS)
    return decimals(texts) if target == DECIMAL else texts.cast(target)


def from_rows(
    table: sa.Table, rows: Sequence[Mapping[str, Any]], more: Mapping[str, pa.DataType] | None = None
) -> pa.Table:
    """Rows for a table of the store as ``fetch`` gives them, with columns of the types in ``more`` behind them."""
    types = {c.name: AS_TEXT.get(type(c.type)) or AS_IS[type(c.type)] for c in table.columns} | dict(more or {})
    found = {name: [row.get(name) for row in rows] for name in types}
    exact = [name for name, kind in types.items() if kind == DECIMAL]
    texts = {
        name: pa.array([None if v is None else plain_decimal(v) for v in found[name]], pa.string()) for name in exact
    }
    arrays = [decimals(texts[name]) if name in texts else pa.array(found[name], kind) for name, kind in types.items()]
    return pa.table(arrays, names=list(types))


def decimals(texts: pa.Array) -> pa.Array:
    """Numbers as the published tables hold them; rounded where they have more places than these."""
    long = pc.fill_null(pc.match_substring_regex(texts, rf"\.\d{{{DECIMAL.scale + 1}}}|[eE]"), False)
    rounded = [Decimal(t).quantize(SCALE, context=EXACT) for t in texts.filter(long).to_pylist()]
    short = pc.replace_with_mask(texts, long, pa.nulls(len(rounded), pa.string()))
    return pc.replace_with_mask(short.cast(DECIMAL), long, pa.array(rounded, DECIMAL))


def each(texts: pa.Array, read: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """What ``read`` makes of each text; called once for each different one."""
    coded = texts.dictionary_encode()
    return pa.array([read(t) for t in coded.dictionary.to_pylist()], kind).take(coded.indices)


def of_table(table: Table, columns: Mapping[str, Any]) -> pa.Table:
    """A published table of exactly the described columns, from columns by name (lists, Arrow arrays)."""
    arrays = []
    for field in table.fields:
        column = columns[field.name]
        if field.choices:
            known = pa.array(field.choices)
            kinds = column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column, pa.string())
            codes = pc.index_in(kinds, value_set=known).cast(pa.int8())
            column = pa.DictionaryArray.from_arrays(whole(codes), known)
        elif isinstance(column, list):
            column = pa.array(column, field.type)
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=table.schema)


def whole(column: Any) -> pa.Array:
    """A column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def place(values: Any, among: Any) -> pa.Array:
    """The position of each value in another column; null where it is not there."""
    return whole(pc.index_in(whole(values), value_set=whole(among)))


def words(texts: Sequence[str], rows: pa.Table, name: str = "") -> pa.Array:
    """The words of the span whose ends stand in two columns; ``at`` says in which text."""
    ends = (f"{name}_start", f"{name}_end") if name else ("start", "end")
    at, start, end = (rows[c].to_pylist() for c in ("at", *ends))
    spans = zip(at, start, end, strict=True)
    return pa.array([None if s is None else texts[i][s:e] for i, s, e in spans], pa.string())


def json_texts(column: Any) -> pa.Array:
    """Each text as a JSON string; ``json.dumps`` is asked only where something must be escaped."""
    texts = whole(column)
    plain = pc.binary_join_element_wise('"', texts, '"', "")
    special = pc.fill_null(pc.match_substring_regex(texts, r'[\x00-\x1f"\\]'), False)
    escaped = [json.dumps(t, ensure_ascii=False) for t in texts.filter(special).to_pylist()]
    return pc.replace_with_mask(plain, special, pa.array(escaped, pa.string()))


def json_lists(column: Any) -> pa.Array:
    """Each list of texts as a JSON array."""
    lists = whole(column)
    starts = pc.cumulative_sum(pc.fill_null(pc.list_value_length(lists), 0))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), starts.cast(pa.int32())])
    items = pa.ListArray.from_arrays(offsets, json_texts(lists.flatten()), mask=lists.is_null())
    return pc.binary_join_element_wise("[", pc.binary_join(items, ", "), "]", "")
