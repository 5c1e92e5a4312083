"""Measure the finding of attributions: what it costs, how sure it may be, and what it takes for a quotation.

usage: python -m benchmarks.attributions speed TEXTS.jsonl
       python -m benchmarks.attributions rules GOLD.jsonl
       python -m benchmarks.attributions not-quotes

``speed`` times the component against the stock small model on the same texts ({"text"} a line) in processor seconds,
and its cost per word on 50,000 words in one document and in documents of 1,000. ``rules`` counts, for gold of the form
{"doc_id", "text", "attributions": [{"source", "cue", "content"}]}, how much of what each rule and the network find is
right, and prints the reliability of the confidences. ``not-quotes`` scores slogans, titles and nicknames against words
that somebody is said to have said (``annotations/gold/not_quotes.jsonl``).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import spacy

import pipeline
from pipeline.attribution.gold import GoldAttribution, read_gold
from pipeline.components.attributions import load_finder
from pipeline.language import default_model
from pipeline.records import Attribution

NOT_QUOTES = Path(__file__).parent.parent / "annotations" / "gold" / "not_quotes.jsonl"
SHORT, LONG = 1_000, 50_000
BINS = 10


def speed(path: Path) -> None:
    """Processor seconds of the stock model and of the component on the same texts."""
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    nlp = spacy.load(default_model())
    nlp.add_pipe("claims_blocks", first=True)
    finder = load_finder()
    start = time.process_time()
    docs = list(nlp.pipe(texts))
    stock = time.process_time() - start
    words = sum(len(t.split()) for t in texts)
    start = time.process_time()
    for doc in docs:
        finder(doc)
    cost = time.process_time() - start
    print(
        f"stock model {1e6 * stock / words:.1f} us a word; attributions {1e6 * cost / words:.1f} us, {cost / stock:.1%}"
    )
    pool = "\n\n".join(texts).split(" ")
    pool = [pool[i % len(pool)] for i in range(LONG)]
    for size in (SHORT, LONG):
        parts = [" ".join(pool[at : at + size]) for at in range(0, LONG, size)]
        nlp.max_length = max(nlp.max_length, *map(len, parts)) + 1
        docs = [nlp(part) for part in parts]
        seconds = []
        for _ in range(3):
            start = time.process_time()
            for doc in docs:
                finder(doc)
            seconds.append(time.process_time() - start)
        print(f"in documents of {size} words: {1e6 * min(seconds) / LONG:.1f} us a word")


def rules(path: Path) -> None:
    """Share of each rule's attributions that have the content and source of a gold one; reliability of confidences."""
    nlp = pipeline.load()
    gold = read_gold([path])
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    sure, right = [], []
    for g, doc in zip(gold, nlp.pipe(g.text for g in gold), strict=True):
        for a in doc._.claims_attributions:
            ok = any(agrees(a, x, g.text) for x in g.attributions)
            counts[a.rule][0] += ok
            counts[a.rule][1] += 1
            sure.append(a.confidence)
            right.append(ok)
    for rule, (good, found) in sorted(counts.items()):
        print(f"{rule:10s} {good:5d} of {found:5d} right")
    p, y = np.array(sure), np.array(right, dtype=float)
    error = 0.0
    for b in range(BINS):
        of = np.minimum((p * BINS).astype(int), BINS - 1) == b
        if of.any():
            error += of.mean() * abs(p[of].mean() - y[of].mean())
            low, high, sure_of, right_of = b / BINS, (b + 1) / BINS, p[of].mean(), y[of].mean()
            print(f"{low:.1f}-{high:.1f}  {of.sum():5d} found, confidence {sure_of:.3f}, right {right_of:.3f}")
    print(f"expected calibration error {error:.4f} over {len(p)}")


def agrees(a: Attribution, gold: GoldAttribution, text: str) -> bool:
    """Content IoU of at least a half in letters, and sources that overlap or are both absent."""
    mine = {i for s in a.content for i in range(s.start, s.end) if text[i].isalnum()}
    theirs = {i for s, e in gold.content for i in range(s, e) if text[i].isalnum()}
    source = any(a.source.start < e and s < a.source.end for s, e in gold.source) if a.source else not gold.source
    return source and 2 * len(mine & theirs) >= len(mine | theirs) > 0


def not_quotes() -> None:
    """Precision and recall of verbatim words that somebody is said to have said."""
    cases = [json.loads(line) for line in NOT_QUOTES.read_text(encoding="utf-8").splitlines()]
    hits = []
    for case, doc in zip(cases, pipeline.load().pipe(c["text"] for c in cases), strict=True):
        verbatim = [v for a in doc._.claims_attributions for v in a.verbatim]
        hits.append(any(v.start < case["end"] and case["start"] < v.end for v in verbatim))
        if hits[-1] != case["quote"]:
            print("missed" if case["quote"] else "wrong ", case["text"])
    right = sum(h and c["quote"] for h, c in zip(hits, cases, strict=True))
    said = sum(c["quote"] for c in cases)
    print(f"P {right / max(sum(hits), 1):.3f}  R {right / said:.3f}  over {len(cases)} sentences")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "rules", "not-quotes"))
    parser.add_argument("path", nargs="?", type=Path)
    args = parser.parse_args()
    if args.what == "not-quotes":
        not_quotes()
    elif args.path is None:
        parser.error(f"{args.what} needs a file")
    else:
        {"speed": speed, "rules": rules}[args.what](args.path)


if __name__ == "__main__":
    main()
