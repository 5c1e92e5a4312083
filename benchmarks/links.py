"""How well claims are linked, on the project's own gold, and how long a large store takes.

Run: `python -m benchmarks.links [--split dev|held|all] [--errors] [--speed 100000]`.

`annotations/gold/links.jsonl` has a story a line: articles, the claims in them that may be linked, and every pair that
is; all other pairs are not. `found` scores the pairs both of whose claims were extracted (linking alone), `all` every
pair (extraction and linking). A link of a claim that the gold does not name counts as wrong.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline import records
from pipeline.extraction import extract_documents
from pipeline.linking import find
from pipeline.linking.items import SAME, Item, Linked, Quote
from pipeline.linking.stored import items_of
from pipeline.records import Document

GOLD = Path(__file__).parents[1] / "annotations/gold/links.jsonl"
RELATIONS = ("same_quote", "same_figure", "same_event", "revision", "conflict")
ALIKE = 0.5
"""Share of the characters of both together that a gold claim and an extracted one must have in common."""
Pair = frozenset[str]


@dataclass
class Counts:
    """Pairs: in the gold, in the gold with both claims extracted, linked and right, linked and wrong."""

    gold: int = 0
    extracted: int = 0
    right: int = 0
    wrong: int = 0

    def line(self, name: str) -> str:
        made = self.right + self.wrong
        p = self.right / made if made else 1.0
        r, all_ = (self.right / n if n else 1.0 for n in (self.extracted, self.gold))
        f, f_all = (2 * p * x / (p + x) if p + x else 0.0 for x in (r, all_))
        return (
            f"{name:12} gold {self.gold:3}  found {self.extracted:3}  linked {made:3}"
            f"  P {p:.3f}  R {r:.3f}  F1 {f:.3f}   all: R {all_:.3f}  F1 {f_all:.3f}"
        )


def stories(split: str) -> Iterator[dict[str, Any]]:
    """The gold's stories of a split."""
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        story = json.loads(line)
        if split in ("all", story["split"]):
            yield story


def claims_of(story: Mapping[str, Any]) -> tuple[list[Item], dict[str, str]]:
    """The extracted claims of a story's articles, and which of them are which claims of the gold."""
    items: list[Item] = []
    named: dict[str, str] = {}
    for article in story["articles"]:
        text = article["text"]
        document = Document(
            doc_id=records.digest_bytes(text.encode()),
            uri=f"https://{story['story']}.example/{article['article']}",
            text=text,
            blocks=(),
            publisher=article["publisher"],
            published=date.fromisoformat(article["published"]),
        )
        found = items_of(next(iter(extract_documents([document]))))
        items += found
        for name, claim in story["claims"].items():
            if claim["article"] == article["article"]:
                near = [(alike(claim, i), i.claim_id) for i in found if type(i).__name__.lower() == claim["kind"]]
                share, claim_id = max(near, default=(0.0, ""))
                if share >= ALIKE:
                    named[name] = claim_id
    return items, named


def same_words(items: Iterable[Item], named: Iterable[str]) -> dict[str, str]:
    """Claims that the gold does not name -> those that it does, of another kind, of the same characters.

    What the gold says of a prediction holds for the quote that it is, too: such pairs are neither right nor wrong.
    """
    known = set(named)
    out: dict[str, str] = {}
    for item in items:
        for other in items if item.claim_id not in known else ():
            inside = other.claim_id in known and item.overlaps(other)
            if inside and min(item.end, other.end) - max(item.start, other.start) >= (item.end - item.start) * ALIKE:
                out[item.claim_id] = other.claim_id
    return out


def alike(claim: Mapping[str, Any], item: Item) -> float:
    """The characters that both share, of those of either; a quote that is found with more words is found, too."""
    shared = min(claim["end"], item.end) - max(claim["start"], item.start)
    if isinstance(item, Quote) and shared == claim["end"] - claim["start"]:
        return max(ALIKE, shared / (item.end - item.start))
    return max(0, shared) / (max(claim["end"], item.end) - min(claim["start"], item.start))


