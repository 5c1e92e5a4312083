"""The claims of some articles as one web page that needs no other file and no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.assembly import Extraction
from pipeline.cli.wording import counted, detail
from pipeline.records import Block, Claim, Document, Quote, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of an article that belong to the same claims, and how they are marked.

    ``anchors`` are the claims that begin here, ``kind`` that of the innermost claim.
    """

    text: str
    kind: str | None
    words: str
    anchors: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A block of an article in pieces."""

    kind: str
    pieces: tuple[Piece, ...]


def page(found: Sequence[Extraction]) -> str:
    """The page; article text is never markup in it."""
    environment = Environment(
        loader=PackageLoader("pipeline.cli", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    articles = [(e, list(parts(e.document, e.claims))) for e in found]
    return environment.get_template("page.html").render(articles=articles, detail=detail, counted=counted)


def parts(document: Document, claims: Sequence[Claim]) -> Iterator[Part]:
    """The blocks of the article in the order of the text, each cut where a claim, cue or source begins or ends."""
    blocks = document.blocks or (Block("paragraph", 0, len(document.text)),)
    for block in blocks:
        inside = [c for c in claims if any(s.start < block.end and block.start < s.end for s in own(c))]
        near = [c for c in claims if c.sentence.start < block.end and block.start < c.sentence.end] or inside
        yield Part(block.kind, tuple(pieces(document.text, block, inside, near)))


def pieces(text: str, block: Block, inside: Sequence[Claim], near: Sequence[Claim]) -> Iterator[Piece]:
    """A block cut at every edge of a marked span."""
    sources = [c.mention for c in near if c.mention]
    cues = [c.cue for c in near if c.cue]
    spans: list[Span] = [*(s for c in inside for s in own(c)), *sources, *cues]
    edges = {block.start, block.end} | {e for s in spans for e in (s.start, s.end) if block.start < e < block.end}
    for start, end in pairwise(sorted(edges)):
        here = [c for c in inside if covers(own(c), start, end)]
        inner = min(here, key=lambda c: (c.end - c.start, c.kind), default=None)
        words = [name for name, group in (("source", sources), ("cue", cues)) if covers(group, start, end)]
        begun = tuple(c for c in here if c.start == start)
        yield Piece(text[start:end], inner.kind if inner else None, " ".join(words), begun)


def own(claim: Claim) -> tuple[Span, ...]:
    """The claim's own words: the parts of a quote that its cue interrupts, else its span."""
    return claim.detail.content if isinstance(claim.detail, Quote) else (claim.span,)


def covers(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether one of the spans covers the characters."""
    return any(s.start <= start and end <= s.end for s in spans)
