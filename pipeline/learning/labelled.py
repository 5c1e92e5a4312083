"""Documents with what people hold to be in them: gold files and review decisions in one form, parted by document."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import records
from pipeline.errors import InputError
from pipeline.evaluate import key, read_jsonl
from pipeline.evaluate.matching import Fragment
from pipeline.records import Claim, ClaimKind, Document, Quote
from pipeline.review.exchange import gold
from pipeline.review.settled import Reviewed

KINDS: tuple[ClaimKind, ...] = ("quote", "prediction")
"""The kinds of claims that are learned; amounts are found by rules."""
FIELDS = {kind: gold.FILES[kind] for kind in KINDS}
"""The field of a gold row that holds the kind's claims."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What people hold to be there of one kind: entries as in a gold file, and the spans of which nothing is known."""

    entries: tuple[Mapping[str, Any], ...]
    ignore: tuple[Fragment, ...] = ()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document with the truth of some kinds."""

    document: Document
    truth: Mapping[ClaimKind, Truth]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and whether it is worth checking; those of one ``group`` come from one document."""

    group: str
    text: str
    check_worthy: bool


def read(paths: Iterable[Path], texts: Path | None) -> tuple[list[Labelled], list[Sentence]]:
    """The documents and sentences of gold files (JSONL); ``texts`` has the texts of gold without them.

    Raises ``InputError`` for a file that holds none of what can be learned.
    """
    bodies = {key(r): r["text"] for r in read_jsonl(texts)} if texts else {}
    found: list[Labelled] = []
    sentences: list[Sentence] = []
    for path in paths:
        rows = list(read_jsonl(path))
        if not any(f in r for r in rows for f in (*FIELDS.values(), "check_worthy")):
            raise InputError(
                f"{path}: nothing to learn in it; a line needs {', '.join(FIELDS.values())} or check_worthy"
            )
        sentences += _sentences([r for r in rows if "check_worthy" in r])
        for row in rows:
            kinds = [kind for kind, field in FIELDS.items() if field in row]
            if kinds and "text" not in row and key(row) not in bodies:
                raise InputError(f"{path}: no text for document {key(row)}; name a file that has it with --texts")
            if kinds:
                text = row.get("text") or bodies[key(row)]
                document = Document(records.digest(key(row), length=64), key(row), text, ())
                ignore = tuple((int(s), int(e)) for s, e in row.get("ignore", ()))
                found.append(Labelled(document, {k: Truth(tuple(row[FIELDS[k]]), ignore) for k in kinds}))
    return found, sentences


def _sentences(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sentence]:
    """Rows without ``doc_id`` are parted into blocks of neighbours: these seldom come from one document each."""
    blocks = max(1, min(50, len(rows) // 20))
    order = sorted(range(len(rows)), key=lambda i: (str(type(rows[i].get("id"))), rows[i].get("id", i)))
    for place, i in enumerate(order):
        group = rows[i].get("doc_id", f"block {place * blocks // len(rows)}")
        yield Sentence(str(group), str(rows[i]["text"]), bool(rows[i]["check_worthy"]))


def from_reviews(reviewed: Iterable[Reviewed]) -> Iterator[Labelled]:
    """Reviewed documents. Where claims of a kind are left to decide, only the words of the decided ones are judged."""
    for one in reviewed:
        truth = {}
        for kind in KINDS:
            decided = one.decided(kind)
            if decided:
                whole = kind in one.complete()
                claims = [i.claim for i in decided] + one.claims(kind)
                ignore = () if whole else rest(len(one.document.text), [f for c in claims for f in extent(c)])
                truth[kind] = Truth(tuple(gold.gold(one.claims(kind))), ignore)
        if truth:
            yield Labelled(one.document, truth)


def extent(claim: Claim) -> list[Fragment]:
    """The words that a decision on a claim judges."""
    spans = claim.detail.content if isinstance(claim.detail, Quote) else (claim.span,)
    return [(s.start, s.end) for s in spans]


def rest(length: int, fragments: Iterable[Fragment]) -> tuple[Fragment, ...]:
    """The stretches of a text of so many characters outside of the fragments."""
    out: list[Fragment] = []
    at = 0
    for start, end in sorted(fragments):
        if start > at:
            out.append((at, start))
        at = max(at, end)
    return (*out, (at, length)) if at < length else tuple(out)


def merged(found: Iterable[Labelled]) -> list[Labelled]:
    """One for each text; of a kind that is told twice the last one counts, in the order of the texts' hashes."""
    by_text: dict[str, Labelled] = {}
    for one in found:
        known = by_text.get(records.text_hash(one.document.text))
        truth = {**known.truth, **one.truth} if known else one.truth
        by_text[records.text_hash(one.document.text)] = Labelled(one.document, truth)
    return [by_text[hashed] for hashed in sorted(by_text)]


def held_out(keys: Iterable[str], share: float, seed: int) -> set[str]:
    """The documents to measure on: the share whose digests with the seed come first, at least one."""
    ranked = sorted(set(keys), key=lambda k: records.digest(seed, k))
    return set(ranked[: max(1, math.floor(share * len(ranked) + 0.5))])
