"""What all measures share: spans of characters, one-to-one matching, precision, recall and F1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

G = TypeVar("G")
P = TypeVar("P")
Fragment = tuple[int, int]
Fragments = tuple[Fragment, ...]
MIN_IOU = 0.5
"""From this intersection over union on two contents are the same."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: an F1 with its precision and recall, or a plain share of ``gold`` cases.

    ``low`` to ``high`` is its 95 % confidence interval; ``None`` where there are too few documents for one.
    ``change``: how much it is above that of an earlier evaluation of the same documents, with the interval of that.
    """

    name: str
    value: float
    gold: int
    precision: float | None = None
    recall: float | None = None
    predicted: int | None = None
    low: float | None = None
    high: float | None = None
    change: float | None = None
    change_low: float | None = None
    change_high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The figure as JSON, rounded to four digits, without the fields it does not have."""
        rows = {f: getattr(self, f) for f in self.__dataclass_fields__}
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in rows.items() if v is not None}


@dataclass
class Tally:
    """Right and total counts of one measure in one document; ``share``: they come to a share of gold, not to an F1."""

    right_gold: int = 0
    right_predicted: int = 0
    gold: int = 0
    predicted: int = 0
    share: bool = False

    def add(self, gold: int, predicted: int, right: int) -> None:
        """Count cases of an F1 that are matched one to one."""
        self.gold, self.predicted = self.gold + gold, self.predicted + predicted
        self.right_gold, self.right_predicted = self.right_gold + right, self.right_predicted + right

    def case(self, right: bool) -> None:
        """Count one case of a share."""
        self.gold += 1
        self.right_gold += right


Tallies = dict[str, Tally]
"""The counts of one document: name of the measure -> its tally."""


def match(gold: Sequence[G], predicted: Sequence[P], weight: Callable[[G, P], float]) -> list[tuple[int, int]]:
    """One-to-one pairs of indices, heaviest first; a weight of 0 is no match."""
    scored = ((weight(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted))
    ranked = sorted((c for c in scored if c[0] > 0), key=lambda c: (-c[0], c[1], c[2]))
    used_gold: set[int] = set()
    used_predicted: set[int] = set()
    pairs = []
    for _, i, j in ranked:
        if i not in used_gold and j not in used_predicted:
            used_gold.add(i)
            used_predicted.add(j)
            pairs.append((i, j))
    return pairs


def size(fragments: Iterable[Fragment]) -> int:
    """The number of characters in the fragments."""
    return sum(e - s for s, e in fragments)


def shared(a: Iterable[Fragment], b: Sequence[Fragment]) -> int:
    """The number of characters that both have."""
    return sum(max(0, min(e1, e2) - max(s1, s2)) for s1, e1 in a for s2, e2 in b)


def iou(a: Fragments, b: Fragments) -> float:
    """Intersection over union of the characters."""
    both = shared(a, b)
    return both / (size(a) + size(b) - both) if both else 0.0
