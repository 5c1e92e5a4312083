"""Features of tokens and of (cue, token) pairs, as small integers that index the network's embedding tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.attribution.tokens import Ints, Tokens

SYMBOL_MINIMA = (3, 2, 1, 1, 10, 1)
"""How often a word, lemma, tag, dependency, shape or entity type must occur in training to have an embedding."""
WINDOW = 100
"""A cue's source and content are looked for among this many tokens on either side of it."""
SPAN = 2 * WINDOW + 1
DISTANCES = 32
PLACES = 7 * 3 * 6 * 4
MAX_UP, MAX_DOWN, MAX_DEPTH = 5, 5, 24
POSITIONS = 8
QUOTE_STATES = 8
COLUMNS = ("word", "lemma", "tag", "dep", "shape", "entity", "quote", "position")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Per symbol column the sorted hashes that have an embedding of their own; 0 is everything else."""

    hashes: tuple[npt.NDArray[np.uint64], ...]

    def ids(self, column: int, values: npt.NDArray[np.uint64]) -> Ints:
        known = self.hashes[column]
        at = np.minimum(np.searchsorted(known, values), len(known) - 1)
        return np.where(known[at] == values, at + 1, 0).astype(np.int64)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows of each embedding table, in the order of ``COLUMNS``."""
        return (*(len(h) + 1 for h in self.hashes[:5]), 3 * (len(self.hashes[5]) + 1), QUOTE_STATES, POSITIONS)


def path_count(deps: int) -> int:
    """Number of distinct dependency-path features for a number of dependency labels."""
    return (MAX_UP + 2) * deps * (MAX_DOWN + 1) * 3


def branch_count(deps: int) -> int:
    return 4 * deps


def token_features(tokens: Tokens, vocabulary: Vocabulary) -> Ints:
    """One row a token, one column for each of ``COLUMNS``."""
    ids = [vocabulary.ids(k, tokens.symbols[:, k]) for k in range(6)]
    begins = np.clip(tokens.entity_iob, 1, 3) - 1
    ids[5] = ids[5] * 3 + np.where(ids[5] > 0, begins, 0)
    starts = np.ones(len(tokens), dtype=np.int64)
    new_block, new_sentence = starts.copy(), starts.copy()
    new_block[1:] = tokens.block[1:] != tokens.block[:-1]
    new_sentence[1:] = tokens.sentence[1:] != tokens.sentence[:-1]
    position = new_block + 2 * new_sentence + 4 * (tokens.block == 0)
    return np.stack([*ids, tokens.quote_state, position], axis=1)


def distance_buckets() -> Ints:
    """For each offset in the window its bucket: exact up to 7, then half octaves; the right side from 16 on."""
    offset = np.arange(-WINDOW, WINDOW + 1)
    size = np.abs(offset)
    far = 8 + np.floor(2 * np.log2(np.maximum(size, 8) / 8)).astype(np.int64)
    return np.where(size < 8, size, np.minimum(far, 15)) + np.where(offset > 0, 16, 0)


@dataclass(frozen=True, slots=True)
class Pairs:
    """For each cue (row) and window position (column): the token, whether it counts, and its feature ids.

    ``first`` and ``last`` bound, in window positions, the run of tokens of the same sentence and quotation; ``parent``
    is the window position of the token's head (its own where the head lies outside).
    """

    token: Ints
    valid: npt.NDArray[np.bool_]
    place: Ints
    path: Ints
    branch: Ints
    first: Ints
    last: Ints
    parent: Ints


class Tree:
    """Ancestors of every token, to ``MAX_DEPTH`` levels."""

    def __init__(self, head: Ints) -> None:
        up = [np.arange(len(head)), head]
        while len(up) <= MAX_DEPTH and (up[-1] != up[-2]).any():
            up.append(head[up[-1]])
        self.up = np.stack(up)
        self.depth = (self.up[1:] != self.up[:-1]).sum(axis=0)


