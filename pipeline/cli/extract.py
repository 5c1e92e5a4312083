"""``claims extract``: the claims of some files, with neither server nor database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.assembly import Extraction
    from pipeline.records import Document


Models = Annotated[
    Path | None,
    typer.Option(help="Folder of weights that `claims train` wrote.", envvar="CLAIMS_MODELS", show_envvar=True),
]


class Format(StrEnum):
    """How claims are printed."""

    table = "table"
    jsonl = "jsonl"
    json = "json"
    html = "html"


def extract(
    files: Annotated[list[str], typer.Argument(help="Articles; - reads standard input.", metavar="FILE")],
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="table for people; jsonl: a claim a line; json; html: a page.")
    ] = Format.table,
    models: Models = None,
) -> None:
    """Print the claims in articles, with neither server nor database.

    Examples:

    * `claims extract corpora/us-korea/us-korea.txt`
    * `cat article.html | claims extract - --format jsonl`
    * `claims extract article.md --format html > article-claims.html`
    """
    from pipeline.cli import render

    printers: dict[Format, Callable[[Iterator[Extraction]], None]] = {
        Format.table: render.tables,
        Format.jsonl: print_lines,
        Format.json: print_array,
        Format.html: print_page,
    }
    failed: list[str] = []
    printers[format_](extractions(files, failed, models))
    if failed:
        if len(files) == 1:
            raise InputError(failed[0])
        raise InputError(f"{len(failed)} of {len(files)} inputs could not be read (see above)")


def extractions(files: list[str], failed: list[str], models: Path | None) -> Iterator[Extraction]:
    """What each file gives, in order; one that cannot be read is told and left out."""
    nlp = None
    for name in files:
        try:
            document = read(name)
            from pipeline.extraction import extract_documents, pipeline_with

            if models is not None and nlp is None:
                nlp = pipeline_with(str(models))
            yield from extract_documents([document], nlp)
        except InputError as error:
            failed.append(str(error))
            if len(files) > 1:
                print("error:", error, file=sys.stderr)


def read(name: str) -> Document:
    """The article in a file, or on standard input for "-", where HTML is known by how it begins."""
    from pipeline import ingest

    if name != "-":
        return ingest.read(Path(name))
    raw = sys.stdin.buffer.read()
    start = raw[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    media_type = "text/html" if start.startswith((b"<!doctype html", b"<html", b"<?xml")) else "text/plain"
    return ingest.read_bytes(raw, uri="-", media_type=media_type, name="standard input")


def print_lines(found: Iterator[Extraction]) -> None:
    """One claim a line."""
    for extraction in found:
        for claim in extraction.claims:
            print(json.dumps(claim.to_dict(), ensure_ascii=False))


def print_array(found: Iterator[Extraction]) -> None:
    """A JSON array with one object per input, written as they come."""
    opening = "["
    for extraction in found:
        print(opening, json.dumps(extraction.to_dict(), ensure_ascii=False, indent=1), sep="\n", end="")
        opening = ","
    print("[]" if opening == "[" else "\n]")


def print_page(found: Iterator[Extraction]) -> None:
    """A web page that needs no other file."""
    from pipeline.cli.page import page

    print(page(list(found)))
