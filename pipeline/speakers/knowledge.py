"""Well-known figures by name: the bundled file, a file of the user's own, the public congress-legislators format."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from pipeline.errors import InputError
from pipeline.records import digest
from pipeline.speakers.lexicon import FOLDER, lexicon
from pipeline.speakers.naming import all_words, name_key, plain, without_initials

KINDS = ("person", "organisation")
COLUMNS = (
    "knowledge_id",
    "name",
    "aliases",
    "kind",
    "gender",
    "wikidata",
    "country",
    "party",
    "office",
    "surname_alone",
)


class KnowledgeError(InputError):
    """A knowledge file cannot be used; the message says which entry is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One entry of a knowledge file. ``aliases`` and ``offices`` as the file gives them.

    ``surname_alone``: the surname without a first name or title is enough to tell this person in any article.
    """

    knowledge_id: str
    name: str
    aliases: tuple[str, ...] = ()
    kind: str = "person"
    gender: str = ""
    wikidata: str | None = None
    country: str | None = None
    party: str | None = None
    offices: tuple[str, ...] = ()
    surname_alone: bool = False
    nouns: frozenset[str] = field(default=frozenset(), compare=False)
    """Role nouns of the offices, for descriptions ("the senator")."""
    regions: frozenset[str] = field(default=frozenset(), compare=False)
    """States in brackets after offices: "senator (OH)"."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Figures by every full name, and by surname."""

    names: dict[tuple[str, ...], tuple[Figure, ...]]
    surnames: dict[str, tuple[Figure, ...]]

    @classmethod
    def of(cls, figures: Iterable[Figure]) -> Knowledge:
        """Index the figures; one with the Wikidata id of an earlier one replaces it."""
        chosen: dict[str, Figure] = {}
        for figure in figures:
            chosen[figure.wikidata or figure.knowledge_id] = figure
        names: dict[tuple[str, ...], list[Figure]] = {}
        surnames: dict[str, list[Figure]] = {}
        for figure in chosen.values():
            for key in {
                k for form in (figure.name, *figure.aliases) for k in (all_words(form), without_initials(form))
            }:
                names.setdefault(key, []).append(figure)
            if figure.kind == "person":
                surnames.setdefault(name_key(figure.name.split())[1], []).append(figure)
        return cls({k: tuple(v) for k, v in names.items()}, {k: tuple(v) for k, v in surnames.items()})

    def by_name(self, name: Iterable[str]) -> tuple[Figure, ...]:
        """The figures with this full name or alias; a middle initial may be left out, not differ."""
        written = " ".join(name)
        exact, reduced = all_words(written), without_initials(written)
        if exact in self.names or exact == reduced:
            return self.names.get(exact, ())
        found = self.names.get(reduced, ())
        return () if any(len(all_words(a)) > len(reduced) for f in found for a in (f.name, *f.aliases)) else found

    def by_surname(self, surname: str) -> tuple[Figure, ...]:
        """The figures with this surname."""
        return self.surnames.get(plain(surname), ())


@cache
def load_knowledge(extra: str | None = None) -> Knowledge:
    """The bundled figures, and those of a file that ``read_figures`` knows, which go before bundled ones.

    Raises ``KnowledgeError`` where the file cannot be used, ``OSError`` where it cannot be read.
    """
    figures = list(read_figures(FOLDER / "figures.csv"))
    return Knowledge.of(figures + (list(read_figures(Path(extra))) if extra else []))


def read_figures(path: Path) -> Iterator[Figure]:
    """The entries of a CSV, JSON Lines, JSON or YAML file, in this project's columns or the congress-legislators form.

    Columns: ``name`` and, all of them optional, those of ``COLUMNS``; several aliases or offices are parted by ``|`` or
    given as a list. Raises ``KnowledgeError`` with the entry's number where one is wrong.
    """
    seen: dict[str, int] = {}
    count = 0
    for count, record in enumerate(records_of(path), 1):
        try:
            figure = legislator(record) if isinstance(record.get("name"), dict) else figure_of(record)
        except KnowledgeError as error:
            raise KnowledgeError(f"{path}: entry {count}: {error}") from None
        if figure.knowledge_id in seen:
            first = seen[figure.knowledge_id]
            raise KnowledgeError(
                f"{path}: entry {count}: id {figure.knowledge_id!r} is that of entry {first}; give each its own"
            )
        seen[figure.knowledge_id] = count
        yield figure
    if not count:
        raise KnowledgeError(f"{path}: no entries; expected rows with at least a name")


