"""Read an article from start to end and keep track of who is being talked about: names, pronouns, descriptions."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from pipeline.speakers.article import Article
from pipeline.speakers.entities import Entity
from pipeline.speakers.lexicon import Gender
from pipeline.speakers.names import NameMention
from pipeline.speakers.naming import plain
from pipeline.speakers.people import People

RECENT = 16
"""Entities that are kept in mind; makes the search for an antecedent constant in time."""
LEAD = 4
"""Paragraphs (line breaks) at the start in which a description may go before the name it stands for."""
REACH = 6
"""Sentences back that a pronoun may look."""


@dataclass(slots=True)
class Seen:
    """The last times an entity was mentioned: token, weight by grammatical role."""

    entity: Entity
    places: list[tuple[int, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """Tokens ``[start, end)`` refer to the entity, as the rule says."""

    start: int
    end: int
    entity: Entity
    rule: str


@dataclass(slots=True)
class Discourse:
    """What has been read so far. Feed it tokens in order."""

    article: Article
    people: People
    recent: OrderedDict[int, Seen] = field(default_factory=OrderedDict)
    at: dict[int, Entity] = field(default_factory=dict)
    together: dict[tuple[str, ...], Entity] = field(default_factory=dict)
    referents: dict[int, Entity] = field(default_factory=dict)
    speaker: Entity | None = None
    speaker_at: int = -1

    def push(self, entity: Entity, at: int) -> None:
        """Take note of a mention at a token."""
        seen = self.recent.pop(id(entity), None) or Seen(entity)
        seen.places = [*seen.places[-2:], (at, self.weight(at))]
        self.recent[id(entity)] = seen
        if len(self.recent) > RECENT:
            self.recent.popitem(last=False)

    def speaks(self, entity: Entity, at: int) -> None:
        """Take note that the entity is the source of an attribution at a token."""
        self.speaker, self.speaker_at = entity, at

    def weight(self, i: int) -> float:
        """How prominent a mention is by its grammatical role."""
        article = self.article
        dep, score = article.deps[i], 0.0
        steps = 0
        while dep in ("compound", "appos", "conj", "flat") and article.heads[i] != i and steps < 4:
            if dep == "compound" and article.ents[article.heads[i]] != "PERSON":
                score -= 0.6
            i, steps = article.heads[i], steps + 1
            dep = article.deps[i]
        if dep in ("nsubj", "nsubjpass", "ROOT"):
            score += 1.0 if article.deps[article.heads[i]] == "ROOT" else 0.6
        elif dep in ("poss", "compound"):
            score -= 0.2
        if article.in_quotes[i]:
            score -= 1.2
        return score

    def name(self, mention: NameMention) -> Found:
        """Who a name stands for."""
        people = self.people
        entity = people.full.get(mention.start)
        rule = "name"
        if entity is None:
            entity, rule = self.single(mention)
            people.note(entity, mention, people.descriptions[mention.start])
        root = self.article.root(mention.start, mention.end)
        self.push(entity, root)
        self.push_together(entity, root)
        return Found(mention.start, mention.end, entity, rule)

    def push_together(self, entity: Entity, root: int) -> None:
        """Two persons who are a subject together are a group that "they" can mean."""
        article = self.article
        head = article.heads[root]
        other = self.at.get(head)
        self.at[root] = entity
        if article.deps[root] != "conj" or article.deps[head] not in ("nsubj", "nsubjpass") or other in (None, entity):
            return
        assert other is not None
        group = Entity("group", (*other.name, "and", *entity.name), named=False, plural=True)
        self.push(self.together.setdefault(group.name, group), head)

    def single(self, mention: NameMention) -> tuple[Entity, str]:
        """Who a single word stands for: a surname, or the first name of one person."""
        people, lex = self.people, self.article.lexicon
        word = plain(mention.name[-1])
        noun = lex.role_noun(mention.title)
        gender = lex.title_gender.get(mention.title, "")
        group = [e for e in people.by_surname.get(word, []) if compatible(e, gender)]
        figure = people.famous(mention.name[-1], noun)
        if figure is not None and not people.described_as(people.descriptions[mention.start], figure):
            figure = None
        if noun and not gender:
            fitting = [e for e in group if e.fits(noun) or e.known_as(noun)]
            if not fitting and figure is not None and noun in figure.nouns:
                return people.surname_only(mention, figure), "title and surname"
            group = fitting or group
        full = [e for e in group if e.full]
        if figure is not None and full and not any(e.figure is figure for e in group):
            introduced = min(people.first_full.get(id(e), 0) for e in full)
            if mention.start < introduced and not mention.title and compatible_figure(figure.gender, gender):
                return people.surname_only(mention, figure), "well-known surname"
        if group:
            return self.choose(group), "surname" if len(group) == 1 else "surname of several"
        firsts = [e for e in people.by_first.get(word, []) if compatible(e, gender)]
        if firsts:
            return self.choose(firsts), "first name"
        if figure is not None and compatible_figure(figure.gender, gender):
            return people.surname_only(mention, figure), "title and surname" if noun else "well-known surname"
        return people.surname_only(mention, None), "surname only"

    def choose(self, group: list[Entity]) -> Entity:
        """Among persons of one surname: the one of this paragraph, else the one known by it or most named."""
        if len(group) == 1:
            return group[0]
        usual = max(group, key=lambda e: (bool(e.figure and e.figure.surname_alone), sum(e.forms.values())))
        at = [(self.recent[id(e)].places[-1][0], e) for e in group if id(e) in self.recent]
        if at and self.recent:
            here = max(self.recent[k].places[-1][0] for k in self.recent)
            last, entity = max(at, key=lambda x: x[0])
            in_paragraph = self.article.paragraphs[last] == self.article.paragraphs[here]
            usual_near = any(e is usual and self.article.paragraphs[i] == self.article.paragraphs[here] for i, e in at)
            if in_paragraph and not usual_near and not (usual.figure and usual.figure.surname_alone):
                return entity
        return usual

    def pronoun(self, i: int) -> Found | None:
        """Whom "he" or "she" (or "it", "they") stands for; nobody where no candidate is near."""
        lower = self.article.lower[i]
        kind = self.article.lexicon.pronoun_class.get(lower, "")
        if kind in ("masculine", "feminine"):
            return self.third_person(i, "m" if kind == "masculine" else "f")
        if kind in ("neuter", "plural"):
            return self.thing(i, plural=kind == "plural")
        return None

    def third_person(self, i: int, gender: Gender) -> Found | None:
        """The best antecedent of "he" or "she" among the persons in mind."""
        scored = []
        for seen in self.recent.values():
            one = seen.entity.kind == "person" or (seen.entity.one_person and seen.entity.gender == gender)
            if one and compatible(seen.entity, gender):
                score = self.score(seen, i)
                if score is not None:
                    scored.append(
                        (score + (0.4 if seen.entity.gender == gender else 0.0), seen.places[-1][0], seen.entity)
                    )
        if not scored:
            return None
        scored.sort(key=lambda x: (-x[0], -x[1]))
        best = scored[0][2]
        if not best.gender:
            best.gender = gender
        near = len(scored) > 1 and scored[0][0] - scored[1][0] < 0.5
        if self.article.in_quotes[i]:
            rule = "in quotation"
        elif len(scored) == 1:
            rule = "only candidate"
        else:
            rule = "close call" if near else "salience"
        self.push(best, i)
        self.referents[i] = best
        return Found(i, i + 1, best, f"pronoun: {rule}")

    def score(self, seen: Seen, i: int) -> float | None:
        """How well an entity's last mentions prepare for a pronoun at token ``i``."""
        article, best = self.article, None
        for at, weight in seen.places:
            distance = article.turns[i] - article.turns[at]
            if distance > REACH or self.clashes(at, i):
                continue
            value = (
                weight
                + 0.4 * (distance == 0 and weight > 0)
                - 0.7 * distance
                - 0.2 * (article.paragraphs[i] - article.paragraphs[at] > 1)
            )
            best = value if best is None else max(best, value)
        if best is not None and seen.entity is self.speaker:
            apart = article.paragraphs[i] - article.paragraphs[self.speaker_at]
            best += 0.6 if apart <= 2 else 0.3
        return best

    def clashes(self, at: int, i: int) -> bool:
        """Whether the two tokens are subject and object of one verb, which a plain pronoun forbids."""
        article = self.article
        if article.deps[i] in ("dobj", "dative", "iobj"):
            return article.heads[at] == article.heads[i] and article.deps[at] in ("nsubj", "nsubjpass")
        return False

    def thing(self, i: int, plural: bool) -> Found | None:
        """The antecedent of "it" or "they": the most prominent organisation, country or group of the last sentences."""
        best: tuple[float, Entity] | None = None
        for seen in self.recent.values():
            entity = seen.entity
            if (
                entity.kind == "person"
                or entity.place
                or (entity.plural != plural and entity.kind in ("group", "unnamed"))
            ):
                continue
            score = self.score(seen, i)
            if score is None or self.article.turns[i] - self.article.turns[seen.places[-1][0]] > 2:
                continue
            score -= 0.5 * (entity.plural != plural)
            if best is None or score > best[0]:
                best = (score, entity)
        if best is None:
            return None
        self.push(best[1], i)
        return Found(i, i + 1, best[1], "pronoun: plural" if plural else "pronoun: neuter")

    def description(self, start: int, head: int) -> Found | None:
        """Whom "the senator" stands for: the last person of this role whose party and place agree."""
        article = self.article
        noun = article.lexicon.role_noun(article.lower[head])
        gender = article.lexicon.role_gender.get(article.lower[head], "")
        body = self.after_of(head)
        modifiers = {article.lower[k] for k in range(start, head)} | body
        possessor = self.referents.get(start) if article.tags[start] == "PRP$" else None
        known = [s.entity for s in self.recent.values() if s.entity.kind == "person"] + self.people.of_role(noun)
        entities = [
            e
            for e in {id(e): e for e in known}.values()
            if e is not possessor and compatible(e, gender) and agrees(e, modifiers, article)
        ]
        for rule, fitting in (
            ("description", [e for e in entities if e.fits(noun)]),
            ("description by office", [e for e in entities if e.known_as(noun)]),
        ):
            if body:
                fitting = [e for e in fitting if not body.isdisjoint(e.said_of())]
            if not fitting:
                continue
            if len(fitting) > 1:
                closer = [
                    e for e in fitting if any(m in " ".join(e.roles).lower() for m in modifiers - {"the", "this"})
                ]
                fitting = closer or fitting
            recent = [e for k, seen in reversed(self.recent.items()) for e in fitting if id(e) == k]
            if not recent and (len(fitting) > 1 or article.paragraphs[head] > article.paragraphs[0] + LEAD):
                return None
            chosen = (recent or fitting)[0]
            self.push(chosen, head)
            return Found(start, head + 1, chosen, rule if len(fitting) == 1 else rule + " of several")
        return None

    def last_speaker_here(self, i: int) -> Entity | None:
        """The person who spoke last, if in this paragraph and in this sentence or the one before."""
        article, speaker = self.article, self.speaker
        if speaker is None or speaker.kind != "person" or article.paragraphs[self.speaker_at] != article.paragraphs[i]:
            return None
        gender = article.lexicon.role_gender.get(article.lower[i], "")
        return (
            speaker if article.turns[i] - article.turns[self.speaker_at] <= 1 and compatible(speaker, gender) else None
        )

    def after_of(self, head: int) -> set[str]:
        """The words of a place or body after "of" ("the governor of Ohio")."""
        article = self.article
        if head + 1 < len(article) and article.lower[head + 1] == "of":
            return {
                article.lower[k] for k in range(head + 2, min(head + 6, len(article))) if article.words[k][0].isupper()
            }
        return set()


def compatible(entity: Entity, gender: Gender) -> bool:
    return not gender or not entity.gender or entity.gender == gender


def compatible_figure(a: Gender, b: Gender) -> bool:
    return not a or not b or a == b


def agrees(entity: Entity, modifiers: set[str], article: Article) -> bool:
    """Whether party and state in a description are not other than those the article gives the person."""
    if modifiers & {"republican", "gop"} and entity.party and entity.party != "Republican":
        return False
    if modifiers & {"democratic", "democrat"} and entity.party and entity.party != "Democratic":
        return False
    place = article.lexicon.regions.get(" ".join(w for w in sorted(modifiers) if w in article.lexicon.regions))
    return not (place and entity.region and place != entity.region)
