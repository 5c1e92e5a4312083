"""Gold attributions for training: documents with source, cue and content spans, aligned to tokens.

One JSON object a line: ``{"doc_id", "text", "attributions": [{"source", "cue", "content"}]}``, each role a list of
``[start, end)`` character pairs (the form of ``annotations/gold`` and of the PolNeAR corpus as converted).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from spacy.tokens import Doc

from pipeline.attribution.tokens import Ints, Tokens

MINOR = frozenset(("aux", "auxpass", "neg", "det", "mark", "prt"))
"""Dependencies of words that do not stand for a whole cue ("has said")."""


@dataclass(frozen=True, slots=True)
class GoldAttribution:
    """Character spans of one attribution's roles."""

    source: tuple[tuple[int, int], ...]
    cue: tuple[tuple[int, int], ...]
    content: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A text and its attributions."""

    doc_id: str
    text: str
    attributions: tuple[GoldAttribution, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """An attribution in sorted token indices; ``anchor`` is the main word of its cue."""

    anchor: int
    content: Ints
    source: Ints
    cue: Ints


def read_gold(paths: Iterable[Path]) -> list[GoldDocument]:
    """All documents of the files. Raises ``ValueError`` with file and line where one is malformed."""
    out = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                record = json.loads(line)
                roles = ("source", "cue", "content")
                attributions = tuple(
                    GoldAttribution(*(tuple((int(s), int(e)) for s, e in a.get(r) or ()) for r in roles))
                    for a in record["attributions"]
                )
                out.append(GoldDocument(str(record["doc_id"]), record["text"], attributions))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}, line {number}: not a gold document ({error!r})") from error
    return out


def align(doc: Doc, tokens: Tokens, attributions: Iterable[GoldAttribution]) -> list[Target]:
    """The attributions that have a cue, in token indices, in order of their anchors."""
    out = []
    for a in attributions:
        cue = indices_of(tokens, a.cue)
        if len(cue):
            out.append(Target(anchor_of(doc, cue), indices_of(tokens, a.content), indices_of(tokens, a.source), cue))
    return sorted(out, key=lambda t: t.anchor)


def indices_of(tokens: Tokens, spans: Iterable[tuple[int, int]]) -> Ints:
    """The tokens that share a character with one of the spans."""
    ranges = [
        np.arange(np.searchsorted(tokens.end, s, side="right"), np.searchsorted(tokens.start, e, side="left"))
        for s, e in spans
    ]
    return np.unique(np.concatenate(ranges)).astype(np.int64) if ranges else np.zeros(0, dtype=np.int64)


def anchor_of(doc: Doc, cue: Ints) -> int:
    """The word of the cue that the others hang on."""
    words: list[int] = cue.tolist()
    inside = set(words)
    for i in words:
        token = doc[i]
        if len(inside) > 1 and (token.is_punct or token.dep_ in MINOR):
            continue
        if token.head.i not in inside or token.head.i == i:
            return i
    return words[0]
