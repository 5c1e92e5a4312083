"""Measure the reading of amounts: what it costs, and how much of it is right.

usage: python benchmarks/amounts.py cost [--articles ARTICLES.jsonl]
       python benchmarks/amounts.py fields [--articles ARTICLES.jsonl] [--split dev|held|all] [--misses FIELD]
       python benchmarks/amounts.py money GOLD.jsonl... [--misses]
       python benchmarks/amounts.py payers [--articles ARTICLES.jsonl]
       python benchmarks/amounts.py confidence [GOLD.jsonl...] [--articles ARTICLES.jsonl]

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

import pipeline
from pipeline.amounts.confidence import share, shares
from pipeline.amounts.path import base_form
from pipeline.amounts.payers import PRONOUNS, named_payer
from pipeline.components.amounts import Amounts
from pipeline.language import default_model
from pipeline.records import Amount, Context

GOLD = Path(__file__).parent.parent / "annotations" / "gold" / "amounts.jsonl"
FIELDS = ("span", "value", "unit", "per", "change", "payer", "verb", "object", "when")
FOLDS = 10
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


def read_article(nlp: Language, row: dict[str, Any], text: str) -> Doc:
    """The article as a document that knows its publisher and date."""
    doc, published = nlp.make_doc(text), row.get("published")
    doc._.claims_context = Context(
        publisher=row.get("publisher"), published=date.fromisoformat(published) if published else None
    )
    return nlp(doc)


def score_fields(nlp: Language, args: argparse.Namespace) -> None:
    """Print the accuracy of each field over the gold amounts."""
    right: Counter[str] = Counter()
    total = found = 0
    for row, text in gold(args.articles, args.split):
        doc = read_article(nlp, row, text)
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


def list_payers(nlp: Language, args: argparse.Namespace) -> None:
    """Print each payer that is a pronoun with the name found for it, and its words, for a person to judge."""
    nlp = pipeline.load()
    named = total = 0
    for row, text in gold(args.articles, "all"):
        doc = read_article(nlp, row, text)
        for m in doc._.claims_amounts:
            if (m.amount.payer or "").lower() in PRONOUNS:
                name = named_payer(doc, m).payer
                named, total = named + (name != m.amount.payer), total + 1
                print(f"{m.amount.payer} -> {name}: {' '.join(text[max(0, m.span.start - 200) : m.span.end].split())}")
    print(f"{named} of {total} pronouns have a name")


def judged_fields(nlp: Language, path: Path | None) -> Iterator[tuple[str, float, bool]]:
    """Article, confidence and rightness of every amount found in the gold articles (percentages: of the annotated)."""
    for row, text in gold(path, "all"):
        doc = read_article(nlp, row, text)
        for m in doc._.claims_amounts:
            near = [w for w in row["amounts"] if m.span.start < w["end"] and w["start"] < m.span.end]
            if near:
                found = judge(doc, near[0], m.amount, (m.span.start, m.span.end))
                yield row["doc_id"], m.confidence, found["value"][0] and found["unit"][0]
            elif m.amount.unit != "percent":
                yield row["doc_id"], m.confidence, False


def judged_cases(nlp: Language, path: Path) -> Iterator[tuple[str, float, bool]]:
    """Case, confidence and rightness of every sum found in a file of test cases."""
    for number_, row in enumerate(rows(path)):
        doc, free = nlp(row["text"]), list(row["amounts"])
        sums = [m for m in doc._.claims_amounts if m.amount.unit not in ("percent", "ratio")]
        for m, got in zip(sums, plain_amounts(doc), strict=True):
            hits = [g for g in free if got["start"] < g["end"] and g["start"] < got["end"] and agree(g, got)]
            if hits:
                free.remove(hits[0])
            yield f"{path.stem} {number_}", m.confidence, bool(hits)


def measure_confidence(nlp: Language, args: argparse.Namespace) -> None:
    """Print what each confidence is worth, and the calibration error where every tenth of the texts is left out.

    The counts stand for the classes of ``pipeline/amounts/confidence.py``, one line a class.
    """
    names: dict[float, str] = {share: name for name, share in shares().items()}
    assert len(names) == len(shares()), "two classes have the same share"
    found = [*judged_fields(nlp, args.articles), *(j for path in args.gold for j in judged_cases(nlp, path))]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for _, said, right in found:
        counts[names[said]][0] += right
        counts[names[said]][1] += 1
    for name, (hits, total) in sorted(counts.items()):
        print(f"{name} = {{ right = {hits}, found = {total} }}  # share {share(hits, total):.4f}")
    texts = {text: i % FOLDS for i, text in enumerate(sorted({text for text, _, _ in found}))}
    held: dict[float, list[bool]] = defaultdict(list)
    for fold in range(FOLDS):
        seen: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for text, said, right in found:
            if texts[text] != fold:
                seen[names[said]][0] += right
                seen[names[said]][1] += 1
        for text, said, right in found:
            if texts[text] == fold:
                held[share(*seen[names[said]])].append(right)
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for said, rights in held.items():
        bins[min(19, int(said * 20))] += [(said, r) for r in rights]
    error = sum(abs(sum(s for s, _ in b) - sum(r for _, r in b)) for b in bins.values()) / len(found)
    print(
        f"{len(found)} amounts, {sum(r for _, _, r in found)} right; expected calibration error {error:.4f} (20 bins)"
    )


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
    payers = commands.add_parser("payers")
    payers.set_defaults(run=list_payers)
    sure = commands.add_parser("confidence")
    sure.add_argument("gold", type=Path, nargs="*")
    sure.set_defaults(run=measure_confidence)
    for sub in (cost, fields, payers, sure):
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
