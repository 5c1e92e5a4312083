"""The same quote in several places: whole, clipped, or with an overlap."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.linking.clusters import Union
from pipeline.linking.items import Link, Quote, same_speaker
from pipeline.linking.words import lexicon, stem, tokens, weighty

GRAM = 3
"""Words of a shingle: the shortest run that two quotes must share to be compared."""
HUB = 24
"""Of quotes that share a shingle, so many (the longest) are compared with all the others: linear, not quadratic."""
GRAMS_SHARED = 3
"""A clip shares at least one of so many of its shingles: each word that is not the same costs three."""
MOST_WORDS = 400
"""Words of a quote that are compared; those of longer ones are hardly repeated in full."""
COVERED = 0.85
"""Share of the shorter quote's words that must stand in the longer one in the same order."""
OVERLAP_RUN, OVERLAP_SHARE = 9, 0.5
"""Two clippings of one speech share a run of so many words, at least so much of the shorter one."""
LEAST = {True: 4, None: 6, False: 10}
"""Words that must be shared: by one speaker; where one is not known; by two names (then one of them is wrong)."""
CLIP = {True: 3, None: 6, False: 10}
"""The same for a part of a longer quote, counted in words that carry a topic plus the others: see ``_enough``."""
INSERTED = re.compile(r"\[[^\]]{0,80}\]|\.\.\.|\u2026|\. \. \.")


@dataclass(frozen=True, slots=True)
class Core:
    """The words of a quote, and the quotes that have exactly these, the earliest first."""

    words: tuple[str, ...]
    quotes: list[Quote]


@dataclass(frozen=True, slots=True)
class Match:
    """How the words of a quote lie in a longer one: how many, the longest run, and whether only these stand there."""

    matched: int
    longest: int
    length: int
    clean: bool

    @property
    def share(self) -> float:
        return self.matched / self.length


def links(quotes: Sequence[Quote]) -> Iterator[Link]:
    """Links between quotes that are the same, each to the earliest or the fullest one; quotes in order of time."""
    by_words: dict[tuple[str, ...], list[Quote]] = defaultdict(list)
    for quote in quotes:
        words = core(quote)
        if len(words) >= GRAM and topical(words):
            by_words[words].append(quote)
    cores = [Core(words, by_words[words]) for words in sorted(by_words, key=lambda w: (-len(w), w))]
    for same in cores:
        yield from _equal(same)
    yield from _clipped(cores)


def core(quote: Quote) -> tuple[str, ...]:
    """The words by which a quote is known: the verbatim ones, else all without the "that" before them."""
    text = " ".join(quote.parts)
    words = tokens(INSERTED.sub(" ", text))[:MOST_WORDS]
    return tuple(words[1:] if words[:1] == ["that"] and quote.quote_type == "indirect" else words)


def topical(words: Sequence[str]) -> int:
    """How many different words carry a topic."""
    stop = lexicon().stop
    return len({stem(w) for w in words if w not in stop})


def _equal(same: Core) -> Iterator[Link]:
    """Link quotes with the same words, each to the earliest that may be the same."""
    firsts: list[Quote] = []
    number = len(same.words)
    for quote in same.quotes:
        for first in firsts:
            agreed = same_speaker(quote.who, first.who)
            if number >= LEAST[agreed] and topical(same.words) >= 2 and not quote.overlaps(first):
                score = {True: 0.99, None: 0.93, False: 0.8}[agreed] - (0.05 if number < 6 else 0)
                yield Link(
                    quote.claim_id,
                    first.claim_id,
                    "same_quote",
                    round(score, 4),
                    f"the same {number} words{_by(agreed)}",
                )
                break
        else:
            if len(firsts) < HUB:
                firsts.append(quote)


