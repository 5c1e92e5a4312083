"""Measure the reading of amounts: what it costs, and how much of it is right.

usage: python benchmarks/amounts.py cost [--articles ARTICLES.jsonl]
       python benchmarks/amounts.py fields [--articles ARTICLES.jsonl] [--split dev|held|all] [--misses FIELD]
       python benchmarks/amounts.py money GOLD.jsonl... [--misses]

``cost`` times the component against the stock small model on the same parsed articles. ``fields`` scores every field
against ``annotations/gold/amounts.jsonl``; the gold of articles that are not in the repository is offsets only, so
it takes their text from ARTICLES.jsonl ({"doc_id", "text"} a line) and leaves them out without it. ``money`` scores
test cases of the form {"text", "amounts": [{"start", "end", "value" | "min" + "max", "currency"}]}.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.amounts.path import base_form
from pipeline.components.amounts import Amounts
from pipeline.language import default_model
from pipeline.records import Amount, Context

GOLD = Path(__file__).parent.parent / "annotations" / "gold" / "amounts.jsonl"
FIELDS = ("span", "value", "unit", "per", "change", "payer", "verb", "object", "when")
SMALL_WORDS = frozenset(
    ["the", "a", "an", "of", "for", "on", "in", "to", "at", "by", "its", "his", "her", "their", "from", "with"]
)


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def articles(path: Path | None) -> dict[str, str]:
    """Text by document id; a lone surrogate counts as one replacement character."""
    if path is None:
        return {}
    return {r["doc_id"]: r["text"].encode("utf-16", "surrogatepass").decode("utf-16", "replace") for r in rows(path)}


def gold(path: Path | None, split: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The annotated documents of a split whose text is at hand."""
    texts = articles(path)
    for row in rows(GOLD):
        text = row.get("text") or texts.get(row["doc_id"])
        if text is not None and split in ("all", row["split"]):
            yield row, text


def content(words: str) -> set[str]:
    """The content words of a phrase; all of them where it has no others."""
    found = re.findall(r"[^\W_]+", words.lower())
    return {w for w in found if w not in SMALL_WORDS} or set(found)


def alike(want: str | None, got: str | None) -> bool:
    """Whether two phrases share at least half of their content words (Dice), or both are missing."""
    if not want or not got:
        return not want and not got
    one, two = content(want), content(got)
    return 2 * len(one & two) >= 0.5 * (len(one) + len(two))


def number(value: Any) -> float | None:
    return None if value is None else float(value)


def judge(doc: Doc, want: dict[str, Any], got: Amount, span: tuple[int, int]) -> dict[str, tuple[bool, Any, Any]]:
    """Field -> whether it is right, what was wanted, what was found."""
    text = doc.text
    out: dict[str, tuple[bool, Any, Any]] = {}
    out["span"] = span == (want["start"], want["end"]), text[want["start"] : want["end"]], text[slice(*span)]
    wanted = number(want["low"]), number(want["high"]), want["bound"]
    found = number(got.low), number(got.high), got.bound
    out["value"] = wanted == found, wanted, found
    for field in ("unit", "per", "change"):
        out[field] = want[field] == getattr(got, field), want[field], getattr(got, field)
    for field in ("payer", "object", "when"):
        phrase = text[slice(*want[field])] if want[field] else None
        out[field] = alike(phrase, getattr(got, field)), phrase, getattr(got, field)
    verb = doc.char_span(want["verb"][0], want["verb"][1], alignment_mode="expand") if want["verb"] else None
    lemma = base_form(verb.root) if verb is not None else None
    out["verb"] = lemma == got.verb, lemma, got.verb
    return out


