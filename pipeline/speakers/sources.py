"""Tie the source of an attribution to an entity: the head of its words, names joined by "and", relative pronouns."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.speakers.article import POSSESSIVE, Article
from pipeline.speakers.discourse import Discourse, Found
from pipeline.speakers.phrases import Phrases

QUANTIFIERS = frozenset({"many", "some", "most", "several", "all", "both", "few", "one", "of", "neither", "none", "a"})
RELATIVE = frozenset({"who", "which", "whom", "that", "whose"})


@dataclass(slots=True)
class Sources:
    """Resolves the words of a source, in the order of the article."""

    article: Article
    discourse: Discourse
    phrases: Phrases
    found: dict[int, Found]

    def resolve(self, start: int, end: int, depth: int = 0) -> Found | None:
        """Who the words ``[start, end)`` stand for; nobody where they tell nothing."""
        article = self.article
        start, end = self.trim(start, end)
        if start >= end:
            return None
        relative = next((i for i in range(start, end) if article.lower[i] in RELATIVE), None)
        if relative == start and article.lower[start] == "whose" and end - start > 1:
            return self.phrases.resolve(start + 1, self.head(start + 1, end), end)
        if relative is not None and all(article.lower[i] in QUANTIFIERS for i in range(start, relative)):
            return self.relative(relative, depth) if depth < 2 else None
        stop = self.first_phrase(start, end)
        head = self.head(start, stop)
        if article.lower[head] in article.lexicon.quantities and head + 2 < stop and article.lower[head + 1] == "of":
            start = head + 2
            head = self.head(start, stop)
        found = self.coordinated(start, end, head) or self.with_others(start, stop) or self.named_at(head, stop, end)
        if found is not None:
            return found
        if article.tags[head] in ("PRP", "PRP$") and end - start <= 2:
            return self.found.get(head) or self.discourse.pronoun(head)
        return self.phrases.resolve(start, head, end)

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """Without white space, punctuation, possessive marks and a dateline ("OSLO (AP) -") at the edges."""
        article = self.article

        def empty(i: int) -> bool:
            return article.lower[i] in POSSESSIVE or not any(c.isalnum() or c == "%" for c in article.words[i])

        dash = next((i for i in range(start, min(start + 8, end)) if article.words[i] in ("-", "–", "—")), start)
        if (
            dash > start
            and article.words[start].isupper()
            and all(
                article.words[i].isupper() or article.lower[i] in ("(", ")", ",", "/", ".", "reuters")
                for i in range(start, dash)
            )
        ):
            start = dash + 1
        while start < end and empty(start):
            start += 1
        while end > start and empty(end - 1):
            end -= 1
        return start, end

    def somebody(self, noun: int) -> int:
        """The noun itself if it can be a person, else the next one above it that can ("a friend of the house, who")."""
        article, lex = self.article, self.article.lexicon
        i = noun
        for _ in range(4):
            lower = article.lower[i]
            if self.person_at(i) or lex.is_role(lower) or lex.singular(lower) or lower in lex.groups | lex.unnamed:
                return i
            i = article.heads[i]
        return noun

    def first_phrase(self, start: int, end: int) -> int:
        """Where the first noun phrase of a source ends: at a comma, a bracket or a clause."""
        article = self.article
        noun = False
        for i in range(start, end):
            if noun and (article.words[i] in (",", "(", "–", "—") or self.phrases.ends_at(i)):
                return i
            noun = noun or article.tags[i][:2] in ("NN", "PR")
        return end

    def head(self, start: int, stop: int) -> int:
        """The head noun of a phrase: its root, else the first noun that a preposition follows, else the last noun."""
        article = self.article
        root = article.root(start, stop)
        if article.tags[root][:2] in ("NN", "PR", "CD") or root in self.found:
            if article.deps[root] == "compound" and root < article.heads[root] < stop:
                root = article.heads[root]
            while root + 1 < stop and article.tags[root + 1] in ("NNP", "NNPS") and article.is_capital(root + 1):
                root += 1
            return root
        nouns = [i for i in range(start, stop) if article.tags[i][:2] in ("NN", "PR")]
        before = next((i for i in nouns if i + 1 < stop and article.tags[i + 1] == "IN"), None)
        return before if before is not None else (nouns or [root])[-1]

    def coordinated(self, start: int, end: int, head: int) -> Found | None:
        """Several named persons joined by "and" are a group."""
        article = self.article
        end = next((i for i in range(start, end) if article.tags[i] in ("WP", "WDT", "WP$")), end)
        persons = {f.start: f for i in range(start, end) if (f := self.found.get(i)) and f.entity.kind == "person"}
        if len(persons) < 2 or not {"and", ","} & set(article.lower[start:end]):
            return None
        names = [persons[i] for i in sorted(persons)]
        if not self.only_names(start, end):
            names = [f for f in names if self.joined(article.root(f.start, f.end), head)]
        people = list({id(f.entity): f.entity for f in names}.values())
        if len(people) < 2:
            return None
        name = " and ".join([", ".join(" ".join(e.name) for e in people[:-1]), " ".join(people[-1].name)])
        entity = self.phrases.entity("group", tuple(name.split()), plural=True)
        return Found(start, end, entity, "coordination")

    def with_others(self, start: int, stop: int) -> Found | None:
        """ "Smith and other residents" are a group."""
        article = self.article
        first = self.person_at(start)
        if first is None or article.lower[first.end : first.end + 2] not in (["and", "other"], ["and", "others"]):
            return None
        rest = article.text(first.end, stop).split()
        return Found(
            start, stop, self.phrases.entity("group", (*first.entity.name, *rest), plural=True), "coordination"
        )

    def only_names(self, start: int, end: int) -> bool:
        """Whether the words are names with titles and what joins them, and nothing else."""
        article, lex = self.article, self.article.lexicon
        first = next((i for i in range(start, end) if self.person_at(i)), end)
        plain = not any(article.tags[i][:2] in ("IN", "VB", "PO") for i in range(start, first))
        rest = [i for i in range(first if plain else start, end) if i not in self.found]
        return all(article.lower[i] in (",", "and", "&") or lex.is_role(article.lower[i]) for i in rest)

    def joined(self, i: int, head: int) -> bool:
        """Whether a name is the head or coordinated with it."""
        for _ in range(4):
            if i == head:
                return True
            if self.article.deps[i] not in ("conj", "appos"):
                return False
            i = self.article.heads[i]
        return False

    def named_at(self, head: int, stop: int, end: int) -> Found | None:
        """A name at the head, at the end of the first phrase after a role, or in apposition to a role."""
        article, lex = self.article, self.article.lexicon
        found = self.found.get(head)
        if found is not None:
            return found
        last = self.person_at(stop - 1)
        if last is not None and last.start > head:
            between = range(head + 1, last.start)
            before = last.start - 1
            linked = any(article.tags[i] in ("IN", "TO", "POS") for i in between)
            direct = article.tags[before] not in ("IN", "DT", "TO", "POS") and not lex.is_role(article.lower[before])
            if not linked or direct:
                return last
        if lex.is_role(article.lower[head]) and article.tags[head] not in ("NNS", "NNPS"):
            for i in range(stop, min(end, stop + 8)):
                named = self.person_at(i)
                if named is not None:
                    return named
                if i > stop and not (article.words[i][0].isupper() or lex.is_role(article.lower[i])):
                    break
        return None

    def person_at(self, i: int) -> Found | None:
        """The person named, not only referred to, at a token."""
        found = self.found.get(i)
        named = found is not None and found.entity.kind == "person" and self.article.tags[i] not in ("PRP", "PRP$")
        return found if named else None

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
        if article.lower[i] in ("who", "whom", "whose"):
            noun = self.somebody(noun)
        found = self.found.get(noun)
        if found is None and article.deps[noun] == "appos":
            found = self.found.get(article.heads[noun])
        if found is None and article.deps[noun] == "compound":
            found = self.found.get(article.heads[noun])
        if found is None:
            found = self.resolve(article.subtree_left(noun), noun + 1, depth + 1)
        return found and Found(i, i + 1, found.entity, "relative pronoun")
