"""The network in PyTorch, for training only; ``network.py`` runs the same weights in numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipeline.attribution.features import DISTANCES, PLACES, branch_count, distance_buckets, path_count

EMBEDDING = (48, 48, 16, 16, 12, 8, 8, 4)
INPUT, HIDDEN, PAIR, UNIT, CHILD, ROLES = 128, 112, 96, 48, 32, 3


class Network(nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not installed where types are checked
    """BiLSTM over tokens -> P(cue); for each cue every token in its window -> P(content), P(source), P(cue)."""

    def __init__(self, sizes: tuple[int, ...], vector_width: int) -> None:
        super().__init__()
        self.embed = nn.ModuleList(nn.Embedding(n, d) for n, d in zip(sizes, EMBEDDING, strict=True))
        self.head_tag = nn.Embedding(sizes[2], 16)
        self.input = nn.Linear(sum(EMBEDDING) + 16 + vector_width, INPUT)
        self.lstm = nn.LSTM(INPUT, HIDDEN, 1, batch_first=True, bidirectional=True)
        state = 2 * HIDDEN + INPUT
        self.child_dep = nn.Embedding(sizes[3], CHILD)
        self.child = nn.Linear(INPUT, CHILD)
        self.cue_hidden = nn.Linear(state + INPUT + CHILD, 128)
        self.cue_out = nn.Linear(128, 1)
        self.role_out = nn.Linear(state, ROLES)
        self.pair_cue = nn.Linear(state, PAIR)
        self.pair_token = nn.Linear(state, PAIR)
        deps = sizes[3]
        self.distance = nn.Embedding(DISTANCES, PAIR)
        self.place = nn.Embedding(PLACES, PAIR)
        self.path = nn.Embedding(path_count(deps), PAIR)
        self.branch = nn.Embedding(branch_count(deps), PAIR)
        for table in (self.distance, self.place, self.path, self.branch):
            nn.init.normal_(table.weight, 0, 0.1)
        self.pair_hidden = nn.Linear(PAIR, PAIR)
        self.unit = nn.Linear(PAIR, UNIT)
        self.near = nn.Conv1d(UNIT, UNIT, 5, padding=2)
        self.pair_out = nn.Linear(PAIR + 2 * UNIT, ROLES)
        self.drop = nn.Dropout(0.3)
        self.register_buffer("buckets", torch.from_numpy(distance_buckets()), persistent=False)

    def encode(self, ids: Tensor, vectors: Tensor, head: Tensor) -> tuple[Tensor, Tensor]:
        """States (B, T, S) and cue logits (B, T) of padded chunks; ``head`` are positions in the chunk."""
        columns = [ids[..., k] for k in range(len(EMBEDDING))]
        head_tag = self.head_tag(torch.gather(columns[2], 1, head))
        dep = columns[3]
        if self.training:
            for k, rate in ((0, 0.08), (1, 0.05)):
                columns[k] = columns[k] * (torch.rand(columns[k].shape) >= rate)
        parts = [table(c) for table, c in zip(self.embed, columns, strict=True)]
        hidden = F.relu(self.input(self.drop(torch.cat([*parts, head_tag, vectors], -1))))
        context, _ = self.lstm(hidden)
        state = torch.cat([hidden, self.drop(context)], -1)
        own_head = torch.gather(hidden, 1, head[..., None].expand(-1, -1, INPUT))
        message = F.relu(self.child(hidden) + self.child_dep(dep))
        message = message * (head != torch.arange(head.shape[1]))[..., None]
        children = torch.zeros_like(message).scatter_add(1, head[..., None].expand(-1, -1, CHILD), message)
        cue = F.relu(self.cue_hidden(self.drop(torch.cat([state, own_head, children], -1))))
        return state, self.cue_out(self.drop(cue))[..., 0]

    def pairs(self, cue: Tensor, token: Tensor, keep: Tensor, features: dict[str, Tensor]) -> Tensor:
        """Role logits (C, SPAN, 3) from states of the cues (C, S), of the window tokens (C, SPAN, S) and pair ids."""
        h = self.pair_cue(cue)[:, None] + token + self.distance(self.buckets)
        h = h + self.place(features["place"]) + self.path(features["path"]) + self.branch(features["branch"])
        h = self.drop(F.relu(h))
        h = (F.relu(self.pair_hidden(h)) + h) * keep[..., None]
        u = self.unit(h) * keep[..., None]
        near = F.relu(self.near(u.transpose(1, 2)).transpose(1, 2))
        total = F.pad(torch.cumsum(u, 1), (0, 0, 1, 0))
        count = F.pad(torch.cumsum(keep, 1), (1, 0))
        first, last = features["first"], features["last"]
        wide = (-1, -1, UNIT)
        mean = torch.gather(total, 1, last[..., None].expand(wide)) - torch.gather(
            total, 1, first[..., None].expand(wide)
        )
        size = torch.gather(count, 1, last) - torch.gather(count, 1, first)
        mean = F.relu(mean / size.clamp(min=1)[..., None])
        return self.pair_out(torch.cat([h, near, mean], -1))


def export(network: Network) -> dict[str, npt.NDArray[np.float16]]:
    """The weights as half-precision arrays, under their names in PyTorch."""
    return {name: value.detach().numpy().astype(np.float16) for name, value in network.state_dict().items()}
