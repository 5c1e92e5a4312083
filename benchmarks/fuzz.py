"""Damage files of every format at random and read them: ``python -m benchmarks.fuzz [SECONDS_PER_FORMAT] [SEED]``.

A reader may give a document or an ``InputError``; anything else, an answer that breaks the contract of blocks or one
that takes longer than the limit is a finding, printed with the seed that makes it again. Archives are damaged as a
whole and inside of a member in turn. Exit code 1 where there is any finding.

What it found so far, each now bounded or refused and held by a test: Markdown with many open brackets or unclosed
comments took seconds, growing with the square of the length; Word files whose document properties are of another kind,
feeds that refer to characters that do not exist and web archives whose records lack headers raised errors of the
libraries; web archives with wrong lengths made a library print their content.
"""

from __future__ import annotations

import io
import random
import sys
import time
import traceback
import zipfile

from benchmarks.ingest import made, sample
from pipeline import ingest
from pipeline.errors import InputError
from pipeline.records import Document

PARAGRAPHS = 12
LIMIT = 10.0
"""Seconds for one small file."""

TOKENS = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n\n\n", b"9" * 400, b'"', b"{", b"[" * 200),
    *(b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xe2\x80\x8b", "📌".encode(), b"\\ud800", b"&#xD800;", b"&lt;"),
    *(b"<", b">", b"<div>" * 50, b"</p>", b"<table><tr><td>", b"<!--", b"<script>", b"<w:tbl/>", b"<w:p/>"),
    *(b"- " * 60, b"> " * 60, b"# ", b"---\n", b"| a | b |\n|---|---|\n"),
    *(b"[", b"![", b"[^1]", b"\n[^1]: ", b"<sup><a href='#n'>1</a></sup>", b"<li id='n'>", b"<item>", b"]]>", b'","'),
    *(b"%PDF-1.7", b"endobj", b"stream", b"PK\x03\x04"),
)
"""What mutations put in: marks that one format or another takes for its own."""


def main() -> int:
    """Fuzz each reader for a while; returns how many findings there were."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    findings = 0
    for name, media_type, raw in made(sample()[:PARAGRAPHS]):
        found, tried, refused, slowest = fuzz(raw, media_type, seconds, seed)
        print(f"{name}: {tried} files, {refused} refused, slowest {slowest:.2f} s, {len(found)} findings")
        for number, what in found[:5]:
            print(f"  seed {number}: {what}")
        findings += len(found)
    return findings


def fuzz(raw: bytes, media_type: str, seconds: float, seed: int) -> tuple[list[tuple[int, str]], int, int, float]:
    """Findings (with their seeds), how many files were tried and refused, and the longest time for one."""
    found: list[tuple[int, str]] = []
    refused, slowest, number, start = 0, 0.0, seed, time.monotonic()
    while time.monotonic() - start < seconds:
        damaged = mutated(raw, random.Random(number))
        if number % 4 and raw.startswith(b"PK"):
            damaged = mutated_inside(raw, random.Random(number))
        before = time.process_time()
        try:
            for item in ingest.opened(ingest.Item(damaged, "input", media_type), "input"):
                check(ingest.read_item(item))
        except InputError as error:
            refused += 1
            if "\n" in str(error):
                found.append((number, f"a message of several lines: {str(error)!r}"))
        except Exception:
            found.append((number, traceback.format_exc(limit=-2).replace("\n", " ")))
        took = time.process_time() - before
        if took > LIMIT:
            found.append((number, f"took {took:.1f} s"))
        slowest, number = max(slowest, took), number + 1
    return found, number - seed, refused, slowest


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """The bytes with some of them changed, cut out, repeated or joined by tokens."""
    out = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 4, 16, 64))):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(5):
            case 0:
                out[at : at + 1] = bytes((chance.randrange(256),))
            case 1:
                del out[at : at + chance.choice((1, 4, 100, 5000))]
            case 2:
                out[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 1, 50))
            case 3:
                out[at:at] = out[at : at + chance.choice((10, 1000))] * chance.choice((1, 20))
            case _:
                out[at:at] = chance.randbytes(chance.choice((1, 8, 64)))
        if len(out) < 8:
            break
    return bytes(out)


def mutated_inside(raw: bytes, chance: random.Random) -> bytes:
    """The archive with one of its members changed and packed again."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        victim = chance.choice(before.namelist() + [name for name in before.namelist() if "document" in name] * 5)
        for name in before.namelist():
            after.writestr(name, mutated(before.read(name), chance) if name == victim else before.read(name))
    return out.getvalue()


def check(document: Document) -> None:
    """``AssertionError`` where the blocks are not sorted, apart and inside the text."""
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text), block
        end = block.end
    document.text.encode()


if __name__ == "__main__":
    sys.exit(min(main(), 1))
