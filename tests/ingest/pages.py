"""Makes small PDF files for tests: lines of text at given places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Put:
    """A line of text at a place of a page (points from the lower left), in Helvetica or its bold."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False


def pdf(pages: list[list[Put]], **meta: str) -> bytes:
    """A PDF file (ISO 32000-1) with the lines on its pages; ``meta`` goes into its information dictionary."""
    count = len(pages)
    kids = " ".join(f"{5 + 2 * i} 0 R" for i in range(count))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
    ]
    for i, lines in enumerate(pages):
        content = b"\n".join(shown(put) for put in lines)
        box = "/MediaBox [0 0 595 842] /Resources << /Font << /F0 3 0 R /F1 4 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {6 + 2 * i} 0 R >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    info = " ".join(f"/{key} {literal(value).decode('latin-1')}" for key, value in meta.items())
    objects.append(f"<< {info} >>".encode("latin-1"))
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    )
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def shown(put: Put) -> bytes:
    """The operators that show a line."""
    return b"BT /F%d %g Tf %g %g Td %s Tj ET" % (put.bold, put.size, put.x, put.y, literal(put.text))


def literal(text: str) -> bytes:
    """A PDF string."""
    for sign in "\\()":
        text = text.replace(sign, f"\\{sign}")
    return f"({text})".encode("cp1252")


def column(x: float, top: float, lines: list[str], size: float = 10) -> list[Put]:
    """Lines below one another, as close as a book sets them."""
    return [Put(x, top - 1.2 * size * i, line, size) for i, line in enumerate(lines)]
