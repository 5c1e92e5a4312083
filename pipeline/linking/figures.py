"""The same figure in several places, figures that were changed later, and figures that contradict each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, combinations

from pipeline.linking.items import Amount, Link, same_speaker
from pipeline.linking.subjects import Subject, digits, subject
from pipeline.linking.words import lexicon, named

Keys = Callable[[Subject], Iterable[Hashable]]
HUB = 8
"""Of amounts with one key, so many (the earliest) are compared with all the others: linear, not quadratic."""
MOST = 10
"""An amount is compared with so many earlier ones."""
MOST_TOPICS = 8
"""Words of an amount's clause that keys are made of."""
NEAR = 3
"""Amounts of one article are compared with so many before them, whatever they are about."""
APART = 600
"""Characters between two amounts of an article, one of which may take the place of the other."""
FACTOR = 4
"""Two values of one thing differ by no more than this factor; others are of different things."""
MANY_DIGITS = 3
NEEDED = {1: (3, 0.45), 2: (2, 0.4), MANY_DIGITS: (2, 0.25)}
"""Digits of a figure -> how many words must be shared, and what share of the shorter clause's."""
CLOSE_DAYS = 400
"""Days between two articles whose figures contradict each other."""


def links(amounts: Sequence[Amount]) -> Iterator[Link]:
    """Links between amounts, each to an earlier one; amounts in order of time."""
    subjects = [subject(a) for a in amounts]
    told = list(subjects)
    for i, j in neighbours(amounts):
        link = beside(subjects[i], subjects[j])
        if link:
            yield link
            if _same_sentence(amounts[i], amounts[j]):
                told[i], told[j] = told[i].joined(subjects[j]), told[j].joined(subjects[i])
    same: dict[int, tuple[float, int, str]] = {}
    for i, j in candidates(told, value_keys):
        found = repeated(told[i], told[j])
        if found and (j not in same or found[0] > same[j][0]):
            same[j] = (found[0], i, found[1])
    for j, (score, i, reason) in sorted(same.items()):
        yield Link(amounts[j].claim_id, amounts[i].claim_id, "same_figure", score, reason)
    for i, j in candidates(told, topic_keys):
        link = apart(told[i], told[j])
        if link:
            yield link


def candidates(subjects: Sequence[Subject], keys: Keys) -> Iterator[tuple[int, int]]:
    """Pairs of places whose amounts share keys, the earlier one first; for each the ``MOST`` that share most."""
    index: dict[Hashable, list[int]] = defaultdict(list)
    for j, one in enumerate(subjects):
        own = list(keys(one))
        shared = Counter(chain.from_iterable(index[key] for key in own))
        yield from ((i, j) for i, _ in shared.most_common(MOST))
        for key in own:
            if len(index[key]) < HUB:
                index[key].append(j)


def value_keys(one: Subject) -> Iterator[Hashable]:
    """Unit, rounded value and a word of what it is about: what two mentions of one figure share."""
    middle = one.amount.low if one.amount.low is not None else one.amount.high
    assert middle is not None  # every amount has an end
    values = {rounded(middle, places) for places in (1, 2)}
    yield from ((one.amount.unit, value, word) for value in sorted(values) for word in sorted(one.all))


def topic_keys(one: Subject) -> Iterator[Hashable]:
    """Unit and two words of what it is about: what two values of one thing share."""
    unit, per = one.amount.unit, one.amount.per
    yield from ((unit, per, *pair) for pair in combinations(sorted(one.all)[:MOST_TOPICS], 2))


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
    if one.overlaps(other) or one.unit != other.unit or one.per != other.per or first.delta != last.delta:
        return None
    exact = (one.low, one.high) == (other.low, other.high)
    if not (exact or _one_is_rounded(one, other)) or _same_sentence(one, other):
        return None
    if not _same_time(first, last) or first.part != last.part or _two_things(first, last):
        return None
    shared = first.all & last.all
    smaller = min(len(first.all), len(last.all)) or 1
    given = max(digits(v) for v in (one.low, one.high, other.low, other.high) if v is not None)
    needed, share = NEEDED.get(given, NEEDED[MANY_DIGITS])
    if one.unit in ("percent", "ratio") or not exact:
        share = max(share, 0.4)
    if len(shared) < needed or len(shared) / smaller < share:
        return None
    score = min(0.98, 0.7 + 0.08 * min(given, 3) + 0.1 * len(shared) / smaller - (0 if exact else 0.08))
    said = "the same figure" if exact else "the same figure, rounded in one place"
    return round(score, 4), f"{said}, about the same: {named(shared, one.sentence)}"


