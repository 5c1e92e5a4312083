"""Tables of articles: JSON, JSON Lines, CSV and TSV with a column of text."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.errors import InputError
from pipeline.ingest.dates import parse_date
from pipeline.ingest.encoding import decode
from pipeline.ingest.item import Item
from pipeline.ingest.language import normalise
from pipeline.ingest.reading import squeeze

MAX_FIELD = 20_000_000
"""A field of a CSV file of more characters than this is refused."""

IS_HTML = re.compile(r"\s*<(?:!doctype|html|body|article|div|p|h[1-6]|span|section)\b", re.IGNORECASE)
ARRAYS = ("articles", "data", "items", "documents", "results")
"""Under these names a JSON object holds its articles."""


@cache
def columns() -> Mapping[str, Sequence[str]]:
    """What a document has -> the names of columns that hold it."""
    raw = tomllib.loads(files("pipeline.knowledge.ingest").joinpath("columns.toml").read_text("utf-8"))
    return {str(field): tuple(names) for field, names in raw["columns"].items()}


def items(item: Item, name: str) -> Iterator[Item]:
    """One item a row, with what the row says of it. Raises ``InputError`` where no column holds text."""
    source = decode(item.raw, name, item.charset).text
    if item.media_type == "application/jsonl":
        rows = json_lines(source)
    elif item.media_type == "application/json":
        rows = enumerate(json_array(source, name), 1)
    else:
        rows = csv_rows(source, name, "\t" if item.media_type == "text/tab-separated-values" else None)
    read = 0
    for number, row in rows:
        uri = f"{item.uri}#row={number}"
        if not isinstance(row, Mapping):
            yield Item(
                b"", uri, "text/plain", problem=f"{name} row {number} is no object with fields; mend or remove it"
            )
            continue
        named = {str(key).strip().casefold(): value for key, value in row.items() if key is not None}
        column = next((c for c in columns()["text"] if c in named), None)
        if column is None:
            if not read:
                have = ", ".join(sorted(named)) or "none"
                raise InputError(
                    f"{name}: no column of text (it has: {have}); name the one that holds the articles 'text'"
                )
            yield Item(b"", uri, "text/plain", problem=f"{name} row {number} has no field {columns()['text'][0]!r}")
            continue
        read += 1
        yield row_item(item, uri, str(named[column] or ""), named, f"{name} row {number}")


def row_item(item: Item, uri: str, text: str, row: Mapping[str, Any], name: str) -> Item:
    """The article of a row."""
    said: dict[str, Any] = {}
    for field, names in columns().items():
        value = next((row[n] for n in names if row.get(n) not in (None, "")), None)
        if field != "text" and (
            told := squeeze(", ".join(map(str, value)) if isinstance(value, list) else str(value or ""))
        ):
            said[field] = told
    uri = said.pop("uri", uri)
    said["published"] = parse_date(said.get("published"))
    said["language"] = normalise(said.get("language"))
    said = {field: value for field, value in said.items() if value is not None}
    problem = None if text.strip() else f"{name} has no text"
    media_type = "text/html" if IS_HTML.match(text) else "text/plain"
    return Item(text.encode("utf-8", "replace"), uri, media_type, "utf-8", item.fetched_at, said, problem)


def json_lines(source: str) -> Iterator[tuple[int, Any]]:
    """The values of a JSON Lines file with their line numbers; ``None`` for a line that is malformed."""
    for number, line in enumerate(source.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, None


def json_array(source: str, name: str) -> Sequence[Any]:
    """The articles of a JSON file: its array, the array in its object, or the object itself."""
    try:
        value = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{name} is not JSON: {str(error)[:80]}; one object a line needs the extension .jsonl"
        ) from None
    if isinstance(value, Mapping):
        return next((value[key] for key in ARRAYS if isinstance(value.get(key), list)), [value])
    return value if isinstance(value, list) else [value]


def csv_rows(source: str, name: str, delimiter: str | None) -> Iterator[tuple[int, Any]]:
    """The rows of a CSV file by the names of its first row; the delimiter is the sign that this row has most of."""
    head = source.lstrip().split("\n", 1)[0]
    delimiter = delimiter or max(",;\t|", key=head.count)
    csv.field_size_limit(MAX_FIELD)
    reader = csv.DictReader(io.StringIO(source, newline=""), delimiter=delimiter)
    try:
        yield from enumerate(reader, 2)
    except csv.Error as error:
        raise InputError(f"{name} is not a CSV table: {error} near line {reader.line_num}") from None
