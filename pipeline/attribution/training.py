"""Fit the network to gold documents. Deterministic on one machine: one thread, seeded, no data-dependent order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from pipeline.attribution.features import (
    SPAN,
    SYMBOL_MINIMA,
    WINDOW,
    Pairs,
    Tree,
    Vocabulary,
    chunk_bounds,
    pair_features,
    token_features,
)
from pipeline.attribution.gold import Target
from pipeline.attribution.network import CHUNK
from pipeline.attribution.tokens import Ints, Tokens
from pipeline.attribution.torch_network import Network

BATCH = 20
LEARNING_RATE = 2.5e-3
WEIGHT_DECAY = 0.05
AVERAGING = 0.998
"""Decay of the moving average of the weights, which is what is kept."""
CUE_LOSS, ROLE_LOSS, PAIR_LOSS, OVERLAP_LOSS = 6.0, 0.3, 3.0, 0.3
PAIR_IDS = ("place", "path", "branch", "first", "last", "parent")


@dataclass(frozen=True, slots=True)
class Example:
    """A document ready for training: token features, its cues, their windows and the roles (C, SPAN, 3) to learn."""

    tokens: Tokens
    ids: Ints
    cues: Ints
    pairs: Pairs
    roles: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


Batch = list[tuple[int, int, int]]
"""Chunks of one training step: number of the example, first token, end."""


def build_vocabulary(documents: Sequence[Tokens]) -> Vocabulary:
    """The symbols that are frequent enough in the documents to have an embedding of their own."""
    hashes = []
    for column, minimum in enumerate(SYMBOL_MINIMA):
        values, counts = np.unique(np.concatenate([t.symbols[:, column] for t in documents]), return_counts=True)
        hashes.append(values[(counts >= minimum) & (values != 0)])
    return Vocabulary(tuple(hashes))


def build_example(tokens: Tokens, targets: Sequence[Target], vocabulary: Vocabulary) -> Example:
    """The example of one document; of several attributions with one anchor the first counts."""
    first = {t.anchor: t for t in reversed(targets)}
    cues = np.array(sorted(first), dtype=np.int64)
    roles = np.zeros((len(cues), SPAN, 3), dtype=bool)
    for row, anchor in enumerate(cues.tolist()):
        target = first[anchor]
        for role, indices in enumerate((target.content, target.source, target.cue)):
            at = indices - anchor + WINDOW
            roles[row, at[(at >= 0) & (at < SPAN)], role] = True
    ids = token_features(tokens, vocabulary)
    pairs = pair_features(tokens, Tree(tokens.head), ids[:, 3], vocabulary.sizes[3], cues)
    compact = Pairs(
        *(v if v.dtype == bool else v.astype(np.int32) for v in (getattr(pairs, f.name) for f in fields(pairs)))
    )
    return Example(tokens, ids, cues, compact, roles)


def fit(
    examples: Sequence[Example], vocabulary: Vocabulary, epochs: int, seed: int, log: Callable[[str], None]
) -> Network:
    """Train a network; returns it with the averaged weights, ready for inference."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    network = Network(vocabulary.sizes, examples[0].tokens.vectors.shape[1])
    steps = sum(len(b) for b in [list(batches(examples, random.Random(seed)))]) * epochs
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=int(1.1 * steps) + 1, pct_start=0.1, final_div_factor=4
    )
    average = {k: v.clone() for k, v in network.state_dict().items()}
    step = 0
    for epoch in range(epochs):
        network.train()
        total = 0.0
        count = 0
        for batch in batches(examples, rng):
            loss = batch_loss(network, examples, batch)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            schedule.step()
            step += 1
            decay = min(AVERAGING, (1 + step) / (10 + step))
            with torch.no_grad():
                for name, value in network.state_dict().items():
                    average[name].mul_(decay).add_(value, alpha=1 - decay)
            total += loss.item()
            count += 1
        log(f"epoch {epoch + 1}/{epochs}: loss {total / max(count, 1):.4f}")
    network.load_state_dict(average)
    network.eval()
    return network


