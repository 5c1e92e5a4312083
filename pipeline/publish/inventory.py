"""The files of a dataset with their sizes and checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAME = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class File:
    """A file; ``size`` in bytes."""

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> File:
        """What there is to say of a file."""
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            return cls(path.name, file.tell(), found)


def checksums(files: Iterable[File]) -> bytes:
    """The text of ``SHA256SUMS``, which ``sha256sum --check`` reads."""
    return "".join(f"{f.sha256}  {f.name}\n" for f in sorted(files, key=lambda f: f.name)).encode()
