"""Retrain the attributions: the decision on every machine, the network where PyTorch is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Doc

from pipeline.attribution.decision import Decision
from pipeline.attribution.finder import Finder
from pipeline.attribution.fitting import Weights, fit_decision, isotonic
from pipeline.attribution.gold import GoldAttribution, align
from pipeline.attribution.network import Network
from pipeline.attribution.tokens import Floats, read_tokens
from pipeline.attribution.train import (
    EPOCHS,
    SEED,
    Arrays,
    Parsed,
    best_threshold,
    chosen,
    join,
    option_rows,
    train_models,
)
from pipeline.evaluate.matching import Fragment
from pipeline.learning.folds import FEW, Kept, log_loss, parts
from pipeline.learning.labelled import Labelled
from pipeline.models import DECISION, NETWORK

TRUSTS = (100.0, 1000.0, 10_000.0)
"""How hard the decision may be held to the present one, in options."""
NETWORK_DOCUMENTS = 200
"""From so many completely annotated documents on the network is trained anew; the package's has seen 840."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document's tokens and true attributions, and the options of its cues: features, and which are right."""

    parsed: Parsed
    complete: bool
    features: Floats
    labels: Floats


def read(doc: Doc, one: Labelled, network: Network) -> Read:
    """A parsed document as the decision sees it."""
    truth = one.truth["quote"]
    tokens = read_tokens(doc)
    gold = [GoldAttribution(*(_pairs(entry, role) for role in ("source", "cue", "content"))) for entry in truth.entries]
    parsed = Parsed(tokens, tuple(align(doc, tokens, gold)))
    return Read(parsed, not truth.ignore, *option_rows(network, parsed, truth.ignore))


def _pairs(entry: Mapping[str, Any], role: str) -> tuple[Fragment, ...]:
    return tuple((int(s), int(e)) for s, e in entry.get(role) or ())


def learn(documents: Sequence[Read], network: Network, start: Weights | None) -> Arrays:
    """A decision on the network's options, going on from an earlier one where there is one.

    How far it is held to that is chosen in cross-validation by document. Calibration and threshold are fitted where
    ``FEW`` options are chosen in complete documents. Raises ``Kept`` where nothing can be learned.
    """
    features, labels = join((d.features, d.labels) for d in documents)
    if not 0 < labels.sum() < len(labels):
        raise Kept(f"{len(labels)} possible readings, all of one class")
    tried = [_cross_validated(documents, network, start, trust) for trust in (TRUSTS if start else (0.0,))]
    best = min(tried, key=lambda t: t.loss)
    fitted: Arrays = {**fit_decision(features, labels, SEED, start, best.trust)}
    if start is None or len(best.confidence) >= FEW:
        knots, levels = isotonic(best.confidence, best.right)
        gold = sum(len(d.parsed.targets) for d in documents if d.complete)
        fitted |= {"knots": knots, "levels": levels, "accept": best_threshold(best.confidence, best.right, gold)}
    return fitted


def learn_network(documents: Sequence[Read]) -> tuple[Arrays, Arrays]:
    """Network and decision trained anew; raises ``Kept`` without PyTorch, and where documents are too few."""
    whole = [d.parsed for d in documents if d.complete]
    if len(whole) < NETWORK_DOCUMENTS:
        raise Kept(f"its training takes {NETWORK_DOCUMENTS} completely annotated documents, here are {len(whole)}")
    if importlib.util.find_spec("torch") is None:
        raise Kept("its training needs PyTorch: pip install -e '.[train]'")
    try:
        return train_models(whole, EPOCHS, jobs=2)
    except ValueError as error:
        raise Kept(str(error)) from None


def save(network: Path | Arrays, decision: Arrays, folder: Path) -> None:
    """Write both models below the folder; the network's file is copied where it was not trained."""
    (folder / NETWORK).parent.mkdir(parents=True, exist_ok=True)
    if isinstance(network, Path):
        (folder / NETWORK).write_bytes(network.read_bytes())
    else:
        np.savez_compressed(folder / NETWORK, allow_pickle=False, **network)
    np.savez_compressed(folder / DECISION, allow_pickle=False, **decision)


@dataclass(frozen=True, slots=True)
class _Tried:
    """How a trust does on documents that were not trained on: log loss; of the chosen options confidence and truth."""

    trust: float
    loss: float
    confidence: Floats
    right: Floats


def _cross_validated(documents: Sequence[Read], network: Network, start: Weights | None, trust: float) -> _Tried:
    outputs, choices = [], []
    for train, test in parts(documents):
        features, labels = join((d.features, d.labels) for d in train)
        weights = fit_decision(features, labels, SEED, start, trust) | {"accept": np.array(0, np.float32)}
        decision = Decision({**weights, "knots": np.array([0, 1]), "levels": np.array([0, 1])})
        outputs += [(decision(d.features), d.labels) for d in test]
        choices.append(chosen(Finder(network, decision), [d.parsed for d in test if d.complete]))
    loss = log_loss(*(a.astype(np.float64) for a in join(outputs)))
    return _Tried(trust, loss, *join(choices))
