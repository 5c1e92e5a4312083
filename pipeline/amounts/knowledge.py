"""Load and check the knowledge about amounts (``pipeline/knowledge/amounts``; its ``SOURCES.md`` names the sources)."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pipeline.amounts.lexer import phrase
from pipeline.records import Bound

FOLDER = Path(__file__).parent.parent / "knowledge" / "amounts"

Phrases = dict[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Marker:
    """A sign, code or name that marks an amount of money.

    ``codes`` are the currencies it may stand for, ``default`` the one it stands for when nothing else is known,
    ``publisher_only`` those that only a publisher of their place means by it. ``factor`` is what one of it is in
    whole units (a cent: 0.01). A form that is too weak by itself needs a number that looks like money
    (``large_only``) or a text set in its place (``local_only``); ``nearby``: the nearest place named decides.
    """

    form: str
    kind: str
    codes: tuple[str, ...]
    default: str
    factor: Decimal = Decimal(1)
    large_only: bool = False
    local_only: bool = False
    publisher_only: tuple[str, ...] = ()
    nearby: bool = False


@dataclass(frozen=True, slots=True)
class Currencies:
    """Every marker by its lexemes, case kept (``exact``) or not (``folded``), and the words that place a text.

    ``first`` maps a first lexeme to the length of the longest marker that starts with it.
    """

    exact: dict[tuple[str, ...], Marker]
    folded: dict[tuple[str, ...], Marker]
    first: dict[str, int]
    codes: frozenset[str]
    places: dict[tuple[str, ...], str]
    place_first: frozenset[str]
    domains: dict[str, str]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """The TOML tables of number words, bounds, rates and multiples, ready to look up."""

    units: dict[str, int]
    tens: dict[str, int]
    scales: dict[str, Decimal]
    plurals: dict[str, Decimal]
    suffixes: dict[str, Decimal]
    fractions: dict[str, Decimal]
    vague: dict[str, int]
    between: frozenset[str]
    months: frozenset[str]
    lone_before: frozenset[str]
    dot_groups: frozenset[str]
    before: dict[tuple[str, ...], str]
    after: dict[tuple[str, ...], str]
    unless_after: frozenset[str]
    range_open: frozenset[tuple[str, ...]]
    range_between: frozenset[tuple[str, ...]]
    range_join: frozenset[tuple[str, ...]]
    periodic: Phrases
    attributive: frozenset[str]
    measures: frozenset[tuple[str, ...]]
    measure_abbreviations: dict[str, str]
    measure_modifiers: frozenset[str]
    percent: dict[tuple[str, ...], Decimal]
    percent_attached: dict[str, Decimal]
    multiple_verbs: dict[str, Decimal]
    multiple_bases: dict[str, Decimal]
    multiple_adverbs: dict[str, Decimal]
    not_before: frozenset[str]
    modals: frozenset[str]
    multiple_nouns: frozenset[str]
    after_bases: frozenset[str]
    comparatives: frozenset[str]
    measured: frozenset[str]
    determiners: frozenset[str]
    function_words: frozenset[str]
    negations: frozenset[str]
    complements: frozenset[str]
    strict_modals: frozenset[str]
    prefix_names: frozenset[str]
    countable: frozenset[str]
    weight_names: frozenset[str]
    weight_near: frozenset[str]
    weight_money_of: frozenset[str]
    weight_money_nouns: frozenset[str]


def read_toml(name: str, keys: Iterable[str]) -> dict[str, Any]:
    """One knowledge file; ``ValueError`` where its tables are not exactly the ``keys``."""
    data = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    if set(data) != set(keys):
        raise ValueError(f"{name}: expected the tables {sorted(keys)}, found {sorted(data)}")
    return data


def read_csv(name: str, columns: list[str]) -> list[dict[str, str]]:
    """The rows of one knowledge file; ``ValueError`` where its header is not ``columns``."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != columns:
            raise ValueError(f"{name}: expected the columns {columns}, found {rows.fieldnames}")
        return list(rows)


def decimals(table: dict[str, str]) -> dict[str, Decimal]:
    return {word: Decimal(value) for word, value in table.items()}


def share(value: str) -> Decimal:
    """A fraction written as a decimal or as "1/3"."""
    above, _, below = value.partition("/")
    return Decimal(above) / Decimal(below or 1)


