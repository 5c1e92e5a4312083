"""The way from an amount up its parse: the nouns it belongs to and the verb that governs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from spacy.tokens import Span, Token

from pipeline.amounts.knowledge import read_toml
from pipeline.amounts.phrases import climb, is_noun, is_verb


@dataclass(frozen=True, slots=True)
class Verbs:
    """The tables of ``clause.toml`` as sets of lemmas."""

    increase: frozenset[str]
    decrease: frozenset[str]
    sum_increase: frozenset[str]
    sum_decrease: frozenset[str]
    noun_increase: frozenset[str]
    noun_decrease: frozenset[str]
    measure: frozenset[str]
    payer_as_object: frozenset[str]
    purpose: frozenset[str]
    carriers: frozenset[str]
    time_every: frozenset[str]
    time_adverbs: frozenset[str]
    lemmas: dict[str, str]


@cache
def verbs() -> Verbs:
    """The clause tables, loaded once."""
    data = read_toml("clause.toml", ["change", "measure", "purpose", "time", "lemmas"])
    change = {k: frozenset(v) for k, v in data["change"].items()}
    return Verbs(
        increase=change["increase"],
        decrease=change["decrease"],
        sum_increase=change["sum_increase"],
        sum_decrease=change["sum_decrease"],
        noun_increase=change["noun_increase"],
        noun_decrease=change["noun_decrease"],
        measure=frozenset(data["measure"]["verbs"]),
        payer_as_object=frozenset(data["measure"]["payer_as_object"]),
        purpose=frozenset(data["purpose"]["prepositions"]),
        carriers=frozenset(data["measure"]["carriers"]),
        time_every=frozenset(data["time"]["every"]),
        time_adverbs=frozenset(data["time"]["adverbs"]),
        lemmas=data["lemmas"],
    )


@dataclass(slots=True)
class Path:
    """The way from an amount up to its verb: the nouns passed, each with the word that led to it, and the last link."""

    root: Token
    first: int
    end: int
    verb: Token | None = None
    role: str = ""
    link: str = ""
    nouns: list[tuple[Token, str]] = field(default_factory=list)
    last: Token | None = None


def base_form(verb: Token) -> str:
    """The verb's lemma in lower case; its own form where the pipeline has no lemmatizer."""
    lemma = verb.lemma_.lower() or verb.lower_
    return verbs().lemmas.get(lemma, lemma)


def way_up(span: Span, factor_verb: bool) -> Path:
    """Climb from the amount over nouns and prepositions to the verb that governs it; a factor verb is its own."""
    root = span.root
    path = Path(root, span.start, span.end, last=root)
    if factor_verb:
        path.verb, path.role = root, "verb"
        return path
    for token, head in climb(root):
        if is_verb(token) and token is not root:
            break
        if is_verb(head) and token.dep_ != "compound":
            path.verb, path.last = head, token
            path.role = token.dep_ if token.dep_ not in ("prep", "agent") else "prep"
            path.link = path.link if path.role != "prep" else token.lower_
            break
        if token.dep_ in ("prep", "agent"):
            if is_noun(head):
                path.nouns.append((head, token.lower_))
                path.last = head
        elif token.dep_ in ("pobj", "pcomp") or head.lower_ == "worth":
            path.link = head.lower_
            if head.lower_ == "worth":
                path.nouns.append((head, "mod"))
        elif token.lower_ == "worth" or token.dep_ == "appos":
            if is_noun(head):
                path.nouns.append((head, token.lower_ if token.dep_ != "appos" else "appos"))
                path.last = head
        elif token.dep_ in ("nummod", "amod", "nmod", "compound", "quantmod", "npadvmod", "poss") and is_noun(head):
            if head.i >= span.end:
                path.nouns.append((head, "mod"))
            path.last = head
    return path


def measures(path: Path, v: Verbs) -> bool:
    """Whether the amount measures the subject of its verb ("the total reached $5"), directly or as a carrier's size."""
    verb = path.verb
    if verb is None or path.role in ("nsubj", "nsubjpass"):
        return False
    particle = next((c.lower_ for c in verb.rights if c.dep_ == "prt"), "")
    if particle in ("", "up", "down") and verb.lemma_ in v.measure:
        if any(c.dep_ == "dobj" and c != path.last for c in verb.rights):
            return verb.lemma_ in v.payer_as_object
        return all(noun.lemma_ in v.carriers for noun, _ in path.nouns)
    return f"{verb.lemma_} {particle}" in v.measure
