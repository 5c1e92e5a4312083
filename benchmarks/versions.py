"""How well near copies are told from other articles, and what that costs with many articles.

Run: `python -m benchmarks.versions [--articles 100000]`. The gold is made from the project's own articles: each is
edited (every n-th word replaced), syndicated (other headline, dateline, paragraphs moved), shortened, put into a longer
page, and framed with other boilerplate; these are copies. Other articles, and reports of the same event in other words
(``versions.toml``), are none.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from pipeline import ingest
from pipeline.compare import compare
from pipeline.records import Block, Document, digest_bytes
from pipeline.store import open_store, writes
from pipeline.store.database import writing
from pipeline.versions.similarity import Candidates, signatures_of, similarity
from pipeline.versions.sketch import shingles_of, sketches, words_of

ROOT = Path(__file__).resolve().parents[1]
REPORTS = Path(__file__).with_name("versions.toml")


@dataclass(frozen=True)
class Article:
    """An article of the gold; those with the same ``story`` are copies of each other. ``made``: how."""

    story: str
    made: str
    document: Document


def gold() -> Iterator[Article]:
    """The articles, their copies, and reports of the same events."""
    originals = {p.name: plain(p) for p in sorted((ROOT / "corpora").glob("*/*")) if p.suffix != ".jsonl"}
    for name, text in originals.items():
        other = originals[sorted(originals)[sorted(originals).index(name) - 1]]
        yield Article(name, "original", article(text))
        for made, changed in variants(text, other):
            yield Article(name, made, article(changed))
        yield Article(name, "other boilerplate", framed(text))
    for i, report in enumerate(tomllib.loads(REPORTS.read_text("utf-8"))["reports"]):
        yield Article(f"report {i} of {report['of']}", "same event", article(report["text"]))


def plain(path: Path) -> str:
    """The article's text without boilerplate."""
    document = ingest.read(path)
    return "\n\n".join(document.text[b.start : b.end] for b in document.blocks if b.kind != "boilerplate")


def variants(text: str, other: str) -> Iterator[tuple[str, str]]:
    """Ways in which an article comes back."""
    _title, *body = text.split("\n\n")
    for every in (40, 20, 12):
        yield f"every {every}th word replaced", edited(text, every)
    yield "syndicated", "\n\n".join(["Read in full: the day's report", "AGENCY (Tuesday)", *body[1:], body[0]])
    for share in (0.7, 0.5, 0.35):
        words = text.split(" ")
        yield f"first {share:.0%}", " ".join(words[: round(len(words) * share)])
    yield "inside a longer page", "\n\n".join([text, other])


def edited(text: str, every: int) -> str:
    return " ".join("rewritten" if i % every == every - 1 else word for i, word in enumerate(text.split(" ")))


def article(text: str) -> Document:
    return Document(digest_bytes(text.encode()), "", text, ())


def framed(text: str) -> Document:
    chrome = "Subscribe now for full access. Sign in. Share this story. More from our newsroom.\n\n" * 4
    blocks = (Block("boilerplate", 0, len(chrome)), Block("paragraph", len(chrome), len(chrome) + len(text)))
    return Document(digest_bytes((chrome + text).encode()), "", chrome + text, blocks)


def told_apart() -> None:
    """Print precision, and recall by kind of copy: of the exact criterion, and of what the signatures let through."""
    articles = list(gold())
    made = sketches([a.document for a in articles])
    sets = [shingles_of(words_of(a.document)) for a in articles]
    long = [i for i, s in enumerate(made) if s.signature]
    pairs = Candidates(signatures_of(made[i].signature or b"" for i in long)).within()
    candidates = {(long[a], long[b]) for a, b in zip(*(c.tolist() for c in pairs), strict=True)}
    right, missed, wrong, all_near, filtered = 0, Counter[str](), [], 0, 0
    gold_pairs, kinds = 0, Counter[str]()
    for i, j in combinations(range(len(articles)), 2):
        a, b = articles[i], articles[j]
        near = similarity(sets[i], sets[j]).is_near
        found = near and ((i, j) in candidates or made[i].content_hash == made[j].content_hash)
        all_near += near
        filtered += near and not found
        embedded = {a.made, b.made} & {"inside a longer page"} and a.story != b.story
        if embedded:  # holds two stories: neither right nor wrong
            continue
        if a.story == b.story and "original" in (a.made, b.made):
            gold_pairs += 1
            kind = b.made if a.made == "original" else a.made
            kinds[kind] += 1
            right += found
            missed[kind] += not found
        elif a.story != b.story and found:
            wrong.append((a.story, a.made, b.story, b.made))
    print(f"{len(articles)} articles, {gold_pairs} pairs of an article and a copy of it")
    print(f"precision {right / (right + len(wrong)):.3f}, recall {right / gold_pairs:.3f}; wrong: {wrong}")
    print(f"near copies that the signatures did not let through: {filtered} of {all_near}")
    for kind, number in kinds.items():
        print(f"  {kind}: {number - missed[kind]} of {number}")


VOCABULARY = [f"w{i}" for i in range(20_000)]
WEIGHTS = 1 / np.arange(2, 20_002)


def cost(number: int) -> None:
    """Print what sketching and comparing so many articles of 600 words takes, one in fifty a copy; then ten more."""
    draw = np.random.default_rng(1)
    edges = np.cumsum(WEIGHTS / WEIGHTS.sum())

    def words() -> list[str]:
        return [VOCABULARY[i] for i in np.searchsorted(edges, draw.random(600))]

    def store(engine: object, first: int, count: int, known: list[list[str]]) -> None:
        for start in range(first, first + count, 1000):
            with writing(engine) as connection:  # type: ignore[arg-type]
                run = writes.start_run(connection, "made", "1.0", model="none", config_hash="c")
                found = []
                for i in range(start, min(start + 1000, first + count)):
                    new = known[random.Random(i).randrange(len(known))][:500] if i % 50 == 49 else words()
                    known.append(new)
                    document = article(" ".join(new) + f" {i}")
                    found.append((writes.Source("made", f"{i}.txt", (f"{i}.txt",)), document))
                writes.store_documents(connection, run, found)

    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(Path(folder) / "claims.db")
        known: list[list[str]] = []
        for count, name in ((number, "all"), (10, "ten more")):
            store(engine, len(known), count, known)
            begun = time.process_time()
            near = compare(engine)
            print(
                f"{name}: {count} articles compared in {time.process_time() - begun:.1f} s, {near} near copies",
                flush=True,
            )
        engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000, help="0: only the quality")
    given = parser.parse_args()
    told_apart()
    if given.articles:
        cost(given.articles)


if __name__ == "__main__":
    main()
