"""Zip archives of articles. Nothing is ever unpacked to disk, so a member's path can lead nowhere."""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.errors import InputError
from pipeline.ingest.item import Item, media_type_of

MAX_BYTES = 500_000_000
MAX_MEMBER = 100_000_000
MAX_MEMBERS = 100_000
"""What an archive may unpack to, in all and a member: a decompression bomb is refused before it goes off."""

UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
)
"""What the standard library raises for members that are damaged, encrypted or packed in unknown ways."""


def open_zip(raw: bytes, name: str) -> zipfile.ZipFile:
    """The archive. Raises ``InputError`` for one that is damaged or would unpack to too much."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        raise InputError(f"{name} is damaged: it cannot be unpacked; get or pack it again") from None
    sizes = [member.file_size for member in archive.infolist()]
    if sum(sizes) > MAX_BYTES or max(sizes, default=0) > MAX_MEMBER or len(sizes) > MAX_MEMBERS:
        archive.close()
        raise InputError(f"{name} would unpack to {sum(sizes):,} bytes in {len(sizes):,} files, too much; split it up")
    return archive


def items(item: Item, name: str) -> Iterator[Item]:
    """The members of a format that is known, in the archive's order. Raises ``InputError`` for a bad archive."""
    with open_zip(item.raw, name) as archive:
        for member in archive.infolist():
            path = PurePosixPath(member.filename)
            hidden = any(re.match(r"\.[^.]|__MACOSX", part) for part in path.parts)
            if member.is_dir() or hidden or (media_type := media_type_of(path.name)) is None:
                continue
            inner = Item(b"", f"{item.uri}#{member.filename}", media_type)
            try:
                yield replace(inner, raw=archive.read(member))
            except UNPACKING_ERRORS as error:
                why = "encrypted" if "encrypted" in str(error) else "damaged"
                yield replace(inner, problem=f"{name}: its member {member.filename} is {why}; pack it again")