def folded(words: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(phrase(w.lower()) for w in words)


def bounds(tables: dict[str, list[str]]) -> dict[tuple[str, ...], str]:
    """Phrase -> bound; ``ValueError`` for a bound that records do not know."""
    if unknown := set(tables) - set(get_args(Bound)):
        raise ValueError(f"bounds.toml: unknown bounds {sorted(unknown)}")
    return {phrase(words.lower()): bound for bound, phrases in tables.items() for words in phrases}


@cache
def words() -> Words:
    """The word tables, loaded once."""
    number = read_toml(
        "numbers.toml",
        [
            "units",
            "tens",
            "scales",
            "plurals",
            "suffixes",
            "fractions",
            "vague",
            "between",
            "dates",
            "lone",
            "separators",
        ],
    )
    bound = read_toml("bounds.toml", ["before", "unless_after", "after", "range"])
    rate = read_toml("rates.toml", ["periodic", "attributive", "measures", "abbreviations", "modifiers"])
    tables = ["percent", "percent_attached", "verbs", "bases", "adverbs", "idioms", "comparatives", "measures"]
    multiple = read_toml("multiples.toml", tables)
    ambiguous = read_toml("ambiguous.toml", ["sign", "name", "slang", "prefix_names", "countable", "weight"])
    weight = ambiguous["weight"]
    grammar = read_toml("grammar.toml", ["function_words", "negations", "complements", "modals"])
    return Words(
        units=number["units"],
        tens=number["tens"],
        scales=decimals(number["scales"]),
        plurals=decimals(number["plurals"]),
        suffixes=decimals(number["suffixes"]),
        fractions={word: share(value) for word, value in number["fractions"].items()},
        vague=number["vague"],
        between=frozenset(number["between"]["words"]),
        months=frozenset(number["dates"]["months"]),
        lone_before=frozenset(number["lone"]["after"]),
        dot_groups=frozenset(number["separators"]["dot_groups"]),
        before=bounds(bound["before"]),
        after=bounds(bound["after"]),
        unless_after=frozenset(bound["unless_after"]["words"]),
        range_open=folded(bound["range"]["open"]),
        range_between=folded(bound["range"]["between"]),
        range_join=folded(bound["range"]["join"]),
        periodic={phrase(k.lower()): v for k, v in rate["periodic"].items()},
        attributive=frozenset(rate["attributive"]["words"]),
        measures=folded(rate["measures"]["words"]),
        measure_abbreviations=rate["abbreviations"],
        measure_modifiers=frozenset(rate["modifiers"]["words"]),
        percent={phrase(k.lower()): Decimal(v) for k, v in multiple["percent"].items()},
        percent_attached=decimals(multiple["percent_attached"]),
        multiple_verbs=decimals(multiple["verbs"]),
        multiple_bases=decimals(multiple["bases"]),
        multiple_adverbs=decimals(multiple["adverbs"]),
        not_before=frozenset(multiple["idioms"]["not_before"]),
        modals=frozenset(multiple["idioms"]["modals"]),
        multiple_nouns=frozenset(multiple["idioms"]["nouns"]),
        after_bases=frozenset(multiple["idioms"]["after_bases"]),
        comparatives=frozenset(multiple["comparatives"]["words"]),
        measured=frozenset(multiple["measures"]["words"]),
        determiners=frozenset(multiple["measures"]["determiners"]),
        function_words=frozenset(grammar["function_words"]),
        negations=frozenset(grammar["negations"]),
        complements=frozenset(grammar["complements"]),
        strict_modals=frozenset(grammar["modals"]),
        prefix_names=frozenset(ambiguous["prefix_names"]["words"]),
        countable=frozenset(ambiguous["countable"]["words"]),
        weight_names=frozenset(weight["names"]),
        weight_near=frozenset(weight["near"]),
        weight_money_of=frozenset(weight["money_of"]),
        weight_money_nouns=frozenset(weight["money_nouns"]),
    )


@dataclass(slots=True)
class Draft:
    """A marker while the rows of ``currencies.csv`` that share its form are being collected."""

    kind: str
    codes: list[str] = field(default_factory=list)
    factor: Decimal = Decimal(1)
    large: set[str] = field(default_factory=set)
    local: set[str] = field(default_factory=set)
    publisher_only: tuple[str, ...] = ()
    nearby: bool = False


@cache
def currencies() -> Currencies:
    """The markers of money and the words of places, loaded once."""
    exact: dict[str, Draft] = {}
    names: dict[str, Draft] = {}
    titles: dict[str, str] = {}
    columns = ["code", "name", "names", "signs", "large_only", "local_only", "minor"]
    for row in read_csv("currencies.csv", columns):
        code = row["code"]
        if not re.fullmatch(r"[A-Z]{3}", code) or code in titles:
            raise ValueError(f"currencies.csv: {code!r} is not a new ISO 4217 code")
        titles[code] = row["name"]
        large, local = (set(filter(None, row[c].split(";"))) for c in ("large_only", "local_only"))
        forms = [(code, "code", Decimal(1)), *((s, "sign", Decimal(1)) for s in row["signs"].split(";") if s)]
        forms += [(n, "name", Decimal(1)) for n in row["names"].split(";") if n]
        forms += [(n, "minor", Decimal(f)) for n, _, f in (m.partition("=") for m in row["minor"].split(";")) if n]
        listed = {f for f, _, _ in forms}
        forms += [(w, "sign" if len(w) == 1 else "name", Decimal(1)) for w in sorted((large | local) - listed)]
        for form, kind, factor in forms:
            table = exact if kind in ("code", "sign") else names
            draft = table.setdefault(form if table is exact else form.lower(), Draft(kind, factor=factor))
            if code not in draft.codes:
                draft.codes.append(code)
            draft.large |= {code} if form in large else set()
            draft.local |= {code} if form in local else set()
    defaults: dict[str, str] = {}
    ambiguous = read_toml("ambiguous.toml", ["sign", "name", "slang", "prefix_names", "countable", "weight"])
    for sign in ambiguous["sign"]:
        for form in sign["forms"]:
            codes = [sign["default"], *(c for c in sign["candidates"] if c != sign["default"])]
            exact[form] = Draft(
                "sign", codes, publisher_only=tuple(sign.get("publisher_only", ())), nearby=sign.get("nearby", False)
            )
            defaults[form] = sign["default"]
    for name in ambiguous["name"]:
        defaults |= dict.fromkeys((f.lower() for f in name["forms"]), name["default"])
    for slang in ambiguous["slang"]:
        like = names[slang["like"]]
        for form in slang["forms"]:
            names[form] = Draft("slang", like.codes, Decimal(slang["factor"]))
            defaults[form] = defaults[slang["like"]]
    if unknown := {c for d in (exact | names).values() for c in d.codes} - set(titles) - {"XXX"}:
        raise ValueError(f"ambiguous.toml: unknown currencies {sorted(unknown)}")
    places: dict[tuple[str, ...], str] = {}
    domains: dict[str, str] = {}
    for row in read_csv("places.csv", ["territory", "name", "currency", "words"]):
        domains[row["territory"].lower()] = row["currency"]
        for word in row["words"].split(";"):
            places.setdefault(phrase(word), row["currency"])
    domains["uk"] = "GBP"
    exact_markers = {phrase(f): finished(f, d, defaults) for f, d in exact.items()}
    folded_markers = {phrase(f): finished(f, d, defaults) for f, d in names.items()}
    for key, marker in list(folded_markers.items()):
        if len(key) == 2 and key[0].isalpha() and key[1].isalpha():
            folded_markers.setdefault((key[0] + key[1],), marker)  # "Saudiriyal", as typed in a hurry
    first: dict[str, int] = {}
    for key in [*exact_markers, *folded_markers]:
        first[key[0]] = max(first.get(key[0], 0), len(key))
    return Currencies(
        exact=exact_markers,
        folded=folded_markers,
        first=first,
        codes=frozenset(titles),
        places=places,
        place_first=frozenset(p[0] for p in places),
        domains=domains,
        names=titles,
    )


def finished(form: str, draft: Draft, defaults: dict[str, str]) -> Marker:
    """The marker of a form; its default is the only currency it can mean, else the one set in ``ambiguous.toml``."""
    codes = tuple(draft.codes)
    default = codes[0] if len(codes) == 1 else defaults.get(form, "XXX")
    return Marker(
        form,
        draft.kind,
        codes,
        default,
        factor=draft.factor,
        large_only=bool(draft.large),
        local_only=bool(draft.local),
        publisher_only=draft.publisher_only,
        nearby=draft.nearby or (draft.kind != "sign" and default != "USD"),
    )