def pair_features(tokens: Tokens, tree: Tree, deps: Ints, n_deps: int, cues: Ints) -> Pairs:
    """The features of every token in the windows of the cues (token indices); ``deps`` are dependency label ids."""
    n = len(tokens)
    offset = np.arange(-WINDOW, WINDOW + 1)
    raw = cues[:, None] + offset
    token = np.clip(raw, 0, n - 1)
    valid = (raw == token) & (np.abs(tokens.block[token] - tokens.block[cues][:, None]) <= 4)
    cue = cues[:, None]
    sentence = np.clip(tokens.sentence[token] - tokens.sentence[cue], -3, 3) + 3
    block = np.clip(tokens.block[token] - tokens.block[cue], -1, 1) + 1
    q, q_cue = tokens.quotation[token], tokens.quotation[cue]
    last = np.maximum.accumulate(tokens.quotation)[cue]
    run = np.where(q >= 0, np.clip(q - last, -2, 2) + 3, 0)
    place = ((sentence * 3 + block) * 6 + run) * 4 + 2 * (q_cue >= 0) + ((q == q_cue) & (q >= 0))
    path, branch = _paths(tokens, tree, deps, n_deps, cue, token)
    edge = np.ones(n + 1, dtype=bool)
    edge[1:n] = (tokens.quotation[1:] != tokens.quotation[:-1]) | (tokens.sentence[1:] != tokens.sentence[:-1])
    edges = np.flatnonzero(edge)
    unit = np.searchsorted(edges, token, side="right") - 1
    base = cue - WINDOW
    parent = tokens.head[token] - base
    own = np.broadcast_to(np.arange(SPAN), token.shape)
    return Pairs(
        token=token,
        valid=valid,
        place=place,
        path=path,
        branch=branch,
        first=np.clip(edges[unit] - base, 0, SPAN),
        last=np.clip(edges[unit + 1] - base, 0, SPAN),
        parent=np.where((parent >= 0) & (parent < SPAN), parent, own),
    )


def _paths(tokens: Tokens, tree: Tree, deps: Ints, n_deps: int, cue: Ints, token: Ints) -> tuple[Ints, Ints]:
    """The dependency path between cue and token: steps up, label of the branch down to the token, steps down, side."""
    limit = len(tree.up) - 1
    up = np.full(token.shape, MAX_UP + 1)
    same = tokens.sentence[token] == tokens.sentence[cue]
    ancestor = np.zeros_like(token)
    down = np.zeros_like(token)
    for steps in range(min(MAX_UP, limit), -1, -1):
        node = tree.up[steps][cue]
        levels = tree.depth[token] - tree.depth[node]
        met = same & (levels >= 0) & (levels <= limit)
        met &= tree.up[np.clip(levels, 0, limit), token] == node
        up = np.where(met, steps, up)
        ancestor = np.where(met, node, ancestor)
        down = np.where(met, levels, down)
    reached = up <= MAX_UP
    child = tree.up[np.clip(down - 1, 0, limit), token]
    below = reached & (down > 0)
    label = np.where(below, deps[child], 0)
    side = np.where(below, np.where(child < cue, 1, 2), 0)
    path = ((up * n_deps + label) * (MAX_DOWN + 1) + np.minimum(down, MAX_DOWN)) * 3 + side
    own = tree.up[np.clip(up - 1, 0, limit), np.broadcast_to(cue, token.shape)]
    climbs = reached & (up > 0)
    branch = np.where(climbs, deps[own], 0) + n_deps * np.where(climbs, np.minimum(up, 3), 0)
    return path, branch


def chunk_bounds(tokens: Tokens, size: int, first: int = 0) -> list[tuple[int, int]]:
    """Cut a document into chunks of at most ``size`` tokens, at a block's start where one is near the end."""
    n = len(tokens)
    starts = np.flatnonzero(np.diff(tokens.block, prepend=-1))
    out = []
    at = 0
    while at < n:
        limit = at + (first if first and not at else size)
        k = np.searchsorted(starts, limit, side="right") - 1
        cut = int(starts[k]) if n > limit and starts[k] > at + 0.4 * size else min(limit, n)
        out.append((at, cut))
        at = cut
    return out
