"""An article as the page shows it: its blocks as they were, every character once, claims marked in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from pipeline.records import Document
from pipeline.review.survey import Item

UNSHOWN = re.compile("[\x00\ud800-\udfff]")
TAGS = {"title": "h2", "heading": "h3", "list_item": "li", "quote": "blockquote"}
"""Kind of block -> its HTML element; ``p`` for all others."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters with the same marks on all of them; ``start`` is their offset in code points."""

    start: int
    text: str
    current: bool
    claim_id: str | None
    kinds: tuple[str, ...]

    @property
    def classes(self) -> str:
        """The style classes of the marks."""
        return " ".join([*(f"on-{k}" for k in self.kinds), *(["current"] if self.current else [])])


@dataclass(frozen=True, slots=True)
class Part:
    """A block, or several list items as one list.

    ``above`` is what stands between it and the block before, ``gap`` what precedes it on its own line (a bullet).
    """

    tag: str
    kind: str
    depth: int
    above: tuple[Segment, ...]
    gap: tuple[Segment, ...]
    segments: tuple[Segment, ...]
    items: tuple[Part, ...] = ()

    @property
    def empty_above(self) -> bool:
        """Whether nothing but white space stands between it and the block before."""
        return not any(s.text.strip() for s in self.above)


def parts(document: Document, items: Sequence[Item], current: str | None = None) -> list[Part]:
    """The document as parts in order; together their segments are its whole text.

    ``current``: the id of the claim that the reader looks at.
    """
    text = document.text
    marks = _Marks(text, items, current)
    out: list[Part] = []
    at = 0
    for block in sorted(document.blocks, key=lambda b: (b.start, b.end)):
        if block.start < at or block.end <= block.start:
            continue  # nested in the one before, which shows these characters already
        tag = TAGS.get(block.kind, "p")
        line = max(text.rfind("\n", at, block.start) + 1, at)
        around = marks.segments(at, line), marks.segments(line, block.start)
        own = marks.segments(block.start, block.end)
        out.append(Part(tag, block.kind, min(len(block.section), 4), *around, own))
        at = block.end
    if at < len(text):
        rest = marks.segments(at, len(text))
        out.append(Part("p", "rest" if not text[at:].strip() else "paragraph", 0, (), (), rest))
    return _lists(out)


def _lists(found: Iterable[Part]) -> list[Part]:
    """Neighbouring list items put into one list."""
    out: list[Part] = []
    for part in found:
        if part.tag != "li":
            out.append(part)
        elif out and out[-1].tag == "ul":
            out[-1] = Part("ul", "list", 0, (), (), (), (*out[-1].items, part))
        else:
            out.append(Part("ul", "list", 0, (), (), (), (part,)))
    return out


class _Marks:
    """The edges of all claims, and which claims lie between two of them."""

    def __init__(self, text: str, items: Sequence[Item], current: str | None) -> None:
        self.text = text
        self.current = current
        shown = [i.claim for i in items if i.claim.end <= len(text)]
        self.edges = sorted({e for c in shown for e in (c.start, c.end)})
        self.over: dict[int, list[tuple[int, str, str]]] = {e: [] for e in self.edges}
        for c in shown:
            for e in self.edges[bisect_left(self.edges, c.start) : bisect_left(self.edges, c.end)]:
                self.over[e].append((c.end - c.start, c.claim_id, c.kind))

    def segments(self, start: int, end: int) -> tuple[Segment, ...]:
        """The characters ``[start, end)`` cut at every edge."""
        first, last = bisect_left(self.edges, start + 1), bisect_left(self.edges, end)
        cuts = [start, *self.edges[first:last], end]
        return tuple(self._segment(a, b) for a, b in pairwise(cuts) if a < b)

    def _segment(self, start: int, end: int) -> Segment:
        i = bisect_left(self.edges, start + 1) - 1
        over = sorted(self.over[self.edges[i]]) if i >= 0 else []
        current = any(claim_id == self.current for _, claim_id, _ in over)
        others = [(claim_id, kind) for _, claim_id, kind in over if claim_id != self.current]
        kinds = tuple(dict.fromkeys(kind for _, kind in others))
        return Segment(start, self.text[start:end], current, others[0][0] if others else None, kinds)


def exact(text: str) -> Markup:
    """Text escaped so that a browser's document has one character for each of its code points.

    HTML turns a bare carriage return into a line feed and drops NUL; a lone surrogate cannot be sent at all.
    """
    return Markup(str(escape(UNSHOWN.sub("\ufffd", text))).replace("\r", "&#13;"))
