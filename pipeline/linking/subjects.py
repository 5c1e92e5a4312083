"""What a sum of money is about, as far as the words around it tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipeline.linking.items import Amount
from pipeline.linking.words import lexicon, plain, stem, tokens, topics

WINDOW = 90
"""Characters before and behind a sum that are read for what it is about."""
BREAKS = re.compile(
    r"[;:\n]|[.!?](?=\s|$)|, (?=(?:but|while|whereas)\b|and (?:the|a|an|it|he|she|they)\b)|\b(?:while|whereas)\b"
)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
RELATIVE = re.compile(r"\b(last|next|this|previous|coming|following)\s+(?:fiscal\s+|financial\s+)?year\b")
SHIFT = {"last": -1, "previous": -1, "this": 0, "next": 1, "coming": 1, "following": 1}
SUM = re.compile(r"[$€£¥₹₩]\s?\d|\d[\d.,]*\s?(?:percent|per cent|%|million|billion|trillion|bn|m\b|crore|lakh)", re.I)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an amount is about.

    ``payer``, ``object`` and ``near`` are stems: of who pays, of what for, of the words around the sum in its clause.
    ``years``: that the sentence names. ``role``: what is done with the sum. ``revised``, ``earlier``: it takes the
    place of another value, or another one took its. ``delta``: the sum is a change ("by $2 million").
    ``part``: it is a part of another sum.
    """

    amount: Amount
    payer: frozenset[str]
    object: frozenset[str]
    near: frozenset[str]
    years: frozenset[int]
    role: str | None
    revised: bool
    earlier: bool
    delta: bool
    part: bool

    @property
    def about(self) -> frozenset[str]:
        """The stems of its object and of the words near it."""
        return self.object | self.near


def subject(amount: Amount) -> Subject:
    """Read what an amount is about from its clause and the words around it."""
    known = lexicon()
    before, behind = clause(amount.sentence, amount.offset, amount.offset + len(amount.text))
    left, right = plain(before), plain(behind)
    last = left.split()[-1:]
    words = tokens(f"{before} {behind}")
    verb = stem(amount.verb) if amount.verb else ""
    changing = {verb} & known.revision or {stem(w) for w in words} & known.revision
    return Subject(
        amount=amount,
        payer=frozenset(topics(amount.payer or "")),
        object=frozenset(topics(amount.object or "")) - {verb} - known.revision,
        near=frozenset(topics(f"{before} {behind}")) - {verb} - known.revision,
        years=years(f"{amount.when or ''} {amount.sentence}", amount.day),
        role=known.roles.get(verb),
        revised=bool(changing) or bool(known.revision_phrases.search(f"{left[-40:]} {right[:20]}")),
        earlier=not known.earlier.isdisjoint(tokens(before)) or bool(known.earlier_phrases.search(left[-30:])),
        delta=last == ["by"] or (amount.change != "none" and not changing),
        part=bool(known.part.match(right[:20].lstrip(" ("))) or bool(known.part.search(" ".join(left.split()[-2:]))),
    )


def clause(sentence: str, start: int, end: int) -> tuple[str, str]:
    """The words before and behind a sum, as far as its clause goes and no other sum stands between."""
    before, behind = sentence[max(0, start - WINDOW) : start], sentence[end : end + WINDOW]
    cut = max([m.end() for m in (*BREAKS.finditer(before), *SUM.finditer(before))], default=0)
    first = min([m.start() for m in (*BREAKS.finditer(behind), *SUM.finditer(behind))], default=len(behind))
    return before[cut:], behind[:first]


def years(text: str, day: date | None) -> frozenset[int]:
    """The years that a text names; "last year" is known where the article has a date."""
    found = {int(y) for y in YEAR.findall(text)}
    if day is not None:
        found |= {day.year + SHIFT[m] for m in RELATIVE.findall(plain(text))}
    return frozenset(found)


def digits(value: Decimal) -> int:
    """How many digits a number is given with ("12.5 billion": 3); the more, the less by chance two agree."""
    return len(value.normalize().as_tuple().digits)
