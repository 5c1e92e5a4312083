"""The data dictionary: every column of every table, as a page."""

from __future__ import annotations

import pyarrow as pa

from pipeline.publish import fields
from pipeline.publish.fields import Field, Table

NAME = "dictionary.md"


def page() -> bytes:
    """The text of ``dictionary.md``."""
    parts = ["# Data dictionary", fields.ABOUT, *(_section(t) for t in fields.TABLES)]
    return ("\n\n".join(parts) + "\n").encode()


def _section(table: Table) -> str:
    links = {c: target for columns, target in table.links.items() for c in columns}
    lines = ["| column | type | empty | meaning |", "|---|---|---|---|"]
    for field in table.fields:
        meaning = field.description + _values(field)
        if field.name in links:
            target, columns = links[field.name]
            meaning += f" (→ {target or table.name}.{columns[0]})"
        lines.append(f"| {field.name} | {type_name(field.type)} | {'no' if field.required else 'yes'} | {meaning} |")
    key = f"Key: {', '.join(table.key)}."
    return "\n".join([f"## {table.name}", "", f"{table.description} {key}", "", *lines])


def _values(field: Field) -> str:
    return f": {', '.join(field.choices)}" if field.choices else ""


def type_name(kind: pa.DataType) -> str:
    """What people call the type of a column."""
    if pa.types.is_dictionary(kind):
        return "category"
    if pa.types.is_list(kind):
        return "list of text"
    if pa.types.is_timestamp(kind):
        return "moment (UTC)"
    names = {pa.int32(): "integer", pa.float64(): "number", pa.bool_(): "yes/no", pa.date32(): "date"}
    return names.get(kind, "exact decimal" if pa.types.is_decimal(kind) else "text")
