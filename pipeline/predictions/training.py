"""Train the scorer of prediction candidates and report its quality in cross-validation.

    python -m pipeline.predictions.training annotations/gold/predictions.jsonl \\
        --judged annotations/gold/prediction_clauses.jsonl --texts ARTICLES.jsonl --out DIR

Gold rows hold ``doc_id``, ``predictions`` (``span``) and ``ignore`` spans, and ``text`` unless ``--texts`` gives it by
``doc_id``. A candidate is an example of a prediction where its clause is the best match of an annotated one (they share
half of the shorter and the longer is at most three times the shorter), no example at all where it touches an ignored
span, else a counterexample. Folds are whole articles.

Judged rows hold ``doc_id`` and ``clauses`` (``[start, end, is a prediction]``), a choice of the candidates of other
articles. They join the training part of every fold, and no figure is measured on them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import spacy
from spacy.tokens import Doc

import pipeline.components.blocks
import pipeline.components.extensions  # noqa: F401
from pipeline.check_worthiness_training import measures
from pipeline.language import default_model
from pipeline.predictions.finder import Proposal, chars, claimable, propose
from pipeline.predictions.lexicon import lexicon
from pipeline.records import Span

Floats = npt.NDArray[np.float64]
FOLDS = 10
MIN_COUNT = 3
"""A feature counts from so many examples on."""
STRENGTH = 2.0
"""Weight of the L2 penalty."""


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate's features and whether it is annotated as a prediction."""

    doc_id: str
    names: frozenset[str]
    label: bool


def matches(a: Span, b: tuple[int, int]) -> bool:
    """Whether a clause and an annotated span are the same, leniently: see the module."""
    short, long = sorted((a.end - a.start, b[1] - b[0]))
    return 2 * (min(a.end, b[1]) - max(a.start, b[0])) >= short > 0 and long <= 3 * short


def labelled(row: dict[str, Any], proposals: list[tuple[Span, Proposal]]) -> list[Example]:
    """The examples of one article."""
    gold = [tuple(p["span"]) for p in row["predictions"]]
    pairs = sorted(
        (-(min(s.end, g[1]) - max(s.start, g[0])), s.end - s.start, i, j)
        for i, g in enumerate(gold)
        for j, (s, _) in enumerate(proposals)
        if matches(s, g)
    )
    best: dict[int, int] = {}
    for _, _, i, j in pairs:
        if i not in best and j not in best.values():
            best[i] = j
    out: list[Example] = []
    for j, (span, proposal) in enumerate(proposals):
        label = j in best.values()
        touched = any(span.start < e and s < span.end for s, e in row.get("ignore", []))
        repeats = any(matches(span, g) for g in gold)
        if label or not (touched or repeats):
            out.append(Example(row["doc_id"], proposal.names, label))
    return out


def judged(row: dict[str, Any], proposals: list[tuple[Span, Proposal]]) -> list[Example]:
    """The examples of an article of which single clauses were judged: the candidates with those very clauses."""
    labels = {(start, end): label for start, end, label in row["clauses"]}
    found = ((p, labels.get((s.start, s.end))) for s, p in proposals)
    return [Example(row["doc_id"], p.names, label) for p, label in found if label is not None]


def read(path: Path, texts: dict[str, str]) -> list[dict[str, Any]]:
    """The gold rows, each with its text."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [{**row, "text": row.get("text") or texts[row["doc_id"]]} for row in rows]


def examples(rows: list[dict[str, Any]]) -> list[Example]:
    """Every example of the annotated articles, parsed with the default model."""
    nlp = spacy.load(default_model())
    nlp.add_pipe("claims_blocks", first=True)
    out: list[Example] = []
    for row, doc in zip(rows, nlp.pipe(row["text"] for row in rows), strict=True):
        out += judged(row, proposed(doc)) if "clauses" in row else labelled(row, proposed(doc))
    return out


def proposed(doc: Doc) -> list[tuple[Span, Proposal]]:
    """The candidates of a parsed document, each with the characters of its clause."""
    return [(chars(doc, p.span), p) for _, tokens in claimable(doc) for p in propose(tokens, lexicon())]


def vocabulary(data: list[Example]) -> list[str]:
    """The features frequent enough to count, in alphabetical order."""
    counts: dict[str, int] = {}
    for example in data:
        for name in example.names:
            counts[name] = counts.get(name, 0) + 1
    return sorted(name for name, n in counts.items() if n >= MIN_COUNT)


def matrix(data: list[Example], names: list[str]) -> Floats:
    """The examples' features as rows of zeros and ones."""
    place = {name: i for i, name in enumerate(names)}
    out = np.zeros((len(data), len(names)))
    for row, example in enumerate(data):
        for name in example.names:
            if name in place:
                out[row, place[name]] = 1
    return out


