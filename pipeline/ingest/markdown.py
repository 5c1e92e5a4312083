"""Markdown (CommonMark with tables) and its front matter.

The canonical text is the readable text, as a browser would show it: markup in the middle of a sentence ("**25%**",
links and their addresses) would otherwise lie inside of claims and lead the parser astray. Front matter gives metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.errors import InputError
from pipeline.ingest.dates import parse_date
from pipeline.ingest.encoding import decode
from pipeline.ingest.reading import METADATA, Piece, Reading, build, squeeze, table_pieces, title_of

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?\r?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
MAX_NESTING = 100
NOTE = re.compile(r" {0,3}\[\^(?P<label>[^\]\s]{1,80})\]:[ \t]*(?P<text>.*)")
NOTE_MARK = re.compile(r"\[\^(?P<label>[^\]\s]{1,80})\]")
MAX_OPEN = 10
BRACKET = re.compile(r"[\[\]]|\n[ \t]*\n")
"""Brackets, and the blank lines between which they may be pairs."""
TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def read(raw: bytes, name: str, charset: str | None = None) -> Reading:
    """The readable text of a Markdown file. Raises ``InputError`` for bytes that are not text."""
    decoded = decode(raw, name, charset)
    source = decoded.text
    meta: Mapping[str, Any] = {}
    if found := FRONT_MATTER.match(source):
        meta = front_matter(found.group(1), name)
        source = source[found.end() :]
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    stated = squeeze(str(meta["title"])) if meta.get("title") else None
    source, notes = footnotes(source)
    tokens = parser.parse(without_open_brackets(source))
    if any(token.level >= MAX_NESTING - 1 for token in tokens):  # the parser leaves out what comes then
        raise InputError(
            f"{name}: its lists or quotes are nested too deeply; mend the lines that begin with many > or -"
        )
    ends = [Piece("footnote", inline_text(parser.parseInline(note)[0].children or [])) for note in notes]
    text, blocks = build([*pieces(tokens), *ends], stated)
    return Reading(
        text,
        blocks,
        title=stated or title_of(text, blocks),
        byline=named(meta.get("author") or meta.get("authors") or meta.get("byline")),
        publisher=named(meta.get("publisher") or meta.get("source")),
        published=parse_date(str(meta.get("date") or meta.get("published") or "")),
        language=named(meta.get("language") or meta.get("lang")),
        licence=named(meta.get("licence") or meta.get("license")),
        uri=named(meta.get("url") or meta.get("canonical_url")),
        origins=dict.fromkeys(METADATA, "front matter") | ({} if stated else {"title": "first heading"}),
        encoding=decoded.encoding,
        repaired_lines=decoded.repaired_lines,
    )


def footnotes(source: str) -> tuple[str, list[str]]:
    """The source without its footnotes ("[^1]: ...") and the marks that refer to them; the source of each footnote."""
    kept: list[str] = []
    notes: dict[str, list[str]] = {}
    open_note: list[str] | None = None
    fence = ""
    for line in source.split("\n"):
        stripped = line.strip()
        if stripped[:3] in ("```", "~~~") and (not fence or stripped.startswith(fence)):
            fence = "" if fence else stripped[:3]
        found = None if fence else NOTE.match(line)
        if found:
            open_note = notes.setdefault(found["label"], [])
            open_note.append(found["text"])
        elif open_note is not None and stripped and (line[0] in " \t" or open_note[-1]):
            open_note.append(stripped)
        elif open_note is not None and not stripped:
            open_note.append("")
            kept.append(line)
        else:
            open_note = None
            kept.append(line)
    if not notes:
        return source, []
    text = NOTE_MARK.sub(lambda mark: "" if mark["label"] in notes else mark.group(), "\n".join(kept))
    return text, [" ".join(filter(None, lines)) for lines in notes.values()]


def without_open_brackets(source: str) -> str:
    """The source with those ``[`` escaped that stand inside of too many open ones: no link is nested like that.

    The parser looks for the end of a link from each of them to the end of its paragraph.
    """
    depth = last = 0
    parts: list[str] = []
    for found in BRACKET.finditer(source):
        depth = {"[": depth + 1, "]": max(0, depth - 1)}.get(found.group(), 0)
        if depth > MAX_OPEN:
            depth = MAX_OPEN
            parts += (source[last : found.start()], "\\")
            last = found.start()
    return "".join((*parts, source[last:])) if parts else source


def front_matter(source: str, name: str) -> Mapping[str, Any]:
    """The YAML mapping at the top of a file; ``InputError`` where it is malformed."""
    try:
        found = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError) as error:
        problem = str(error).splitlines()[0]
        raise InputError(
            f"{name}: its front matter is not YAML ({problem}); mend or remove the part between ---"
        ) from None
    return {str(k).lower(): v for k, v in found.items()} if isinstance(found, Mapping) else {}


def named(value: Any) -> str | None:
    """A field of the front matter as text: a list joined with commas."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(named, value))) or None
    if isinstance(value, Mapping):
        return named(value.get("name"))
    return squeeze(str(value)) or None if value is not None else None


def pieces(tokens: Sequence[Token]) -> Iterator[Piece]:
    """The pieces of a parsed file, in reading order."""
    inside: list[str] = []
    lists: list[int | None] = []  # for each open list the number of its next item, none for bullets
    items = level = 0
    lead: str | None = None  # of the list item whose first words are still to come
    rows: list[list[str]] = []
    for token in tokens:
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if token.nesting == 1:
            inside.append(kind)
            if kind in ("bullet_list", "ordered_list"):
                items = items if lists else 0
                lists.append(int(token.attrGet("start") or 1) if kind == "ordered_list" else None)
            elif kind == "list_item":
                number = lists[-1]
                lead = "  " * (len(lists) - 1) + ("• " if number is None else f"{number}. ")
                lists[-1] = None if number is None else number + 1
            elif kind == "heading":
                level = int(token.tag[1])
            elif kind == "table":
                rows = []
            elif kind == "tr":
                rows.append([])
        elif token.nesting == -1:
            inside.pop()
            if kind in ("bullet_list", "ordered_list"):
                lists.pop()
            elif kind == "table":
                yield from table_pieces(rows, has_head=True)
        elif token.type == "inline":
            text = inline_text(token.children or [])
            if inside[-1] in ("th", "td"):
                rows[-1].append(text)
            elif inside[-1] == "heading":
                yield Piece("heading", squeeze(text), level)
            elif "blockquote" in inside:
                yield Piece("quote", squeeze(text))
            elif lists:
                yield Piece("list_item", text, lead=lead or "  " * len(lists), glue="\n" if items else "\n\n")
                lead, items = None, items + 1
            else:
                yield Piece("paragraph", text)
        elif token.type == "html_block" and (text := squeeze(without_tags(token.content))):
            yield Piece("paragraph", text)


def without_tags(source: str) -> str:
    """The words of a piece of HTML; a comment without an end is left as it is."""
    parts: list[str] = []
    end = 0
    while (begin := source.find("<!--", end)) >= 0 and (close := source.find("-->", begin)) >= 0:
        parts.append(source[end:begin])
        end = close + 3
    return TAG.sub(" ", " ".join((*parts, source[end:])))


def inline_text(children: Sequence[Token]) -> str:
    """The words of a paragraph: marks and pictures gone, hard breaks kept as line breaks."""
    parts = []
    for token in children:
        if token.type in ("text", "code_inline"):
            parts.append(" ".join(token.content.split("\n")))
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
    return "\n".join(filter(None, map(squeeze, "".join(parts).split("\n"))))
