"""Files under a wrong name."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from pages import column, pdf

from pipeline import ingest
from pipeline.errors import InputError

SAID = "The ministry said that the plan would cost three billion pounds."
PAGE = f"<!DOCTYPE html><html><head><title>T</title></head><body><h1>Rail plan</h1><p>{SAID}</p></body></html>"


def word() -> bytes:
    out, document = io.BytesIO(), docx.Document()
    document.add_paragraph(SAID)
    document.save(out)
    return out.getvalue()


PDF = pdf([column(60, 780, [SAID])])


@pytest.mark.parametrize(
    ("name", "raw", "extension"),
    [
        ("page.txt", PAGE.encode(), ".html"),
        ("page.pdf", PAGE.encode(), ".html"),
        ("page.md", f"\n<?xml version='1.0'?>\n{PAGE}".encode(), ".html"),
        ("report.txt", PDF, ".pdf"),
        ("report.docx", PDF, ".pdf"),
        ("report.html", PDF, ".pdf"),
        ("notes.pdf", word(), ".docx"),
        ("notes.txt", word(), ".docx"),
        ("plain.html", f"Rail plan\n\n{SAID}".encode(), ".txt"),
    ],
)
def test_signature_tells_what_a_file_is(tmp_path: Path, name: str, raw: bytes, extension: str) -> None:
    (tmp_path / name).write_bytes(raw)
    doc = ingest.read(tmp_path / name)
    assert doc.media_type == ingest.MEDIA_TYPES[extension]
    assert doc.text.endswith(SAID)


@pytest.mark.parametrize("text", [f"He wrote <html> by hand. {SAID}", f"A page begins with <!DOCTYPE html>. {SAID}"])
def test_signature_leaves_text_about_pages_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8")
    assert ingest.read(tmp_path / "a.txt").text == text


def test_signature_page_in_utf_16_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(f"<p>{SAID}</p>".encode("utf-16"))
    assert ingest.read(tmp_path / "a.html").text == SAID


@pytest.mark.parametrize("name", ["a.doc", "a.odt", "a.rtf"])
def test_signature_other_office_files_are_told_how_to_be_saved(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"?")
    with pytest.raises(InputError, match=r"save it as \.docx or \.pdf"):
        ingest.read(tmp_path / name)
