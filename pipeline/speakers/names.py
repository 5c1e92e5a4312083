"""Find the people an article names: capitalised words, titles, first names, and the model's entities together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.speakers.article import POSSESSIVE, Article
from pipeline.speakers.knowledge import Knowledge

INITIAL = re.compile(r"(?:[A-Z]\.)+|[A-Z]")
HYPHENS = ("-", "‑", "–")
PLACES = frozenset({"FAC", "GPE", "LOC"})
NOT_A_PERSON = PLACES | {"WORK_OF_ART", "EVENT", "LAW", "LANGUAGE"}
LONGEST = 5
"""Words of the longest name looked for."""


@dataclass(frozen=True, slots=True)
class NameMention:
    """Tokens ``[start, end)`` name a person; ``title`` is the lower-case title or role noun right before, if any."""

    start: int
    end: int
    name: tuple[str, ...]
    title: str = ""


def person_names(article: Article, knowledge: Knowledge) -> list[NameMention]:
    """Names of people in text order, found where they stand; single words with a title or as the model's entity."""
    found: list[NameMention] = []
    for start, end in capital_runs(article):
        found.extend(split_run(article, knowledge, start, end))
    return found


def capital_runs(article: Article) -> Iterator[tuple[int, int]]:
    """Maximal runs of words that may belong to names and titles."""
    i, n = 0, len(article)
    while i < n:
        if not may_be_name(article, i):
            i += 1
            continue
        end = i + 1
        while end < n and (step := extend(article, end)):
            end += step
        yield i, end
        i = end


def may_be_name(article: Article, i: int) -> bool:
    word, lower, lex = article.words[i], article.lower[i], article.lexicon
    if not word[0].isupper() or (lower in lex.never and article.ents[i] != "PERSON") or lower in ("the", "i"):
        return False
    return (
        article.tags[i] in ("NNP", "NNPS", "")
        or article.ents[i] == "PERSON"
        or lower in lex.first_names
        or lower in lex.titles
    )


def extend(article: Article, i: int) -> int:
    """How many tokens from ``i`` on continue a run: more than one after a hyphen, particle or comma."""
    lex, n = article.lexicon, len(article)
    if article.sentences[i] != article.sentences[i - 1]:
        return 0
    after_first = (
        article.lower[i - 1] in lex.first_names and not article.headline[i] and article.words[i - 1][0].isupper()
    )
    if after_first and article.words[i].istitle() and article.lower[i] not in lex.organisation_nouns:
        return 1
    if may_be_name(article, i) or INITIAL.fullmatch(article.words[i]) or article.lower[i] in lex.suffixes:
        return 1
    if (
        article.words[i] in HYPHENS
        and i + 1 < n
        and touching(article, i)
        and touching(article, i + 1)
        and article.words[i + 1].isalpha()
        and article.lower[i + 1] not in lex.compound_endings
    ):
        return 2
    if article.words[i] == "," and i + 1 < n and article.lower[i + 1] in ("jr", "jr.", "sr", "sr."):
        return 2
    if article.lower[i] in lex.particles:
        following = i + 1
        while following < n and article.lower[following] in lex.particles:
            following += 1
        if following < n and may_be_name(article, following):
            return following + 1 - i
    return 0


def touching(article: Article, i: int) -> bool:
    """Whether token ``i`` follows the one before without white space."""
    return article.starts[i] == article.starts[i - 1] + len(article.words[i - 1])


def split_run(article: Article, knowledge: Knowledge, start: int, end: int) -> Iterator[NameMention]:
    """The names in a run: what stands after its last title, else where a first name or the model says so."""
    lex = article.lexicon
    title_at = last_title(article, start, end)
    title = article.lower[title_at] if title_at >= start else ""
    begin = title_at + 1 if title else start
    if (
        not title
        and start
        and article.lower[start - 1] in lex.roles
        and article.sentences[start - 1] == article.sentences[start]
    ):
        title = article.lower[start - 1]
    if begin >= end:
        return
    if not title or end - begin > LONGEST or article.headline[begin]:
        spans = [(max(s, begin), min(e, end)) for s, e in model_people(article, begin, end)]
        if not spans and not article.headline[begin]:
            spans = [(begin, end)]
        spans = spans or list(known_names(article, knowledge, begin, end))
    else:
        spans = [(begin, end)]
    for s, e in spans:
        s, e = trim(article, s, e)
        name = words_of(article, s, e)
        before = title if s == begin else ""
        if name and is_person(article, knowledge, s, e, name, before):
            yield NameMention(s, e, name, before)


def last_title(article: Article, start: int, end: int) -> int:
    """Index of the last title in a run that leaves a name after it; -1 where there is none."""
    lex = article.lexicon
    for i in range(end - 1, start - 1, -1):
        part_of_name = i > start and article.lower[i - 1] in lex.first_names and article.lower[i] not in lex.titles
        if lex.is_role(article.lower[i]) and article.lower[i] not in lex.particles and not part_of_name:
            rest = [w for w in article.lower[i + 1 : end] if w not in lex.suffixes]
            if rest or i == start:
                return i
    return -1


def model_people(article: Article, start: int, end: int) -> list[tuple[int, int]]:
    """Maximal stretches that the model's entity recogniser calls a person."""
    spans, i = [], start
    while i < end:
        if article.ents[i] == "PERSON":
            begin = i
            while i < end and (article.ents[i] == "PERSON" or article.lower[i - 1] in article.lexicon.particles):
                i += 1
            if begin > start and may_be_first_name(article, begin - 1):
                begin -= 1
            spans.append((begin, i))
        i += 1
    return spans


