"""Describe the dataset in Croissant (https://docs.mlcommons.org/croissant/docs/croissant-spec.html, version 1.0)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.publish import fields
from pipeline.publish.fields import Field, Table
from pipeline.publish.inventory import File

NAME = "croissant.json"
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The JSON-LD context that the specification gives."""


def description(files: Mapping[str, File]) -> bytes:
    """The text of ``croissant.json``: every file with its checksum, every table read from its Parquet file."""
    about = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "policy-claims",
        "description": fields.ABOUT,
        "distribution": [_file(f) for t in fields.TABLES for f in (files[f"{t.name}.csv"], files[f"{t.name}.parquet"])],
        "recordSet": [_records(t) for t in fields.TABLES],
    }
    return json.dumps(about, indent=1, ensure_ascii=False).encode() + b"\n"


def _file(file: File) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentUrl": file.name,
        "contentSize": f"{file.size} B",
        "encodingFormat": "text/csv" if file.name.endswith(".csv") else "application/x-parquet",
        "sha256": file.sha256,
    }


def _records(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
        "field": [_field(table, f) for f in table.fields],
    }


def _field(table: Table, field: Field) -> dict[str, Any]:
    out: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{field.name}",
        "name": field.name,
        "description": field.description,
        "dataType": _type(field.type),
        "source": {"fileObject": {"@id": f"{table.name}.parquet"}, "extract": {"column": field.name}},
    }
    if pa.types.is_list(field.type):
        out["repeated"] = True
    linked = table.links.get((field.name,))
    if linked and linked[0]:
        out["references"] = {"field": {"@id": f"{linked[0]}/{linked[1][0]}"}}
    return out


def _type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return "sc:Float"
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_date(kind):
        return "sc:Date"
    return "sc:DateTime" if pa.types.is_timestamp(kind) else "sc:Text"
