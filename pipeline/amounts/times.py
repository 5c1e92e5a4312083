"""When an amount is paid: the dates of its clause."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from pipeline.amounts.path import Path, Verbs
from pipeline.amounts.phrases import climb, sentences

MAX_SENTENCE = 250
"""Tokens of the longest sentence whose parse is read; longer ones are lists, and would cost quadratic time."""


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


def time_of(span: Span, end: int, path: Path, times: list[Span], v: Verbs) -> Span | None:
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
        if host in near or span.start <= host < end:
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
