"""Quality and cost of predictions, check-worthiness and standalone claims.

    python -m benchmarks.predictions GOLD.jsonl [--texts ARTICLES.jsonl]

Prints the figures of ``claims evaluate`` on the gold, the share of horizons that get dates, and how long the three take
per document in percent of the stock model's own time in the same run (the least of three rounds).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import spacy
from spacy.tokens import Doc

import pipeline
from pipeline.check_worthiness import score
from pipeline.evaluate import evaluate
from pipeline.language import default_model
from pipeline.predictions.dates import resolve
from pipeline.standalone import Rewriter

ROUNDS = 3
PUBLISHED = date(2016, 9, 1)
"""A date to count from, for the gold's articles have none of their own."""


def least(action: Callable[[], object]) -> float:
    """Seconds of the processor that the action takes, the least of some rounds."""
    spans = []
    for _ in range(ROUNDS):
        start = time.process_time()
        action()
        spans.append(time.process_time() - start)
    return min(spans)


def costs(texts: Sequence[str]) -> dict[str, float]:
    """Each part's time in percent of the stock model's."""
    stock = spacy.load(default_model())
    nlp = pipeline.load()
    find = dict(nlp.components)["claims_predictions"]
    docs = list(nlp.pipe(texts))
    base = least(lambda: list(stock.pipe(texts)))
    parts: dict[str, Callable[[], object]] = {
        "predictions": lambda: [find(doc) for doc in docs],
        "check-worthiness": lambda: [score([claim_sentence(doc, s) for s in starts(doc)]) for doc in docs],
        "standalone": lambda: [rewrite(doc) for doc in docs],
    }
    return {name: 100 * least(action) / base for name, action in parts.items()}


def starts(doc: Doc) -> list[int]:
    """Where each claim of the document begins."""
    spans = [p.span for p in doc._.claims_predictions] + [a.span for a in doc._.claims_amounts]
    return [s.start for s in spans] + [a.content[0].start for a in doc._.claims_attributions if a.content]


def claim_sentence(doc: Doc, at: int) -> str:
    """The sentence at a character."""
    token = doc.char_span(at, at + 1, alignment_mode="expand")
    return token.sent.text if token is not None else ""


def rewrite(doc: Doc) -> list[str]:
    """The standalone form of every claim."""
    rewriter = Rewriter(doc)
    return [rewriter.standalone(at, min(at + 80, len(doc.text))) for at in starts(doc)]


def dated(rows: list[dict[str, object]], texts: dict[str, str]) -> tuple[int, int]:
    """How many of the gold's horizons get a first or last day, and how many there are."""
    found = []
    for row in rows:
        text = str(row.get("text") or texts[str(row["doc_id"])])
        predictions = row["predictions"]
        assert isinstance(predictions, list)
        found += [resolve(text[slice(*p["horizon"])], PUBLISHED) for p in predictions if p["horizon"]]
    return sum(period != (None, None) for period in found), len(found)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure predictions, check-worthiness and standalone claims.")
    parser.add_argument("gold", type=Path)
    parser.add_argument("--texts", type=Path, help="JSON lines with doc_id and text, where the gold has no text")
    args = parser.parse_args()
    for figure in evaluate(args.gold, args.texts):
        print(f"{figure.name:24} {figure.value:.3f}")
    rows = [json.loads(line) for line in args.gold.read_text(encoding="utf-8").splitlines() if line.strip()]
    source = args.texts.read_text(encoding="utf-8").splitlines() if args.texts else []
    texts = {r["doc_id"]: r["text"] for r in map(json.loads, source)}
    got, total = dated(rows, texts)
    print(f"horizons with dates: {got} of {total}")
    for name, share in costs([str(row.get("text") or texts[row["doc_id"]]) for row in rows][:20]).items():
        print(f"{name}: {share:.1f} % of the stock model's time")


if __name__ == "__main__":
    main()
