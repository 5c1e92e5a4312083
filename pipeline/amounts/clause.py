"""What an amount is about: who pays or demands, the verb, the object or purpose, when; and whether it is a change."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from spacy.tokens import Doc, Span, Token

from pipeline.amounts.grammar import Reading
from pipeline.amounts.knowledge import read_toml
from pipeline.amounts.phrases import (
    agent,
    climb,
    is_noun,
    is_passive,
    is_verb,
    noun_phrase,
    sentences,
    starts_time,
    subject,
)
from pipeline.records import Change

MAX_SENTENCE = 250
"""Tokens of the longest sentence whose parse is read; longer ones are lists or tables, and would cost quadratic time."""


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


@cache
def verbs() -> Verbs:
    """The clause tables, loaded once."""
    data = read_toml("clause.toml", ["change", "measure", "purpose", "time"])
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
    )


@dataclass(frozen=True, slots=True)
class Clause:
    """The fields of an amount that its clause fills."""

    payer: str | None = None
    verb: str | None = None
    object: str | None = None
    when: str | None = None
    change: Change = "none"


@dataclass(slots=True)
class Sentences:
    """The sentences of a parsed document and the dates in each; built once a document."""

    starts: list[int]
    bounds: list[tuple[int, int]]
    times: dict[int, list[Span]]

    @classmethod
    def of(cls, doc: Doc) -> Sentences:
        bounds = sentences(doc) if doc.has_annotation("DEP") else []
        starts = [start for start, _ in bounds]
        times: dict[int, list[Span]] = defaultdict(list)
        for entity in doc.ents if bounds else ():
            if entity.label_ in ("DATE", "TIME"):
                times[bisect_right(starts, entity.start) - 1].append(entity)
        return cls(starts, bounds, times)

    def at(self, token: int) -> int | None:
        """The number of the sentence that holds a token; ``None`` without a parse or in an overlong sentence."""
        number = bisect_right(self.starts, token) - 1
        if number < 0 or self.bounds[number][1] - self.bounds[number][0] > MAX_SENTENCE:
            return None
        return number


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


def read_clause(span: Span, reading: Reading, held: Sentences) -> Clause:
    """The clause fields of the amount on ``span`` (its own words, without bound words)."""
    number = held.at(span.start)
    if number is None:
        return Clause()
    path = way_up(span, reading)
    v = verbs()
    verb = path.verb
    when = time_of(span, path, held.times.get(number, []), v)
    return Clause(
        payer=text(payer_of(path, v)),
        verb=verb.lemma_.lower() or verb.lower_ if verb is not None else None,
        object=text(object_of(span, path, v)),
        when=text(when),
        change=change_of(span, path, reading, v),
    )


def text(span: Span | None) -> str | None:
    """The words of a span on one line."""
    return " ".join(span.text.split()) or None if span is not None else None


def way_up(span: Span, reading: Reading) -> Path:
    """Climb from the amount over nouns and prepositions to the verb that governs it."""
    root = span.root
    path = Path(root, span.start, span.end, last=root)
    if reading.factor_verb:
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


def payer_of(path: Path, v: Verbs) -> Span | None:
    """Who pays or demands: the subject that acts, or the one whom something costs."""
    verb = path.verb
    if verb is None:
        return None
    if path.role in ("nsubj", "nsubjpass", "csubj"):
        by = agent(verb)
        return noun_phrase(by) if by is not None else None
    if verb.dep_ == "prep":  # "compared with", "including"
        return None
    if verb.lemma_ in v.payer_as_object:
        dative = indirect_object(path)
        return noun_phrase(dative) if dative is not None else None
    if is_passive(verb):
        by = agent(verb)
        if by is not None:
            return noun_phrase(by)
        if path.role == "prep":
            return None
    elif measures(path, v):
        return None
    who = subject(verb)
    if who is None or who == path.last or any(who == noun for noun, _ in path.nouns):
        return None
    return noun_phrase(who)


def measures(path: Path, v: Verbs) -> bool:
    """Whether the amount measures the subject of its verb ("the total reached $5"), directly or as a carrier's size."""
    verb = path.verb
    if verb is None or verb.lemma_ not in v.measure or path.role in ("nsubj", "nsubjpass"):
        return False
    if any(
        (c.dep_ == "prt" and c.lower_ not in ("up", "down")) or (c.dep_ == "dobj" and c != path.last)
        for c in verb.rights
    ):
        return verb.lemma_ in v.payer_as_object
    return all(noun.lemma_ in v.carriers for noun, _ in path.nouns)


