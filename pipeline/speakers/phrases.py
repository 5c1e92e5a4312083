"""What a noun phrase stands for that names no person: countries, organisations, publications, groups, the unnamed."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.records import SpeakerKind
from pipeline.speakers.article import POSSESSIVE, Article
from pipeline.speakers.discourse import Discourse, Found, compatible
from pipeline.speakers.entities import Entity
from pipeline.speakers.naming import plain
from pipeline.speakers.shortenings import Shortenings

LEADING = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "another",
        "new",
        "recent",
        "latest",
        "some",
        "one",
        "its",
        "his",
        "her",
        "their",
        "our",
        "my",
    ]
)
JOINING = frozenset({"of", "for", "and", "&", "-", "/", "'s", "’s", "on", "the", "in"})
ENDING_TAGS = ("PRP", "WP", "WDT", "VBN", "VBG", "VBD", "VBZ", "VBP")
LONGEST_NAME = 12
"""Tokens of the longest name of an organisation looked for."""


@dataclass(slots=True)
class Phrases:
    """Resolves noun phrases in the order of the article and remembers the entities made for them."""

    article: Article
    discourse: Discourse
    found: dict[int, Found]
    short: Shortenings
    entities: dict[tuple[str, str], Entity] = field(default_factory=dict)
    by_head: dict[str, Entity] = field(default_factory=dict)
    places: dict[str, Entity] = field(default_factory=dict)

    def resolve(self, start: int, head: int, end: int) -> Found | None:
        """What the phrase ``[start, end)`` stands for: by the proper name at its head, then by its head noun."""
        article, lex = self.article, self.article.lexicon
        begin, stop = self.proper(start, head, end)
        if begin < stop and not self.owner(start, head):
            found = self.proper_name(begin, stop, start, head)
            if found is not None:
                return found
        noun = article.lower[head]
        if noun in lex.nobody:
            return None
        definite = article.lower[start] in ("the", "this", "that", "these", "those")
        plural = article.tags[head] in ("NNS", "NNPS", "CD") or noun in lex.groups
        words = self.description_words(start, head, end)
        if noun in lex.organisation_nouns and not (noun in lex.groups and not definite):
            return self.body("organisation", self.owner(start, head) or words, start, head, end, definite)
        if noun in lex.publication_nouns:
            return self.body("publication", words, start, head, end, definite)
        if plural and definite and (two := self.the_two(start, head, end)):
            return two
        if plural and (noun in lex.groups or lex.singular(noun) or article.tags[head] == "CD"):
            if article.lower[head] in ("percent", "%") and len(words) == 2:
                words = self.share_of_poll(words)
            return self.described("group", noun, words, start, end, definite, "group")
        if lex.is_role(noun) or noun in lex.unnamed:
            return self.person(words, start, head, end, definite)
        if definite and self.aged(start, head):
            return self.most_recent(start, end, head)
        if not lex.may_be_people(noun):
            return None
        return self.described(
            "group" if plural else "unnamed", noun, words, start, end, definite, "words of the source"
        )

    def the_two(self, start: int, head: int, end: int) -> Found | None:
        """ "The two men": the two persons talked about last, if the noun leaves room for both."""
        article = self.article
        if "two" not in article.lower[start:head]:
            return None
        singular = article.lexicon.singular(article.lower[head])
        gender = article.lexicon.role_gender.get(singular, "")
        people = [s.entity for s in reversed(self.discourse.recent.values()) if s.entity.kind == "person"]
        if not singular or len(people) < 2 or not all(compatible(e, gender) for e in people[:2]):
            return None
        introduced = self.discourse.people.first_full
        pair = sorted(people[:2], key=lambda e: introduced.get(id(e), 0))
        name = " and ".join(" ".join(e.name) for e in pair)
        return Found(start, end, self.entity("group", tuple(name.split()), plural=True), "the two")

    def share_of_poll(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """ "46 percent" of those asked in the poll that the article is about."""
        poll = next((self.by_head[n] for n in sorted(self.article.lexicon.polls) if n in self.by_head), None)
        return (*words, "in", "the", *poll.name) if poll is not None else words

    def subject(self, head: int) -> Found | None:
        """What the subject of a clause stands for, where it is a country, an organisation or a group of people."""
        article, lex = self.article, self.article.lexicon
        noun = article.lower[head]
        plural = noun in lex.named_groups or bool(lex.singular(noun))
        if article.words[head][0].isupper() or noun in lex.organisation_nouns or plural:
            found = self.resolve(article.subtree_left(head), head, head + 1)
            if found is not None and found.entity.kind != "unnamed":
                return found
        return None

    def body_named(self, start: int, end: int) -> Found | None:
        """An organisation, country or publication that the model's entity recogniser found at these tokens."""
        article = self.article
        while start < end and self.leads(start):
            start += 1
        while end > start and article.lower[end - 1] in POSSESSIVE:
            end -= 1
        if start >= end or not article.words[end - 1][0].isupper() or article.lexicon.is_role(article.lower[end - 1]):
            return None
        return self.proper_name(start, end, start, end - 1)

    def leads(self, i: int) -> bool:
        """Whether a word before a noun is no part of a name or description; "New York" begins with none."""
        lower = self.article.lower[i]
        return lower in LEADING and (lower == self.article.words[i] or lower in ("the", "a", "an", "some", "this"))

    def proper(self, start: int, head: int, end: int) -> tuple[int, int]:
        """The proper name whose last word is the head, or that covers the head; an empty range for none."""
        article = self.article
        if not article.words[head][0].isupper() or article.tags[head] not in ("NNP", "NNPS", "NN", "NNS", "CD", "JJ"):
            return head, head
        begin, stop = head, head + 1
        if article.ents[head]:
            while stop < end and article.ents[stop] == article.ents[head] and stop - head < LONGEST_NAME:
                stop += 1
        while stop + 1 < end and article.lower[stop] in ("of", "for") and article.is_capital(stop + 1):
            stop += 2
        while begin > start and (article.words[begin - 1][0].isupper() or article.lower[begin - 1] in JOINING):
            begin -= 1
        while begin < head and (not article.words[begin][0].isupper() or self.leads(begin)):
            begin += 1
        while stop > head + 1 and article.lower[stop - 1] in POSSESSIVE:
            stop -= 1
        return begin, stop

    def proper_name(self, begin: int, stop: int, start: int, head: int) -> Found | None:
        """What a proper name names: a country, capital, publication or organisation."""
        article, lex = self.article, self.article.lexicon
        known = self.known_name(begin, stop)
        if known is not None:
            return known
        bare = article.text(begin, stop).removeprefix("The ").removeprefix("the ")
        noun, label = article.lower[head], article.ents[head]
        if lex.is_role(noun):
            return None
        titled = noun in lex.publication_endings and stop - begin > 1 and label in ("ORG", "")
        if noun in lex.publication_nouns or label == "WORK_OF_ART" or titled:
            return self.made("publication", bare, begin, stop, "publication")
        if noun in lex.organisation_nouns or label in ("ORG", "FAC", "PRODUCT"):
            return self.made("organisation", bare, begin, stop, "organisation")
        if noun in lex.groups or lex.singular(noun):
            return self.made("group", bare, begin, stop, "group") if noun in lex.named_groups else None
        if label == "NORP":
            return self.made("group", bare, begin, stop, "group") if article.tags[head] in ("NNS", "NNPS") else None
        if label in ("GPE", "LOC"):
            return self.made("organisation", bare, begin, stop, "place")
        if article.tags[head] in ("NNP", "NNPS") and not article.headline[head]:
            return self.made("organisation", bare, begin, stop, "proper name")
        return None

    def known_name(self, begin: int, stop: int) -> Found | None:
        """A name of the lexicon, or one that the article shortens or abbreviates."""
        article, lex = self.article, self.article.lexicon
        after = next((i + 1 for i in range(stop - 2, begin - 1, -1) if article.lower[i] in ("'s", "’s")), begin)
        text, owned = article.text(begin, stop), article.text(after, stop)
        for name in dict.fromkeys((text, text.removeprefix("The ").removeprefix("the "), owned)):
            if name in lex.countries:
                return self.made("country", lex.countries[name], begin, stop, "country", name)
            if name in lex.publications:
                return self.made("publication", name, begin, stop, "publication")
            if name in lex.organisations:
                return self.made("organisation", name, begin, stop, "organisation")
            if name in lex.capitals:
                return self.made("country", lex.capitals[name], begin, stop, "capital", name)
            longer = stop < len(article) and article.tags[stop] in ("IN", "NNP", "NNPS")
            full = "" if longer else self.short.full(name)
            if full:
                kind: SpeakerKind = "publication" if full in lex.publications else "organisation"
                return self.made(kind, full, begin, stop, "short name", name)
        return None

    def made(self, kind: SpeakerKind, name: str, begin: int, stop: int, rule: str, alias: str = "") -> Found:
        """A named entity of this kind; ``alias`` is what the article calls it here."""
        entity = self.entity(kind, tuple(name.split()), named=True, plural=kind == "group")
        if alias and alias != name:
            entity.forms[alias] += 1
        if rule in ("country", "place"):
            region = name.lower() in self.article.lexicon.regions
            entity.place = rule == "place"
            self.places["country" if kind == "country" else "state" if region else "town"] = entity
        return self.remember(self.article.lower[stop - 1], Found(begin, stop, entity, rule))

    def body(self, kind: SpeakerKind, words: tuple[str, ...], start: int, head: int, end: int, definite: bool) -> Found:
        """An organisation or publication by its noun: "the court" is the one named before."""
        named = any(w[0].isupper() for w in words)
        lex, noun = self.article.lexicon, self.article.lower[head]
        bare = definite and len(words) == 1
        entity = self.places.get(self.sort_of_place(noun)) if bare and noun in lex.places else None
        if entity is None and not named:
            entity = self.again(noun, words, definite)
        if entity is None and bare and noun == "campaign":
            words = self.candidate_campaign() or words
            named = len(words) > 1
        if entity is None and bare and noun in lex.publications_alike:
            entity = self.by_head.get(lex.publications_alike[noun] + " or alike")
        if entity is None and noun in lex.campaigns and len(words) == 2:
            entity = self.by_head.get(f"{words[0]} campaign")
        if entity is None:
            entity = self.entity(kind, words, named=named)
        return self.remember(noun, Found(start, end, entity, kind if named else f"{kind} by noun"))

    def candidate_campaign(self) -> tuple[str, ...]:
        """The name of "the campaign": that of the candidate talked about last."""
        for seen in reversed(self.discourse.recent.values()):
            entity = seen.entity
            if entity.kind == "person" and (entity.fits("candidate") or entity.known_as("candidate")):
                return (entity.name[-1], "campaign")
        return ()

    @staticmethod
    def sort_of_place(noun: str) -> str:
        """States and countries are told apart from towns of all kinds."""
        return {"state": "state", "country": "country", "nation": "country"}.get(noun, "town")

    def owner(self, start: int, head: int) -> tuple[str, ...]:
        """The name of "his campaign" once it is known whose: "Smith campaign"; nothing for other words."""
        referent = self.discourse.referents.get(start) if head == start + 1 else None
        if head > start + 1 and self.article.tags[head - 1] == "POS" and (owner := self.found.get(head - 2)):
            referent = owner.entity
        if (
            referent is not None
            and referent.kind == "person"
            and self.article.lower[head] in self.article.lexicon.campaigns
        ):
            return (referent.name[-1], self.article.lower[head])
        return ()

    def described(
        self, kind: SpeakerKind, noun: str, words: tuple[str, ...], start: int, end: int, definite: bool, rule: str
    ) -> Found:
        """A group or somebody by description, who may have been described before."""
        named = noun in self.article.lexicon.named_groups
        entity = self.again(noun, words, definite) or self.entity(kind, words, named=named, plural=kind == "group")
        return self.remember(noun, Found(start, end, entity, rule))

    def person(self, words: tuple[str, ...], start: int, head: int, end: int, definite: bool) -> Found | None:
        """One person by a role: whom the description fits, else somebody unnamed, who may come up again."""
        article = self.article
        noun = article.lower[head]
        owned = article.tags[start] == "PRP$" or any(article.tags[i] == "POS" for i in range(start, head))
        if definite or owned or article.lower[start] == "former" or article.tags[head] == "NNP":
            found = self.discourse.description(start, head)
            if found is not None:
                return found
        if definite and self.aged(start, head):
            return self.most_recent(start, end, head)
        last = self.discourse.last_speaker_here(head) if definite and noun not in article.lexicon.offices else None
        if last is not None and head + 1 == end:
            return self.remember(noun, Found(start, end, last, "description of the speaker before"))
        entity = self.again(noun, words, definite) or self.entity("unnamed", words)
        entity.gender = entity.gender or article.lexicon.role_gender.get(noun, "")
        return self.remember(noun, Found(start, end, entity, "unnamed person"))

    def again(self, noun: str, words: tuple[str, ...], definite: bool) -> Entity | None:
        """The entity that a shorter description takes up: same head noun, no word that the longer name lacks."""
        entity = self.by_head.get(noun)
        if entity is None or not (definite or len(words) == 1):
            return None
        have = {plain(w) for form in (" ".join(entity.name), *entity.forms) for w in form.split()}
        return entity if all(plain(w) in have for w in words if plain(w) != noun) else None

    def remember(self, noun: str, found: Found) -> Found:
        """Keep the last entity of a head noun and of every telling noun in its name, and that it was talked about."""
        lex, entity = self.article.lexicon, found.entity
        self.by_head[noun] = entity
        if entity.kind in ("organisation", "publication"):
            nouns = lex.organisation_nouns if entity.kind == "organisation" else lex.publication_nouns
            self.by_head |= {w: entity for w in map(str.lower, entity.name) if w in nouns}
            if entity.kind == "publication":
                self.by_head[lex.publications_alike.get(noun, "newspaper") + " or alike"] = entity
            if noun in lex.campaigns:
                self.by_head[f"{entity.name[0]} campaign"] = entity
        self.discourse.push(entity, self.article.root(found.start, found.end))
        return found

    def description_words(self, start: int, head: int, end: int) -> tuple[str, ...]:
        """The words of a description: without determiners in front and clauses behind."""
        article = self.article
        begin, stop = start, head + 1
        while begin < head and self.leads(begin):
            begin += 1
        while stop < end and article.words[stop] not in (",", "(", ";", "–", "—") and not self.ends_at(stop):
            stop += 1
        if article.tags[begin] in ("WP", "WDT"):
            begin = start
        return tuple(article.text(begin, stop).split())

    def ends_at(self, i: int) -> bool:
        """Whether a clause begins at a token, so that a noun phrase before it ends."""
        article = self.article
        if article.tags[i] not in ENDING_TAGS or article.words[i - 1] == "-" or article.lower[i] == "them":
            return False
        following = article.tags[i + 1][:2] if i + 1 < len(article) else ""
        participle = article.tags[i] in ("VBN", "VBG") and article.tags[i - 1][:2] != "NN"
        return not (participle and following in ("NN", "JJ"))

    def aged(self, start: int, head: int) -> bool:
        """Whether the description gives an age ("the 34-year-old")."""
        return any(
            "year" in self.article.lower[k] or self.article.lower[k].endswith("-old") for k in range(start, head + 1)
        )

    def most_recent(self, start: int, end: int, head: int) -> Found | None:
        """The person most talked about, for a description that nobody's role matches."""
        gender = self.article.lexicon.role_gender.get(self.article.lower[head], "")
        found = self.discourse.third_person(head, gender)
        return found and Found(start, end, found.entity, "age")

    def entity(self, kind: SpeakerKind, name: tuple[str, ...], named: bool = False, plural: bool = False) -> Entity:
        """The entity of this kind and name, made where it is new."""
        key = (kind, " ".join(map(plain, name)))
        found = self.entities.get(key)
        if found is None:
            found = self.entities[key] = Entity(kind, name, named=named, plural=plural)
        found.forms[" ".join(name)] += 1
        return found
