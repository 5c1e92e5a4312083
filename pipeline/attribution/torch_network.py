"""The network in PyTorch, for training only; ``network.py`` runs the same weights in numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipeline.attribution.features import DISTANCES, PLACES, branch_count, distance_buckets, path_count

EMBEDDING = (48, 48, 16, 16, 12, 8, 8, 4)
"""Widths of the embeddings of a token's features, in the order of ``features.COLUMNS``."""
TAG, INPUT, HIDDEN, CUE, PAIR, MIX, CHILD, ROLES = 16, 128, 112, 128, 96, 48, 32, 3
DROPOUT, WORD_DROPOUT = 0.33, (0.12, 0.08)


class Mix(nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not installed where types are checked
    """What a window position hears of its neighbours, its syntactic head and its sentence or quotation."""

    def __init__(self) -> None:
        super().__init__()
        self.near = nn.Conv1d(MIX, MIX, 5, padding=2)
        self.parent = nn.Linear(MIX, MIX, bias=False)
        self.mean = nn.Linear(MIX, MIX, bias=False)

    def forward(self, u: Tensor, keep: Tensor, ids: dict[str, Tensor]) -> Tensor:
        u = u * keep[..., None]
        first, last = ids["first"], ids["last"]
        count = F.pad(torch.cumsum(keep, 1), (1, 0))
        size = (count.gather(1, last) - count.gather(1, first)).clamp(min=1)
        total = F.pad(torch.cumsum(u, 1), (0, 0, 1, 0))
        mean = (_rows(total, last) - _rows(total, first)) / size[..., None]
        near = self.near(u.transpose(1, 2)).transpose(1, 2)
        return F.relu(near + self.parent(_rows(u, ids["parent"])) + self.mean(mean))


def _rows(values: Tensor, at: Tensor) -> Tensor:
    """For each cue the rows of (C, L, D) at its positions (C, SPAN)."""
    return values.gather(1, at[..., None].expand(-1, -1, values.shape[2]))


class Network(nn.Module):  # type: ignore[misc,unused-ignore]
    """BiLSTM over tokens -> P(cue); for each cue every token in its window -> P(content), P(source), P(cue)."""

    def __init__(self, sizes: tuple[int, ...], vector_width: int) -> None:
        super().__init__()
        self.embed = nn.ModuleList(nn.Embedding(n, d) for n, d in zip(sizes, EMBEDDING, strict=True))
        self.head_tag = nn.Embedding(sizes[2], TAG)
        self.input = nn.Linear(sum(EMBEDDING) + TAG + vector_width, INPUT)
        self.lstm = nn.LSTM(INPUT, HIDDEN, 1, batch_first=True, bidirectional=True)
        state, deps = 2 * HIDDEN + INPUT, sizes[3]
        self.child_dep = nn.Embedding(deps, CHILD)
        self.child = nn.Linear(INPUT, CHILD)
        self.cue_hidden = nn.Linear(state + INPUT + CHILD, CUE)
        self.cue_out = nn.Linear(CUE, 1)
        self.role_out = nn.Linear(state, ROLES)
        self.pair_cue = nn.Linear(state, PAIR)
        self.pair_token = nn.Linear(state, PAIR)
        self.distance = nn.Embedding(DISTANCES, PAIR)
        self.place = nn.Embedding(PLACES, PAIR)
        self.path = nn.Embedding(path_count(deps), PAIR)
        self.branch = nn.Embedding(branch_count(deps), PAIR)
        for table in (self.distance, self.place, self.path, self.branch):
            nn.init.normal_(table.weight, 0, 0.1)
        self.pair_hidden = nn.Linear(PAIR, PAIR)
        self.unit = nn.Linear(PAIR, MIX)
        self.mix = nn.ModuleList([Mix(), Mix()])
        self.pair_out = nn.Linear(PAIR + MIX, ROLES)
        self.drop = nn.Dropout(DROPOUT)
        self.register_buffer("buckets", torch.from_numpy(distance_buckets()), persistent=False)

    def encode(self, ids: Tensor, vectors: Tensor, head: Tensor) -> tuple[Tensor, Tensor]:
        """States (B, T, S) and cue logits (B, T) of padded chunks; ``head`` are positions in the chunk."""
        columns = [ids[..., k] for k in range(len(EMBEDDING))]
        head_tag = self.head_tag(columns[2].gather(1, head))
        dep = columns[3]
        if self.training:
            for k, rate in enumerate(WORD_DROPOUT):
                columns[k] = columns[k] * (torch.rand(columns[k].shape) >= rate)
        parts = [table(c) for table, c in zip(self.embed, columns, strict=True)]
        hidden = F.relu(self.input(self.drop(torch.cat([*parts, head_tag, vectors], -1))))
        context, _ = self.lstm(hidden)
        state = torch.cat([hidden, self.drop(context)], -1)
        message = F.relu(self.child(hidden) + self.child_dep(dep))
        message = message * (head != torch.arange(head.shape[1]))[..., None]
        children = torch.zeros_like(message).scatter_add(1, head[..., None].expand(-1, -1, CHILD), message)
        cue = F.relu(self.cue_hidden(self.drop(torch.cat([state, _rows(hidden, head), children], -1))))
        return state, self.cue_out(self.drop(cue))[..., 0]

    def pairs(self, cue: Tensor, token: Tensor, keep: Tensor, ids: dict[str, Tensor]) -> Tensor:
        """Role logits (C, SPAN, 3) from states of the cues, projected states of the window tokens and pair ids."""
        h = self.pair_cue(cue)[:, None] + token + self.distance(self.buckets)
        h = h + self.place(ids["place"]) + self.path(ids["path"]) + self.branch(ids["branch"])
        h = self.drop(F.relu(h))
        h = F.relu(self.pair_hidden(h)) + h
        u = self.drop(self.mix[0](self.unit(h), keep, ids))
        u = u + self.mix[1](u, keep, ids)
        return self.pair_out(torch.cat([h, u], -1))


def export(network: Network) -> dict[str, npt.NDArray[np.float16]]:
    """The weights as half-precision arrays, under their names in PyTorch."""
    return {name: value.detach().numpy().astype(np.float16) for name, value in network.state_dict().items()}
