"""Reading files and bytes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import ingest
from pipeline.errors import InputError

ARTICLE = (
    "Rail plan approved\n\nBy Jane Doe\n\n4 March 2024\n\nThe ministry said that the plan would cost £3bn — and more.\n"
)


def test_ingest_text_is_the_decoded_text_itself(tmp_path: Path) -> None:
    path = tmp_path / "rail.txt"
    path.write_bytes(b"\xef\xbb\xbf" + f"  {ARTICLE}\n ".encode())
    document = ingest.read(path)
    assert document.text == f"  {ARTICLE}\n "
    assert document.doc_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document.uri == path.as_posix()
    assert document.title == "Rail plan approved"
    assert document.byline == "Jane Doe"
    assert document.published == date(2024, 3, 4)
    assert document.language == "en"
    assert document.media_type == "text/plain"


def test_ingest_line_ends_are_kept(tmp_path: Path) -> None:
    raw = ARTICLE.replace("\n", "\r\n").encode()
    document = ingest.read_bytes(raw, uri="x.txt")
    assert document.text.encode() == raw
    assert document.title == "Rail plan approved"


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("empty.txt", b"", "is empty"),
        ("blank.txt", b" \n\n\t", "is empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "a PNG image"),
        ("noise.txt", bytes(range(256)) * 9, "binary"),
        ("article.xyz", b"words", "extension '.xyz' is unknown"),
        ("article", b"words", "no extension"),
        ("signs.txt", b"--- *** !!! \n", "no text found"),
        ("chrome.txt", b"Share this article\n\nAdvertisement\n", "no text found"),
        ("empty.html", b"<html><body></body></html>", "no"),
        ("bad.md", b"---\ntitle: [\n---\nText.", "front matter"),
        ("wide.txt", b"\xff\xfea", "cannot be read as utf-16"),
    ],
)
def test_ingest_bad_input_is_one_clear_line(tmp_path: Path, name: str, raw: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    with pytest.raises(InputError, match=re.escape(said)) as caught:
        ingest.read(path)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_ingest_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        ingest.read(tmp_path / "none.txt")
    with pytest.raises(InputError, match="is a folder"):
        ingest.read(tmp_path)


def test_ingest_unknown_media_type() -> None:
    with pytest.raises(InputError, match="no reader for image/png"):
        ingest.read_bytes(b"words", media_type="image/png")


@pytest.mark.parametrize("media_type", sorted(ingest.READERS))
@settings(max_examples=40, deadline=None)
@given(raw=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda s: s.encode("utf-8", "surrogatepass"))))
def test_ingest_any_bytes_are_read_or_refused(media_type: str, raw: bytes) -> None:
    try:
        document = ingest.read_bytes(raw, media_type=media_type, name="input")
    except InputError:
        return
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text)
        end = block.end


def test_ingest_of_text_loads_no_heavy_library(tmp_path: Path) -> None:
    path = tmp_path / "rail.txt"
    path.write_text(ARTICLE * 3, "utf-8")
    heavy = "trafilatura lxml markdown_it py3langid charset_normalizer"
    code = (
        "import sys\nfrom pipeline import ingest\n"
        f"before = set(sys.modules)\nassert ingest.read({str(path)!r}).language == 'en'\n"
        f"print([m for m in {heavy.split()!r} if m in set(sys.modules) - before])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
