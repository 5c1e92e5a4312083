"""The stock model's attribute rules, matched once per kind of token, to the same result.

The small English model sets parts of speech, morphology and some lemmas by 179 patterns, nearly all of a single token.
What those match depends only on the token's attributes that the patterns name, so it is looked up by these; only
tokens that may begin one of the few longer patterns are matched in their place. ``tests/test_cached_rules.py`` holds
the result against the stock component's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc

MAX_KINDS = 200_000
"""Kinds of token remembered; beyond it the memory starts anew."""

Match = tuple[int, int, int, int]
"""Rule number, its id in the string store, first token, token after the last."""
Kind = tuple[int, ...]


def cache_rules(nlp: Language) -> None:
    """Let the attribute ruler remember what it matched; one with repeated or custom tokens stays as it is."""
    if "attribute_ruler" in nlp.pipe_names:
        ruler = nlp.get_pipe("attribute_ruler")
        if isinstance(ruler, AttributeRuler) and is_cacheable(ruler):
            ruler.match = CachedRules(ruler).match  # type: ignore[method-assign]


def is_cacheable(ruler: AttributeRuler) -> bool:
    """Whether every pattern is a sequence of single tokens told by plain attributes."""
    return all(key.isupper() and key != "OP" for p in token_patterns(ruler) for token in p for key in token)


def token_patterns(ruler: AttributeRuler) -> list[list[dict[str, Any]]]:
    """Every pattern of every rule, in the rules' order."""
    return [pattern for patterns in rule_patterns(ruler) for pattern in patterns]


def rule_patterns(ruler: AttributeRuler) -> list[list[list[dict[str, Any]]]]:
    """The alternative patterns of each rule."""
    rules: list[Any] = list(ruler.patterns)
    return [rule["patterns"] for rule in rules]


class CachedRules:
    """A ruler's matches, remembered by kind of token."""

    def __init__(self, ruler: AttributeRuler) -> None:
        strings = ruler.vocab.strings
        self.attributes: list[int | str] = sorted({key for p in token_patterns(ruler) for token in p for key in token})
        self.numbers = {strings[str(i)]: i for i in range(len(ruler.patterns))}
        self.single, self.longer, self.openers = (Matcher(ruler.vocab, validate=False) for _ in range(3))
        self.longest = max((len(p) for p in token_patterns(ruler)), default=1)
        for number, patterns in enumerate(rule_patterns(ruler)):
            alone = [p for p in patterns if len(p) == 1]
            longer = [p for p in patterns if len(p) > 1]
            if alone:
                self.single.add(str(number), alone)
            if longer:
                self.longer.add(str(number), longer)
                self.openers.add(str(number), [p[:1] for p in longer])
        self.rules: dict[Kind, tuple[tuple[int, int], ...]] = {}
        self.opens: dict[Kind, bool] = {}

    def match(self, doc: Doc) -> list[Match]:
        """What the rules match in the document, in their order."""
        found: list[Match] = []
        if len(self.rules) > MAX_KINDS:
            self.rules, self.opens = {}, {}
        kinds: Sequence[Kind] = list(map(tuple, doc.to_array(self.attributes).tolist())) if len(doc) else []
        for i, kind in enumerate(kinds):
            rules = self.rules.get(kind)
            if rules is None:
                token = doc[i : i + 1]
                rules = tuple((self.numbers[key], key) for key, _, _ in self.single(token, allow_missing=True))
                self.rules[kind] = rules
                self.opens[kind] = bool(self.openers(token, allow_missing=True))
            for number, key in rules:
                found.append((number, key, i, i + 1))
            if self.opens[kind]:
                window = doc[i : i + self.longest]
                for key, start, end in self.longer(window, allow_missing=True):
                    if start == 0:
                        found.append((self.numbers[key], key, i, i + end))
        found.sort()
        return found
