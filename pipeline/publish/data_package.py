"""Describe the dataset as a Frictionless Data Package (https://specs.frictionlessdata.io, version 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline.publish import fields, versions
from pipeline.publish.fields import Field, Table
from pipeline.publish.inventory import File

NAME = versions.PACKAGE


def package(files: Mapping[str, File], rows: Mapping[str, int], publications: Sequence[versions.Entry]) -> bytes:
    """The text of ``datapackage.json``; it holds nothing that changes from run to run.

    ``version`` is the number of the publication, ``publications`` all of them with the digests of their inputs.
    """
    tables = [r for t in fields.TABLES for r in (_csv(t, files, rows), _parquet(t, files))]
    changes = [_changes(p["number"], files) for p in publications[1:]]
    description = {
        "profile": "data-package",
        "name": "policy-claims",
        "title": "Claims extracted from policy articles",
        "description": fields.ABOUT,
        "version": str(publications[-1]["number"]),
        "publications": list(publications),
        "resources": tables + changes,
    }
    return json.dumps(description, indent=1, ensure_ascii=False).encode() + b"\n"


def _csv(table: Table, files: Mapping[str, File], rows: Mapping[str, int]) -> dict[str, Any]:
    return {
        "name": table.name.replace("_", "-"),
        "type": "table",
        "profile": "tabular-data-resource",
        "description": table.description,
        **_file(files[f"{table.name}.csv"]),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "rows": rows[table.name],
        "schema": {
            "fields": [_field(f) for f in table.fields],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {"fields": list(columns), "reference": {"resource": target.replace("_", "-"), "fields": list(referred)}}
                for columns, (target, referred) in table.links.items()
            ],
        },
    }


def _changes(number: int, files: Mapping[str, File]) -> dict[str, Any]:
    table = versions.CHANGES
    return {
        "name": f"changes-{number:04}",
        "type": "table",
        "profile": "tabular-data-resource",
        "description": f"{table.description} Publication {number}.",
        **_file(files[versions.name_of(number)]),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": [_field(f) for f in table.fields], "primaryKey": list(table.key)},
    }


def _parquet(table: Table, files: Mapping[str, File]) -> dict[str, Any]:
    return {
        "name": table.name.replace("_", "-") + "-parquet",
        "type": "file",
        "description": f"{table.name} as Parquet, with exact types.",
        **_file(files[f"{table.name}.parquet"]),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
    }


def _file(file: File) -> dict[str, Any]:
    return {"path": file.name, "bytes": file.size, "hash": f"sha256:{file.sha256}"}


def _field(field: Field) -> dict[str, Any]:
    out: dict[str, Any] = {"name": field.name, "type": _type(field.type), "description": field.description}
    constraints: dict[str, Any] = {"required": True} if field.required and field.type != pa.string() else {}
    if field.choices:
        constraints["enum"] = list(field.choices)
    return out | ({"constraints": constraints} if constraints else {})


def _type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return "number"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "datetime"
    return "array" if pa.types.is_list(kind) else "string"
