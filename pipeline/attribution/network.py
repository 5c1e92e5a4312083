"""The cue-conditioned network, run in numpy.

Embeddings and the parser's token vectors feed a bidirectional LSTM; a small layer on its states gives P(cue) of each
token. For a cue, every token of its window is scored as content, source or cue from the two states, the distance, the
sentence, block and quotation offsets and the dependency path between them; a convolution over neighbours and a mean
over the token's sentence or quotation let the scores of one stretch agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.attribution.features import (
    COLUMNS,
    SPAN,
    Pairs,
    Tree,
    Vocabulary,
    chunk_bounds,
    distance_buckets,
    pair_features,
    token_features,
)
from pipeline.attribution.tokens import Floats, Ints, Tokens

CHUNK = 160
"""Tokens per chunk at most: the LSTM runs over all chunks of a document side by side."""
CHUNK_GROUP = 16
CUE_GROUP = 16
"""How many chunks or cues are computed at once: enough for matrix products, few enough for the processor's cache."""
TAPS = 5
GAP = TAPS // 2
"""The convolution sees this many positions, and reaches so far to either side."""


LAYERS = tuple(
    f"{name}.weight"
    for name in (
        "child",
        "cue_hidden",
        "cue_out",
        "pair_cue",
        "pair_token",
        "pair_hidden",
        "unit",
        "parent",
        "mean",
        "pair_out",
    )
)
"""Linear layers, whose weights PyTorch keeps transposed."""


@dataclass(frozen=True, slots=True)
class Scores:
    """P(cue) of every token; of the cues (token indices) the probabilities (C, SPAN, 3) of content, source and cue."""

    cue: Floats
    cues: Ints
    pairs: Pairs
    roles: Floats


