"""The words and names that speakers are told by, read from ``pipeline/knowledge/speakers``."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "knowledge" / "speakers"

Gender = str
"""``m``, ``f``, or an empty string where it cannot be told."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All lists in lower case, except where a mapping's values say how something is written."""

    pronoun_class: dict[str, str]
    titles: frozenset[str]
    title_gender: dict[str, Gender]
    title_noun: dict[str, str]
    roles: frozenset[str]
    role_gender: dict[str, Gender]
    synonyms: dict[str, frozenset[str]]
    ordinary: frozenset[str]
    offices: frozenset[str]
    office_words: frozenset[str]
    role_verbs: frozenset[str]
    groups: frozenset[str]
    named_groups: frozenset[str]
    quantities: frozenset[str]
    unnamed: frozenset[str]
    nobody: frozenset[str]
    person_endings: tuple[str, ...]
    things: frozenset[str]
    questions: frozenset[str]
    answers: frozenset[str]
    publication_nouns: frozenset[str]
    publications_alike: dict[str, str]
    polls: frozenset[str]
    publication_endings: frozenset[str]
    organisation_nouns: frozenset[str]
    campaigns: frozenset[str]
    places: frozenset[str]
    particles: frozenset[str]
    compound_endings: frozenset[str]
    suffixes: frozenset[str]
    family_first: frozenset[str]
    never: frozenset[str]
    short_for: dict[str, str]
    first_names: dict[str, Gender]
    publications: dict[str, str]
    organisations: dict[str, str]
    countries: dict[str, str]
    demonyms: dict[str, str]
    capitals: dict[str, str]
    regions: dict[str, str]
    generic: frozenset[str]

    def role_noun(self, word: str) -> str:
        """The role noun that a title or short form stands for; another word stands for itself."""
        return self.title_noun.get(word, word)

    def is_role(self, word: str) -> bool:
        """Whether the lower-case word says what a single person is."""
        return word in self.roles or word in self.titles

    def may_be_people(self, noun: str) -> bool:
        """Whether a noun that no list knows is one for people, singular or plural, by its ending."""
        single = noun.removesuffix("s") if not noun.endswith("ss") else noun
        return single not in self.things and (single.endswith(self.person_endings) or noun.endswith(("men", "women")))

    def singular(self, word: str) -> str:
        """The role noun that the plural is made of; an empty string where there is none."""
        for singular in (
            word.removesuffix("s"),
            word.removesuffix("men") + "man",
            word.removesuffix("women") + "woman",
        ):
            if singular != word and self.is_role(singular):
                return singular
        return ""


@cache
def lexicon() -> Lexicon:
    """The bundled lexicon, read and checked once; ``ValueError`` names the file and entry that is wrong."""
    data = tomllib.loads((FOLDER / "lexicon.toml").read_text(encoding="utf-8"))
    roles, titles, names = data["roles"], data["titles"], data["names"]
    all_roles = words(roles, "masculine") | words(roles, "feminine") | words(roles, "neutral")
    countries, demonyms, capitals = geography()
    return Lexicon(
        pronoun_class={w: kind for kind, forms in data["pronouns"].items() for w in forms},
        titles=words(titles, "masculine") | words(titles, "feminine") | words(titles, "neutral"),
        title_gender=genders(titles),
        title_noun=roles["title_nouns"],
        roles=all_roles,
        role_gender=genders(roles),
        synonyms={k: frozenset(v) for k, v in roles["synonyms"].items()},
        ordinary=words(roles, "ordinary"),
        offices=words(roles, "offices"),
        office_words=words(roles, "office_words"),
        role_verbs=words(roles, "verbs"),
        groups=words(data["groups"], "nouns"),
        named_groups=words(data["groups"], "named"),
        quantities=words(data["groups"], "quantities"),
        unnamed=words(data["unnamed"], "nouns"),
        nobody=words(data["unnamed"], "nobody"),
        person_endings=tuple(data["unnamed"]["person_endings"]),
        things=words(data["unnamed"], "things"),
        questions=words(data["turns"], "question"),
        answers=words(data["turns"], "answer"),
        publication_nouns=words(data["publications"], "nouns"),
        publications_alike={w: group[0] for group in data["publications"]["alike"] for w in group},
        polls=words(data["publications"], "polls"),
        publication_endings=words(data["publications"], "name_endings"),
        organisation_nouns=words(data["organisations"], "nouns"),
        campaigns=words(data["organisations"], "campaigns"),
        places=words(data["organisations"], "places"),
        particles=words(names, "particles"),
        compound_endings=words(names, "compound_endings"),
        suffixes=words(names, "suffixes"),
        family_first=words(names, "family_first"),
        never=words(names, "never"),
        short_for=names["short_for"],
        first_names=first_names(),
        publications=aliases("publications.csv"),
        organisations=aliases("organisations.csv"),
        countries=countries,
        demonyms=demonyms,
        capitals=capitals,
        regions={
            form.lower(): row["name"] for row in rows("regions.csv") for form in forms(row, "name", "abbreviations")
        },
        generic=words(data["organisations"], "generic"),
    )


def words(table: dict[str, Any], key: str) -> frozenset[str]:
    """A list of the table as a set; ``ValueError`` where an entry is not in lower case."""
    found = table[key]
    for word in found:
        if word != word.lower():
            raise ValueError(f"lexicon.toml: {word!r} in {key!r} must be in lower case")
    return frozenset(found)


def genders(table: dict[str, Any]) -> dict[str, Gender]:
    return dict.fromkeys(table["masculine"], "m") | dict.fromkeys(table["feminine"], "f")


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a bundled CSV file."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def forms(row: dict[str, str], *columns: str) -> list[str]:
    """Every form in the columns, whose forms are parted by ``|``."""
    return [form for column in columns for form in row[column].split("|") if form]


def first_names() -> dict[str, Gender]:
    """First name in lower case -> ``m``, ``f``, or an empty string for a name of both."""
    found = {}
    for row in rows("first_names.csv"):
        if row["gender"] not in ("m", "f", "u"):
            raise ValueError(f"first_names.csv: {row['name']} has gender {row['gender']!r}, must be m, f or u")
        found[row["name"].lower()] = row["gender"].replace("u", "")
    return found


def aliases(name: str) -> dict[str, str]:
    """Every form of a name as written -> the name; ``ValueError`` where two rows share a form."""
    found: dict[str, str] = {}
    for row in rows(name):
        for form in forms(row, "name", "aliases"):
            if found.setdefault(form, row["name"]) != row["name"]:
                raise ValueError(f"{name}: {form!r} stands for {found[form]!r} and {row['name']!r}")
    return found


def geography() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Country names, demonyms and capitals (as their governments' names), each as written -> the country."""
    names: dict[str, str] = {}
    demonyms: dict[str, str] = {}
    capitals: dict[str, str] = {}
    for row in rows("countries.csv"):
        names |= dict.fromkeys(forms(row, "name", "aliases"), row["name"])
        demonyms |= dict.fromkeys(forms(row, "demonyms"), row["name"])
        capitals |= dict.fromkeys(forms(row, "capital"), row["name"])
    return names, demonyms, capitals
