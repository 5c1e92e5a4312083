"""Group the names of people in an article into persons, and link persons to the knowledge file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.speakers.article import Article
from pipeline.speakers.entities import Entity
from pipeline.speakers.knowledge import Figure, Knowledge
from pipeline.speakers.lexicon import lexicon
from pipeline.speakers.names import NameMention, is_family, person_names
from pipeline.speakers.naming import SUFFIXES, name_key, plain, same_person
from pipeline.speakers.roles import Description, describe

OF_ROLE = 24
"""Persons of one role that a description is compared with; makes the search constant in time."""


@dataclass(slots=True)
class People:
    """The persons an article names. ``mentions`` maps a name's first token to it; single words wait for context."""

    knowledge: Knowledge
    by_surname: dict[str, list[Entity]] = field(default_factory=dict)
    by_first: dict[str, list[Entity]] = field(default_factory=dict)
    full: dict[int, Entity] = field(default_factory=dict)
    first_full: dict[int, int] = field(default_factory=dict)
    by_noun: dict[str, list[Entity]] = field(default_factory=dict)
    mentions: dict[int, NameMention] = field(default_factory=dict)
    descriptions: dict[int, Description] = field(default_factory=dict)

    @classmethod
    def of(cls, article: Article, text: str, knowledge: Knowledge, turns: Iterable[NameMention] = ()) -> People:
        """Find all persons: full names with what is said of them, then single words that repeat a part of one."""
        people = cls(knowledge)
        names = person_names(article, knowledge)
        spoken = {i for m in turns for i in range(m.start, m.end)}
        names = [*turns, *(m for m in names if spoken.isdisjoint(range(m.start, m.end)))]
        names.sort(key=lambda m: article.headline[m.start])
        for mention in names:
            if article.headline[mention.start]:
                cut = people.cut_to_known(article, mention)
                if cut is None:
                    continue
                mention = cut
            people.mentions[mention.start] = mention
            people.descriptions[mention.start] = describe(article, mention, text)
            if len(mention.name) > 1:
                entity = people.person(mention.name)
                people.full[mention.start] = entity
                people.first_full.setdefault(id(entity), mention.start)
                people.note(entity, mention, people.descriptions[mention.start])
        for entity in people.entities():
            people.link(entity)
            for noun in entity.nouns | (entity.figure.nouns if entity.figure else set()):
                people.by_noun.setdefault(noun, []).append(entity)
        people.add_repeated(article)
        return people

    def cut_to_known(self, article: Article, mention: NameMention) -> NameMention | None:
        """The part of a headline's name that the story names; where it names none, a name that begins as one."""
        words = mention.name
        for length in range(len(words), 0, -1):
            for first in range(len(words) - length + 1):
                name = words[first : first + length]
                group = self.by_surname.get(name_key(name)[1], [])
                if (length == 1 and group) or any(e.full and same_person(e.name, name) for e in group if length > 1):
                    start = mention.start + first
                    return NameMention(start, start + length, name, "" if first else mention.title)
        begins = len(words) > 1 and words[0].lower() in article.lexicon.first_names
        return mention if begins or mention.title else None

    def entities(self) -> list[Entity]:
        """All persons, each once."""
        return list({id(e): e for group in self.by_surname.values() for e in group}.values())

    def of_role(self, noun: str) -> list[Entity]:
        """The first persons with a full name whose roles or offices the noun may stand for."""
        nouns = (noun, *sorted(lexicon().synonyms.get(noun, ())))
        return [e for n in nouns for e in self.by_noun.get(n, [])[:OF_ROLE]]

    def person(self, name: tuple[str, ...]) -> Entity:
        """The person with this full name, a new one if nobody has it; the fullest form becomes the name."""
        surname = name_key(name)[1]
        group = self.by_surname.setdefault(surname, [])
        for entity in group:
            if entity.full and same_person(entity.name, name):
                if len(name) > len(entity.name) or (len(name) == len(entity.name) and entity.name[-1].isupper()):
                    entity.name = written(name)
                break
        else:
            entity = Entity("person", written(name))
            group.append(entity)
            for first in {plain(name[0]), name_key(name)[0], *nicknames(name_key(name)[0])}:
                self.by_first.setdefault(first, []).append(entity)
        return entity

    def note(self, entity: Entity, mention: NameMention, description: Description) -> None:
        """Take note of what one mention says of a person."""
        entity.forms[" ".join(mention.name)] += 1
        entity.add_role(description.role)
        if mention.title:
            entity.add_noun(mention.title)
        entity.party = entity.party or description.party
        entity.region = entity.region or description.region
        entity.gender = description.gender or entity.gender
        if not entity.gender:
            entity.gender = entity.first_name_gender()

    def link(self, entity: Entity) -> None:
        """Tie a person with a full name to the one figure with this name, if the article says nothing against it."""
        figures = [f for f in self.knowledge.by_name(entity.name) if f.kind == "person" and self.agrees(entity, f)]
        if len(figures) == 1:
            self.tie(entity, figures[0])

    @staticmethod
    def agrees(entity: Entity, figure: Figure) -> bool:
        """Whether roles, party, state and gender in the article leave room for the figure."""
        if entity.gender and figure.gender and entity.gender != figure.gender:
            return False
        if entity.party and figure.party and figure.country == "United States" and entity.party[:3] != figure.party[:3]:
            return False
        if entity.region and figure.regions and entity.region not in figure.regions:
            return False
        return not entity.is_ordinary() or not figure.nouns.isdisjoint(entity.nouns)

    def described_as(self, description: Description, figure: Figure) -> bool:
        """Whether what stands with one mention leaves room for the figure."""
        entity = Entity("person", (), party=description.party, region=description.region, gender=description.gender)
        return self.agrees(entity, figure)

    @staticmethod
    def tie(entity: Entity, figure: Figure) -> None:
        entity.figure = figure
        entity.gender = figure.gender or entity.gender
        entity.party = entity.party or figure.party

    def add_repeated(self, article: Article) -> None:
        """Find the single words that repeat part of a full name met anywhere in the article."""
        covered = {i for m in self.mentions.values() for i in range(m.start, m.end)}
        certain = {article.words[i] for i in covered}
        lex = article.lexicon
        for i, word in enumerate(article.words):
            if i in covered or not word[0].isupper() or len(word) < 2:
                continue
            known = plain(word)
            if known not in self.by_surname and known not in self.by_first and not self.famous(word):
                continue
            following = article.words[i + 1] if i + 1 < len(article) else ""
            if following[:1].isupper() and article.lower[i + 1] in lex.organisation_nouns and not article.headline[i]:
                continue
            proper = article.tags[i] in ("NNP", "NNPS", "")
            if is_family(article, i) or known in lex.regions or word in lex.countries or article.lower[i] in lex.roles:
                continue
            if (article.lower[i] in lex.never and not proper) or not (
                proper or known in self.by_surname or word in certain
            ):
                continue
            certain.add(word)
            self.mentions[i] = NameMention(i, i + 1, (word,))
            self.descriptions[i] = Description()

    def famous(self, surname: str, noun: str = "") -> Figure | None:
        """The only figure known by this surname alone or, with a role noun, the only one of that office."""
        figures = self.knowledge.by_surname(surname)
        chosen = [f for f in figures if f.surname_alone] or [f for f in figures if noun and noun in f.nouns]
        return chosen[0] if len(chosen) == 1 else None

    def surname_only(self, mention: NameMention, figure: Figure | None) -> Entity:
        """The person known by one word of this article; ``figure`` supplies the full name where one is certain."""
        group = self.by_surname.setdefault(plain(mention.name[-1]), [])
        for entity in group:
            if entity.figure is figure and (figure is not None or not entity.full):
                return entity
        entity = Entity("person", written(mention.name))
        if figure is not None:
            self.tie(entity, figure)
        group.append(entity)
        return entity


def nicknames(first: str) -> list[str]:
    """The short forms of a first name."""
    return [short for short, long in lexicon().short_for.items() if long == first]


def written(name: Iterable[str]) -> tuple[str, ...]:
    """A name as it is usually written: capitals throughout become initial capitals."""
    words = tuple(name)
    shouted = all(w.isupper() for w in words)
    return tuple(
        w.title() if w.isupper() and len(w) > (2 if shouted else 3) and plain(w) not in SUFFIXES else w for w in words
    )
