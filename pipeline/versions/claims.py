"""Which claims of one article stand in another that says nearly the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.versions.sketch import WORD

SAME_SENTENCE = 0.5
"""Of the words in two sentences, the share that both must have for the same words in them to be the same claim."""
MOST = 100
"""So many claims with the same words, but in other sentences, are told apart; more of them are tables."""


@dataclass(frozen=True)
class Stated:
    """A claim as far as another article may state it, too; ``speaker``: name of who makes it."""

    claim_id: str
    kind: str
    start: int
    text: str
    sentence: str
    speaker: str | None = None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The claim's words and numbers, whatever their case and punctuation."""
        return tuple(WORD.findall(self.text.casefold()))

    @cached_property
    def around(self) -> frozenset[str]:
        """The words of its sentence."""
        return frozenset(WORD.findall(self.sentence.casefold()))


def shared(a: Sequence[Stated], b: Sequence[Stated]) -> dict[str, str]:
    """The claims of ``b`` that ``a`` states, too: id in ``b`` -> id in ``a``; each claim at most once.

    They are of one kind, have the same words in about the same sentence, and nobody else's name as their speaker.
    """
    found = dict(paired(a, b, lambda c: (c.kind, c.words, c.around), one_voice))
    left, right = without(a, found.values()), without(b, found)
    return found | dict(paired(left, right, lambda c: (c.kind, c.words), one_voice))


def changed(a: Sequence[Stated], b: Sequence[Stated]) -> dict[str, str]:
    """Of claims that are not shared, those of ``b`` that stand in about the same sentence as one of ``a``: ids."""
    found = dict(paired(a, b, lambda c: (c.kind, c.words), anyone))
    left, right = without(a, found.values()), without(b, found)
    return found | dict(paired(left, right, lambda c: c.kind, anyone))


def paired(
    a: Sequence[Stated],
    b: Sequence[Stated],
    key: Callable[[Stated], Hashable],
    may: Callable[[Stated, Stated], bool],
) -> Iterator[tuple[str, str]]:
    """Claims with equal keys, those in the most similar sentences first; of equally similar ones in their order."""
    groups: dict[Hashable, tuple[list[Stated], list[Stated]]] = defaultdict(lambda: ([], []))
    for side, claims in enumerate((a, b)):
        for claim in sorted(claims, key=lambda c: (c.start, c.claim_id)):
            groups[key(claim)][side].append(claim)
    for left, right in groups.values():
        ranked = sorted(
            (-alike(x, y), abs(i - j), i, j)
            for i, x in enumerate(left[:MOST])
            for j, y in enumerate(right[:MOST])
            if may(x, y) and alike(x, y) >= SAME_SENTENCE
        )
        taken: set[str] = set()
        for _, _, i, j in ranked:
            old, new = left[i].claim_id, right[j].claim_id
            if taken.isdisjoint((f"a{old}", f"b{new}")):
                taken |= {f"a{old}", f"b{new}"}
                yield new, old


def alike(x: Stated, y: Stated) -> float:
    """The words that two claims' sentences share, of all that they have."""
    together = x.around | y.around
    return len(x.around & y.around) / len(together) if together else 1.0


def one_voice(x: Stated, y: Stated) -> bool:
    """Whether the claims may be one person's: one name is part of the other, or not known."""
    if x.speaker is None or y.speaker is None:
        return True
    names = [set(WORD.findall(name.casefold())) for name in (x.speaker, y.speaker)]
    return names[0] <= names[1] or names[1] <= names[0]


def anyone(_x: Stated, _y: Stated) -> bool:
    return True


def without(claims: Iterable[Stated], ids: Iterable[str]) -> list[Stated]:
    """The claims but those with the ids."""
    gone = set(ids)
    return [c for c in claims if c.claim_id not in gone]
