"""Tie the source of an attribution to an entity: person, organisation, group, publication, unnamed."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.records import SpeakerKind
from pipeline.speakers.article import POSSESSIVE, Article
from pipeline.speakers.discourse import Discourse, Found
from pipeline.speakers.entities import Entity
from pipeline.speakers.naming import plain
from pipeline.speakers.people import People

LEADING = frozenset(
    {
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
    }
)
ENDING_TAGS = ("WP", "WDT", "VBN", "VBG", "VBD", "VBZ", "VBP")
LONGEST_NAME = 12


@dataclass(slots=True)
class Sources:
    """Resolves noun phrases that are no names of persons, and remembers the entities made for them."""

    article: Article
    people: People
    discourse: Discourse
    found: dict[int, Found]
    entities: dict[tuple[str, str], Entity] = field(default_factory=dict)
    by_head: dict[str, Entity] = field(default_factory=dict)
    acronyms: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def resolve(self, start: int, end: int, depth: int = 0) -> Found | None:
        """Who the words ``[start, end)`` stand for; nobody where they tell nothing."""
        article = self.article
        start, end = self.trim(start, end)
        if start >= end:
            return None
        relative = next(
            (i for i in range(start, end) if article.lower[i] in ("who", "which", "whom", "that", "whose")), None
        )
        if relative is not None and all(
            article.lower[i]
            in ("many", "some", "most", "several", "all", "both", "few", "one", "of", "neither", "none")
            for i in range(start, relative)
        ):
            return self.relative(relative, depth) if depth < 2 else None
        head = self.head(start, end)
        if together := self.coordinated(start, end, head):
            return together
        known = self.named_at(head, start, end)
        if known is not None:
            return known
        if article.tags[head] in ("PRP", "PRP$") and end - start <= 2:
            return self.found.get(head) or self.discourse.pronoun(head)
        return self.phrase(start, head, end)

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """Without white space, punctuation and possessive marks at the edges."""
        article = self.article
        while start < end and not any(c.isalnum() or c == "%" for c in article.words[start]):
            start += 1
        while end > start and (
            article.lower[end - 1] in POSSESSIVE or not any(c.isalnum() or c in "%." for c in article.words[end - 1])
        ):
            end -= 1
        return start, end

    def head(self, start: int, end: int) -> int:
        """The head noun of a source: the root of its first noun phrase, which ends at a comma or a relative clause."""
        article = self.article
        stop = end
        for i in range(start + 1, end):
            if (article.words[i] in (",", "(", "–", "—") or article.tags[i] in ENDING_TAGS) and any(
                article.tags[k][:2] in ("NN", "PR", "CD") for k in range(start, i)
            ):
                stop = i
                break
        root = article.root(start, stop)
        if article.tags[root][:2] in ("NN", "PR", "CD") or root in self.found:
            if article.deps[root] == "compound" and article.heads[root] < stop and article.heads[root] > root:
                return article.heads[root]
            return root
        nouns = [i for i in range(start, stop) if article.tags[i][:2] in ("NN", "PR")]
        first_of = next((i for i in nouns if i + 1 < stop and article.tags[i + 1] == "IN"), None)
        return first_of if first_of is not None else (nouns or [root])[-1]

    def coordinated(self, start: int, end: int, head: int) -> Found | None:
        """Several named persons joined by "and" are a group."""
        article = self.article
        firsts = sorted(
            {f.start: f for i in range(start, end) if (f := self.found.get(i)) and f.entity.kind == "person"}.items()
        )
        if len(firsts) < 2 or "and" not in article.lower[start:end]:
            return None
        roots = [article.root(f.start, f.end) for _, f in firsts]
        joined = [f for (_, f), r in zip(firsts, roots, strict=True) if r == head or self.conjunct(r, head)]
        people = list({id(f.entity): f.entity for f in joined}.values())
        if len(people) < 2:
            return None
        name = " and ".join([", ".join(" ".join(e.name) for e in people[:-1]), " ".join(people[-1].name)])
        entity = self.entity("group", tuple(name.split()), named=False, plural=True)
        return Found(start, end, entity, "coordination")

    def conjunct(self, i: int, head: int) -> bool:
        for _ in range(4):
            if self.article.deps[i] not in ("conj", "appos"):
                return False
            i = self.article.heads[i]
            if i == head:
                return True
        return False

    def named_at(self, head: int, start: int, end: int) -> Found | None:
        """A person found at the head, or in apposition to a role noun at the head."""
        article = self.article
        found = self.found.get(head)
        if found is not None:
            return found
        noun = article.lower[head]
        if article.lexicon.is_role(noun) and article.tags[head] in ("NN", "NNP", "JJ"):
            for i in range(head + 1, end):
                near = self.found.get(i)
                if near is not None and near.entity.kind == "person" and self.names_head(near, head):
                    return near
        return None

    def names_head(self, found: Found, head: int) -> bool:
        """Whether a name stands right after the role noun, with nothing but a comma or title between."""
        between = range(head + 1, found.start)
        lex = self.article.lexicon
        return all(self.article.words[i] in (",", ":", "-") or lex.is_role(self.article.lower[i]) for i in between)

    def relative(self, i: int, depth: int) -> Found | None:
        """The antecedent of a relative pronoun, by the parse; else the noun right before it."""
        article = self.article
        verb, steps = article.heads[i], 0
        while article.deps[verb] != "relcl" and article.heads[verb] != verb and steps < 6:
            verb, steps = article.heads[verb], steps + 1
        noun = article.heads[verb] if article.deps[verb] == "relcl" and article.heads[verb] < i else -1
        if noun < 0:
            noun = next((k for k in range(i - 1, max(i - 6, -1), -1) if article.tags[k][:2] == "NN"), -1)
        if noun < 0:
            return None
        found = self.found.get(noun)
        if found is None and article.deps[noun] == "compound":
            found = self.found.get(article.heads[noun])
        if found is None:
            found = self.resolve(article.subtree_left(noun), noun + 1, depth + 1)
        return found and Found(i, i + 1, found.entity, "relative pronoun")

    def phrase(self, start: int, head: int, end: int) -> Found | None:
        """A noun phrase that names no person: by its proper name, then by its head noun."""
        article, lex = self.article, self.article.lexicon
        begin, stop = self.proper(start, head, end)
        if begin < stop:
            found = self.proper_name(begin, stop, start, head)
            if found is not None:
                return found
        noun = article.lower[head]
        definite = article.lower[start] in ("the", "this", "that", "these", "those")
        plural = article.tags[head] in ("NNS", "NNPS", "CD") or noun in lex.groups
        words = self.description_words(start, head, end)
        if noun in lex.organisation_nouns and not (noun in lex.groups and not definite):
            return self.organisation(words, start, head, end, definite)
        if noun in lex.publication_nouns:
            return self.publication(words, start, head, end, definite)
        if plural and (noun in lex.groups or lex.singular(noun) or article.tags[head] == "CD"):
            entity = self.again(noun, words, definite) or self.entity(
                "group", words, named=noun in lex.named_groups, plural=True
            )
            return self.remember(noun, Found(start, end, entity, "group"))
        if lex.is_role(noun):
            if (
                definite
                or article.lower[start] in ("former",)
                or article.tags[head] == "NNP"
                or article.tags[start] == "PRP$"
            ):
                found = self.discourse.description(start, head)
                if found is not None:
                    return found
            return self.remember(noun, Found(start, end, self.entity("unnamed", words), "unnamed person"))
        if definite and self.aged(start, head):
            return self.most_recent(start, end, head)
        if not any(c.isalpha() for w in words for c in w) and "%" not in words:
            return None
        entity = self.again(noun, words, definite) or self.entity(
            "group" if plural else "unnamed", words, plural=plural
        )
        return self.remember(noun, Found(start, end, entity, "words of the source"))

    def subject(self, head: int) -> Found | None:
        """What the subject of a clause stands for, where it is a country, an organisation or a group of people."""
        article, lex = self.article, self.article.lexicon
        start = article.subtree_left(head)
        noun = article.lower[head]
        plural = noun in lex.named_groups or bool(lex.singular(noun))
        if article.words[head][0].isupper() or noun in lex.organisation_nouns or plural:
            found = self.phrase(start, head, head + 1)
            if found is not None and found.entity.kind != "unnamed":
                return found
        return None

    def proper(self, start: int, head: int, end: int) -> tuple[int, int]:
        """The proper name whose last word is the head, or that covers the head; an empty range for none."""
        article = self.article
        if not article.words[head][0].isupper() or article.tags[head] not in ("NNP", "NNPS", "NN", "NNS", "CD", "JJ"):
            return head, head
        begin, stop = head, head + 1
        if article.ents[head]:
            while stop < end and article.ents[stop] == article.ents[head] and stop - head < LONGEST_NAME:
                stop += 1
        while begin > start and (
            article.words[begin - 1][0].isupper()
            or article.lower[begin - 1] in ("of", "for", "and", "&", "-", "/", "'s", "’s", "on", "the", "in")
        ):
            begin -= 1
        while begin < head and (not article.words[begin][0].isupper() or article.lower[begin] in LEADING):
            begin += 1
        while stop > head + 1 and article.lower[stop - 1] in POSSESSIVE:
            stop -= 1
        return begin, stop

    def proper_name(self, begin: int, stop: int, start: int, head: int) -> Found | None:
        """What a proper name names: a country, capital, publication or organisation."""
        article, lex = self.article, self.article.lexicon
        text = article.text(begin, stop)
        bare = text.removeprefix("The ").removeprefix("the ")
        for name in (text, bare):
            if name in lex.countries:
                return self.made("country", lex.countries[name], begin, stop, "country", alias=name)
            if name in lex.publications:
                return self.made("publication", bare, begin, stop, "publication", alias=name)
            if name in lex.organisations:
                return self.made("organisation", bare, begin, stop, "organisation", alias=name)
            if name in lex.capitals:
                return self.made("country", lex.capitals[name], begin, stop, "capital", alias=name)
            if name in self.acronyms:
                return self.made("organisation", " ".join(self.acronyms[name]), begin, stop, "acronym", alias=name)
        noun = article.lower[head]
        if noun in lex.publication_nouns:
            return self.publication(tuple(bare.split()), start, head, stop, article.lower[start] == "the")
        if noun in lex.organisation_nouns or article.ents[head] in ("ORG", "FAC", "PRODUCT"):
            return self.made("organisation", bare, begin, stop, "organisation")
        if lex.is_role(noun):
            return None
        if noun in lex.named_groups or article.ents[head] == "NORP" or noun in lex.groups or lex.singular(noun):
            if article.tags[head] in ("NNS", "NNPS") or noun in lex.named_groups:
                entity = self.entity("group", tuple(bare.split()), plural=True)
                return Found(begin, stop, entity, "group")
            return None
        if article.ents[head] == "WORK_OF_ART":
            return self.made("publication", bare, begin, stop, "publication")
        if article.ents[head] in ("GPE", "LOC"):
            return self.made("organisation", bare, begin, stop, "place")
        if article.tags[head] in ("NNP", "NNPS") and not article.headline[head]:
            return self.made("organisation", bare, begin, stop, "proper name")
        return None

    def made(self, kind: SpeakerKind, name: str, begin: int, stop: int, rule: str, alias: str = "") -> Found:
        entity = self.entity(kind, tuple(name.split()))
        if alias and alias != name:
            entity.forms[alias] += 1
        return self.remember(self.article.lower[stop - 1], Found(begin, stop, entity, rule))

    def organisation(self, words: tuple[str, ...], start: int, head: int, end: int, definite: bool) -> Found:
        """An organisation by its noun: "the court" is the court named before, "the Trump campaign" itself."""
        article = self.article
        noun = article.lower[head]
        named = any(w[0].isupper() for w in words)
        entity = None if named else self.again(noun, words, definite)
        if entity is None:
            entity = self.entity("organisation", words, named=named)
        return self.remember(noun, Found(start, end, entity, "organisation" if named else "organisation by noun"))

    def publication(self, words: tuple[str, ...], start: int, head: int, end: int, definite: bool) -> Found:
        noun = self.article.lower[head]
        named = any(w[0].isupper() for w in words)
        entity = None if named else self.again(noun, words, definite)
        if entity is None:
            entity = self.entity("publication", words, named=named)
        return self.remember(noun, Found(start, end, entity, "publication"))

    def again(self, noun: str, words: tuple[str, ...], definite: bool) -> Entity | None:
        """The entity that a shorter description takes up: same head noun, no word that the longer name lacks."""
        entity = self.by_head.get(noun)
        if entity is None or not (definite or len(words) == 1):
            return None
        have = {plain(w) for w in entity.name} | {plain(w) for form in entity.forms for w in form.split()}
        return entity if all(plain(w) in have for w in words if plain(w) != noun) else None

    def remember(self, noun: str, found: Found) -> Found:
        """The last entity of a head noun, and all nouns of its name."""
        self.by_head[noun] = found.entity
        if found.entity.kind in ("organisation", "publication"):
            lex = self.article.lexicon
            for word in found.entity.name:
                if word.lower() in lex.organisation_nouns or word.lower() in lex.publication_nouns:
                    self.by_head[word.lower()] = found.entity
        self.discourse.push(
            found.entity, found.end - 1 if found.end - found.start == 1 else self.article.root(found.start, found.end)
        )
        return found

    def description_words(self, start: int, head: int, end: int) -> tuple[str, ...]:
        """The words of a description: without determiners in front and clauses behind."""
        article = self.article
        begin = start
        while begin < head and article.lower[begin] in LEADING:
            begin += 1
        stop = head + 1
        while (
            stop < end
            and article.words[stop] not in (",", "(", ";", "–", "—")
            and article.tags[stop] not in ENDING_TAGS
        ):
            stop += 1
        return tuple(article.text(begin, stop).split())

    def aged(self, start: int, head: int) -> bool:
        """Whether the description gives an age ("the 34-year-old")."""
        return any(
            "year" in self.article.lower[k] or self.article.lower[k].endswith("-old") for k in range(start, head + 1)
        )

    def most_recent(self, start: int, end: int, head: int) -> Found | None:
        """The person talked about last, for a description that nobody's role matches."""
        for seen in reversed(self.discourse.recent.values()):
            if seen.entity.kind == "person":
                self.discourse.push(seen.entity, head)
                return Found(start, end, seen.entity, "age")
        return None

    def entity(self, kind: SpeakerKind, name: tuple[str, ...], named: bool = True, plural: bool = False) -> Entity:
        """The entity of this kind and name, made where it is new."""
        key = (kind, " ".join(map(plain, name)))
        found = self.entities.get(key)
        if found is None:
            found = self.entities[key] = Entity(
                kind, name, named=named and kind not in ("group", "unnamed"), plural=plural
            )
        found.forms[" ".join(name)] += 1
        return found


def acronyms(article: Article) -> dict[str, tuple[str, ...]]:
    """Acronyms that the article itself explains: "National Audit Office (NAO)" -> the words before the bracket."""
    found: dict[str, tuple[str, ...]] = {}
    for i in range(2, len(article) - 1):
        word = article.words[i]
        if (
            article.words[i - 1] == "("
            and article.words[i + 1] == ")"
            and word.isupper()
            and 2 <= len(word) <= 8
            and word.isalpha()
        ):
            initials, k = list(word), i - 2
            start = i - 1
            while initials and k >= 0 and i - k < 16:
                small = article.lower[k] in ("of", "the", "for", "and", "on", "in", "&", "to")
                if article.words[k][0].upper() == initials[-1] and not (
                    small and len(initials) > 1 and not article.words[k][0].isupper()
                ):
                    initials.pop()
                    start = k
                elif not small and article.words[k] not in ("-", "'s", "’s"):
                    break
                k -= 1
            if not initials:
                found[word] = tuple(article.text(start, i - 1).split())
    return found
