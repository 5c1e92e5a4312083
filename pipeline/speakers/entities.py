"""Who and what an article names: entities, and the names that belong to one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pipeline.records import SpeakerKind, digest
from pipeline.speakers.knowledge import Figure
from pipeline.speakers.lexicon import Gender, lexicon
from pipeline.speakers.naming import name_key, plain


@dataclass(slots=True, eq=False)
class Entity:
    """Somebody or something that can speak, as far as the article has told. Grows while the article is read."""

    kind: SpeakerKind
    name: tuple[str, ...]
    named: bool = True
    gender: Gender = ""
    party: str | None = None
    region: str | None = None
    figure: Figure | None = None
    roles: list[str] = field(default_factory=list)
    nouns: set[str] = field(default_factory=set)
    forms: Counter[str] = field(default_factory=Counter)
    plural: bool = False
    one_person: bool = False
    place: bool = False

    @property
    def full(self) -> bool:
        """Whether the article gives more of a person's name than one word."""
        return len(self.name) > 1

    @property
    def role(self) -> str | None:
        """The first role given in more than one word, else the first."""
        return next((r for r in self.roles if " " in r), self.roles[0] if self.roles else None)

    def add_role(self, text: str) -> None:
        """Take note of a role as the article words it, and of the nouns a later description may use."""
        if text and text not in self.roles:
            self.roles.append(text)
        words = text.lower().split()
        for word in words:
            self.add_noun(word)
        self.party = self.party or next((p for w in words for p in PARTIES if w in PARTIES[p]), None)

    def add_noun(self, word: str) -> None:
        """Take note of one title or role noun, and of the gender it tells."""
        lex = lexicon()
        if lex.is_role(word):
            self.nouns.add(lex.role_noun(word))
            self.gender = self.gender or lex.role_gender.get(word, "") or lex.title_gender.get(word, "")

    def first_name_gender(self) -> Gender:
        """The gender that the first name tells; a middle name where the first is an initial.

        A single word is taken for a first name only if a woman's: men's first names are common as surnames.
        """
        names = lexicon().first_names
        if not self.full:
            return names.get(self.name[0].lower(), "").replace("m", "")
        return next((names[w.lower()] for w in self.name[:-1] if w.lower() in names), "")

    def is_ordinary(self) -> bool:
        """Whether the article gives a role that is no public office and none that is."""
        lex = lexicon()
        return bool(self.nouns & lex.ordinary) and not self.nouns & lex.titles

    def said_of(self) -> set[str]:
        """The words of the roles, region and country given for the entity."""
        country = self.figure.country if self.figure and self.figure.country else ""
        return {w.lower() for text in (*self.roles, self.region or "", country) for w in text.split()}

    def fits(self, noun: str) -> bool:
        """Whether a description with this role noun can stand for the entity by what the article says."""
        return noun in self.nouns or not self.nouns.isdisjoint(lexicon().synonyms.get(noun, frozenset()))

    def known_as(self, noun: str) -> bool:
        """Whether the knowledge file gives the entity an office of this noun."""
        if self.figure is None:
            return False
        lex = lexicon()
        alike = lex.synonyms.get(noun, frozenset()) if noun in lex.office_words else frozenset()
        return noun in self.figure.nouns or not self.figure.nouns.isdisjoint(alike)


PARTIES = {"Republican": ("republican", "gop"), "Democratic": ("democratic", "democrat")}


def speaker_id(entity: Entity, document: str) -> str:
    """An id for the whole corpus where the name is enough to tell who it is, else one for this document alone.

    ``document`` is the hash of the document's text. A person needs a full name or a link to a knowledge file.
    """
    if entity.figure is not None:
        return digest("speaker", "knowledge", entity.figure.knowledge_id)
    if entity.kind == "person" and entity.full:
        return digest("speaker", "person", *name_key(entity.name))
    normalised = " ".join(plain(w) for w in entity.name).removeprefix("the ")
    if (
        entity.named
        and entity.kind in ("organisation", "country", "publication")
        and normalised not in lexicon().generic
    ):
        known = lexicon().organisations if entity.kind == "organisation" else lexicon().publications
        written = " ".join(entity.name)
        return digest("speaker", entity.kind, plain(known.get(written, written)).removeprefix("the "))
    return digest("speaker", "document", document, entity.kind, normalised)