def beside(first: Subject, last: Subject) -> Link | None:
    """Whether one of two amounts that stand close together took the other's place, or is set against it."""
    one, other = first.amount, last.amount
    if not _comparable(first, last):
        return None
    together = _same_sentence(one, other)
    shared = first.all & last.all
    if not together and (len(shared) < 2 or _two_things(first, last)):
        return None
    if together and first.payer and last.payer and not first.payer & last.payer and not last.contrast:
        return None
    if last.contrast and together and not first.revised and not last.revised:
        reason = "the sentence sets one figure against the other"
        return Link(other.claim_id, one.claim_id, "conflict", 0.85, reason)
    if first.revised and last.earlier:
        earlier, later = other, one
    elif last.revised or (first.earlier and together):
        earlier, later = one, other
    else:
        return None
    score = 0.78 + 0.08 * (first.earlier or last.earlier) + 0.04 * min(2, len(shared))
    return _revision(later, earlier, score, "the words around them say that one took the other's place")


def apart(first: Subject, last: Subject) -> Link | None:
    """Whether figures of two articles are different values of one thing: a revision where words or the order of time
    say so, else a conflict where two sources give them."""
    one, other = first.amount, last.amount
    shared = first.all & last.all
    if len(shared) < 2 or 2 * len(shared) < min(len(first.all), len(last.all)):
        return None
    if not _comparable(first, last) or _two_things(first, last) or _same_sentence(one, other):
        return None
    payers = bool(first.payer & last.payer) if first.payer and last.payer else None
    if payers is False and _spending(first, last):
        return None
    source = same_speaker(one.who, other.who)
    about = named(shared, one.sentence)
    if one.doc_id == other.doc_id:
        if source is not False or last.revised or first.earlier:
            return None
        reason = f"two sources in one article give different figures for the same: {about}"
        return Link(other.claim_id, one.claim_id, "conflict", 0.75, reason)
    if last.revised or (source and _later(one, other)):
        score = 0.7 + 0.1 * last.revised + 0.1 * bool(payers) + 0.05 * bool(source)
        return _revision(other, one, score, f"a later article gives another figure for the same: {about}")
    if source or (source is None and (payers or len(shared) < 3)):
        return None
    if one.day and other.day and abs((one.day - other.day).days) > CLOSE_DAYS:
        return None
    score = 0.65 + 0.1 * (source is False) + 0.1 * bool(payers)
    reason = f"two articles give different figures for the same: {about}"
    return Link(other.claim_id, one.claim_id, "conflict", round(score, 4), reason)


def _comparable(first: Subject, last: Subject) -> bool:
    """Whether two amounts may be two values of one thing: of one kind and size, but not the same."""
    one, other = first.amount, last.amount
    plain = not (first.delta or last.delta or first.part or last.part)
    same = one.unit == other.unit and one.per == other.per and _same_time(first, last)
    return plain and same and _differ(one, other) and not _roles_differ(first, last)


def _two_things(first: Subject, last: Subject) -> bool:
    """Whether each of the two is about something, or bears a name, that the other does not know."""
    generic = lexicon().generic
    things = bool(first.object - last.all - generic) and bool(last.object - first.all - generic)
    return things or bool(first.names - last.all and last.names - first.all)


def _spending(first: Subject, last: Subject) -> bool:
    """Whether it matters who pays: not where the sums are what something costs."""
    return "cost" not in (first.role, last.role) and bool(first.role or last.role)


def _revision(later: Amount, earlier: Amount, score: float, why: str) -> Link:
    return Link(later.claim_id, earlier.claim_id, "revision", round(min(score, 0.97), 4), why)


def _later(one: Amount, other: Amount) -> bool:
    return one.day is not None and other.day is not None and one.day < other.day


def _same_sentence(one: Amount, other: Amount) -> bool:
    return one.doc_id == other.doc_id and one.start - one.offset == other.start - other.offset


def _same_time(first: Subject, last: Subject) -> bool:
    """Whether the years that both name may be the same."""
    return not first.years or not last.years or bool(first.years & last.years)


def _roles_differ(first: Subject, last: Subject) -> bool:
    return first.role is not None and last.role is not None and first.role != last.role


def _differ(one: Amount, other: Amount) -> bool:
    """Whether the values exclude each other, and are near enough to be of one thing."""
    a, b = _ends(one), _ends(other)
    if a is None or b is None or one.unit == "ratio":
        return False
    (low, high), (least, most) = a, b
    small, large = sorted((high, most))
    if not 0 < small <= large <= FACTOR * small or (low <= most and least <= high):
        return False
    return not _one_is_rounded(one, other)


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
    if 20 * abs(one.low - other.low) > max(abs(one.low), abs(other.low)):
        return False
    rough, fine = sorted((one.low, other.low), key=digits)
    places = digits(rough)
    return places < digits(fine) and rounded(fine, places) == rough


def rounded(value: Decimal, places: int) -> Decimal:
    """The number with so many digits that count."""
    return value if not value else round(value, places - 1 - value.adjusted())
