"""Speed of each reader in MB/s, and how well the article is found in a page: ``python -m benchmarks.ingest [FOLDER]``.

The files that are read for speed are made here from the repository's own articles. FOLDER, if given, holds pages and
what a person took for their article: ``NAME.html`` beside ``NAME.txt``. The measure is that of the usual benchmarks of
body extraction: precision, recall and F1 of word 4-grams, each page counting the same; trafilatura's own figures and
those of all text of the page are printed beside it. CPU seconds of one process.
"""

from __future__ import annotations

import io
import json
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path

import trafilatura
from rich.console import Console
from rich.table import Table

from pipeline import ingest
from pipeline.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
CHARS = 60_000
SECONDS = 2.0
SHINGLE = 4


def main() -> None:
    """Print the tables."""
    console = Console()
    console.print(speed_table())
    if len(sys.argv) > 1:
        console.print(body_table(Path(sys.argv[1])))


def sample() -> list[str]:
    """Paragraphs of the repository's own articles, repeated until they have enough characters."""
    files = [ROOT / "corpora" / "us-korea" / "us-korea.txt", *sorted((ROOT / "corpora" / "samples").glob("*.txt"))]
    paragraphs = [p for file in files if file.is_file() for p in file.read_text("utf-8").split("\n") if len(p) > 60]
    out: list[str] = []
    while sum(map(len, out)) < CHARS:
        out += (f"{paragraph} ({len(out)})" for paragraph in paragraphs)
    return out


def made(paragraphs: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
    """The name, media type and bytes of a file of each format with the same words."""
    text = "\n\n".join(paragraphs)
    html = (
        "<html><body><article><h1>A title</h1>"
        + "".join(f"<p>{escape(p)}</p>" for p in paragraphs)
        + "</article></body></html>"
    )
    yield "text", "text/plain", text.encode()
    yield "text, Windows-1252", "text/plain", text.encode("cp1252", "ignore")
    yield "Markdown", "text/markdown", "\n\n".join(f"## Part\n\n{one}" for one in paragraphs).encode()
    yield "HTML", "text/html", html.encode()
    yield "Word", ingest.MEDIA_TYPES[".docx"], word(paragraphs)
    yield "PDF", "application/pdf", printed(paragraphs)
    yield "e-mail", "message/rfc822", b"Subject: A title\nContent-Type: text/plain; charset=utf-8\n\n" + text.encode()
    yield "feed", "application/rss+xml", feed(paragraphs)
    yield "CSV", "text/csv", ('title,text\n"A title","' + text.replace('"', '""') + '"\n').encode()
    yield "web archive", "application/warc", warc(html.encode())
    yield "JSON Lines", "application/jsonl", json.dumps({"text": text}).encode()
    yield "zip of text", "application/zip", zipped(text.encode())


def feed(paragraphs: Sequence[str]) -> bytes:
    """An RSS feed of one entry."""
    words = escape("".join(f"<p>{escape(p)}</p>" for p in paragraphs))
    item = f"<item><title>A title</title><link>https://a.example/1</link><description>{words}</description></item>"
    return f"<rss version='2.0'><channel><title>A site</title>{item}</channel></rss>".encode()


def warc(page: bytes) -> bytes:
    """A web archive of one page."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    address, body = "https://a.example/1", io.BytesIO(page)
    writer.write_record(writer.create_warc_record(address, "response", payload=body, http_headers=headers))
    return out.getvalue()


def word(paragraphs: Sequence[str]) -> bytes:
    """A Word document."""
    import docx

    document, out = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


def zipped(raw: bytes) -> bytes:
    """A zip archive of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("article.txt", raw)
    return out.getvalue()


def printed(paragraphs: Sequence[str]) -> bytes:
    """A PDF with the words set in lines of 80 characters, 55 to a page."""
    sys.path.insert(0, str(ROOT / "tests" / "ingest"))
    from textwrap import wrap

    from pages import column, pdf

    lines = [line for p in paragraphs for line in (*wrap(p.encode("cp1252", "ignore").decode("cp1252"), 80), "")]
    return pdf([column(60, 780, lines[i : i + 55]) for i in range(0, len(lines), 55)])


def rows() -> Iterator[tuple[str, str]]:
    """What ``make bench`` tells: each reader's megabytes of file, and of text, a second."""
    for name, file, text in speeds():
        yield f"reading {name}", f"{file:.2f} MB of file/s, {text:.2f} MB of text/s"


def speeds() -> Iterator[tuple[str, float, float]]:
    """Each reader's name, megabytes of file and of text a second."""
    for name, media_type, raw in made(sample()):

        def once(raw: bytes = raw, media_type: str = media_type) -> int:
            return len(ingest.read_bytes(raw, media_type=media_type).text)

        chars = once()  # the libraries are loaded now
        seconds = timed(once)
        yield name, len(raw) / seconds / 1e6, chars / seconds / 1e6


def speed_table() -> Table:
    """Megabytes of file and of text a second of each reader."""
    table = Table("reader", "MB of file/s", "MB of text/s", title="Readers, CPU time")
    for name, file, text in speeds():
        table.add_row(name, f"{file:.2f}", f"{text:.2f}")
    return table


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of one call, the best of those that fit into the time."""
    best, start = float("inf"), time.process_time()
    while time.process_time() - start < SECONDS:
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
    return best


def body_table(folder: Path) -> Table:
    """Precision, recall and F1 of the article's words on the folder's pages."""
    pages = [(page, page.with_suffix(".txt")) for page in sorted(folder.rglob("*.html"))]
    pages = [(page, gold) for page, gold in pages if gold.is_file()]
    table = Table(
        "reader", "precision", "recall", "F1", title=f"Body of the article, {len(pages)} pages, word {SHINGLE}-grams"
    )
    for name, extract in (("this", ours), ("trafilatura", theirs), ("all text", everything)):
        scores = [score(extract(page.read_bytes()), gold.read_text("utf-8")) for page, gold in pages]
        precision, recall = (sum(s[i] for s in scores) / max(len(scores), 1) for i in (0, 1))
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        table.add_row(name, f"{precision:.3f}", f"{recall:.3f}", f"{f1:.3f}")
    return table


def ours(raw: bytes) -> str:
    """The words of the page's blocks, page furniture and the headline aside: the others leave it out, too."""
    try:
        document = ingest.read_bytes(raw, media_type="text/html")
    except InputError:
        return ""
    return "\n".join(document.text[b.start : b.end] for b in document.blocks if b.kind not in ("boilerplate", "title"))


def theirs(raw: bytes) -> str:
    """The article as trafilatura alone extracts it."""
    return trafilatura.extract(raw, include_comments=False) or ""


def everything(raw: bytes) -> str:
    """All text of the page."""
    return trafilatura.html2txt(raw) or ""


def score(found: str, gold: str) -> tuple[float, float]:
    """Precision and recall of the word n-grams; an empty text counts as right against an empty one."""
    have, want = shingles(found), shingles(gold)
    both = sum((have & want).values())
    return (both / sum(have.values()) if have else float(not want)), (both / sum(want.values()) if want else 1.0)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The word n-grams of a text and how often it has each."""
    words = [word for word in text.split() if any(c.isalnum() for c in word)]  # without list and cell marks
    return (
        Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))) if words else Counter()
    )


if __name__ == "__main__":
    main()
