"""HTML pages: trafilatura decides what is the article, its output becomes pieces with their structure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import InputError
from pipeline.ingest.captions import landmarks, loosen, unmelted, with_captions
from pipeline.ingest.dates import parse_date
from pipeline.ingest.encoding import decode
from pipeline.ingest.metadata import Fact, facts, without_site
from pipeline.ingest.notes import take_notes
from pipeline.ingest.reading import Piece, Reading, build, squeeze, table_pieces, title_of
from pipeline.lines import closes
from pipeline.segment import HEADING_CHARS

CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{2,40})""")
HEAD_BYTES = 4096
INNER_BLOCKS = frozenset(("p", "head", "quote", "item", "list", "row", "cell", "div"))
"""Elements of trafilatura's tree that begin and end a line."""

BOLD_LEVEL = 7
"""Below the six levels of headings that pages mark as such."""
MAX_CHARS = 20_000_000
DOCTYPE = re.compile(r"^\s*(?:<\?xml[^>]*>\s*)?<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def read(raw: bytes, name: str, charset: str | None = None, title: str | None = None) -> Reading:
    """The article of a page, without its navigation; ``title`` where it is known from elsewhere.

    Raises ``InputError`` where there is none.
    """
    import trafilatura  # slow to import

    decoded = decode(raw, name, charset or declared_charset(raw))
    tree = parse(decoded.text, name)
    said = facts(tree)
    loosen(tree)
    notes = take_notes(tree)
    marks = landmarks(tree)
    for caption in list(tree.iter("caption")):  # trafilatura would make it a row of the table
        caption.drop_tree()
    try:
        page: Any = trafilatura.bare_extraction(
            tree, include_comments=False, include_formatting=True, with_metadata=True
        )
        if page is None or page.body is None:
            raise InputError(f"{name}: no article found in the page; save its text as .txt")
        headline = title or page_title(said, page)
        body = with_captions(unmelted(list(pieces(page.body)), marks), marks)
        text, blocks = build([*body, *notes], headline)
    except RecursionError:
        raise InputError(too_deep(name)) from None
    guesses: dict[str, Any] = {
        "title": headline or title_of(text, blocks),
        "byline": squeeze(page.author) or None,
        "publisher": squeeze(page.sitename) or None,
        "published": parse_date(page.date),
        "licence": squeeze(page.license) or None,
        "uri": page.url,
    }
    told = guesses | {field: fact.value for field, fact in said.items() if field != "title"}
    origins = {field: said[field].origin if field in said else "trafilatura" for field in told}
    return Reading(
        text, blocks, **told, origins=origins, encoding=decoded.encoding, repaired_lines=decoded.repaired_lines
    )


def page_title(said: Mapping[str, Fact], page: Any) -> str | None:
    """The page's headline without its site's name: as the page states it, else as trafilatura finds it."""
    site = said["publisher"].value if "publisher" in said else page.sitename
    stated = said["title"].value if "title" in said else squeeze(page.title)
    return without_site(stated, squeeze(site)) or None


def parse(source: str, name: str) -> Any:
    """The tree of a page, whatever its faults; ``InputError`` where it is too long or too deep to be an article's."""
    from lxml import etree, html  # slow to import

    if len(source) > MAX_CHARS:
        raise InputError(
            f"{name} has {len(source):,} characters of HTML, more than an article's page; save its text as .txt"
        )
    source = DOCTYPE.sub("", CONTROL.sub(" ", source), count=1)  # without its entities
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    try:
        tree = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        raise InputError(f"{name} is not an HTML page; give plain text as .txt") from None
    if any("depth" in entry.message for entry in parser.error_log):
        raise InputError(too_deep(name))
    return tree


def too_deep(name: str) -> str:
    """What to say of a page that a parser cannot hold."""
    return f"{name}: its elements are nested too deeply for an article's page; save its text as .txt"


def declared_charset(raw: bytes) -> str | None:
    """The encoding that the page itself declares."""
    found = XML_CHARSET.search(raw[:HEAD_BYTES]) or CHARSET.search(raw[:HEAD_BYTES])
    if found is None:
        return None
    charset = found.group(1).decode("ascii").lower()
    # The WHATWG Encoding Standard: pages that say Latin-1 or ASCII are written in Windows-1252.
    return "cp1252" if charset in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii") else charset


def pieces(body: Any) -> Iterator[Piece]:
    """The pieces of trafilatura's tree (``head``, ``p``, ``list``, ``quote``, ``table``, ...), in reading order."""
    yield from loose(body.text)
    for node in body:
        yield from pieces_of(node)
        yield from loose(node.tail)


def loose(text: str | None) -> Iterator[Piece]:
    """A paragraph of words that stand between elements."""
    if squeeze(text):
        yield Piece("paragraph", squeeze(text))


def pieces_of(node: Any) -> Iterator[Piece]:
    """The pieces of one element."""
    if node.tag == "head":
        yield Piece("heading", squeeze(words(node)), heading_level(node))
    elif node.tag == "list":
        yield from list_pieces(node, 0)
    elif node.tag == "quote":
        yield from quote_pieces(node)
    elif node.tag in ("table", "row"):
        yield from cells_of(node)
    elif node.tag in ("div", "body"):
        yield from pieces(node)
    elif is_bold_line(node):
        yield Piece("heading", squeeze(words(node)), BOLD_LEVEL)
    elif isinstance(node.tag, str) and node.tag not in ("graphic", "lb"):
        yield Piece("paragraph", words(node))


def is_bold_line(node: Any) -> bool:
    """Whether a paragraph is a heading by its looks: one short line, all of it bold, not closed like a sentence."""
    if node.tag != "p" or len(node) != 1 or squeeze(node.text) or squeeze(node[0].tail):
        return False
    text = squeeze(words(node))
    return node[0].tag == "hi" and node[0].get("rend") == "#b" and len(text) <= HEADING_CHARS and not closes(text)


def heading_level(node: Any) -> int:
    """1 for ``h1`` to 6 for ``h6``."""
    found = re.fullmatch(r"h([1-6])", node.get("rend") or "")
    return int(found.group(1)) if found else 2


def words(node: Any, skip: tuple[str, ...] = ()) -> str:
    """The words of an element, its line breaks kept, those of some inner elements left out."""
    parts: list[str] = []
    collect(node, skip, parts)
    return "\n".join(filter(None, map(squeeze, "".join(parts).split("\x00"))))


def collect(node: Any, skip: tuple[str, ...], parts: list[str]) -> None:
    """Append the element's words to ``parts``, a zero character for each line break."""
    parts.append(node.text or "")
    for child in node:
        if child.tag == "lb":
            parts.append("\x00")
        elif isinstance(child.tag, str) and child.tag not in skip:
            edge = "\x00" if child.tag in INNER_BLOCKS else ""
            parts.append(edge)
            collect(child, skip, parts)
            parts.append(edge)
        parts.append(child.tail or "")


def list_pieces(node: Any, depth: int) -> Iterator[Piece]:
    """The items of a list, those of nested lists after the item that holds them."""
    number = 0
    for item in node:
        if item.tag == "list":
            yield from list_pieces(item, depth + 1)
            continue
        number += 1
        lead = "  " * depth + (f"{number}. " if node.get("rend") == "ol" else "• ")
        glue = "\n" if number > 1 or depth else "\n\n"
        yield Piece("list_item", words(item, ("list",)), lead=lead, glue=glue)
        for inner in item.iterchildren("list"):
            yield from list_pieces(inner, depth + 1)


def quote_pieces(node: Any) -> Iterator[Piece]:
    """The paragraphs of a block quote."""
    inner = [child for child in node if child.tag in ("p", "quote", "list", "head")]
    if not inner:
        yield Piece("quote", squeeze(words(node)))
        return
    yield from as_quote(node.text)
    for child in node:
        yield from as_quote(words(child))
        yield from as_quote(child.tail)


def as_quote(text: str | None) -> Iterator[Piece]:
    """A quoted paragraph, where there are words."""
    if squeeze(text):
        yield Piece("quote", squeeze(text))


def cells_of(table: Any) -> Iterator[Piece]:
    """The cells of a table, each with the heads of its row and column."""
    rows = [list(row.iterchildren("cell")) for row in table.iter("row")]
    has_head = bool(rows) and all(cell.get("role") == "head" for cell in rows[0])
    yield from table_pieces([[words(cell) for cell in row] for row in rows], has_head)
