"""Attributions against gold: content, cue and source spans, and all together, by quote type.

Fragments are compared without white space and punctuation at their edges. ``full`` asks for a content IoU of at least
0.5 and sources that share a character (or are both absent), the measure of Newell et al. (PolNeAR, LREC 2018).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.intervals import figures
from pipeline.evaluate.matching import MIN_IOU, Figure, Fragments, Tallies, Tally, iou, match, shared
from pipeline.records import Claim, Quote, Span

MARKS = frozenset('"“”„‟«»〝〞')
OPENING = frozenset('"“„‟«〝')
CLOSING = frozenset('"”»〞')
TYPES = ("direct", "mixed", "indirect")


@dataclass(frozen=True, slots=True)
class Roles:
    """One attribution as trimmed fragments, with the quote type that its marks give it."""

    source: Fragments
    cue: Fragments
    content: Fragments
    type: str | None
    name: str | None = None


def from_json(text: str, item: Mapping[str, Any]) -> Roles:
    """An attribution of a gold file."""
    source, cue, content = (trim(text, item.get(role) or []) for role in ("source", "cue", "content"))
    return Roles(source, cue, content, quote_type(text, content), item.get("name"))


def from_claims(text: str, claims: Iterable[Claim]) -> list[Roles]:
    """The quotes among extracted claims."""
    out = []
    for claim in claims:
        if isinstance(claim.detail, Quote):
            item = {
                "source": _pairs([claim.mention if claim.speaker else None]),  # as in the JSON form
                "cue": _pairs([claim.cue]),
                "content": _pairs(claim.detail.content),
                "name": claim.speaker.name if claim.speaker and claim.speaker.kind != "author" else None,
            }
            out.append(from_json(text, item))
    return out


def _pairs(spans: Iterable[Span | None]) -> list[tuple[int, int]]:
    return [(s.start, s.end) for s in spans if s is not None]


def score(
    gold: Mapping[str, list[Roles]], predicted: Mapping[str, list[Roles]], texts: Mapping[str, str]
) -> list[Figure]:
    """The figures over all documents of ``gold``; a document without predictions counts as empty."""
    return figures([count(texts[doc_id], want, predicted.get(doc_id, [])) for doc_id, want in gold.items()])


def count(text: str, gold: Sequence[Roles], predicted: Sequence[Roles]) -> Tallies:
    """The counts of one document: each measure over all quotes, and by type."""
    out: Tallies = {key: Tally() for name in (*MEASURES, "content_chars") for key in _keys(name)}
    for name, (role, weight) in MEASURES.items():
        want = [g for g in gold if getattr(g, role)]
        have = [p for p in predicted if getattr(p, role)]
        for g in want:
            for key in {name, f"{name} {g.type}"} & out.keys():
                out[key].gold += 1
        for p in have:
            for key in {name, f"{name} {p.type}"} & out.keys():
                out[key].predicted += 1
        for i, j in match(want, have, weight):
            for key in {name, f"{name} {want[i].type}"} & out.keys():
                out[key].right_gold += 1
            for key in {name, f"{name} {have[j].type}"} & out.keys():
                out[key].right_predicted += 1
    all_gold, all_predicted = _characters(text, gold), _characters(text, predicted)
    for kind, key in zip((None, *TYPES), _keys("content_chars"), strict=True):
        mine = _characters(text, [g for g in gold if kind in (None, g.type)])
        found = _characters(text, [p for p in predicted if kind in (None, p.type)])
        out[key] = Tally(len(mine & all_predicted), len(found & all_gold), len(mine), len(found))
    return out


def _keys(measure: str) -> tuple[str, ...]:
    return (measure, *(f"{measure} {t}" for t in TYPES))


def _characters(text: str, roles: Iterable[Roles]) -> set[int]:
    return {i for r in roles for s, e in r.content for i in range(s, e) if not text[i].isspace()}


def content_weight(g: Roles, p: Roles) -> float:
    """IoU of the contents where it reaches the threshold."""
    value = iou(g.content, p.content)
    return value if value >= MIN_IOU else 0.0


def _full(g: Roles, p: Roles) -> float:
    agree = (not g.source and not p.source) or shared(g.source, p.source) > 0
    return content_weight(g, p) if agree else 0.0


def _strict(g: Roles, p: Roles) -> float:
    return float(bool(g.content) and (g.source, g.cue, g.content) == (p.source, p.cue, p.content))


def _exact(role: str) -> Callable[[Roles, Roles], float]:
    return lambda g, p: float(bool(getattr(g, role)) and getattr(g, role) == getattr(p, role))


def _overlap(role: str) -> Callable[[Roles, Roles], float]:
    return lambda g, p: iou(getattr(g, role), getattr(p, role))


MEASURES: dict[str, tuple[str, Callable[[Roles, Roles], float]]] = {
    "full": ("content", _full),
    "full_strict": ("content", _strict),
    "content_overlap": ("content", content_weight),
    "content_exact": ("content", _exact("content")),
    "cue_overlap": ("cue", _overlap("cue")),
    "cue_exact": ("cue", _exact("cue")),
    "source_overlap": ("source", _overlap("source")),
    "source_exact": ("source", _exact("source")),
}
"""Name -> the role that both sides must have, and how well two attributions match."""


def trim(text: str, fragments: Iterable[Sequence[int]]) -> Fragments:
    """Fragments without white space and punctuation at their edges, joined where nothing else lies between.

    A role made of punctuation only (the cue ":") is kept as it is.
    """
    ordered = sorted((max(int(s), 0), min(int(e), len(text))) for s, e in fragments)
    out: list[tuple[int, int]] = []
    for s, e in ordered:
        while s < e and _edge(text[s]):
            s += 1
        while e > s and _edge(text[e - 1]):
            e -= 1
        if s >= e:
            continue
        if out and (s <= out[-1][1] or all(map(_edge, text[out[-1][1] : s]))):
            out[-1] = (out[-1][0], max(e, out[-1][1]))
        else:
            out.append((s, e))
    return tuple(out or [(s, e) for s, e in ordered if text[s:e].strip()])


def quote_type(text: str, content: Fragments) -> str | None:
    """``direct``: a quotation mark at both ends of the content; ``mixed``: any other; ``indirect``: none."""
    if not content:
        return None
    start, end = content[0][0], content[-1][1]
    low, high = start, end
    while low > 0 and start - low < 3 and _edge(text[low - 1]) and text[low - 1] != "\n":
        low -= 1
    while high < len(text) and high - end < 3 and _edge(text[high]) and text[high] != "\n":
        high += 1
    opened = any(c in OPENING for c in text[low:start])
    closed = any(c in CLOSING for c in text[end:high])
    if opened and closed:
        return "direct"
    inside = any(c in MARKS for s, e in content for c in text[s:e])
    return "mixed" if opened or closed or inside else "indirect"


def _edge(character: str) -> bool:
    return character.isspace() or unicodedata.category(character).startswith("P")