class Network:
    """The trained network; ``arrays`` are those that ``torch_network.export`` wrote."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.vocabulary = Vocabulary(tuple(arrays[f"hashes.{k}"].astype(np.uint64) for k in range(6)))
        w = {k: np.asarray(v, dtype=np.float32) for k, v in arrays.items() if not k.startswith("hashes.")}
        tables = [w[f"embed.{k}.weight"] for k in range(len(COLUMNS))] + [w["head_tag.weight"]]
        cuts = np.cumsum([t.shape[1] for t in tables])
        *blocks, self.vector_in = np.split(w["input.weight"].T, cuts)
        self.tables = [t @ b for t, b in zip(tables, blocks, strict=True)]
        self.input_bias = w["input.bias"]
        self.hidden = w["lstm.weight_hh_l0"].shape[1]
        forward, backward = ("", "_reverse")
        self.lstm_in = np.concatenate([self._gates(w[f"lstm.weight_ih_l0{d}"]) for d in (forward, backward)]).T.copy()
        self.lstm_bias = np.concatenate(
            [self._gates(w[f"lstm.bias_ih_l0{d}"] + w[f"lstm.bias_hh_l0{d}"]) for d in (forward, backward)]
        )
        states = [self._gates(w[f"lstm.weight_hh_l0{d}"]).T for d in (forward, backward)]
        self.lstm_state = np.ascontiguousarray(np.stack(states))
        kernels = [w[f"mix.{layer}.near.weight"] for layer in range(2)]
        self.near = [np.concatenate([near[:, :, k].T for k in range(near.shape[2])], axis=1) for near in kernels]
        self.distance = w["distance.weight"][distance_buckets()]
        self.w = {k: np.ascontiguousarray(v.T) if k.endswith(LAYERS) else v for k, v in w.items()}

    def _gates(self, weights: Floats) -> Floats:
        """Torch's gates (i, f, g, o) as (i, f, o, g), the sigmoid ones halved: sigmoid(x) = (tanh(x / 2) + 1) / 2."""
        i, f, g, o = np.split(weights, 4)
        return np.concatenate([i / 2, f / 2, o / 2, g])

    def __call__(self, tokens: Tokens, threshold: float) -> Scores:
        """Score a document; only tokens with P(cue) of at least ``threshold`` are taken for cues."""
        ids = token_features(tokens, self.vocabulary)
        state, cue = self._encode(ids, tokens)
        cues = np.flatnonzero((cue >= threshold) & ~tokens.space & ~tokens.silent)
        deps = ids[:, 3]
        pairs = pair_features(tokens, Tree(tokens.head), deps, len(self.w["child_dep.weight"]), cues)
        return Scores(cue, cues, pairs, self._roles(state, cues, pairs))

    def _encode(self, ids: Ints, tokens: Tokens) -> tuple[Floats, Floats]:
        bounds = chunk_bounds(tokens, CHUNK)
        head = _heads_within(tokens.head, bounds)
        x = tokens.vectors @ self.vector_in + self.input_bias
        for k, table in enumerate(self.tables[:-1]):
            x += table[ids[:, k]]
        x += self.tables[-1][ids[head, 2]]
        hidden = np.maximum(x, 0, out=x)
        state = np.concatenate([hidden, self._lstm(hidden, bounds)], axis=1)
        message = np.maximum(
            hidden @ self.w["child.weight"] + self.w["child.bias"] + self.w["child_dep.weight"][ids[:, 3]], 0
        )
        children = _sum_by(message, head)
        cue = np.concatenate([state, hidden[head], children], axis=1)
        cue = np.maximum(cue @ self.w["cue_hidden.weight"] + self.w["cue_hidden.bias"], 0)
        return state, sigmoid(cue @ self.w["cue_out.weight"] + self.w["cue_out.bias"])[:, 0]

    def _lstm(self, x: Floats, bounds: list[tuple[int, int]]) -> Floats:
        """States of both directions, (n, 2H): the chunks of a group advance together, one time step after another."""
        h = self.hidden
        gates_in = (x @ self.lstm_in + self.lstm_bias).reshape(len(x), 2, 4 * h)
        out = np.empty((len(x), 2, h), dtype=np.float32)
        for at in range(0, len(bounds), CHUNK_GROUP):
            group = np.array(bounds[at : at + CHUNK_GROUP])
            start, size = group[:, 0], group[:, 1] - group[:, 0]
            step = np.arange(size.max())[:, None]
            ahead = start + np.minimum(step, size - 1)
            back = start + np.maximum(size - 1 - step, 0)
            steps = np.stack([gates_in[ahead, 0], gates_in[back, 1]], axis=1)
            states = np.empty((*steps.shape[:3], h), dtype=np.float32)
            state = np.zeros((*steps.shape[1:3], h), dtype=np.float32)
            memory = np.zeros_like(state)
            for t, gates in enumerate(steps):
                gates += state @ self.lstm_state
                np.tanh(gates, out=gates)
                sig = gates[..., : 3 * h]
                sig += 1
                sig *= 0.5
                memory *= sig[..., h : 2 * h]
                memory += sig[..., :h] * gates[..., 3 * h :]
                state = np.multiply(sig[..., 2 * h :], np.tanh(memory), out=states[t])
            real = step < size
            out[ahead[real], 0] = states[:, 0][real]
            out[back[real], 1] = states[:, 1][real]
        return out.reshape(len(x), 2 * h)

    def _roles(self, state: Floats, cues: Ints, pairs: Pairs) -> Floats:
        roles = np.zeros((len(cues), SPAN, 3), dtype=np.float32)
        by_token = state @ self.w["pair_token.weight"] + self.w["pair_token.bias"]
        by_cue = state[cues] @ self.w["pair_cue.weight"] + self.w["pair_cue.bias"]
        for at in range(0, len(cues), CUE_GROUP):
            s = slice(at, at + CUE_GROUP)
            strip = Strip(pairs, s)
            roles[s][pairs.valid[s]] = self._role_group(by_token, by_cue[s], pairs, s, strip)[strip.at]
        return roles

    def _role_group(self, by_token: Floats, by_cue: Floats, pairs: Pairs, s: slice, strip: Strip) -> Floats:
        w = self.w
        h = by_token[strip.of(pairs.token[s])]
        h += by_cue[strip.row]
        h += self.distance[strip.column]
        h += w["place.weight"][strip.of(pairs.place[s])]
        h += w["path.weight"][strip.of(pairs.path[s])]
        h += w["branch.weight"][strip.of(pairs.branch[s])]
        np.maximum(h, 0, out=h)
        h += np.maximum(h @ w["pair_hidden.weight"] + w["pair_hidden.bias"], 0)
        u = h @ w["unit.weight"] + w["unit.bias"]
        u = self._mix(0, u, strip)
        u += self._mix(1, u, strip)
        out = w["pair_out.weight"]
        logits = h @ out[: h.shape[1]] + u @ out[h.shape[1] :] + w["pair_out.bias"]
        return sigmoid(logits)

    def _mix(self, layer: int, u: Floats, strip: Strip) -> Floats:
        """One layer of exchange between the positions of a window: neighbours, head, sentence or quotation."""
        u[strip.gaps] = 0
        mean: Floats = np.add.reduceat(u, strip.units, axis=0)
        mean /= strip.unit_size
        out: Floats = (mean @ self.w[f"mix.{layer}.mean.weight"])[strip.unit]
        out += (u @ self.w[f"mix.{layer}.parent.weight"])[strip.parent]
        out += self.w[f"mix.{layer}.near.bias"]
        shifted = u @ self.near[layer]
        size, width = u.shape
        for k in range(TAPS):
            d = k - GAP
            out[max(-d, 0) : size - max(d, 0)] += shifted[max(d, 0) : size + min(d, 0), k * width : (k + 1) * width]
        return np.maximum(out, 0, out=out)


