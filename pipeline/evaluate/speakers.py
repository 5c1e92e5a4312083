"""Who each attribution is traced to, over the whole article.

An attribution counts where its content is found. Its speaker is right when the last words of the names agree, when both
are absent (the article's own voice), or, for a gold "unnamed: ...", when nobody is named or a word is shared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.evaluate.intervals import figures
from pipeline.evaluate.matching import Figure, Tallies, Tally, match
from pipeline.evaluate.quotes import Roles, content_weight

IGNORED = frozenset({"the", "a", "an", "of", "unnamed"})


@dataclass(frozen=True, slots=True)
class GoldSpeaker:
    """A gold attribution's content and entity; ``named`` when its own sentence names the entity."""

    roles: Roles
    pronoun: bool
    named: bool


def score(gold: Mapping[str, Sequence[GoldSpeaker]], predicted: Mapping[str, Sequence[Roles]]) -> list[Figure]:
    """Share of attributions found, accuracy among these (all, pronouns, not named in place), joint F1."""
    return figures([count(want, predicted.get(doc_id, [])) for doc_id, want in gold.items()])


def count(gold: Sequence[GoldSpeaker], predicted: Sequence[Roles]) -> Tallies:
    """The counts of one document."""
    joint, found = Tally(), Tally(share=True)
    accuracy = {group: Tally(share=True) for group in ("all", "pronouns", "not named in place")}
    pairs = match([g.roles for g in gold], predicted, content_weight)
    found.gold, found.right_gold = len(gold), len(pairs)
    right = 0
    for g, p in ((gold[i], predicted[j]) for i, j in pairs):
        same = same_speaker(g.roles.name, p.name)
        right += same
        accuracy["all"].case(same)
        if g.pronoun:
            accuracy["pronouns"].case(same)
        if not g.named:
            accuracy["not named in place"].case(same)
    joint.add(len(gold), len(predicted), right)
    shares = {f"speaker accuracy {group}": tally for group, tally in accuracy.items()}
    return {"speaker joint": joint, "attributions found": found, **shares}


def same_speaker(gold: str | None, predicted: str | None) -> bool:
    """Whether two names mean the same entity."""
    if gold is None or predicted is None:
        return gold is predicted or (gold or "").startswith("unnamed")
    g, p = _words(gold), _words(predicted)
    if gold.startswith("unnamed"):
        return p[:1] == ["unnamed"] or bool(set(g) & set(p) - IGNORED)
    return bool(g and p) and (g[-1] == p[-1] or g == p[: len(g)] or p == g[: len(p)])


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['’]s\b", "", name.lower()))
