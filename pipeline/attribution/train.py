"""Train the attribution models from gold documents, and measure their confidence.

Example, with PyTorch installed (``pip install -e .[train]``):

    python -m pipeline.attribution.train GOLD.jsonl --dev DEV.jsonl --out pipeline/knowledge/attributions

writes ``network.npz`` and ``decision.npz`` and prints the reliability table on the dev documents. The decision and its
calibration are fitted on every other document, scored by a network that was trained on the rest alone.
The same gold gives the same bytes on the same machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import spacy
from spacy.tokens import Doc

from pipeline.attribution.decision import WIDTH, Decision, option_features
from pipeline.attribution.decoding import options
from pipeline.attribution.features import Vocabulary
from pipeline.attribution.finder import CUE_THRESHOLD, Finder, select
from pipeline.attribution.fitting import fit_decision, isotonic, label, reliability
from pipeline.attribution.gold import GoldDocument, Target, align, read_gold
from pipeline.attribution.network import Network
from pipeline.attribution.tokens import Floats, Tokens, read_tokens
from pipeline.language import default_model

Arrays = dict[str, npt.NDArray[np.generic]]
SEED = 0
EPOCHS = 6


@dataclass(frozen=True, slots=True)
class Parsed:
    """A gold document as arrays, with its attributions in tokens."""

    tokens: Tokens
    targets: tuple[Target, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; exit code 2 for gold that cannot be read or is too small to train on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path, help="JSON Lines files of gold documents to train on")
    parser.add_argument("--dev", type=Path, required=True, help="gold documents to measure on, never trained on")
    parser.add_argument("--out", type=Path, required=True, help="folder for network.npz and decision.npz")
    parser.add_argument("--model", help="spaCy model that parses the documents (default: the small English one)")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--jobs", type=int, default=2, help="networks trained side by side, one core each")
    args = parser.parse_args(arguments)
    try:
        train, dev = parse(args.model, read_gold(args.gold)), parse(args.model, read_gold([args.dev]))
        network, decision = train_models(train, args.epochs, args.jobs)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    args.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(args.out / "network.npz", allow_pickle=False, **network)
    np.savez_compressed(args.out / "decision.npz", allow_pickle=False, **decision)
    p, right = chosen(Finder(Network(network), Decision(decision)), dev)
    print(reliability(p, right))
    return 0


def parse(model: str | None, gold: Sequence[GoldDocument]) -> list[Parsed]:
    """The documents as the pipeline sees them: blocks, tags, parse, entities."""
    nlp = spacy.load(model or default_model())
    nlp.add_pipe("claims_blocks", first=True)
    return [to_arrays(doc, g) for doc, g in zip(nlp.pipe(g.text for g in gold), gold, strict=True)]


def to_arrays(doc: Doc, gold: GoldDocument) -> Parsed:
    tokens = read_tokens(doc)
    return Parsed(tokens, tuple(align(doc, tokens, gold.attributions)))


def train_models(documents: Sequence[Parsed], epochs: int, jobs: int) -> tuple[Arrays, Arrays]:
    """The arrays of network and decision; raises ``ValueError`` where the documents are too few for them."""
    learned, scored = documents[1::2], documents[0::2]
    halves = [scored[0::2], scored[1::2]]
    if not all(any(d.targets for d in part) for part in (learned, *halves)):
        raise ValueError(f"{len(documents)} documents are too few: a half or a quarter of them has no cue")
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        held_out, network = pool.map(partial(train_network, epochs), [learned, documents])
    return network, train_decision(halves, Network(held_out))


def train_network(epochs: int, documents: Sequence[Parsed]) -> Arrays:
    """The arrays of a network trained on the documents, with its vocabulary; the one step that needs PyTorch."""
    from pipeline.attribution.torch_network import export
    from pipeline.attribution.training import build_example, build_vocabulary, fit

    vocabulary: Vocabulary = build_vocabulary([d.tokens for d in documents])
    examples = [build_example(d.tokens, d.targets, vocabulary) for d in documents]
    trained = fit(examples, vocabulary, epochs, SEED, partial(print, f"{len(documents)} documents,", flush=True))
    return {**export(trained), **{f"hashes.{k}": h for k, h in enumerate(vocabulary.hashes)}}


def train_decision(halves: Sequence[Sequence[Parsed]], network: Network) -> Arrays:
    """The decision's arrays, from two halves of documents that the network has not seen.

    Raises ``ValueError`` where the network finds nothing right in one of them.
    """
    rows = [join(option_rows(network, d) for d in half) for half in halves]
    if not all(labels.any() for _, labels in rows):
        raise ValueError("too little gold, or too few epochs: the network finds nothing right in a part of it")
    outputs = []
    for half, other in zip(halves, reversed(rows), strict=True):
        decision = Decision(fit_decision(*other, SEED))  # calibrate on what a decision fitted on the other half chooses
        outputs.append(chosen(Finder(network, decision), half))
    p, right = join(outputs)
    knots, levels = isotonic(p, right)
    gold = sum(len(d.targets) for half in halves for d in half)
    return {
        **fit_decision(*join(rows), SEED),
        "knots": knots,
        "levels": levels,
        "accept": best_threshold(p, right, gold),
    }


def join(pairs: Iterable[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """The first and the second arrays of all pairs, one after another."""
    first, second = zip(*pairs, strict=True)
    return np.concatenate(first), np.concatenate(second)


def option_rows(network: Network, document: Parsed, ignore: Sequence[tuple[int, int]] = ()) -> tuple[Floats, Floats]:
    """Features and labels of all options of a document, without wrong ones that touch characters to ``ignore``."""
    scores = network(document.tokens, CUE_THRESHOLD)
    if not len(scores.cues):
        return np.zeros((0, WIDTH), np.float32), np.zeros(0, np.float32)
    found = options(document.tokens, scores)
    candidates = [found.candidate(k, scores) for k in range(len(found.row))]
    features, labels = (
        option_features(document.tokens, scores, found),
        label(document.tokens, candidates, document.targets),
    )
    unknown = np.zeros(len(document.tokens), dtype=bool)
    for start, end in ignore:
        unknown |= (document.tokens.start < end) & (document.tokens.end > start)
    known = np.array([right or not unknown[c.content].any() for c, right in zip(candidates, labels, strict=True)], bool)
    return features[known], labels[known]


def chosen(finder: Finder, documents: Sequence[Parsed]) -> tuple[Floats, Floats]:
    """Of the options that are chosen: their confidence, and whether they are right."""
    p: list[float] = []
    right: list[float] = []
    for d in documents:
        best = select(finder.score(d.tokens))
        p += [finder.decision.calibrate(s.score) for s in best]
        right += label(d.tokens, [s.candidate for s in best], d.targets).tolist()
    return np.array(p, np.float32), np.array(right, np.float32)


def best_threshold(p: Floats, right: Floats, gold: int) -> npt.NDArray[np.float32]:
    """The output from which on to accept: where F1 = 2 TP / (accepted + gold) is highest."""
    order = np.argsort(-p, kind="stable")
    f1 = 2 * np.cumsum(right[order]) / (np.arange(1, len(p) + 1) + gold)
    return np.array(p[order][int(np.argmax(f1))], np.float32)


if __name__ == "__main__":
    sys.exit(main())
