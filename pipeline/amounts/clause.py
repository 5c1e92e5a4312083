"""What an amount is about: who pays or demands, the verb, the object or purpose, when; and whether it is a change."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span, Token

from pipeline.amounts.grammar import Reading
from pipeline.amounts.knowledge import words
from pipeline.amounts.path import Path, Verbs, base_form, measures, verbs, way_up
from pipeline.amounts.phrases import MAX_PHRASE, agent, is_passive, is_verb, noun_phrase, starts_time, subject
from pipeline.amounts.times import Sentences, time_of
from pipeline.records import Change

WORDS = words()


@dataclass(frozen=True, slots=True)
class Clause:
    """The fields of an amount that its clause fills."""

    payer: str | None = None
    verb: str | None = None
    object: str | None = None
    when: str | None = None
    change: Change = "none"
    per: str | None = None


def read_clause(span: Span, end: int, reading: Reading, held: Sentences) -> Clause:
    """The clause fields of the amount on ``span`` (its own words, without bound words).

    ``end`` is the token after its last word, a rate included.
    """
    number = held.at(span.start)
    if number is None:
        return Clause()
    path = way_up(span, reading.factor_verb)
    v = verbs()
    verb = path.verb
    when = time_of(span, end, path, held.times.get(number, []), v)
    return Clause(
        payer=text(payer_of(path, v)),
        verb=base_form(verb) if verb is not None else None,
        object=text(no_sum(object_of(span, path, v))),
        when=text(when),
        change=change_of(span, path, reading, v),
        per=period_of(path, v),
    )


def text(span: Span | None) -> str | None:
    """The words of a span on one line."""
    return " ".join(span.text.split()) or None if span is not None else None


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


def no_sum(phrase: Span | None) -> Span | None:
    """The phrase, unless it is itself a sum: what an amount is compared with is not what it is for."""
    return None if phrase is not None and phrase[0].is_currency else phrase


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
        if who is not None and who.lower_ == "it" and (act := infinitive(path, span)) is not None:
            return act  # "it costs $5 to park"
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

    After a verb "of" names a topic and "in" a place, unless "in" stands right behind the amount ("$5 in cash").
    """
    hosts = [path.root, *(n for n, _ in path.nouns)]
    if path.verb is not None and path.role not in ("nsubj", "nsubjpass"):
        hosts.append(path.verb)
    for host in hosts:
        for child in host.rights:
            if child.i < span.end or child.dep_ not in ("prep", "dative") or child.lower_ not in prepositions:
                continue
            target = next((c for c in child.rights if c.dep_ in ("pobj", "pcomp")), None)
            if target is None or starts_time(child) or (is_verb(target) and child.lower_ != "for"):
                continue
            if host == path.verb and (child.lower_ == "of" or (child.lower_ == "in" and is_place(child, target, span))):
                continue
            return noun_phrase(target, frozenset(["of", "for", "on", "in"]))
    return None


def is_place(preposition: Token, target: Token, span: Span) -> bool:
    """Whether "in" after an amount and its verb names a place rather than what the money is or goes into."""
    if preposition.head.lemma_ == "invest":
        return False
    return preposition.i > span.end or target.ent_type_ in ("GPE", "LOC", "FAC", "ORG")


def infinitive(path: Path, span: Span) -> Span | None:
    """The purpose told by an infinitive after the amount ("$5 million to repair the bridge")."""
    hosts = [path.root] + ([path.verb] if path.verb is not None else [])
    for host in hosts:
        for child in host.rights:
            if child.i < span.end or child.dep_ not in ("relcl", "acl", "advcl", "xcomp") or child.tag_ != "VB":
                continue
            first = next((c for c in child.lefts if c.tag_ == "TO"), None)
            if first is not None:
                return span.doc[first.i : predicate_end(child)]
    return None


def predicate_end(verb: Token) -> int:
    """The token after a verb's objects and prepositional phrases, without the clauses that follow them."""
    end = verb.i + 1
    for child in verb.rights:
        if child.dep_ in ("dobj", "attr"):
            end = max(end, noun_phrase(child).end)
        elif child.dep_ in ("prt", "acomp") or (child.dep_ == "prep" and child.i == end):
            end = min(child.right_edge.i + 1, end + MAX_PHRASE)
    return end


def period_of(path: Path, v: Verbs) -> str | None:
    """The period that an adjective gives to what the amount describes ("an annual fee of $5", "daily fees of $5")."""
    measured = subject(path.verb) if path.verb is not None and measures(path, v) else None
    for noun in [noun for noun, _ in path.nouns] + ([measured] if measured is not None else []):
        for child in noun.lefts:
            if child.lower_ in WORDS.attributive:
                return WORDS.periodic[(child.lower_,)]
    return None


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
    if reading.moves and path.role == "prep" and path.link in ("from", "to"):
        return "increase" if reading.moves == "up" else "decrease"
    return "none"
