"""What a sum of money is about, as far as the words around it tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.linking.items import Amount
from pipeline.linking.words import lexicon, plain, stem, stems, tokens, topics

WINDOW = 90
"""Characters before and behind a sum that are read for what it is about."""
LEAST = 2
"""Words that a clause without its source must have to tell what its sum is about."""
BREAKS = re.compile(
    r"[;:\n]|[.!?](?=\s|$)|, (?=(?:but|while|whereas)\b|and (?:the|a|an|it|he|she|they)\b)|\b(?:while|whereas)\b"
)
NAME = re.compile(r"(?<=[a-z,;:–—-] )[A-Z][\w'’-]+")
"""A capitalised word inside a sentence."""
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
RELATIVE = re.compile(r"\b(last|next|this|previous|coming|following)\s+(?:fiscal\s+|financial\s+)?year\b")
SHIFT = {"last": -1, "previous": -1, "this": 0, "next": 1, "coming": 1, "following": 1}
SUM = re.compile(r"[$€£¥₹₩]\s?\d|\d[\d.,]*\s?(?:percent|per cent|%|million|billion|trillion|bn|m\b|crore|lakh)", re.I)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an amount is about.

    ``payer``, ``object`` and ``near`` are stems: of who pays, of what for, of the words around the sum in its clause.
    ``names`` are capitalised ones among them, without the speaker's. ``years``: that the sentence names. ``verb`` and
    ``role``: what is done with the sum. ``revised``, ``earlier``: it takes the place of another value, or another one
    took its. ``contrast``: it is set against another value. ``delta``: the sum is a change ("by $2 million").
    ``part``: it is a part of another sum.
    """

    amount: Amount
    payer: frozenset[str]
    object: frozenset[str]
    near: frozenset[str]
    names: frozenset[str]
    years: frozenset[int]
    verb: str
    role: str | None
    revised: bool
    earlier: bool
    contrast: bool
    delta: bool
    part: bool
    all: frozenset[str]

    @classmethod
    def of(cls, amount: Amount, verb: str, role: str | None, **known: Any) -> Subject:
        """The subject, with ``all``: the stems of the object, of the words near it, of who pays and what is done."""
        words = known["object"] | known["near"] | known["payer"] | ({verb} if role else set())
        return cls(amount=amount, verb=verb, role=role, all=words, **known)

    def joined(self, other: Subject) -> Subject:
        """The same with what the clause of another value of the same thing tells."""
        return replace(
            self,
            payer=self.payer | other.payer,
            object=self.object | other.object,
            near=self.near | other.near,
            names=self.names | other.names,
            all=self.all | other.all,
        )


def subject(amount: Amount) -> Subject:
    """Read what an amount is about from its clause and the words around it."""
    known = lexicon()
    before, behind = clause(amount.sentence, amount.offset, amount.offset + len(amount.text))
    left, right = plain(before), plain(behind)
    last, words = left.split()[-1:], tokens(before)
    verb = stem(amount.verb) if amount.verb else ""
    changing = bool({verb, *map(stem, words)} & known.revision_verbs)
    ignored = known.revision_verbs | {verb}
    phrases = plain(amount.sentence[: amount.offset])[-30:]
    speaker = {part for name in amount.who.names for part in topics(name)} if amount.who else set()
    payer = frozenset(topics(amount.payer or ""))
    thing = "" if SUM.search(amount.object or "") else amount.object or ""
    near = frozenset(stems([*words, *tokens(behind)])) - ignored - speaker
    names = topics(" ".join(NAME.findall(amount.sentence)))
    role = None if verb in known.revision_verbs and (changing and last == ["to"]) else known.roles.get(verb)
    return Subject.of(
        amount,
        verb,
        role,
        payer=payer,
        object=frozenset(topics(thing)) - ignored,
        near=near,
        names=frozenset(names) & (near | payer) - speaker,
        years=years(f"{amount.when or ''} {amount.sentence}", amount.day),
        revised=(changing and last == ["to"]) or not known.revision.isdisjoint(words),
        earlier=not known.earlier.isdisjoint(words) or _ends_in_phrase(known.earlier_phrases, phrases),
        contrast=bool(known.contrast.search(" ".join(phrases.split()[-2:]))),
        delta=last == ["by"] or (amount.change != "none" and not changing),
        part=bool(known.part_before.match(right.lstrip(" (,"))) or bool(known.part_behind.search(" ".join(last))),
    )


def clause(sentence: str, start: int, end: int) -> tuple[str, str]:
    """The words before and behind a sum, as far as its clause goes and no other sum stands between."""
    before, behind = sentence[max(0, start - WINDOW) : start], sentence[end : end + WINDOW]
    cut = max([m.end() for m in (*BREAKS.finditer(before), *SUM.finditer(before))], default=0)
    first = min([m.start() for m in (*BREAKS.finditer(behind), *SUM.finditer(behind))], default=len(behind))
    before, behind = before[cut:], behind[:first]
    known = lexicon()
    said = max((m.end() for m in known.source_before.finditer(before)), default=0)
    source = known.source_behind.search(behind)
    if said and len(topics(before[said:])) + len(topics(behind)) >= LEAST:
        before = before[said:]
    return before, behind[: source.start()] if source else behind


def _ends_in_phrase(phrases: re.Pattern[str], text: str) -> bool:
    """Whether one of the phrases stands right before the end, with no more than a few words between."""
    return any(len(text[m.end() :].split()) <= 2 for m in phrases.finditer(text))


def years(text: str, day: date | None) -> frozenset[int]:
    """The years that a text names; "last year" is known where the article has a date."""
    found = {int(y) for y in YEAR.findall(text)}
    if day is not None:
        found |= {day.year + SHIFT[m] for m in RELATIVE.findall(plain(text))}
    return frozenset(found)


def digits(value: Decimal) -> int:
    """How many digits a number is given with ("12.5 billion": 3); the more, the less by chance two agree."""
    return len(value.normalize().as_tuple().digits)