def batches(examples: Sequence[Example], rng: random.Random) -> Iterator[Batch]:
    """One epoch: chunks of all documents in random order, those of a batch of like length.

    Each document is cut afresh, so that a chunk's edge falls elsewhere in each epoch.
    """
    chunks = [
        (i, a, b)
        for i, e in enumerate(examples)
        for a, b in chunk_bounds(e.tokens, CHUNK, first=rng.randint(CHUNK // 2, CHUNK))
    ]
    rng.shuffle(chunks)
    out = []
    for at in range(0, len(chunks), 8 * BATCH):
        group = sorted(chunks[at : at + 8 * BATCH], key=lambda c: c[2] - c[1])
        out += [group[k : k + BATCH] for k in range(0, len(group), BATCH)]
    rng.shuffle(out)
    yield from out


def batch_loss(network: Network, examples: Sequence[Example], batch: Batch) -> Tensor:
    """Cross-entropy of cues, roles and pairs, and one minus the soft overlap (Dice) of contents and sources."""
    width = max(b - a for _, a, b in batch)
    size = len(batch)
    ids = np.zeros((size, width, examples[0].ids.shape[1]), dtype=np.int64)
    vectors = np.zeros((size, width, examples[0].tokens.vectors.shape[1]), dtype=np.float32)
    head = np.tile(np.arange(width), (size, 1))
    real = np.zeros((size, width), dtype=np.float32)
    is_cue = np.zeros((size, width), dtype=np.float32)
    roles = np.zeros((size, width, 3), dtype=np.float32)
    cue, token, keep, gold = [], [], [], []
    pair_ids: dict[str, list[Ints]] = {name: [] for name in PAIR_IDS}
    for k, (i, a, b) in enumerate(batch):
        e = examples[i]
        n = b - a
        ids[k, :n], vectors[k, :n], real[k, :n] = e.ids[a:b], e.tokens.vectors[a:b], 1
        inside = e.tokens.head[a:b] - a
        head[k, :n] = np.where((inside >= 0) & (inside < n), inside, np.arange(n))
        low, high = np.searchsorted(e.cues, [a, b])
        if low == high:
            continue
        is_cue[k, e.cues[low:high] - a] = 1
        place = e.pairs.token[low:high].astype(np.int64) - a
        usable = e.pairs.valid[low:high] & (place >= 0) & (place < n)
        cue.append(e.cues[low:high] - a + k * width)
        token.append(np.where(usable, place, 0) + k * width)
        keep.append(usable)
        gold.append(e.roles[low:high])
        for name, values in pair_ids.items():
            values.append(getattr(e.pairs, name)[low:high].astype(np.int64))
        rows, at, role = np.nonzero(e.roles[low:high] & usable[..., None])
        roles[k, place[rows, at], role] = 1
    states, cue_logits = network.encode(torch.from_numpy(ids), torch.from_numpy(vectors), torch.from_numpy(head))
    mask = torch.from_numpy(real)
    loss: Tensor = CUE_LOSS * masked(cue_logits, torch.from_numpy(is_cue), mask)
    loss = loss + ROLE_LOSS * masked(network.role_out(states), torch.from_numpy(roles), mask[..., None])
    if cue:
        flat = states.reshape(size * width, -1)
        by_token = network.pair_token(flat)
        kept = torch.from_numpy(np.concatenate(keep)).float()
        logits = network.pairs(
            flat[torch.from_numpy(np.concatenate(cue))],
            by_token[torch.from_numpy(np.concatenate(token))],
            kept,
            {name: torch.from_numpy(np.concatenate(values)) for name, values in pair_ids.items()},
        )
        truth = torch.from_numpy(np.concatenate(gold)).float() * kept[..., None]
        loss = loss + PAIR_LOSS * masked(logits, truth, kept[..., None])
        p, y = torch.sigmoid(logits[..., :2]) * kept[..., None], truth[..., :2]
        loss = loss + OVERLAP_LOSS * (1 - (2 * (p * y).sum(1) + 1) / (p.sum(1) + y.sum(1) + 1)).mean()
    return loss


def masked(logits: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Binary cross-entropy, summed over the last axis where it has several outputs, averaged over the mask."""
    loss: Tensor = (F.binary_cross_entropy_with_logits(logits, truth, reduction="none") * mask).sum() / mask.sum()
    return loss
