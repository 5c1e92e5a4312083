"""Measure whom attributions are traced to, rule by rule, and what that costs.

usage: python -m benchmarks.speakers TEXTS.jsonl [GOLD.jsonl ...] [--write]

TEXTS.jsonl holds ``doc_id`` and ``text``; GOLD.jsonl (default: annotations/gold/speakers.jsonl) for each ``doc_id``
the ``attributions`` with their ``source``, ``cue`` and ``content`` as offsets, and the ``name`` and ``kind`` of who
speaks. A null name or "unnamed: ..." is somebody whom the article does not name, a null kind nobody. ``--write``
stores each rule's confidence in ``pipeline/knowledge/speakers/rules.csv``.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc

from pipeline.language import default_model
from pipeline.records import Attribution, Mention, Span, Speaker
from pipeline.speakers.knowledge import Knowledge, load_knowledge
from pipeline.speakers.lexicon import FOLDER
from pipeline.speakers.resolver import Resolution, Resolver

GOLD = Path(__file__).parent.parent / "annotations" / "gold" / "speakers.jsonl"
PRIOR_WEIGHT = 4
"""How many attributions of average accuracy each rule's own figure is smoothed with."""
NOT_IN_MENTIONS = frozenset(("no speaker", "no source", "any pronoun"))
BINS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("gold", type=Path, nargs="*", default=[GOLD])
    parser.add_argument("--write", action="store_true", help="store the confidences")
    arguments = parser.parse_args()
    texts = {row["doc_id"]: row["text"] for row in read(arguments.texts)}
    gold = [row for path in arguments.gold for row in read(path) if row["doc_id"] in texts]
    nlp, knowledge = spacy.load(default_model()), load_knowledge()
    begin = time.process_time()
    docs = list(nlp.pipe(texts[row["doc_id"]] for row in gold))
    model_seconds = time.process_time() - begin
    articles: list[dict[str, list[int]]] = []
    seconds = 0.0
    for row, doc in zip(gold, docs, strict=True):
        attributions = [attribution(doc.text, a) for a in row["attributions"]]
        begin = time.process_time()
        resolution = Resolver(doc, attributions, knowledge).run()
        seconds += time.process_time() - begin
        articles.append(count(row["attributions"], resolution))
    counts = total(articles)
    report(counts)
    print(
        f"expected calibration error of mentions {calibration_error(articles):.4f}, each article by the others' counts"
    )
    print(f"speakers cost {seconds / model_seconds:.1%} of the stock model's time")
    print(f"cost per word at 50,000 words is {growth(docs, knowledge):.2f} times that at 1,000 words")
    if arguments.write:
        write(counts)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def attribution(text: str, row: dict[str, Any]) -> Attribution:
    """A gold attribution as a component would give it; a source in several parts runs from its first to its last."""
    content = tuple(Span.of(text, start, end) for start, end in row["content"])
    source = Span.of(text, row["source"][0][0], row["source"][-1][1]) if row["source"] else None
    cue = Span.of(text, *row["cue"][0]) if row["cue"] else None
    quoted = content[0].text[:1] in "“\"'" and content[-1].text[-1:] in "”\"'"
    return Attribution(content, "direct" if quoted else "indirect", "statement", 1.0, "gold", source, cue)


def count(rows: list[dict[str, Any]], resolution: Resolution) -> dict[str, list[int]]:
    """Right and all attributions of an article, by the rule that resolved each."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    speakers = {s.speaker_id: s for s in resolution.speakers}
    for row, found in zip(rows, resolution.attributions, strict=True):
        speaker = speakers[found.speaker_id] if found.speaker_id else None
        for rule in {"all", rule_of(found, resolution.mentions)} | ({"any pronoun"} if row["pronoun"] else set()):
            counts[rule][0] += right(row, speaker)
            counts[rule][1] += 1
    return counts


def total(articles: Iterable[dict[str, list[int]]]) -> dict[str, list[int]]:
    """The counts of all articles together."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for article in articles:
        for rule, (good, number) in article.items():
            counts[rule][0] += good
            counts[rule][1] += number
    return counts


