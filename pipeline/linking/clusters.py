"""Claims that say the same, as clusters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.linking.items import SAME, Link


class Union:
    """Sets of things that are merged bit by bit; each is named by the first of its members."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def find(self, one: int) -> int:
        """The name of the set that holds ``one``."""
        root = one
        while (above := self._above.get(root, root)) != root:
            root = above
        while one != root:
            self._above[one], one = root, self._above.get(one, one)
        return root

    def merge(self, one: int, other: int) -> None:
        """Make the sets of both one."""
        first, last = sorted((self.find(one), self.find(other)))
        self._above[last] = first


def of(links: Iterable[Link], claim_ids: Sequence[str]) -> dict[str, str]:
    """Claim -> the first claim of its cluster, for the claims that the links say are the same.

    ``claim_ids``: all claims, the earliest first.
    """
    place = {claim_id: i for i, claim_id in enumerate(claim_ids)}
    sets = Union()
    inside: set[int] = set()
    for link in links:
        if link.relation in SAME:
            one, other = place[link.claim_id], place[link.other_claim_id]
            inside |= {one, other}
            sets.merge(one, other)
    return {claim_ids[i]: claim_ids[sets.find(i)] for i in sorted(inside)}
