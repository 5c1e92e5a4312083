"""Bytes -> text: which encoding, and whether the bytes are text at all."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from pipeline.errors import InputError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, the longer before the shorter that begins alike."""

MAGIC = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip archive (or an office document)",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "gzip-compressed",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"SQLite format 3\x00": "an SQLite database",
}
"""First bytes of the binary files that people mistake for text."""

CONTROL = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b") + b"\x7f"
BINARY_SHARE = 0.01
SAMPLE = 65536
WESTERN_SHARE = 0.1
"""Up to this share of bytes beyond ASCII a text is taken for a Western European language, and up to so many bytes."""
WESTERN_BYTES = 4

MOJIBAKE = re.compile(r"[ÃÂâÐÑÅÄ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
"""How a character of two bytes or more in UTF-8 looks when it is decoded as Windows-1252 or Latin-1."""

TYPOGRAPHIC = re.compile(r"[‘’“”–—…£€•§]|(?<=[a-z])[à-öø-ÿ]|[à-öø-ÿ](?=[a-z])")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was in, and how many of its lines had been decoded wrongly before ("â€™" for "’")."""

    text: str
    encoding: str
    repaired_lines: int = 0


def decode(raw: bytes, name: str, declared: str | None = None) -> Decoded:
    """The text of the bytes: by byte order mark, as UTF-8, as declared by the page or its server, else as detected.

    Lines that somebody decoded wrongly before they came here are mended. Raises ``InputError``, which names the source,
    where the bytes are empty, not text, or in no known encoding.
    """
    encoding = encoding_of(raw, name, declared)
    errors = "replace" if encoding == "utf-8" else "strict"
    try:
        text = raw.decode(encoding, errors)
    except UnicodeError as error:
        raise InputError(f"{name} cannot be read as {encoding}: {error}; save it as UTF-8") from None
    return mended(text, encoding)


def mended(text: str, encoding: str) -> Decoded:
    """The text with mojibake undone, line by line, by ftfy."""
    if not MOJIBAKE.search(text):
        return Decoded(text, encoding)
    from ftfy import fix_encoding  # slow to import, seldom needed

    lines = text.split("\n")
    fixed = [fix_encoding(line) if MOJIBAKE.search(line) else line for line in lines]
    return Decoded("\n".join(fixed), encoding, sum(1 for a, b in zip(lines, fixed, strict=True) if a != b))


def encoding_of(raw: bytes, name: str, declared: str | None) -> str:
    """The encoding of the bytes; ``InputError`` where they are no text."""
    if not raw.strip():
        raise InputError(f"{name} is empty: nothing to read")
    for bom, codec in BOMS:
        if raw.startswith(bom):
            return codec
    refuse_binary(raw, name)
    if wide := wide_codec(raw):
        return wide
    for guess in filter(None, ("utf-8", declared)):
        if attempt(raw, guess) is not None:
            return guess
    return "utf-8" if is_damaged_utf8(raw) else detect(raw, name)


def attempt(raw: bytes, codec: str) -> str | None:
    """The text, or nothing where the bytes do not fit the encoding or nobody knows it."""
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def refuse_binary(raw: bytes, name: str) -> None:
    """``InputError`` for the first bytes of a known binary format, or too many control characters for a text."""
    for magic, what in MAGIC.items():
        if raw.startswith(magic):
            raise InputError(f"{name} is {what}, not text: give its article as text, Markdown or HTML")
    sample = raw[:SAMPLE]
    controls = len(sample) - len(sample.translate(None, CONTROL))
    if controls > BINARY_SHARE * len(sample) and not wide_codec(raw):
        raise InputError(f"{name} is a binary file, not text: give its article as text, Markdown or HTML")


def wide_codec(raw: bytes) -> str | None:
    """UTF-16 without a byte order mark, told by the zeros in every other byte."""
    sample = raw[: min(len(raw), SAMPLE) // 2 * 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) < 4 or max(even, odd) < 0.3 * len(sample) / 2 or min(even, odd) > 0.01 * len(sample):
        return None
    codec = "utf-16-le" if odd > even else "utf-16-be"
    return codec if attempt(raw, codec) is not None else None


def is_damaged_utf8(raw: bytes) -> bool:
    """Whether the bytes are UTF-8 but for a few: a file cut in the middle of a character, say."""
    text = raw.decode("utf-8", "replace")
    whole = sum(1 for c in text if c > "\x7f" and c != "\ufffd")
    return whole >= 10 * text.count("\ufffd")


def detect(raw: bytes, name: str) -> str:
    """The likeliest legacy encoding; ``InputError`` where none fits."""
    beyond = sum(1 for b in raw[:SAMPLE] if b > 0x7F)
    if beyond <= max(WESTERN_BYTES, WESTERN_SHARE * len(raw[:SAMPLE])):
        texts = {codec: attempt(raw, codec) for codec in ("cp1252", "mac_roman", "latin-1")}
        fitting = {codec: len(TYPOGRAPHIC.findall(text)) for codec, text in texts.items() if text is not None}
        return max(fitting, key=lambda codec: fitting[codec])
    from charset_normalizer import from_bytes  # slow to import, seldom needed

    best = from_bytes(raw[:SAMPLE]).best()
    if best is None:
        raise InputError(f"{name} is in no encoding that can be told: save it as UTF-8")
    return best.encoding
