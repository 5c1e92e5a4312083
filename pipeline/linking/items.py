"""What is compared, and what comes of it: claims reduced to what linking looks at, and the links between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from pipeline import records
from pipeline.linking import words

Relation = Literal["same_quote", "same_figure", "revision", "conflict", "same_event"]
SAME: frozenset[Relation] = frozenset({"same_quote", "same_figure", "same_event"})
"""Relations of claims that say the same; such claims are one cluster."""
ANONYMOUS = frozenset({"unnamed", "author", "publication"})
"""Kinds of speaker that do not tell who spoke: a description, or the article itself."""


@dataclass(frozen=True, slots=True)
class Link:
    """How a claim relates to an earlier one, how sure that is (0..1), and why, in words."""

    claim_id: str
    other_claim_id: str
    relation: Relation
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The links of a set of claims; ``clusters``: claim -> first claim of those that say the same."""

    links: tuple[Link, ...]
    clusters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Who:
    """A speaker as far as two articles can be compared in it. ``names``: every name, in lower case."""

    names: frozenset[str]
    wikidata: str | None
    person: bool

    @classmethod
    def of(cls, name: str, aliases: Iterable[str], kind: str, wikidata: str | None) -> Who | None:
        """The speaker; ``None`` where the words do not tell who it is."""
        if kind in ANONYMOUS:
            return None
        return cls(frozenset(map(words.plain, (name, *aliases))), wikidata, kind == "person")

    def is_(self, other: Who) -> bool:
        """Whether both are one: a name, an identifier, or for people the last name in common."""
        if self.wikidata and other.wikidata:
            return self.wikidata == other.wikidata
        if self.names & other.names:
            return True
        return any(
            (self.person and _short(b, a)) or (other.person and _short(a, b)) for a in self.names for b in other.names
        )


def _short(name: str, full: str) -> bool:
    """Whether a name is the last part of a longer one ("keller", "anna keller")."""
    return " " not in name and full.endswith(f" {name}")


def same_speaker(one: Who | None, other: Who | None) -> bool | None:
    """Whether two claims have the same speaker; ``None`` where either is not known."""
    return one.is_(other) if one and other else None


@dataclass(frozen=True, slots=True)
class Item:
    """A claim as linking sees it; ``day`` is its article's date, ``sentence`` the words around it."""

    claim_id: str
    doc_id: str
    start: int
    end: int
    day: date | None
    who: Who | None
    text: str
    sentence: str

    @property
    def order(self) -> tuple[date, str, int, str]:
        """Earlier articles first; within one, the order of the text."""
        return (self.day or date.max, self.doc_id, self.start, self.claim_id)

    def overlaps(self, other: Item) -> bool:
        """Whether both are made of the same characters of one article."""
        return self.doc_id == other.doc_id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Quote(Item):
    """What somebody said; ``parts`` are the words that count: the verbatim ones, or all where there are no marks."""

    quote_type: records.QuoteType
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amount(Item):
    """A sum, percentage or multiple; ``offset`` is its place in the sentence."""

    offset: int
    low: Decimal | None
    high: Decimal | None
    bound: records.Bound
    unit: str
    per: str | None
    change: records.Change
    payer: str | None
    verb: str | None
    object: str | None
    when: str | None


@dataclass(frozen=True, slots=True)
class Prediction(Item):
    """A predicted clause without its condition and horizon; ``subject`` stands before the cue, ``event`` behind it."""

    subject: str
    event: str
    negated: bool
    condition: str
    until: date | None
