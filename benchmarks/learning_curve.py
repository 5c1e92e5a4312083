"""What corrections bring: `python -m benchmarks.learning_curve GOLD_FOLDER`.

Each learned component is trained on a few documents alone, then on more and more, as if a reviewer had gone through
them (the gold plays the reviewer), and measured on documents apart. Which documents come next is chosen at random
(the mean of some orders), or by the model so far: those first of which it is least certain, as in the review page.

Gold: ``quotes/dev.jsonl``, ``quotes/train.jsonl`` (texts), ``predictions/dev.jsonl``,
``check_worthiness/train.jsonl``, and the project's ``annotations/gold/predictions.jsonl``. The decision about
attributions is measured in cross-validation on documents that the packaged network has not seen.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import spacy
from rich.console import Console
from rich.table import Table
from spacy.tokens import Doc

from pipeline import models
from pipeline.attribution.decision import Decision
from pipeline.attribution.finder import Finder
from pipeline.attribution.network import Network, Scores
from pipeline.attribution.tokens import Tokens
from pipeline.check_worthiness import Model, score
from pipeline.check_worthiness_training import calibrate, mean_logit, train, views
from pipeline.components.attributions import read_arrays
from pipeline.evaluate import Counted, predictions, quotes
from pipeline.evaluate.intervals import compare
from pipeline.evaluate.matching import Tallies
from pipeline.language import default_model
from pipeline.learning import attributions, labelled, worthiness
from pipeline.learning import predictions as clauses
from pipeline.learning.labelled import Labelled
from pipeline.predictions.finder import find
from pipeline.predictions.scorer import Scorer
from pipeline.records import Attribution

PROJECT = Path(__file__).parents[1] / "annotations" / "gold" / "predictions.jsonl"
ORDERS = 3
"""Random orders whose mean is told."""
FOLDS = 2
D = TypeVar("D")
M = TypeVar("M")
Floats = npt.NDArray[np.float64]


class Remembering(Network):
    """The packaged network; it scores each document once."""

    def __init__(self) -> None:
        super().__init__(read_arrays(models.NETWORK, None))
        self.known: dict[int, tuple[Tokens, Scores]] = {}

    def __call__(self, tokens: Tokens, threshold: float) -> Scores:
        if id(tokens) not in self.known:
            self.known[id(tokens)] = tokens, super().__call__(tokens, threshold)
        return self.known[id(tokens)][1]


class Curve(Generic[D, M]):
    """One component's curve: how it learns, what it is unsure of, how it does on documents apart."""

    def __init__(
        self,
        pool: Sequence[D],
        learn: Callable[[Sequence[D]], M],
        doubt: Callable[[M, D], float],
        measure: Callable[[M], Counted],
    ) -> None:
        self.pool, self.learn, self.doubt, self.measure = pool, learn, doubt, measure

    def random(self, sizes: Sequence[int], seed: int) -> list[Counted]:
        """The counts for each size, documents in an order of chance."""
        order = random.Random(seed).sample(range(len(self.pool)), len(self.pool))
        return [self.measure(self.learn([self.pool[i] for i in sorted(order[:size])])) for size in sizes]

    def doubtful(self, sizes: Sequence[int], seed: int) -> list[Counted]:
        """The counts for each size; after the first documents, those follow of which the model is least certain."""
        order = random.Random(seed).sample(range(len(self.pool)), len(self.pool))
        known, rest = order[: sizes[0]], order[sizes[0] :]
        out: list[Counted] = []
        for size in sizes:
            if size > len(known):
                rest.sort(key=lambda i: -self.doubt(model, self.pool[i]))
                known, rest = known + rest[: size - len(known)], rest[size - len(known) :]
            model = self.learn([self.pool[i] for i in sorted(known)])
            out.append(self.measure(model))
        return out


def doubt_of(p: Sequence[float]) -> float:
    """The mean uncertainty of probabilities: 1 at one half, 0 at none or one."""
    return statistics.fmean(1 - abs(2 * x - 1) for x in p) if len(p) else 0.0


def show(
    title: str, unit: str, measure: str, sizes: Sequence[int], chance: list[list[Counted]], doubted: list[list[Counted]]
) -> None:
    """Print a curve; the interval is that of the change since the start, in the first order."""

    def value(counted: Counted, first: Counted) -> tuple[float, float, str]:
        f = next(f for f in compare(first, counted) if f.name == measure)
        interval = "" if f.change_low is None else f"{f.change_low:+.3f} to {f.change_high:+.3f}"
        return f.value, f.change or 0.0, interval

    table = Table(title=title, title_justify="left", box=None)
    for column in (unit, "random", "least certain first", "change since the start", "95 %"):
        table.add_column(column, justify="right", no_wrap=True)
    for k, size in enumerate(sizes):
        at_random = statistics.fmean(value(run[k], run[0])[0] for run in chance)
        by_doubt = f"{statistics.fmean(value(run[k], run[0])[0] for run in doubted):.3f}" if doubted else ""
        first = (doubted or chance)[0]
        _, change, interval = value(first[k], first[0])
        table.add_row(f"{size:,}", f"{at_random:.3f}", by_doubt, f"{change:+.3f}" if k else "", interval if k else "")
    Console(width=100).print(table)