def indirect_object(path: Path) -> Token | None:
    """The object beside the amount ("cost the Treasury $5", "fined the bank $5")."""
    if path.verb is None:
        return None
    for child in path.verb.rights:
        if child.dep_ in ("dative", "dobj", "iobj") and child not in (path.last, path.root) and not inside(child, path):
            return child
    return None


def inside(token: Token, path: Path) -> bool:
    """Whether a token belongs to the amount's own words."""
    return path.first <= token.i < path.end


def object_of(span: Span, path: Path, v: Verbs) -> Span | None:
    """What the money is for, or what the amount measures."""
    around = frozenset(["of", "for", "on", "in"])
    verb = path.verb
    nouns = [(noun, link) for noun, link in path.nouns if noun.lemma_ not in v.carriers]
    if nouns and nouns[0][1] == "mod":
        return noun_phrase(nouns[0][0], around, span.end)
    if (content := complement(path, span, frozenset(["of", "in"]))) is not None:
        return content
    if nouns:
        return noun_phrase(nouns[0][0], frozenset())
    if verb is None or verb.dep_ == "prep":
        return None
    if path.role == "verb":
        target = next((c for c in verb.rights if c.dep_ == "dobj"), None) or subject(verb)
        return noun_phrase(target) if target is not None else None
    if measures(path, v):
        who = subject(verb)
        return noun_phrase(who) if who is not None and who != path.last else None
    if path.role == "prep":
        target = next((c for c in verb.rights if c.dep_ == "dobj"), None)
        if target is None and is_passive(verb):
            target = subject(verb)
        if target is not None:
            return noun_phrase(target)
    if (purpose := infinitive(path, span)) is not None:
        return purpose
    if (after := complement(path, span, v.purpose)) is not None:
        return after
    dative = indirect_object(path)
    return noun_phrase(dative) if dative is not None else None


def complement(path: Path, span: Span, prepositions: frozenset[str]) -> Span | None:
    """The noun phrase that one of the prepositions leads to, after the amount: its own, else its verb's.

    "in" and "of" after a verb name a place or a topic, so they count only where they hang on the amount.
    """
    hosts = [path.root, *(n for n, _ in path.nouns)]
    if path.verb is not None and path.role not in ("nsubj", "nsubjpass"):
        hosts.append(path.verb)
    for host in hosts:
        for child in host.rights:
            if child.i < span.end or child.dep_ not in ("prep", "dative") or child.lower_ not in prepositions:
                continue
            if host == path.verb and (
                child.lower_ == "of" or (child.lower_ == "in" and host.lemma_ not in ("invest", "cost"))
            ):
                continue
            target = next((c for c in child.rights if c.dep_ in ("pobj", "pcomp")), None)
            if target is None or starts_time(child) or (is_verb(target) and child.lower_ != "for"):
                continue
            return noun_phrase(target, frozenset(["of", "for", "on", "in"]))
    return None


def infinitive(path: Path, span: Span) -> Span | None:
    """The purpose told by an infinitive after the amount ("$5 million to repair the bridge")."""
    hosts = [path.root] + ([path.verb] if path.verb is not None else [])
    for host in hosts:
        for child in host.rights:
            if child.i < span.end or child.dep_ not in ("relcl", "acl", "advcl", "xcomp") or child.tag_ != "VB":
                continue
            first = next((c for c in child.lefts if c.tag_ == "TO"), None)
            if first is not None:
                return span.doc[first.i : min(child.right_edge.i + 1, first.i + 12)]
    return None


