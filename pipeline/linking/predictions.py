"""Predictions about the same event, whether they agree or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.linking.items import Link, Prediction, same_speaker
from pipeline.linking.words import lexicon, named, tokens, topics

HUB = 16
"""Of predictions with one key, so many (the earliest) are compared with all the others: linear, not quadratic."""
MOST_TOPICS = 10
"""Words of a prediction that keys are made of."""
SUBJECT_SHARE, EVENT_SHARE = 0.5, 0.5
"""Shares of the shorter subject's words, and of the shorter event's, that the longer one must have too."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A prediction as sets of stems; ``verb`` is what is to happen, ``group`` the verbs that mean the same, and
    ``side`` on which of two opposite sides it stands."""

    item: Prediction
    subject: frozenset[str]
    rest: frozenset[str]
    verb: str
    group: int | None
    side: int
    numbers: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.subject | self.rest


def links(predictions: Sequence[Prediction]) -> Iterator[Link]:
    """Links between predictions of one event, each to the earliest like it; predictions in order of time."""
    outlines = [o for p in predictions if (o := outline(p))]
    index: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for j, one in enumerate(outlines):
        keys = list(_keys(one))
        best: tuple[float, int, Link] | None = None
        for i in sorted({i for key in keys for i in index[key]}):
            link = compare(outlines[i], one)
            if link and (best is None or link.score > best[0]):
                best = (link.score, i, link)
        if best:
            yield best[2]
        for key in keys:
            if len(index[key]) < HUB:
                index[key].append(j)


def outline(prediction: Prediction) -> Outline | None:
    """The stems that tell what is predicted; ``None`` where there are too few."""
    known = lexicon()
    event = topics(prediction.event)
    if not event:
        return None
    verb = event[0]
    group, side = known.events.get(verb, (None, 0))
    numbers = frozenset(t for t in tokens(prediction.event) if t[0].isdigit() or t in known.number)
    found = Outline(prediction, frozenset(topics(prediction.subject)), frozenset(event[1:]), verb, group, side, numbers)
    return found if len(found.all) >= 1 and found.subject else None


def _keys(one: Outline) -> Iterator[tuple[object, ...]]:
    """The event and a word of the rest; or two words of the whole, for a passive beside its active."""
    what = one.group if one.group is not None else one.verb
    yield from ((what, word) for word in sorted(one.all)[:MOST_TOPICS])


def compare(first: Outline, last: Outline) -> Link | None:
    """Whether two predictions are of one event: the same verb or one of the same group, subject and object."""
    one, other = first.item, last.item
    if one.overlaps(other) or not _same_verb(first, last) or not _same_time(one, other):
        return None
    if first.numbers != last.numbers and first.numbers and last.numbers:
        return None
    shared = first.all & last.all
    straight = (
        _share(first.subject, last.subject) >= SUBJECT_SHARE
        and _share(first.rest, last.rest) >= EVENT_SHARE
        and not _two_sided(first.subject, last.subject)
        and not _two_sided(first.rest, last.rest)
    )
    turned = bool(first.subject & last.rest or last.subject & first.rest) and not _two_sided(first.all, last.all)
    bare = not (first.rest or last.rest)
    if not (straight or turned) or len(shared) < (1 if straight and (bare or first.group is not None) else 2):
        return None
    opposed = (one.negated != other.negated) != (first.side != last.side)
    score = 0.7 + 0.05 * min(len(shared), 4) + 0.05 * (first.verb == last.verb)
    words = named({first.verb, *shared}, one.text)
    who = {
        True: "one speaker",
        None: "two articles" if one.doc_id != other.doc_id else "one article",
        False: "two speakers",
    }
    said = f"{who[same_speaker(one.who, other.who)]} on the same event: {words}"
    if opposed:
        return Link(
            other.claim_id, one.claim_id, "conflict", round(score, 4), f"{said}; one says the opposite of the other"
        )
    return Link(other.claim_id, one.claim_id, "same_event", round(score, 4), said)


def _two_sided(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each has words that the other lacks: two things, rather than one told with more words."""
    return bool(one - other and other - one)


def _same_verb(first: Outline, last: Outline) -> bool:
    return first.verb == last.verb or (first.group is not None and first.group == last.group)


def _same_time(one: Prediction, other: Prediction) -> bool:
    """Whether what is predicted may be of the same time: no two different horizons."""
    if one.until is None or other.until is None:
        return True
    return one.until.year == other.until.year


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Of the smaller set, the share that the larger one has; 1 where the smaller is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 1.0