class Strip:
    """The positions that count of some cues' windows, one row behind the other, with gaps between.

    In the gaps, as wide as the convolution reaches, everything is zero, so that no row sees another. ``at`` is where
    each counting position lies; ``units`` where the runs of one sentence and quotation begin, gaps among them.
    """

    def __init__(self, pairs: Pairs, s: slice) -> None:
        valid = pairs.valid[s]
        row, column = np.nonzero(valid)
        rows = len(valid)
        self.at = np.arange(len(row)) + GAP * (row + 1)
        size = len(row) + GAP * (rows + 1)
        self.row, self.column = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        self.row[self.at], self.column[self.at] = row, column
        counts = np.zeros(size, dtype=bool)
        counts[self.at] = True
        self.gaps = np.flatnonzero(~counts)
        self._valid, self._size = valid, size
        run = np.full(size, -1)
        run[self.at] = row * SPAN + pairs.first[s][valid]
        begins = np.diff(run, prepend=-2) != 0
        self.units = np.flatnonzero(begins)
        self.unit = np.cumsum(begins) - 1
        self.unit_size = np.diff(self.units, append=size).astype(np.float32)[:, None]
        place = np.zeros(valid.shape, dtype=np.int64)  # the first position is a gap
        place[row, column] = self.at
        self.parent = self.of(place[np.arange(rows)[:, None], pairs.parent[s]])

    def of(self, values: Ints) -> Ints:
        """What stands at the window positions that count, in their places; 0 in the gaps."""
        out = np.zeros(self._size, dtype=np.int64)
        out[self.at] = values[self._valid]
        return out


def _heads_within(head: Ints, bounds: list[tuple[int, int]]) -> Ints:
    """Heads in another chunk are out of sight: such a token counts as its own head, as in training."""
    own = np.arange(len(head))
    chunk = np.repeat(np.arange(len(bounds)), [b - a for a, b in bounds])
    return np.where(chunk[head] == chunk, head, own) if len(head) else head


def _sum_by(values: Floats, head: Ints) -> Floats:
    """For each token the sum of its children's rows."""
    out = np.zeros_like(values)
    child = np.flatnonzero(head != np.arange(len(head)))
    if len(child):
        child = child[np.argsort(head[child], kind="stable")]
        parent = head[child]
        first = np.flatnonzero(np.diff(parent, prepend=-1))
        out[parent[first]] = np.add.reduceat(values[child], first, axis=0)
    return out


def sigmoid(x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The logistic function."""
    return np.asarray((np.tanh(x / 2) + 1) / 2)