def of_predictions(folder: Path, parse: Callable[[str], Doc]) -> None:
    """Clause F1 of predictions on ``predictions/dev.jsonl``."""
    pool, _ = labelled.read([PROJECT], folder / "quotes/train.jsonl")
    dev, _ = labelled.read([folder / "predictions/dev.jsonl"], folder / "quotes/dev.jsonl")
    known = [clauses.examples(parse(one.document.text), one) for one in pool]
    held = [(parse(one.document.text), one) for one in dev]

    def measure(scorer: Scorer) -> Counted:
        out: dict[str, Tallies] = {}
        for doc, one in held:
            truth = one.truth["prediction"]
            gold = predictions.GoldClauses(tuple(predictions.from_json(e) for e in truth.entries), truth.ignore)
            found = [predictions.Clause((p.span.start, p.span.end)) for p in find(doc, scorer)]
            out[one.document.doc_id] = predictions.count(gold, found)
        return out

    curve = Curve(
        known,
        lambda data: clauses.learn(data, None),
        lambda scorer, data: doubt_of([scorer.probability(e.names) for e in data]),
        measure,
    )
    sizes = (5, 10, 20, 40, 80, len(known))
    runs = range(ORDERS)
    title = f"Predictions: clause F1 on {len(held)} documents"
    show(
        title,
        "documents",
        "prediction clause",
        sizes,
        [curve.random(sizes, s) for s in runs],
        [curve.doubtful(sizes, s) for s in runs],
    )


def of_decision(folder: Path, parse: Callable[[str], Doc]) -> None:
    """Full F1 of attributions with a decision trained anew on the packaged network, in cross-validation."""
    network = Remembering()
    documents, _ = labelled.read([folder / "quotes/dev.jsonl"], None)
    docs = [parse(one.document.text) for one in documents]
    read = [attributions.read(doc, one, network) for doc, one in zip(docs, documents, strict=True)]
    sizes = (3, 12, len(read) * (FOLDS - 1) // FOLDS)

    def run(seed: int, doubtful: bool) -> list[Counted]:
        out: list[Counted] = [{} for _ in sizes]
        for fold in range(FOLDS):
            pool = [i for i in range(len(read)) if i % FOLDS != fold]
            test = [i for i in range(len(read)) if i % FOLDS == fold]
            curve = Curve(
                pool,
                lambda some: Decision(attributions.learn([read[i] for i in some], network, None)),
                lambda decision, i: doubt_of(decision(read[i].features).tolist()),
                lambda decision, test=test: {  # type: ignore[misc]
                    str(i): quote_counts(Finder(network, decision)(docs[i]), documents[i]) for i in test
                },
            )
            for k, counted in enumerate((curve.doubtful if doubtful else curve.random)(sizes, seed)):
                out[k] = {**out[k], **counted}
        return out

    title = f"Attributions, decision alone: full F1 on {len(read)} documents ({FOLDS}-fold)"
    show(title, "documents", "full", sizes, [run(0, False)], [run(0, True)])


def quote_counts(found: Sequence[Attribution], one: Labelled) -> Tallies:
    """The counts of attributions that are found in a document."""
    text = one.document.text
    rows = [
        {
            "source": [(a.source.start, a.source.end)] if a.source else [],
            "cue": [(a.cue.start, a.cue.end)] if a.cue else [],
            "content": [(s.start, s.end) for s in a.content],
        }
        for a in found
    ]
    gold = [quotes.from_json(text, entry) for entry in one.truth["quote"].entries]
    return quotes.count(text, gold, [quotes.from_json(text, row) for row in rows])


def of_worthiness(folder: Path) -> None:
    """F1 of sentences worth checking; one in five blocks of neighbouring sentences is held out."""
    _, sentences = labelled.read([folder / "check_worthiness/train.jsonl"], None)
    apart = labelled.held_out([s.group for s in sentences], 0.2, seed=0)
    test = [s for s in sentences if s.group in apart]
    pool = [s for s in sentences if s.group not in apart]
    found = views([{"text": s.text} for s in pool])
    y = np.array([float(s.check_worthy) for s in pool], np.float32)

    def learn(chosen: Sequence[int]) -> Model:
        rows = np.array(chosen)
        halves = [rows[0::2], rows[1::2]]
        logits = [
            mean_logit(train(found, y, other), found, half) for half, other in zip(halves, halves[::-1], strict=True)
        ]
        slope, intercept = calibrate(np.concatenate(logits), y[np.concatenate(halves)])
        return Model(tuple(train(found, y, rows).values()), slope, intercept)

    curve = Curve(
        range(len(pool)),
        learn,
        lambda model, i: doubt_of(score([pool[i].text], model)),
        lambda model: worthiness.count(test, model),
    )
    sizes = (200, 400, 800, 1600, 3200)
    title = f"Check-worthiness: F1 on {len(test):,} sentences"
    show(title, "sentences", "worth checking", sizes, [curve.random(sizes, 0)], [curve.doubtful(sizes, 0)])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("gold", type=Path, help="folder with the gold sets")
    given = parser.parse_args()
    nlp = spacy.load(default_model())
    nlp.add_pipe("claims_blocks", first=True)
    curves: list[Callable[[], None]] = [
        lambda: of_predictions(given.gold, nlp),
        lambda: of_worthiness(given.gold),
        lambda: of_decision(given.gold, nlp),
    ]
    for curve in curves:
        begun = time.process_time()
        curve()
        print(f"({time.process_time() - begun:.0f} s of processor time)\n", flush=True)


if __name__ == "__main__":
    main()
