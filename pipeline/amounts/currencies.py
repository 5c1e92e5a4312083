"""Choose the currency of a sign or name that several share, and say why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.amounts.knowledge import Marker, currencies
from pipeline.amounts.lexer import Lexed, lex
from pipeline.amounts.markers import place_at
from pipeline.records import Context

C = currencies()

KINDS = {"code": "code", "sign": "symbol"}

NEAR = 30
"""How many lexemes either side of an amount a place may stand to tell its currency."""

LOCAL_MENTIONS = 3
"""How often a text must name places of a currency before an unmarked sign is taken for it, and how many times as often
as places of the default currency."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a document is set: the currency of its publisher's country, and of the places that it names.

    ``explicit`` are the currencies that its amounts name in full somewhere ("C$5", "Canadian dollars").
    """

    publisher: str | None
    places: Counter[str]
    explicit: frozenset[str] = frozenset()

    @classmethod
    def of(cls, stretches: Sequence[Lexed], context: Context, markers: Iterable[Marker]) -> Setting:
        """The setting of a document, from its lexemes, title, publisher and address."""
        places: Counter[str] = Counter()
        for lexed in stretches:
            places.update(code for _, code in place_mentions(lexed))
        return cls(publisher_currency(context), places, frozenset(m.codes[0] for m in markers if len(m.codes) == 1))


def place_mentions(lexed: Lexed, start: int = 0, end: int | None = None) -> Iterator[tuple[int, str]]:
    """Where the lexemes from ``start`` to ``end`` name a place, and its currency."""
    i = start
    first = C.place_first
    while i < (lexed.size if end is None else min(end, lexed.size)):
        place = place_at(lexed, i) if lexed.words[i] in first else None
        if place is not None:
            yield i, place[0]
        i = place[1] if place is not None else i + 1


def near_currencies(lexed: Lexed, first: int, end: int) -> list[str]:
    """The currencies of the places named around an amount, the nearest first; one behind it counts as further off."""
    found = place_mentions(lexed, max(0, first - NEAR), end + NEAR)
    return [code for _, code in sorted((first - at if at < first else 3 * (at - end + 1), code) for at, code in found)]


def publisher_currency(context: Context) -> str | None:
    """The currency of the country that the publisher's name or web domain points to."""
    if context.publisher:
        for _, code in place_mentions(lex(context.publisher)):
            return code
    host = re.match(r"https?://[^/?#:]*\.([a-z]{2})(?=[/?#:]|$)", (context.uri or "").lower())
    return C.domains.get(host[1]) if host else None


def choose(markers: Sequence[Marker], large: bool, setting: Setting, near: Sequence[str]) -> tuple[str, str] | None:
    """The ISO 4217 code for the markers of an amount, and the reason; ``None`` where they are no sign of money here.

    ``large``: the number is written like money. ``near``: currencies of places named around it, the nearest first.
    """
    marker = min(markers, key=lambda m: len(m.codes))
    candidates = [c for c in marker.codes if c != "XXX"]
    nearby = [c for c in near if c in candidates]
    local = bool(nearby) or setting.publisher in candidates or is_set_in(setting, candidates)
    if (marker.large_only or marker.local_only) and not (
        (marker.large_only and large) or (marker.local_only and local and large | (marker.kind == "sign"))
    ):
        return None
    what = f"{KINDS.get(marker.kind, 'name')} {marker.form}"
    if len(marker.codes) == 1 and marker.default != "XXX":
        return marker.default, what
    if setting.publisher in candidates:
        return str(setting.publisher), f"{what}, published where {C.names[str(setting.publisher)]} is used"
    if nearby and (marker.default == "XXX" or (marker.nearby and marker.default not in near)):
        return nearby[0], f"{what}, a place of {C.names[nearby[0]]} is named beside it"
    unused = [c for c in candidates if c not in setting.explicit and c not in marker.publisher_only]
    best = max(unused, key=lambda c: setting.places[c], default=marker.default)
    needed = 1 if marker.default == "XXX" else LOCAL_MENTIONS
    if best != marker.default and setting.places[best] >= max(needed, LOCAL_MENTIONS * setting.places[marker.default]):
        return best, f"{what}, the document is set where {C.names[best]} is used"
    if marker.default == "XXX":
        return "XXX", f"{what} is shared by several currencies"
    return marker.default, f"{what} defaults to {marker.default}"


def is_set_in(setting: Setting, candidates: Iterable[str]) -> bool:
    """Whether the text names places of one of the currencies often."""
    return any(setting.places[c] >= LOCAL_MENTIONS for c in candidates)
