"""Word documents."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import docx
import pytest

from pipeline import ingest
from pipeline.errors import InputError
from pipeline.records import Document

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def packed(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read(raw: bytes) -> Document:
    return ingest.read_bytes(raw, media_type=DOCX, name="plan.docx")


def article() -> Document:
    source = docx.Document()
    source.core_properties.title = "Rail and Money"
    source.core_properties.author = "Jane Doe"
    source.core_properties.created = datetime(2024, 3, 4, 9)
    source.add_paragraph("Rail plan approved", style="Title")
    source.add_paragraph("The ministry said that the plan would cost £3bn, and that it was not sorry.")
    source.add_heading("Costs", 1)
    source.add_paragraph("We will not pay a cent.", style="Quote")
    source.add_heading("In the north", 2)
    source.add_paragraph("Bridges", style="List Bullet")
    source.add_paragraph("Tunnels", style="List Bullet")
    source.add_paragraph().add_run("What is next").bold = True
    table = source.add_table(2, 2)
    for cell, text in zip(table._cells, ("Year", "Cost", "2025", "$4bn"), strict=True):
        cell.text = text
    source.add_paragraph("Figure 1: the bridge.", style="Caption")
    return read(packed(source))


def test_docx_styles_give_the_blocks() -> None:
    doc = article()
    assert [(b.kind, doc.text[b.start : b.end]) for b in doc.blocks] == [
        ("title", "Rail plan approved"),
        ("paragraph", "The ministry said that the plan would cost £3bn, and that it was not sorry."),
        ("heading", "Costs"),
        ("quote", "We will not pay a cent."),
        ("heading", "In the north"),
        ("list_item", "Bridges"),
        ("list_item", "Tunnels"),
        ("heading", "What is next"),
        ("table_cell", "Year"),
        ("table_cell", "Cost"),
        ("table_cell", "2025"),
        ("table_cell", "$4bn"),
        ("caption", "Figure 1: the bridge."),
    ]


def test_docx_sections_nest() -> None:
    doc = article()
    found = {doc.text[b.start : b.end]: b.section for b in doc.blocks}
    assert found["Bridges"] == ("Costs", "In the north")
    assert found["$4bn"] == ("Costs", "In the north", "What is next", "2025", "Cost")


def test_docx_metadata() -> None:
    doc = article()
    assert (doc.title, doc.byline, doc.published) == ("Rail plan approved", "Jane Doe", date(2024, 3, 4))


def test_docx_that_is_another_zip_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "Words.")
    for raw in (out.getvalue(), b"PK\x03\x04 broken", packed(docx.Document())[:-300]):
        with pytest.raises(InputError, match=r"plan\.docx"):
            read(raw)


def test_docx_that_would_unpack_to_too_much_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(101_000_000))
    with pytest.raises(InputError, match="too much"):
        read(out.getvalue())


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("docProps/core.xml", b"cp:coreProperties", b"cp:other"),
        ("[Content_Types].xml", b"core-properties+xml", b"core-other+xml"),
    ],
)
def test_docx_damaged_properties_are_told_in_one_line(part: str, old: bytes, new: bytes) -> None:
    source, out = docx.Document(), io.BytesIO()
    source.add_paragraph("The ministry said that the plan would cost £3bn.")
    with zipfile.ZipFile(io.BytesIO(packed(source))) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            raw = before.read(name)
            assert name != part or old in raw
            after.writestr(name, raw.replace(old, new) if name == part else raw)
    with pytest.raises(InputError, match="cannot be read as a Word document"):
        read(out.getvalue())