def may_be_first_name(article: Article, i: int) -> bool:
    """Whether a word that the model left out can be the first name before a person it found."""
    lower, lex = article.lower[i], article.lexicon
    if lower in lex.first_names:
        return True
    known = lower in lex.regions or lower in lex.organisation_nouns or article.words[i] in lex.demonyms
    return (
        article.tags[i] == "NNP"
        and not article.ents[i]
        and article.words[i].isalpha()
        and not (known or lex.is_role(lower))
    )


def known_names(article: Article, knowledge: Knowledge, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches that are a full name of the knowledge file."""
    i = start
    while i < end:
        for length in range(min(LONGEST, end - i), 1, -1):
            if knowledge.by_name(words_of(article, i, i + length)):
                yield i, i + length
                i += length - 1
                break
        i += 1


def trim(article: Article, start: int, end: int) -> tuple[int, int]:
    """Without possessive marks, punctuation and words that are never names at the edges."""
    lex = article.lexicon

    def outside(i: int) -> bool:
        lower = article.lower[i]
        if lower in lex.suffixes or (
            i > start and article.lower[i - 1] in lex.first_names and article.words[i].istitle()
        ):
            return False
        return lower in POSSESSIVE or not lower[0].isalpha() or lower in lex.never

    while start < end and (outside(start) or not article.words[start][0].isupper()):
        start += 1
    while start + 2 < end and article.tags[start] == "NNPS":
        start += 1
    while end > start and outside(end - 1):
        end -= 1
    return start, end


def words_of(article: Article, start: int, end: int) -> tuple[str, ...]:
    """The words of a name; what hyphens join is one word."""
    return tuple(w for w in article.text(start, end).replace(",", " ").split() if w not in POSSESSIVE)


def is_person(article: Article, knowledge: Knowledge, start: int, end: int, name: tuple[str, ...], title: str) -> bool:
    """Whether the words name a person, by title, knowledge, first name and the model's entities, in this order."""
    lex = article.lexicon
    lower = [w.lower() for w in name]
    if len(name) > LONGEST or lower[-1] in lex.organisation_nouns or lower[-1] in lex.publication_nouns:
        return False
    if any(part in lex.countries for word in name for part in word.split("-")):
        return False
    written = " ".join(name)
    if written in lex.countries or written in lex.publications or written in lex.organisations:
        return False
    if knowledge.by_name(name):
        return True
    following = article.words[end] if end < len(article) else ""
    if following[:1].isupper() and article.lower[end] in lex.organisation_nouns:
        return False
    labels = {article.ents[i] for i in range(start, end)}
    if len(name) == 1 and (lower[0] in lex.titles or is_family(article, start)):
        return False
    if title and (title in lex.titles or "PERSON" in labels):
        return not (labels <= NOT_A_PERSON or written.lower() in lex.regions or written in lex.demonyms)
    if len(name) == 1:
        return labels == {"PERSON"} and may_stand_alone(article, start)
    if lower[0] in lex.first_names and lower[0] not in lex.particles:
        return labels.isdisjoint(PLACES) or "PERSON" in labels
    if "PERSON" in labels and labels <= {"PERSON", ""}:
        return True
    return labels <= {"PERSON", "NORP", ""} and name[-1] not in lex.demonyms and is_introduced(article, start, end)


def is_introduced(article: Article, start: int, end: int) -> bool:
    """Whether a role in apposition follows two or three proper nouns: "Rue Ashby, a party spokeswoman,"."""
    if any(article.tags[i] != "NNP" for i in range(start, end)) or end + 1 >= len(article) or article.words[end] != ",":
        return False
    for i in range(end + 1, min(end + 10, len(article))):
        if article.words[i] in (",", ";", ".", ")") or article.tags[i][:2] == "VB" or article.tags[i] in ("IN", "WP"):
            return article.lexicon.is_role(article.lower[i - 1])
    return False


def may_stand_alone(article: Article, i: int) -> bool:
    """Whether a single word that the model takes for a person is one: never also in lower case, no place, no role."""
    lex, lower = article.lexicon, article.lower[i]
    word = article.words[i]
    if lower in lex.regions or word in lex.demonyms or word in lex.capitals or lower in lex.roles:
        return False
    first = i == 0 or article.sentences[i - 1] != article.sentences[i] or not article.words[i - 1][0].isalnum()
    acts = article.deps[i] in ("nsubj", "nsubjpass", "poss", "dobj", "appos", "")
    return article.tags[i] == "NNP" and (lower in lex.first_names or (acts and not first))


def turn_name(article: Article, start: int, end: int) -> NameMention | None:
    """The person who has the turn in a transcript ("SECRETARY DOE:"), in letters of any case."""
    lex = article.lexicon
    title_at = last_title(article, start, end)
    begin, stop = trim(article, max(title_at + 1, start), end)
    name = words_of(article, begin, stop)
    lower = [w.lower() for w in name]
    if not name or len(name) > LONGEST or any(w in lex.organisation_nouns | lex.publication_nouns for w in lower):
        return None
    known = " ".join(name) in lex.publications or " ".join(name) in lex.organisations
    asked = lower[0] in lex.questions | lex.answers
    if known or asked or lower[-1] in lex.roles | lex.groups | lex.unnamed or len(name[-1]) < 2:
        return None
    return NameMention(begin, stop, name, article.lower[title_at] if start <= title_at < begin else "")


def is_family(article: Article, i: int) -> bool:
    """Whether a word is a family's name: "the Smiths"."""
    return (
        article.lower[i].endswith("s")
        and i > 0
        and article.lower[i - 1] in ("the", "both")
        and article.tags[i] == "NNPS"
    )
