"""Who each attribution is traced to, over the whole article.

An attribution counts where its content is found. Its speaker is right when the last words of the names agree, when both
are absent (the article's own voice), or, for a gold "unnamed: ...", when nobody is named or a word is shared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.evaluate.matching import Figure, Tally, match
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
    found, joint = Tally(), Tally()
    accuracy = {"all": Tally(), "pronouns": Tally(), "not named in place": Tally()}
    for doc_id, want in gold.items():
        have = predicted.get(doc_id, [])
        joint.gold, joint.predicted = joint.gold + len(want), joint.predicted + len(have)
        pairs = match([g.roles for g in want], have, content_weight)
        found.gold, found.right_gold = found.gold + len(want), found.right_gold + len(pairs)
        for i, j in pairs:
            right = same_speaker(want[i].roles.name, have[j].name)
            accuracy["all"].case(right)
            if want[i].pronoun:
                accuracy["pronouns"].case(right)
            if not want[i].named:
                accuracy["not named in place"].case(right)
            joint.right_gold += right
            joint.right_predicted += right
    shares = [tally.share(f"speaker accuracy {group}") for group, tally in accuracy.items()]
    return [joint.f1("speaker joint"), found.share("attributions found"), *shares]


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