def score_fields(nlp: Language, args: argparse.Namespace) -> None:
    """Print the accuracy of each field over the gold amounts."""
    right: Counter[str] = Counter()
    total = found = 0
    for row, text in gold(args.articles, args.split):
        doc = nlp.make_doc(text)
        published = row.get("published")
        doc._.claims_context = Context(
            publisher=row.get("publisher"), published=date.fromisoformat(published) if published else None
        )
        doc = nlp(doc)
        for want in row["amounts"]:
            total += 1
            near = [m for m in doc._.claims_amounts if m.span.start < want["end"] and want["start"] < m.span.end]
            if not near:
                continue
            found += 1
            best = max(near, key=lambda m: min(m.span.end, want["end"]) - max(m.span.start, want["start"]))
            for field, (ok, expected, got) in judge(doc, want, best.amount, (best.span.start, best.span.end)).items():
                right[field] += ok
                if args.misses == field and not ok:
                    print(f"{row['doc_id']} {want['start']}: {expected!r} but found {got!r}")
    print(f"found   {found:4d} / {total}  {found / max(total, 1):.3f}")
    for field in FIELDS:
        print(f"{field:7s} {right[field]:4d} / {total}  {right[field] / max(total, 1):.3f}")


def plain_amounts(doc: Doc) -> list[dict[str, Any]]:
    """A document's sums of money in the form of the test cases."""
    out: list[dict[str, Any]] = []
    for mention in doc._.claims_amounts:
        amount = mention.amount
        if amount.unit in ("percent", "ratio"):
            continue
        item = {"start": mention.span.start, "end": mention.span.end, "currency": amount.unit}
        low, high = number(amount.low), number(amount.high)
        out.append(item | ({"value": low} if low is not None and low == high else {"min": low, "max": high}))
    return out


def same(a: float | None, b: float | None) -> bool:
    return a is b is None or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9))


def agree(want: dict[str, Any], got: dict[str, Any]) -> bool:
    """Whether value and, where known, currency are the same."""
    value = all(same(want.get(k), got.get(k)) for k in ("value", "min", "max"))
    return value and want["currency"] in (None, got["currency"])


def score_money(nlp: Language, args: argparse.Namespace) -> None:
    """Print the joint F1 (span touched, value and currency right) over each file of test cases."""
    for path in args.gold:
        wanted = found = right = 0
        for row in rows(path):
            got = plain_amounts(nlp(row["text"]))
            wanted, found, hits = wanted + len(row["amounts"]), found + len(got), 0
            free = list(got)
            for want in row["amounts"]:
                hit = next(
                    (g for g in free if g["start"] < want["end"] and want["start"] < g["end"] and agree(want, g)), None
                )
                if hit is not None:
                    free.remove(hit)
                    hits += 1
            right += hits
            if args.misses and hits < max(len(got), len(row["amounts"])):
                print(f"{row['text']!r}: {got}")
        f1 = 2 * right / (wanted + found) if wanted + found else 1.0
        print(f"{path.stem:16s} gold {wanted:4d} found {found:4d} right {right:4d} joint F1 {f1:.3f}")


def measure_cost(nlp: Language, args: argparse.Namespace) -> None:
    """Print the component's processor time beside the stock model's, on the same articles."""
    texts = list(articles(args.articles).values()) or [text for _, text in gold(None, "all")]
    stock = spacy.load(default_model())
    component = Amounts()
    for text in texts[:3]:
        component(stock(text))
    spent: dict[str, float] = defaultdict(float)
    words = 0
    for text in texts:
        started = time.process_time()
        doc = stock(text)
        spent["stock"] += time.process_time() - started
        started = time.process_time()
        component(doc)
        spent["amounts"] += time.process_time() - started
        words += sum(not t.is_punct and not t.is_space for t in doc)
    share = spent["amounts"] / spent["stock"]
    print(f"{len(texts)} articles, {words} words: stock model {words / spent['stock']:.0f} words/s,")
    print(f"amounts {spent['amounts'] / words * 1e6:.1f} µs/word, {share:.2%} of the stock model's time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    cost = commands.add_parser("cost")
    cost.set_defaults(run=measure_cost)
    fields = commands.add_parser("fields")
    fields.add_argument("--split", choices=["dev", "held", "all"], default="held")
    fields.add_argument("--misses", choices=FIELDS)
    fields.set_defaults(run=score_fields)
    for sub in (cost, fields):
        sub.add_argument("--articles", type=Path, help="articles whose text is not in the repository")
    money = commands.add_parser("money")
    money.add_argument("gold", type=Path, nargs="+")
    money.add_argument("--misses", action="store_true")
    money.set_defaults(run=score_money)
    args = parser.parse_args()
    nlp = spacy.load(default_model())
    nlp.add_pipe("claims_amounts")
    args.run(nlp, args)


if __name__ == "__main__":
    main()