def records_of(path: Path) -> Iterator[dict[str, Any]]:
    """The raw entries of a file, read by its ending."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise KnowledgeError(f"{path}: {error.strerror or error}; check the path") from None
    except UnicodeDecodeError:
        raise KnowledgeError(f"{path}: not UTF-8 text; save the file as UTF-8") from None
    try:
        match path.suffix.lower():
            case ".csv":
                entries: Any = list(csv.DictReader(text.splitlines()))
            case ".jsonl" | ".ndjson":
                entries = [json.loads(line) for line in text.splitlines() if line.strip()]
            case ".json":
                entries = json.loads(text)
            case ".yaml" | ".yml":
                entries = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            case ending:
                raise KnowledgeError(f"{path}: unknown ending {ending!r}; use .csv, .jsonl, .json or .yaml")
    except (json.JSONDecodeError, yaml.YAMLError, csv.Error) as error:
        raise KnowledgeError(f"{path}: {str(error).splitlines()[0]}") from None
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise KnowledgeError(f"{path}: expected a list of entries with a name each")
    yield from entries


def figure_of(record: dict[str, Any]) -> Figure:
    """An entry in this project's columns."""
    unknown = sorted(str(k) for k in record if k not in COLUMNS)
    if unknown:
        raise KnowledgeError(f"unknown column {unknown[0]!r}; known ones are {', '.join(COLUMNS)}")
    value = {c: one_line(record.get(c)) for c in COLUMNS if c not in ("aliases", "office")}
    name = value["name"]
    if not all_words(name):
        raise KnowledgeError("the name is missing")
    kind, gender, wikidata = value["kind"] or "person", value["gender"], value["wikidata"]
    if kind not in KINDS:
        raise KnowledgeError(f"kind {kind!r} must be one of {', '.join(KINDS)}")
    if gender not in ("", "m", "f"):
        raise KnowledgeError(f"gender {gender!r} must be m, f or empty")
    if wikidata and not (wikidata[0] == "Q" and wikidata[1:].isdigit()):
        raise KnowledgeError(f"Wikidata id {wikidata!r} must be Q and digits")
    if value["surname_alone"] not in ("", "yes", "no", "True", "False"):
        raise KnowledgeError(f"surname_alone {value['surname_alone']!r} must be yes, no or empty")
    offices = many(record.get("office"))
    return Figure(
        knowledge_id=value["knowledge_id"] or wikidata or digest("figure", kind, *all_words(name), length=16),
        name=name,
        aliases=many(record.get("aliases")),
        kind=kind,
        gender=gender,
        wikidata=wikidata or None,
        country=value["country"] or None,
        party=value["party"] or None,
        offices=offices,
        surname_alone=value["surname_alone"] in ("yes", "True"),
        nouns=role_nouns(offices),
        regions=office_regions(offices),
    )


def legislator(record: dict[str, Any]) -> Figure:
    """An entry of the congress-legislators YAML: ``id``, ``name``, ``bio``, ``terms``."""
    name, ids, terms = record["name"], record.get("id") or {}, record.get("terms") or [{}]
    first, last = one_line(name.get("first")), one_line(name.get("last"))
    if not first or not last or not isinstance(ids, dict) or not isinstance(terms, list):
        raise KnowledgeError("a legislator needs name.first, name.last, id and terms")
    suffix = one_line(name.get("suffix"))
    official = one_line(name.get("official_full"))
    nickname = one_line(name.get("nickname"))
    chosen = " ".join(filter(None, (nickname or first, last, suffix)))
    forms = [official, " ".join(filter(None, (first, last, suffix)))]
    last_term = terms[-1]
    office = {"sen": "senator", "rep": "representative"}.get(last_term.get("type", ""), "")
    state = one_line(last_term.get("state"))
    wikidata = one_line(ids.get("wikidata"))
    bioguide = one_line(ids.get("bioguide"))
    return figure_of(
        {
            "knowledge_id": wikidata or (f"bioguide:{bioguide}" if bioguide else ""),
            "name": chosen,
            "aliases": [f for f in dict.fromkeys(forms) if f and f != chosen],
            "gender": one_line((record.get("bio") or {}).get("gender")).lower(),
            "wikidata": wikidata,
            "country": "United States",
            "party": one_line(last_term.get("party")),
            "office": [f"{office} ({state})" if office and state else office] if office else [],
        }
    )


def one_line(value: Any) -> str:
    """A field as text in one line; nothing where it is missing."""
    return "" if value is None else " ".join(str(value).split())


def many(value: Any) -> tuple[str, ...]:
    """A field of several values, parted by ``|`` or a list."""
    parts = value if isinstance(value, list) else str(value or "").split("|")
    return tuple(p for p in map(one_line, parts) if p)


def role_nouns(offices: Iterable[str]) -> frozenset[str]:
    """The role nouns in the wording of offices."""
    lex = lexicon()
    found = (w.strip("(),") for office in offices for w in office.lower().split())
    return frozenset(lex.role_noun(w) for w in found if lex.is_role(w))


def office_regions(offices: Iterable[str]) -> frozenset[str]:
    """The states that offices name in brackets."""
    regions = lexicon().regions
    return frozenset(regions[s.lower()] for o in offices for s in re.findall(r"\(([^)]*)\)", o) if s.lower() in regions)


def import_knowledge(path: Path, destination: Path) -> int:
    """Write a knowledge file of any known form as one CSV with ``COLUMNS``, sorted by id; how many entries it has.

    The CSV is what ``claims_speakers`` reads when its configuration names it. Written whole or not at all. Raises
    ``KnowledgeError`` where the file cannot be used.
    """
    figures = sorted(read_figures(path), key=lambda f: f.knowledge_id)
    destination.parent.mkdir(parents=True, exist_ok=True)
    temporary = destination.with_name(destination.name + ".tmp")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for f in figures:
            alone = "yes" if f.surname_alone else ""
            aliases, offices = "|".join(f.aliases), "|".join(f.offices)
            writer.writerow(
                (f.knowledge_id, f.name, aliases, f.kind, f.gender, f.wikidata, f.country, f.party, offices, alone)
            )
    temporary.replace(destination)
    return len(figures)