def _clipped(cores: Sequence[Core]) -> Iterator[Link]:
    """Link quotes whose words stand in a longer one; ``cores``: the longest first."""
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    sets = Union()
    for number, short in enumerate(cores):
        shared = Counter(hub for gram in grams(short.words) for hub in index[gram])
        least = min(OVERLAP_RUN - GRAM + 1, max(1, (len(short.words) - GRAM + 1) // GRAMS_SHARED))
        candidates = [hub for hub, number_shared in shared.items() if number_shared >= least]
        fits: list[tuple[float, int, Match, bool | None, Quote, Quote]] = []
        for hub in sorted(candidates):
            found = matched(short.words, cores[hub].words)
            if not found.clean:
                continue
            agreed, quote, other = _closest(short, cores[hub])
            if quote.overlaps(other) or not _enough(short.words, found, agreed):
                continue
            fits.append((_score(found, agreed), hub, found, agreed, quote, other))
        owners = {sets.find(f[1]) for f in fits}
        if fits and (len(owners) == 1 or len(short.words) >= OVERLAP_RUN):
            score, hub, found, agreed, quote, other = max(fits, key=lambda f: (f[0], -f[1]))
            sets.merge(number, hub)
            yield _link(quote, other, score, _clip_reason(found, len(cores[hub].words), agreed))
        for gram in grams(short.words):
            if len(index[gram]) < HUB:
                index[gram].append(number)


def grams(words: Sequence[str]) -> set[tuple[str, ...]]:
    """All runs of ``GRAM`` words."""
    return {tuple(words[i : i + GRAM]) for i in range(len(words) - GRAM + 1)}


def _closest(short: Core, long: Core) -> tuple[bool | None, Quote, Quote]:
    """Two quotes with these words, of the same speaker where there are such."""
    pairs = [(q, o) for q in short.quotes[:HUB] for o in long.quotes[:HUB]]
    rank = {True: 0, None: 1, False: 2}
    quote, other = min(pairs, key=lambda p: (p[0].overlaps(p[1]), rank[same_speaker(p[0].who, p[1].who)]))
    return same_speaker(quote.who, other.who), quote, other


def matched(short: tuple[str, ...], long: tuple[str, ...]) -> Match:
    """Find the runs of a shorter quote in a longer one, in order; linear in the number of words."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in range(len(long) - GRAM + 1):
        places[long[i : i + GRAM]].append(i)
    runs: list[tuple[int, int, int]] = []
    i = end = 0
    while i <= len(short) - GRAM:
        at = next((p for p in places.get(short[i : i + GRAM], ()) if p >= end), None)
        if at is None:
            i += 1
            continue
        length = GRAM
        while i + length < len(short) and at + length < len(long) and short[i + length] == long[at + length]:
            length += 1
        runs.append((i, at, length))
        i, end = i + length, at + length
    return Match(
        matched=sum(r[2] for r in runs),
        longest=max((r[2] for r in runs), default=0),
        length=len(short),
        clean=bool(runs) and _clean(short, long, runs),
    )


def _clean(short: Sequence[str], long: Sequence[str], runs: Sequence[tuple[int, int, int]]) -> bool:
    """Whether the words between the shared runs change nothing: no number, no negation, no other topic put in place."""
    for (i, at, length), (j, to, _) in itertools.pairwise(runs):
        own, theirs = short[i + length : j], long[at + length : to]
        if any(map(weighty, (*own, *theirs))) or (topical(own) and topical(theirs)):
            return False
    first, last = runs[0], runs[-1]
    head, tail = short[: first[0]], short[last[0] + last[2] :]
    return not any(map(weighty, (*head, *tail)))


def _enough(words: Sequence[str], found: Match, agreed: bool | None) -> bool:
    """Whether so many words are shared that it cannot be chance."""
    if found.share >= COVERED:
        least = 2 if agreed else 3
        return found.matched >= CLIP[agreed] and topical(words) >= least
    return found.longest >= OVERLAP_RUN and found.share >= OVERLAP_SHARE and agreed is not False


def _score(found: Match, agreed: bool | None) -> float:
    score = {True: 0.96, None: 0.9, False: 0.78}[agreed] - (0.08 if found.matched < 6 else 0)
    return round(score if found.share >= COVERED else score - 0.15, 4)


def _clip_reason(found: Match, length: int, agreed: bool | None) -> str:
    if found.share == 1:
        said = f"all {found.length} words of the shorter stand in the longer ({length} words)"
    elif found.share >= COVERED:
        said = f"{found.matched} of the {found.length} words of the shorter stand in the longer ({length} words)"
    else:
        said = f"both have a run of {found.longest} words"
    return said + _by(agreed)


def _by(agreed: bool | None) -> str:
    return {True: ", same speaker", None: ", one speaker not named", False: ", but given to two speakers"}[agreed]


def _link(one: Quote, other: Quote, score: float, reason: str) -> Link:
    """The link from the later claim to the earlier one."""
    first, last = sorted((one, other), key=lambda q: q.order)
    return Link(last.claim_id, first.claim_id, "same_quote", score, reason)
