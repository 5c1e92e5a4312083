"""Predictions against gold, clause by clause, with their type, certainty, speaker, condition and horizon.

A clause matches when it shares at least half of the shorter span and the longer is at most three times the shorter.
What only one of two annotators marked (``ignore``) counts neither way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.intervals import figures
from pipeline.evaluate.matching import Figure, Fragment, Tallies, Tally, match, shared
from pipeline.records import Claim, Prediction, Span

ROLES = ("condition", "horizon")


@dataclass(frozen=True, slots=True)
class Clause:
    """A predicted clause; ``speakers`` holds every answer that is right, ``None`` the writer's own voice."""

    span: Fragment
    type: str | None = None
    certainty: str | None = None
    speakers: tuple[str | None, ...] = (None,)
    condition: Fragment | None = None
    horizon: Fragment | None = None


@dataclass(frozen=True, slots=True)
class GoldClauses:
    """The gold of one document."""

    clauses: tuple[Clause, ...]
    ignore: tuple[Fragment, ...] = ()


def from_json(item: Mapping[str, Any]) -> Clause:
    """A clause of a gold file; ``speaker`` is a name, null, or a list of names that are all right."""
    who = item.get("speaker")
    spans = {role: _fragment(item.get(role)) for role in ROLES}
    span = (int(item["span"][0]), int(item["span"][1]))
    speakers = tuple(who) if isinstance(who, list) else (who,)
    return Clause(span, item.get("type"), item.get("certainty"), speakers, **spans)


def from_claims(claims: Iterable[Claim]) -> list[Clause]:
    """The predictions among extracted claims."""
    out = []
    for c in claims:
        if isinstance(c.detail, Prediction):
            name = c.speaker.name if c.speaker and c.speaker.kind != "author" else None
            condition, horizon = _offsets(c.detail.condition), _offsets(c.detail.horizon)
            out.append(Clause((c.start, c.end), c.detail.type, c.detail.certainty, (name,), condition, horizon))
    return out


def score(gold: Mapping[str, GoldClauses], predicted: Mapping[str, Sequence[Clause]]) -> list[Figure]:
    """Clause F1, then type, certainty and speaker among matched clauses, then condition and horizon."""
    return figures([count(want, predicted.get(doc_id, [])) for doc_id, want in gold.items()])


def count(gold: GoldClauses, predicted: Sequence[Clause]) -> Tallies:
    """The counts of one document."""
    out: Tallies = {"prediction clause": Tally()}
    out |= {f"prediction {name}": Tally(share=True) for name in ("type", "certainty", "speaker")}
    out |= {f"prediction {role}": Tally() for role in ROLES}
    have = [p for p in predicted if _counts(p, gold)]
    pairs = match(gold.clauses, have, _weight)
    out["prediction clause"].add(len(gold.clauses), len(have), len(pairs))
    for g, p in ((gold.clauses[i], have[j]) for i, j in pairs):
        out["prediction type"].case(g.type in (None, p.type))
        out["prediction certainty"].case(g.certainty in (None, p.certainty))
        out["prediction speaker"].case(any(_last_word(s) == _last_word(p.speakers[0]) for s in g.speakers))
        for role in ROLES:
            a, b = getattr(g, role), getattr(p, role)
            out[f"prediction {role}"].add(bool(a), bool(b), bool(a and b and shared([a], [b])))
    return out


def _counts(clause: Clause, gold: GoldClauses) -> bool:
    if any(_weight(g, clause) for g in gold.clauses):
        return True
    return not any(shared([clause.span], [s]) for s in gold.ignore)


def _weight(g: Clause, p: Clause) -> float:
    return same_clause(g.span, p.span)


def same_clause(a: Fragment, b: Fragment) -> float:
    """How many characters two clauses share where they match, else 0: see the module."""
    short, long = sorted((a[1] - a[0], b[1] - b[0]))
    both = shared([a], [b])
    return float(both) if short > 0 and 2 * both >= short and long <= 3 * short else 0.0


def _last_word(name: str | None) -> str | None:
    words = re.findall(r"\w+", (name or "").lower())
    return words[-1] if words else None


def _fragment(pair: Sequence[int] | None) -> Fragment | None:
    return (int(pair[0]), int(pair[1])) if pair else None


def _offsets(span: Span | None) -> Fragment | None:
    return (span.start, span.end) if span else None
