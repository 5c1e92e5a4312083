"""Where trained weights come from: the package, or a folder that ``claims train`` wrote.

A folder may hold the weights of some components only; those of the others are the package's. The package's are used
only as they were released: ``pipeline/knowledge/weights.toml`` has the SHA-256 of each file. After new weights were put
there, ``make weights`` writes it anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from pipeline import records
from pipeline.errors import ClaimsError, InputError

NETWORK, DECISION = "attributions/network.npz", "attributions/decision.npz"
PREDICTIONS = "predictions/weights.json"
CHECK_WORTHINESS = "check_worthiness/weights.npz"
WEIGHTS = (NETWORK, DECISION, PREDICTIONS, CHECK_WORTHINESS)
"""The files of trained weights, below ``pipeline/knowledge`` and below a folder of one's own."""

WORD_VECTORS = "attributions/words.npz"
"""Vectors of frequent words: the package's alone, not trained on gold."""

RELEASED = "weights.toml"


@contextmanager
def weights(name: str, folder: str | None = None) -> Iterator[Path]:
    """The path of a file of weights: the folder's where it has one, else the package's."""
    own = Path(folder) / name if folder else None
    if own is not None and own.exists():
        yield own
        return
    with as_file(files("pipeline.knowledge").joinpath(name)) as path:
        verify(path, name)
        yield path


def verify(path: Path, name: str) -> None:
    """Raise ``ClaimsError`` unless a file of the package's weights is the one that was released."""
    if _hash(path) != released().get(name):
        advice = "install policy-claims again, or, where the weights are new, run `make weights`"
        raise ClaimsError(f"{path}: not the weights that {RELEASED} lists (damaged or replaced); {advice}")


@cache
def released() -> Mapping[str, str]:
    """The SHA-256 of each file of the package's weights."""
    text = files("pipeline.knowledge").joinpath(RELEASED).read_text("utf-8")
    hashes: dict[str, str] = tomllib.loads(text)["sha256"]
    return hashes


def release(folder: Path = Path(__file__).parent / "knowledge") -> None:
    """Write down the SHA-256 of each file of the package's weights."""
    lines = [f'"{name}" = "{_hash(folder / name)}"' for name in (*WEIGHTS, WORD_VECTORS)]
    head = "# Written by `make weights`: the weights as they are released.\n\n[sha256]\n"
    (folder / RELEASED).write_text(head + "\n".join(lines) + "\n", "utf-8")


def check(folder: str | Path) -> None:
    """Raise ``InputError`` unless there are trained weights in the folder."""
    if not any((Path(folder) / name).is_file() for name in WEIGHTS):
        raise InputError(f"{folder}: no trained models there; `claims train --out {folder}` writes them")


@contextmanager
def told(folder: str | None) -> Iterator[None]:
    """Say in one line that weights in a folder of one's own do not fit this program."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        if folder is None:
            raise
        raise InputError(
            f"{folder}: weights that this version cannot use ({error}); train again with `claims train`"
        ) from error


def digest(folder: str | None) -> str:
    """Differs whenever a file of weights in the folder does; empty without a folder."""
    own = [] if folder is None else [name for name in WEIGHTS if (Path(folder) / name).is_file()]
    return records.digest(*(p for n in own for p in (n, _hash(Path(str(folder)) / n)))) if own else ""


def _hash(path: Path) -> str:
    return records.digest_bytes(path.read_bytes())