def fit(x: Floats, y: Floats, names: list[str], prior: Mapping[str, float] | None = None, trust: float = 1.0) -> Floats:
    """The weights of an L2-penalised logistic regression, by Newton's method; the bias is not penalised.

    With ``prior``, the weights of an earlier training, its features are drawn to these, ``trust`` times as hard.
    """
    penalty = np.full(x.shape[1], STRENGTH)
    if "bias" in names:
        penalty[names.index("bias")] = 1e-6
    known = prior or {}
    mean = np.array([known.get(name, 0.0) for name in names])
    penalty[[name in known for name in names]] = STRENGTH * trust
    weights = mean.copy()
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (p - y) + penalty * (weights - mean)
        hessian = (x.T * (p * (1 - p))) @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights


def cross_validated(data: list[Example], more: list[Example]) -> Floats:
    """Each example's probability by a model that saw no example of its article; ``more`` helps to train every model."""
    articles = sorted({e.doc_id for e in data})
    fold_of = {doc_id: i % FOLDS for i, doc_id in enumerate(articles)}
    out = np.zeros(len(data))
    for fold in range(FOLDS):
        train = [e for e in data if fold_of[e.doc_id] != fold] + more
        held = [i for i, e in enumerate(data) if fold_of[e.doc_id] == fold]
        if not held:
            continue
        names = vocabulary(train)
        weights = fit(matrix(train, names), np.array([float(e.label) for e in train]), names)
        out[held] = 1 / (1 + np.exp(-matrix([data[i] for i in held], names) @ weights))
    return out


def best_threshold(p: Floats, y: Floats) -> tuple[float, float]:
    """The threshold of the best F1 among hundredths, and that F1."""
    scores = []
    for t in np.arange(0.2, 0.8, 0.01):
        hit = float(((p >= t) & (y > 0)).sum())
        scores.append((2 * hit / (float((p >= t).sum()) + float(y.sum())), round(float(t), 2)))
    f1 = max(s for s, _ in scores)
    near = [t for s, t in scores if s >= f1 - 0.005]
    return near[len(near) // 2], f1


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the scorer of prediction candidates.")
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--judged", type=Path, nargs="*", default=[], help="single clauses of further articles")
    parser.add_argument("--texts", type=Path, nargs="*", default=[], help="JSON lines with doc_id and text")
    parser.add_argument("--out", type=Path, help="folder for weights.json and figures.json")
    args = parser.parse_args()
    texts: dict[str, str] = {}
    for path in args.texts:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts[row["doc_id"]] = row["text"]
    data = [e for path in args.gold for e in examples(read(path, texts))]
    more = [e for path in args.judged for e in examples(read(path, texts))]
    y = np.array([float(e.label) for e in data])
    p = cross_validated(data, more)
    threshold, f1 = best_threshold(p, y)
    counts = {"candidates": len(data), "predictions": int(y.sum()), "judged": len(more)}
    figures = {**counts, **measures(p, y.astype(np.float32))}
    print(f"{counts}; cross-validated F1 {f1:.3f} at {threshold}")
    print(json.dumps(figures))
    if args.out:
        names, labels = vocabulary(data + more), np.array([float(e.label) for e in data + more])
        weights = fit(matrix(data + more, names), labels, names)
        table = {name: round(float(w), 4) for name, w in zip(names, weights, strict=True) if abs(w) >= 0.0005}
        args.out.joinpath("figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        args.out.joinpath("weights.json").write_text(
            json.dumps({"threshold": threshold, "weights": table}, indent=0, ensure_ascii=False) + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
