"""Review decisions in git, and claims to and from the annotation tools that people use."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pipeline.errors import InputError
from pipeline.review.exchange.marks import Annotated, TextOf

FORMATS = {
    "label-studio": "label_studio",
    "doccano": "doccano",
    "brat": "brat",
    "prodigy": "prodigy",
    "web-annotation": "web_annotation",
    "docbin": "docbin",
}
"""The name of a format -> the module of this package that reads and writes it."""


def write(form: str, found: Iterable[Annotated], path: Path) -> None:
    """Write marked texts in a format; brat's is a folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer: Callable[[Iterable[Annotated], Path], None] = _module(form).write
    writer(found, path)


def read(form: str, path: Path, text_of: TextOf) -> Iterator[Annotated]:
    """The marked texts of a file (brat: a folder); ``InputError`` where it is not of that format."""
    reader: Callable[[Path, TextOf], Iterator[Annotated]] = _module(form).read
    try:
        yield from reader(path, text_of)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not in the format {form} ({type(error).__name__}: {error})") from None


def _module(form: str) -> ModuleType:
    if form not in FORMATS:
        raise InputError(f"{form}: no such format; choose one of {', '.join(FORMATS)}")
    return import_module(f"{__name__}.{FORMATS[form]}")