def pairs(linked: Linked) -> dict[Pair, str]:
    """Every pair that the links say belongs together: what is true of a claim is true of those that say the same."""
    members: dict[str, list[str]] = {}
    for claim, first in linked.clusters.items():
        members.setdefault(first, []).append(claim)
    relations: dict[str, str] = {}
    for link in linked.links:
        if link.relation in SAME:
            relations[linked.clusters[link.claim_id]] = link.relation
    out = {frozenset(p): relations[first] for first, group in members.items() for p in combinations(group, 2)}
    for link in linked.links:
        if link.relation not in SAME:
            ones, others = (members.get(linked.clusters.get(c, ""), [c]) for c in (link.claim_id, link.other_claim_id))
            out |= {frozenset((a, b)): link.relation for a in ones for b in others}
    return out


def score(split: str, errors: bool) -> None:
    """Print precision, recall and F1 by relation."""
    counts = {r: Counts() for r in RELATIONS}
    hard = Counter[str]()
    items: list[Item] = []
    gold: dict[Pair, str] = {}
    apart: set[Pair] = set()
    twins: dict[str, str] = {}
    for story in stories(split):
        found, named = claims_of(story)
        items += found
        twins |= same_words(found, named.values())
        for link in story["links"]:
            counts[link["relation"]].gold += 1
            if link["one"] in named and link["other"] in named:
                counts[link["relation"]].extracted += 1
                gold[frozenset((named[link["one"]], named[link["other"]]))] = link["relation"]
            elif errors:
                missing = [f"{n}: {story['claims'][n]['text']}" for n in (link["one"], link["other"]) if n not in named]
                print(f"  not extracted, {story['story']}: {missing}")
        for one, other in story["distinct"]:
            hard["given"] += 1
            if one in named and other in named:
                hard["found"] += 1
                apart.add(frozenset((named[one], named[other])))
    begun = time.process_time()
    linked = find(items)
    spent = time.process_time() - begun
    made = pairs(linked)
    words = {i.claim_id: f"{' '.join(i.text.split())!r} in {' '.join(i.sentence.split())!r}" for i in items}
    reasons = {frozenset((x.claim_id, x.other_claim_id)): f"{x.score} {x.reason}" for x in linked.links}
    for pair, relation in made.items():
        right = gold.get(pair) == relation
        if not right and frozenset(twins.get(c, c) for c in pair) in gold:
            continue
        counts[relation].right += right
        counts[relation].wrong += not right
        if errors and not right:
            print(
                f"  wrong {relation} (gold: {gold.get(pair)}; {reasons.get(pair)})", *map(words.get, pair), sep="\n    "
            )
    if errors:
        for pair, relation in gold.items():
            if made.get(pair) != relation:
                print(f"  missed {relation} (linked: {made.get(pair)})", *map(words.get, pair), sep="\n    ")
    print(f"{split}: {len(items)} claims extracted")
    for relation, counted in counts.items():
        print(counted.line(relation))
    print(total(counts.values()).line("all"))
    print(f"hard negatives: {hard['given']}, both extracted {hard['found']}, linked {sum(p in made for p in apart)}")
    print(f"linking took {spent:.2f} s of processor time")


def total(counts: Iterable[Counts]) -> Counts:
    """The sums."""
    out = Counts()
    for c in counts:
        out.gold, out.extracted = out.gold + c.gold, out.extracted + c.extracted
        out.right, out.wrong = out.right + c.right, out.wrong + c.wrong
    return out


def speed(claims: int) -> None:
    """Link a generated store of so many claims; print the processor time."""
    import tempfile

    from benchmarks.publish import generate
    from pipeline.linking.stored import link
    from pipeline.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.db"
        generate(path, claims)
        engine = open_store(path)
        for name in ("new", "unchanged"):
            begun = time.process_time()
            link(engine)
            print(f"{claims} claims, {name}: {time.process_time() - begun:.1f} s of processor time", flush=True)
        engine.dispose()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("dev", "held", "all"), default="all")
    parser.add_argument("--errors", action="store_true", help="print what is wrong or missing")
    parser.add_argument("--speed", type=int, metavar="CLAIMS", help="time a generated store instead")
    given = parser.parse_args()
    if given.speed:
        speed(given.speed)
    else:
        score(given.split, given.errors)


if __name__ == "__main__":
    main()
