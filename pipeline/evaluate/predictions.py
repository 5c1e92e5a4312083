"""Predictions against gold, clause by clause, with their type, certainty, speaker, condition and horizon.

A clause matches when it shares at least half of the shorter span and the longer is at most three times the shorter.
What only one of two annotators marked (``ignore``) counts neither way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.matching import Figure, Fragment, Tally, match, shared
from pipeline.records import Claim, Prediction, Span


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
    spans = {role: _fragment(item.get(role)) for role in ("condition", "horizon")}
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
    span = Tally()
    shares = {"type": Tally(), "certainty": Tally(), "speaker": Tally()}
    parts = {"condition": Tally(), "horizon": Tally()}
    for doc_id, want in gold.items():
        have = [p for p in predicted.get(doc_id, []) if _counts(p, want)]
        pairs = match(want.clauses, have, _weight)
        span.gold, span.predicted = span.gold + len(want.clauses), span.predicted + len(have)
        span.right_gold, span.right_predicted = span.right_gold + len(pairs), span.right_predicted + len(pairs)
        for i, j in pairs:
            g, p = want.clauses[i], have[j]
            shares["type"].case(g.type in (None, p.type))
            shares["certainty"].case(g.certainty in (None, p.certainty))
            shares["speaker"].case(any(_last_word(s) == _last_word(p.speakers[0]) for s in g.speakers))
            for role, tally in parts.items():
                a, b = getattr(g, role), getattr(p, role)
                right = bool(a and b and shared([a], [b]))
                tally.gold, tally.predicted = tally.gold + bool(a), tally.predicted + bool(b)
                tally.right_gold, tally.right_predicted = tally.right_gold + right, tally.right_predicted + right
    figures = [span.f1("prediction clause")]
    figures += [tally.share(f"prediction {name}") for name, tally in shares.items()]
    return figures + [tally.f1(f"prediction {name}") for name, tally in parts.items()]


def _counts(clause: Clause, gold: GoldClauses) -> bool:
    if any(_weight(g, clause) for g in gold.clauses):
        return True
    return not any(shared([clause.span], [s]) for s in gold.ignore)


def _weight(g: Clause, p: Clause) -> float:
    short, long = sorted((g.span[1] - g.span[0], p.span[1] - p.span[0]))
    both = shared([g.span], [p.span])
    return float(both) if short > 0 and 2 * both >= short and long <= 3 * short else 0.0


def _last_word(name: str | None) -> str | None:
    words = re.findall(r"\w+", (name or "").lower())
    return words[-1] if words else None


def _fragment(pair: Sequence[int] | None) -> Fragment | None:
    return (int(pair[0]), int(pair[1])) if pair else None


def _offsets(span: Span | None) -> Fragment | None:
    return (span.start, span.end) if span else None
