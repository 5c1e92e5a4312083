"""What trafilatura leaves out of an article's body though it belongs there: captions, and who a block quote quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.ingest.reading import Piece, squeeze
from pipeline.records import BlockKind

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BLOCKS = HEADINGS | {"p", "li", "blockquote", "td", "th", "dd", "dt", "div"}
NESTING = BLOCKS | {"ul", "ol", "dl", "table", "tbody", "tr"}
MAX_CAPTION = 600
MAX_BLOCK = 4000
"""Blocks longer than this are no landmarks; so nested elements are not read over and over."""


@dataclass(frozen=True, slots=True)
class Landmark:
    """A block of the page, in document order; ``left_out`` where it is of a sort that trafilatura leaves out."""

    piece: Piece
    left_out: bool

    @property
    def text(self) -> str:
        return self.piece.text


def landmarks(tree: Any) -> list[Landmark]:
    """The blocks and captions of a page, in document order."""
    found = []
    for node in tree.iter():
        kind = caption_kind(node)
        if kind is not None and (text := words(node, MAX_CAPTION)):
            found.append(Landmark(Piece(kind, text), left_out=True))
        elif (
            node.tag in BLOCKS and not any(child.tag in NESTING for child in node) and (text := words(node, MAX_BLOCK))
        ):
            found.append(Landmark(piece_of(node, text), left_out=False))
    return found


def piece_of(node: Any, text: str) -> Piece:
    """What an element of the page says of itself."""
    if node.tag in HEADINGS:
        return Piece("heading", text, int(node.tag[1]))
    if node.tag in ("li", "dd", "dt"):
        return Piece("list_item", text, lead="• ")
    if node.tag == "blockquote" or within(node, "blockquote"):
        return Piece("quote", text)
    return Piece("table_cell" if node.tag in ("td", "th") else "paragraph", text)


def unmelted(pieces: list[Piece], marks: Sequence[Landmark]) -> list[Piece]:
    """The pieces, those of the page itself where trafilatura has melted a short article into one paragraph."""
    if len(pieces) != 1 or pieces[0].kind != "paragraph" or len(pieces[0].text) > MAX_BLOCK:
        return pieces
    text = squeeze(pieces[0].text)
    inside = [mark.piece for mark in marks if mark.text in text]
    return inside if len(inside) > 1 else pieces


def caption_kind(node: Any) -> BlockKind | None:
    """Whether an element is a caption, or the line below a block quote that says whose words it holds."""
    if node.tag in ("footer", "cite", "figcaption") and within(node, "blockquote"):
        return None if within(node, "p") or node.getparent().tag in ("footer", "cite") else "paragraph"
    if node.tag not in ("figcaption", "caption") or within(node, "a"):
        return None  # a caption that is a link leads to another article
    text = words(node, MAX_CAPTION)
    return None if any(words(link, MAX_CAPTION) == text for link in node.iter("a")) else "caption"


def within(node: Any, tag: str) -> bool:
    """Whether one of the nearest elements around it has the tag."""
    for _ in range(3):
        node = node.getparent()
        if node is None or node.tag == tag:
            return node is not None
    return False


def words(node: Any, limit: int) -> str:
    """The element's words, nothing where they are more than the limit."""
    parts, length = [], 0
    for part in node.itertext():
        length += len(part)
        if length > limit:
            return ""
        parts.append(part)
    return squeeze("".join(parts))


def loosen(tree: Any) -> None:
    """Make the paragraphs of a page that is preformatted as a whole ordinary ones; blank lines divide them."""
    for pre in list(tree.iter("pre")):
        text = pre.text_content()
        if len(text) > 0.5 * len(tree.text_content()):
            for child in list(pre):
                pre.remove(child)
            pre.tag, pre.text = "div", None
            for part in filter(None, map(squeeze, text.replace("\r\n", "\n").split("\n\n"))):
                paragraph = pre.makeelement("p")
                paragraph.text = part
                pre.append(paragraph)
            return


def with_captions(pieces: Sequence[Piece], marks: Sequence[Landmark]) -> Iterator[Piece]:
    """The pieces, and behind each the captions that follow it in the page before the next piece does."""
    places: dict[str, list[int]] = {}
    for i in range(len(pieces) - 1, -1, -1):
        places.setdefault(squeeze(pieces[i].text), []).append(i)
    kinds: dict[int, BlockKind] = {}
    behind: dict[int, list[Piece]] = {}
    waiting: list[Piece] = []
    last = -1
    for mark in marks:
        here = places.get(mark.text)
        if here:
            behind.setdefault(last, []).extend(waiting)  # a caption counts only where the article goes on below it
            waiting = []
            place = here.pop()
            last = max(last, place)
            if mark.left_out:
                kinds[place] = mark.piece.kind
        elif mark.left_out and last >= 0:
            (behind.setdefault(last, []) if mark.piece.kind == "paragraph" else waiting).append(mark.piece)
    for i, piece in enumerate(pieces):
        yield replace(piece, kind=kinds.get(i, piece.kind))
        yield from behind.get(i, ())
