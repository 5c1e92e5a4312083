"""The stock model's token vectors, computed faster and to the same result.

Both of the small model's token-to-vector networks (the shared one and NER's own) embed each token by its form alone and
then mix neighbours in four convolutions. Here the embedding is computed once per word form and kept, and a convolution
is one matrix product. ``tests/test_fused.py`` holds the outputs against the stock network's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Model

Floats = npt.NDArray[np.float32]

BLOCK = 64
"""Word forms are embedded in blocks of this many rows, so that a form's vector never depends on its company: a matrix
product of one fixed shape adds the same numbers in the same order."""
EMBEDDING = ["extract_features", "list2ragged", "with_array", "with_array", "ragged2list"]
CONVOLUTION = "residual(expand_window>>maxout>>layernorm>>dropout)"
EPSILON = np.float32(1e-8)
"""What thinc's layer norm adds to the variance."""
MAX_FORMS = 200_000
"""Word forms kept per network (about 80 MB); beyond it the memory starts anew."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One convolution: its weights as one matrix ``(3 * width, pieces * width)``, bias and layer norm."""

    weights: Floats
    bias: Floats
    scale: Floats
    shift: Floats
    pieces: int


def fuse(nlp: Language) -> None:
    """Replace every token-to-vector network of the model that has the small English model's shape.

    Training (``nlp.update``) still runs the stock network. Networks of another shape stay as they are.
    """
    for _, component in nlp.pipeline:
        model = getattr(component, "model", None)
        if isinstance(model, Model):
            for layer in model.walk():
                if is_fusible(layer):
                    layer._func = forward(layer)


def is_fusible(model: Model[Any, Any]) -> bool:
    """Whether a network is hashed embeddings, a maxout, and residual maxout convolutions of window 1."""
    if [layer.name.split("(")[0] for layer in model.layers[1:]] != ["with_array"]:
        return False
    embed, encode = model.layers
    if [layer.name.split("(")[0] for layer in embed.layers] != EMBEDDING:
        return False
    stages = encode.layers[0].layers
    return all(s.name == CONVOLUTION and s.layers[0].layers[0].attrs["window_size"] == 1 for s in stages)


def forward(model: Model[Any, Any]) -> Callable[..., Any]:
    """The network's forward function: fused for prediction, the stock one for training."""
    stock = model._func
    fused: Fused | None = None

    def run(model: Model[Any, Any], docs: Sequence[Doc], is_train: bool) -> Any:
        nonlocal fused
        if is_train:
            fused = None  # its copies of the weights are about to be out of date
            return stock(model, docs, is_train)
        fused = fused or Fused(model)
        return [fused.vectors(doc) for doc in docs], no_training

    return run


def no_training(gradient: Any) -> Any:
    """Stands where a backward function would; prediction has none."""
    raise RuntimeError("a prediction cannot be trained on: call the network with is_train=True")


class Fused:
    """One network: embeddings by word form, then the convolutions."""

    def __init__(self, model: Model[Any, Any]) -> None:
        embed, encode = model.layers
        self.columns: list[int | str] = list(embed.layers[0].attrs["columns"])
        self.hashed: Model[Any, Any] = embed.layers[2].layers[0]
        self.mixed: Model[Any, Any] = embed.layers[3].layers[0]
        self.pad: int = encode.attrs["pad"]
        self.layers = [read_layer(stage) for stage in encode.layers[0].layers]
        self.rows: dict[bytes, int] = {}
        self.table: Floats = np.zeros((0, model.get_dim("nO")), dtype=np.float32)

    def vectors(self, doc: Doc) -> Floats:
        """One vector a token."""
        states = self.embedded(doc)
        width = states.shape[1]
        padded = np.zeros((len(states) + 2 * self.pad, width), dtype=np.float32)
        padded[self.pad : self.pad + len(states)] = states
        window = np.zeros((len(padded), 3 * width), dtype=np.float32)
        for layer in self.layers:
            window[1:, :width] = padded[:-1]
            window[:, width : 2 * width] = padded
            window[:-1, 2 * width :] = padded[1:]
            padded += convolve(window, layer, width)
        return padded[self.pad : self.pad + len(states)]

    def embedded(self, doc: Doc) -> Floats:
        """The embedding of each token, looked up by form."""
        forms = doc.to_array(["ORTH", "NORM", "SPACY"])
        unique, first, inverse = np.unique(forms, axis=0, return_index=True, return_inverse=True)
        keys = [row.tobytes() for row in unique]
        unseen = [i for i, k in enumerate(keys) if k not in self.rows]
        if len(self.rows) + len(unseen) > MAX_FORMS:
            self.rows, unseen = {}, list(range(len(keys)))
        if unseen:
            features = doc.to_array(self.columns).reshape(len(doc), -1)[first[unseen]]
            self.learn([keys[i] for i in unseen], features)
        index = np.fromiter((self.rows[k] for k in keys), dtype=np.intp, count=len(keys))
        found: Floats = self.table[index[inverse.reshape(-1)]]
        return found

    def learn(self, keys: Sequence[bytes], features: npt.NDArray[np.uint64]) -> None:
        """Embed new word forms and keep their vectors."""
        blocks = -(-len(features) // BLOCK)
        padded = np.zeros((blocks * BLOCK, len(self.columns)), dtype=np.uint64)
        padded[: len(features)] = features
        vectors = np.concatenate([self.embed_block(b) for b in np.split(padded, blocks)])[: len(features)]
        start = len(self.rows)
        self.rows |= {k: start + i for i, k in enumerate(keys)}
        if len(self.rows) > len(self.table):
            grown = np.zeros((max(1024, 2 * len(self.rows)), vectors.shape[1]), dtype=np.float32)
            grown[:start] = self.table[:start]
            self.table = grown
        self.table[start : start + len(keys)] = vectors

    def embed_block(self, features: npt.NDArray[np.uint64]) -> Floats:
        """The stock embedding layers on one block of word forms."""
        vectors: Floats = self.mixed.predict(self.hashed.predict(features))
        return vectors


def read_layer(stage: Model[Any, Any]) -> Layer:
    """The weights of one residual convolution, its pieces side by side."""
    maxout, norm = stage.layers[0].layers[1].layers[0].layers
    weights = parameter(maxout, "W")  # (width, pieces, 3 * width)
    bias = parameter(maxout, "b")  # (width, pieces)
    width, pieces, inputs = weights.shape
    matrix = np.ascontiguousarray(weights.transpose(2, 1, 0).reshape(inputs, pieces * width))
    return Layer(matrix, bias.T.reshape(-1), parameter(norm, "G"), parameter(norm, "b"), pieces)


def parameter(layer: Model[Any, Any], name: str) -> Floats:
    """A copy of one of a layer's parameters."""
    return np.array(layer.get_param(name), dtype=np.float32)


def convolve(window: Floats, layer: Layer, width: int) -> Floats:
    """Maxout of each token's window, normalised."""
    mixed = window @ layer.weights + layer.bias
    best: Floats = mixed[:, :width]
    for piece in range(1, layer.pieces):
        best = np.maximum(best, mixed[:, piece * width : (piece + 1) * width])
    best = best - best.mean(axis=1, keepdims=True)
    deviation = np.sqrt(np.einsum("ij,ij->i", best, best)[:, None] / np.float32(width) + EPSILON)
    best *= layer.scale / deviation
    best += layer.shift
    return best
