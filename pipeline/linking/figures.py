"""The same figure in several places, figures that were changed later, and figures that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from pipeline.linking.items import Amount, Link, same_speaker
from pipeline.linking.subjects import Subject, digits, subject

Keys = Callable[[Subject], Iterable[Hashable]]
HUB = 16
"""Of amounts with one key, so many (the earliest) are compared with all the others: linear, not quadratic."""
NEAR = 3
"""Amounts of one article are compared with so many before them, whatever they are about."""
APART = 600
"""Characters between two amounts of an article, one of which may take the place of the other."""
FACTOR = 4
"""Two values of one thing differ by no more than this factor; others are of different things."""
CLOSE_DAYS = 400
"""Days between two articles whose figures contradict each other."""


def links(amounts: Sequence[Amount]) -> Iterator[Link]:
    """Links between amounts, each to an earlier one; amounts in order of time."""
    subjects = [subject(a) for a in amounts]
    same: dict[int, tuple[float, int, str]] = {}
    for i, j in candidates(subjects, value_keys):
        found = repeated(subjects[i], subjects[j])
        if found and (j not in same or found[0] > same[j][0]):
            same[j] = (found[0], i, found[1])
    for j, (score, i, reason) in sorted(same.items()):
        yield Link(amounts[j].claim_id, amounts[i].claim_id, "same_figure", score, reason)
    for i, j in candidates(subjects, topic_keys, neighbours(amounts)):
        link = differing(subjects[i], subjects[j])
        if link:
            yield link


def candidates(subjects: Sequence[Subject], keys: Keys, more: Iterable[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """Pairs of places whose amounts share a key, the earlier one first."""
    found = set(more)
    index: dict[Hashable, list[int]] = defaultdict(list)
    for j, one in enumerate(subjects):
        for key in keys(one):
            found.update((i, j) for i in index[key])
            if len(index[key]) < HUB:
                index[key].append(j)
    return sorted(found)


def value_keys(one: Subject) -> Iterator[Hashable]:
    """Unit, rounded value and a word of what it is about: what two mentions of one figure share."""
    middle = one.amount.low if one.amount.low is not None else one.amount.high
    assert middle is not None  # every amount has an end
    for places in (1, 2):
        rounded_ = rounded(middle, places)
        yield from ((one.amount.unit, places, rounded_, word) for word in sorted(one.about | one.payer))


def topic_keys(one: Subject) -> Iterator[Hashable]:
    """Unit and two words of what it is about: what two values of one thing share."""
    yield from ((one.amount.unit, *pair) for pair in combinations(sorted(one.about)[:8], 2))


def neighbours(amounts: Sequence[Amount]) -> Iterator[tuple[int, int]]:
    """Pairs of amounts in the same unit that stand close together in one article."""
    for j, amount in enumerate(amounts):
        for i in range(max(0, j - NEAR), j):
            other = amounts[i]
            if other.doc_id == amount.doc_id and other.unit == amount.unit and amount.start - other.end <= APART:
                yield i, j


def repeated(first: Subject, last: Subject) -> tuple[float, str] | None:
    """Whether two amounts are one figure: score and reason.

    The rounder the figure, the more words must be shared.
    """
    one, other = first.amount, last.amount
    if one.overlaps(other) or one.unit != other.unit or not _same_rate(one, other) or first.delta != last.delta:
        return None
    exact = (one.low, one.high) == (other.low, other.high)
    if not (exact or _one_is_rounded(one, other)) or _same_sentence(one, other):
        return None
    if (
        not _same_time(first, last)
        or first.part != last.part
        or (first.object and last.object and not _akin(first, last))
    ):
        return None
    shared = (first.about | first.payer) & (last.about | last.payer)
    smaller = min(len(first.about | first.payer), len(last.about | last.payer)) or 1
    given = max(digits(v) for v in (one.low, one.high, other.low, other.high) if v is not None)
    needed, share = {1: (3, 0.45), 2: (2, 0.4)}.get(given, (2, 0.25))
    if one.unit in ("percent", "ratio"):
        needed, share = max(needed, 2), max(share, 0.4)
    if not exact:
        needed, share = max(needed, 2), max(share, 0.5)
    if len(shared) < needed or len(shared) / smaller < share:
        return None
    score = min(0.98, 0.7 + 0.08 * min(given, 3) + 0.1 * len(shared) / smaller - (0 if exact else 0.08))
    said = "the same figure" if exact else "the same figure, rounded in one place"
    return round(score, 4), f"{said}, about the same: {', '.join(sorted(shared)[:4])}"


def differing(first: Subject, last: Subject) -> Link | None:
    """Whether two amounts are different values of one thing: a revision where words or the order of time say so, else a
    conflict where two sources give them."""
    one, other = first.amount, last.amount
    if one.unit != other.unit or not _same_rate(one, other) or first.delta or last.delta or first.part or last.part:
        return None
    if not _apart(one, other) or not _same_time(first, last) or _roles_differ(first, last):
        return None
    together = _same_sentence(one, other)
    shared = first.about & last.about
    smaller = min(len(first.about), len(last.about)) or 1
    payers = bool(first.payer & last.payer) if first.payer and last.payer else None
    cued = last.revised or first.earlier or last.earlier or first.revised
    if one.doc_id == other.doc_id:
        if not cued or not (together or len(shared) >= 2) or not (together or other.start - one.end <= APART):
            return None
        if first.object and last.object and not (first.object & last.object) and not _anaphoric(last):
            return None
        if payers is False and not together:
            return None
        score = 0.75 + 0.1 * (last.revised and (first.earlier or bool(payers))) + 0.05 * min(2, len(shared))
        earlier, later = (one, other) if not last.earlier or first.earlier else (other, one)
        return _revision(later, earlier, score, "the words around them say that one took the other's place")
    if not _akin(first, last) or len(shared) < 3 or len(shared) / smaller < 0.5 or (payers is False and not cued):
        return None
    source = same_speaker(one.who, other.who)
    about = ", ".join(sorted(shared)[:4])
    if last.revised or first.earlier or ((source or payers) and _later(one, other)):
        score = 0.7 + 0.1 * bool(last.revised) + 0.1 * bool(payers) + 0.05 * bool(source)
        return _revision(other, one, score, f"a later article gives another figure for the same: {about}")
    if one.day and other.day and abs((one.day - other.day).days) > CLOSE_DAYS:
        return None
    score = 0.65 + 0.1 * (source is False) + 0.1 * bool(payers)
    reason = f"two articles give different figures for the same: {about}"
    return Link(other.claim_id, one.claim_id, "conflict", round(score, 4), reason)


def _revision(later: Amount, earlier: Amount, score: float, why: str) -> Link:
    return Link(later.claim_id, earlier.claim_id, "revision", round(min(score, 0.97), 4), why)


def _later(one: Amount, other: Amount) -> bool:
    return one.day is not None and other.day is not None and one.day < other.day


def _akin(first: Subject, last: Subject) -> bool:
    """Whether the things that the sums are for have a word in common."""
    return bool(first.object & last.about or last.object & first.about)


def _anaphoric(one: Subject) -> bool:
    """Whether the object only points back ("the demand", "the estimate")."""
    return len(one.object) <= 1


def _same_rate(one: Amount, other: Amount) -> bool:
    return one.per == other.per


def _same_sentence(one: Amount, other: Amount) -> bool:
    return one.doc_id == other.doc_id and one.start - one.offset == other.start - other.offset


def _same_time(first: Subject, last: Subject) -> bool:
    """Whether the years that both name may be the same."""
    return not first.years or not last.years or bool(first.years & last.years)


def _roles_differ(first: Subject, last: Subject) -> bool:
    return first.role is not None and last.role is not None and first.role != last.role


def _apart(one: Amount, other: Amount) -> bool:
    """Whether the values exclude each other, and are near enough to be of one thing."""
    a, b = _ends(one), _ends(other)
    if a is None or b is None or one.unit == "ratio":
        return False
    (low, high), (least, most) = a, b
    if (low <= most and least <= high) or _one_is_rounded(one, other):
        return False
    small, large = sorted((high, most))
    return small > 0 and large <= FACTOR * small


def _ends(amount: Amount) -> tuple[Decimal, Decimal] | None:
    """Both ends; ``None`` where one is open."""
    return (amount.low, amount.high) if amount.low is not None and amount.high is not None else None


def _one_is_rounded(one: Amount, other: Amount) -> bool:
    """Whether the less exact of two single values is the other one, rounded."""
    if (
        one.low is None
        or other.low is None
        or one.low != one.high
        or other.low != other.high
        or not one.low
        or not other.low
    ):
        return False
    rough, fine = sorted((one.low, other.low), key=digits)
    places = digits(rough)
    if places == digits(fine):
        return False
    return rounded(fine, places) == rough and abs(fine - rough) <= abs(rough) / 20


def rounded(value: Decimal, places: int) -> Decimal:
    """The number with so many digits that count."""
    return value if not value else round(value, places - 1 - value.adjusted())