def time_of(span: Span, path: Path, times: list[Span], v: Verbs) -> Span | None:
    """The time words of the clause: those that hang on the amount, its nouns or its verb, else on a verb above."""
    if path.verb is not None:
        for child in path.verb.children:
            if child.lower_ in v.time_adverbs and not span.start <= child.i < span.end:
                return span.doc[child.i : child.i + 1]
    hosts = [path.root, *(noun for noun, _ in path.nouns), *([path.verb] if path.verb is not None else [])]
    near = {token.i for token in hosts}
    above = fronted_hosts(path)
    best: tuple[int, int, Span] | None = None
    for entity in times:
        if (entity.start < span.end and span.start < entity.end) or entity[0].lower_ in v.time_every:
            continue
        host, start = hung_on(entity)
        if host is None or start is None:
            continue
        if host in near:
            rank = 0
        elif host in above and (above[host] or entity.start < host):
            rank = 1
        else:
            continue
        distance = abs(entity.start - span.end)
        if best is None or (rank, distance) < best[:2]:
            best = rank, distance, span.doc[start : entity.end]
    return best[2] if best else None


def fronted_hosts(path: Path) -> dict[int, bool]:
    """The verbs above the amount's own whose dates may hold for it too; ``True``: also dates behind that verb.

    A date before the governing verb holds for the whole sentence ("In 2012, the party said it had spent ..."); one
    behind it only where the two verbs make one predicate ("agreed in 2014 to pay").
    """
    hosts: dict[int, bool] = {}
    one_predicate = True
    for child, head in climb(path.verb) if path.verb is not None else ():
        if child.dep_ == "ccomp" and any(c.dep_ in ("mark", "nsubj") for c in child.lefts) and head.lemma_ == "say":
            break
        one_predicate = one_predicate and child.dep_ == "xcomp"
        hosts[head.i] = one_predicate
    return hosts


def hung_on(entity: Span) -> tuple[int | None, int | None]:
    """The token that a date modifies, and where its phrase starts; nothing for a date that modifies no clause."""
    root = entity.root
    start = entity.start
    for child, head in climb(root):
        if child.dep_ == "pobj" or (child.dep_ == "prep" and head.dep_ == "prep"):
            start = min(start, head.i)
        elif child.dep_ == "prep":
            return head.i, start
        elif child is root and child.dep_ in ("npadvmod", "advmod", "tmod", "dobj", "attr"):
            return (None, None) if head.tag_[:2] == "JJ" else (head.i, start)
        elif child.dep_ not in ("nmod", "compound") or head.ent_type_ not in ("DATE", "TIME"):
            return None, None
    return None, None


def change_of(span: Span, path: Path, reading: Reading, v: Verbs) -> Change:
    """Whether the amount is what something rose or fell by, to or from."""
    if reading.factor_verb:
        return "decrease" if (reading.low or reading.high or 1) < 1 else "increase"
    before = span.doc[span.start - 1].lower_ if span.start else ""
    if before in ("up", "down") and span.doc[span.start - 1].dep_ != "quantmod":
        return "increase" if before == "up" else "decrease"
    for noun, link in path.nouns:
        if link in ("mod", "of", "in", "by", "to"):
            if noun.lemma_ in v.noun_increase:
                return "increase"
            if noun.lemma_ in v.noun_decrease:
                return "decrease"
    for child in path.root.rights:
        if child.dep_ == "prep" and child.lower_ == "in":
            target = next((c for c in child.rights if c.dep_ == "pobj"), None)
            if target is not None and target.lemma_ in v.noun_decrease | v.noun_increase:
                return "increase" if target.lemma_ in v.noun_increase else "decrease"
    verb = path.verb
    if verb is None:
        return "none"
    to_or_by = (path.role == "prep" and path.link in ("by", "to", "from", "at")) or reading.moves == "down"
    direct = path.role in ("dobj", "npadvmod", "attr", "advmod", "oprd", "ccomp")
    if path.nouns and not to_or_by:
        return "none"
    if to_or_by or direct:
        if verb.lemma_ in v.increase:
            return "increase"
        if verb.lemma_ in v.decrease:
            return "decrease"
    particle = next((c.lower_ for c in verb.rights if c.dep_ in ("prt", "advmod") and c.lower_ in ("up", "down")), "")
    phrase = f"{verb.lemma_} {particle}".strip()
    if to_or_by or (direct and reading.kind == "percent"):
        if phrase in v.sum_increase or (verb.lemma_ in v.sum_increase and particle != "down"):
            return "increase"
        if phrase in v.sum_decrease or verb.lemma_ in v.sum_decrease:
            return "decrease"
    if reading.moves == "down":
        return "decrease"
    return "none"