def smoothed(counts: dict[str, list[int]]) -> dict[str, float]:
    """The confidence of every rule that stands in mentions: its accuracy, drawn towards that of all."""
    average = counts["all"][0] / counts["all"][1]
    return {
        rule: (good + PRIOR_WEIGHT * average) / (number + PRIOR_WEIGHT)
        for rule, (good, number) in counts.items()
        if rule not in NOT_IN_MENTIONS
    }


def calibration_error(articles: list[dict[str, list[int]]]) -> float:
    """Mean distance, in ten equal bins, of the share that is right from confidences counted on all other articles."""
    bins = [[0.0, 0.0, 0.0] for _ in range(BINS)]
    for k, article in enumerate(articles):
        sure = smoothed(total(articles[:k] + articles[k + 1 :]))
        for rule, (good, number) in article.items():
            if rule not in NOT_IN_MENTIONS and rule != "all":
                p = sure.get(rule, sure["all"])
                of = bins[min(int(p * BINS), BINS - 1)]
                of[0] += p * number
                of[1] += good
                of[2] += number
    for expected, correct, mentions in bins:
        if mentions:
            print(f"{mentions:5.0f} mentions, confidence {expected / mentions:.3f}, right {correct / mentions:.3f}")
    return sum(abs(expected - correct) for expected, correct, _ in bins) / sum(b[2] for b in bins)


def rule_of(found: Attribution, mentions: tuple[Mention, ...]) -> str:
    if found.speaker_id is None:
        return "no speaker"
    if found.source is None:
        return "no source"
    near = (m for m in mentions if m.speaker_id == found.speaker_id and m.span.overlaps(found.source))
    return max(near, key=lambda m: m.span.end - m.span.start).rule


def right(row: dict[str, Any], speaker: Speaker | None) -> bool:
    """Same last or all words of the name; for somebody the article does not name any speaker without a full name."""
    unnamed = row["name"] is None or row["name"].startswith("unnamed")
    if row["kind"] is None or speaker is None:
        return speaker is None and (row["kind"] is None or unnamed)
    if unnamed:
        return speaker.kind != "person"
    gold, given = words(row["name"]), words(speaker.name)
    same = gold[-1:] == given[-1:] or gold == given[: len(gold)] or given == gold[: len(given)]
    return same and (row["kind"] == "person") == (speaker.kind == "person")


def words(name: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['’]s\b", "", name.lower()))


def report(counts: dict[str, list[int]]) -> None:
    for rule, (good, total) in sorted(counts.items(), key=lambda c: -c[1][1]):
        print(f"{rule:32} {good:4} / {total:4}  {good / total:.3f}")


def growth(docs: list[Doc], knowledge: Knowledge) -> float:
    """Cost per word of a document of 50,000 words against one of 1,000."""
    short, long = of_length(docs, 1_000), of_length(docs, 50_000)
    return per_word(long, knowledge, 1) / per_word(short, knowledge, 20)


def of_length(docs: list[Doc], length: int) -> Doc:
    """A document of at least so many tokens, of whole documents joined, then cut."""
    parts: list[Doc] = []
    while sum(map(len, parts)) < length:
        parts.append(docs[len(parts) % len(docs)])
    return Doc.from_docs(parts)[:length].as_doc()


def per_word(doc: Doc, knowledge: Knowledge, repeats: int) -> float:
    begin = time.process_time()
    for _ in range(repeats):
        Resolver(doc, (), knowledge).run()
    return (time.process_time() - begin) / repeats / len(doc)


def write(counts: dict[str, list[int]]) -> None:
    """Store the smoothed accuracy of every rule that stands in mentions."""
    sure = smoothed(counts)
    with (FOLDER / "rules.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("rule", "right", "total", "confidence"))
        writer.writerows((rule, *counts[rule], round(sure[rule], 4)) for rule in sorted(sure))


if __name__ == "__main__":
    main()
