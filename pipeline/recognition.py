"""The stock model's entity recogniser, its transitions read off in whole documents at a time, to the same result.

The stock recogniser walks over the tokens one by one and scores all its actions at each. What it sees of the past is
only whether an entity is open and where that began. So the actions of all tokens outside of entities can be scored in
one matrix product, and those inside in one product for each length. ``tests/test_recognition.py`` holds the entities
against the stock component's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc, Span
from thinc.api import Model

from pipeline.fused import Floats, parameter

Bools = npt.NDArray[np.bool_]
Entity = tuple[int, int, str]
"""First token, token after the last, label."""

CONTEXT = 3
"""The network sees three tokens: the next one, the open entity's first and its last so far."""


def quicken(nlp: Language) -> None:
    """Replace the entity recogniser by one that gives the same entities sooner; one of another shape stays."""
    for i, (name, component) in enumerate(nlp._components):
        if isinstance(component, EntityRecognizer) and is_replaceable(component):
            nlp._components[i] = (name, Recognizer(nlp.vocab, component.model, name, component.moves))


def is_replaceable(component: EntityRecognizer) -> bool:
    """Whether the recogniser is greedy, knows all its classes and has the small English model's layers."""
    model = component.model
    return (
        component.cfg["beam_width"] == 1
        and component.cfg["incorrect_spans_key"] is None
        and bool(model.attrs.get("has_upper"))
        and not model.attrs["unseen_classes"]
        and model.get_ref("lower").get_dim("nF") == CONTEXT
        and model.get_ref("lower").get_dim("nP") > 1
    )


class Recognizer(EntityRecognizer):  # type: ignore[misc]
    """The entity recogniser for documents that have no entities yet; others go the stock way."""

    def predict(self, docs: Iterable[Doc]) -> list[Any]:
        """Each document's entities, or the stock component's state where it has some already."""
        names = [self.moves.get_class_name(i) for i in range(self.moves.n_moves)]
        model, actions = self.model, Actions(names)
        return [
            super(Recognizer, self).predict([doc])[0] if has_entities(doc) else found(doc, model, actions)
            for doc in docs
        ]

    def set_annotations(self, docs: Iterable[Doc], states_or_beams: Sequence[Any]) -> None:
        """Put the entities on the documents."""
        for doc, state in zip(docs, states_or_beams, strict=True):
            if isinstance(state, list):
                doc.set_ents([Span(doc, start, end, label) for start, end, label in state], default="outside")
            else:
                super().set_annotations([doc], [state])


def has_entities(doc: Doc) -> bool:
    """Whether the document says of any token in which entity it is, or that it is in none."""
    return bool(doc.to_array("ENT_IOB").any())


class Actions:
    """The recogniser's actions by number: which begin or are an entity, and how each begun one goes on and ends."""

    def __init__(self, names: Sequence[str]) -> None:
        kinds = [name[:1] for name in names]
        self.labels = [name[2:] for name in names]
        self.begins = np.array([k == "B" and bool(label) for k, label in zip(kinds, self.labels, strict=True)])
        self.single = np.array([k == "U" and bool(label) for k, label in zip(kinds, self.labels, strict=True)])
        self.out = np.array([k == "O" for k in kinds])
        number = {name: i for i, name in enumerate(names)}
        self.inside = np.array([number.get(f"I-{label}", 0) for label in self.labels])
        self.last = np.array([number.get(f"L-{label}", 0) for label in self.labels])


def found(doc: Doc, model: Model[Any, Any], actions: Actions) -> list[Entity]:
    """The document's entities, in order."""
    n = len(doc)
    if not n:
        return []
    space, starts = doc.to_array(["IS_SPACE", "SENT_START"]).T
    can_go_on = np.append(starts[1:].astype(np.int64) != 1, False)  # the next token is of the same sentence
    scores = Scores(model, doc)
    outside = scores.outside()
    blank = space.astype(bool)
    outside[:, ~(actions.begins | actions.single | actions.out)] = -np.inf
    outside[np.ix_(blank, actions.begins | actions.single)] = -np.inf
    outside[np.ix_(~can_go_on, actions.begins)] = -np.inf
    choice = outside.argmax(axis=1)
    ends = entity_ends(scores, np.flatnonzero(actions.begins[choice]), choice, can_go_on, actions)
    entities: list[Entity] = []
    at = 0
    for i in np.flatnonzero(~actions.out[choice]).tolist():
        if i >= at:
            at = ends.get(i, i + 1)
            entities.append((i, at, actions.labels[choice[i]]))
    return entities


def entity_ends(
    scores: Scores, begun: npt.NDArray[np.intp], choice: npt.NDArray[np.intp], can_go_on: Bools, actions: Actions
) -> dict[int, int]:
    """For each token where an entity would begin the token after its last: all grow by one token at a time."""
    ends: dict[int, int] = {}
    at = begun + 1
    while len(begun):
        inside, last = actions.inside[choice[begun]], actions.last[choice[begun]]
        scored = scores.inside(at, begun)
        row = np.arange(len(at))
        on, off = scored[row, inside], scored[row, last]
        first = inside < last  # of equal scores the stock component takes the action with the lower number
        goes_on = can_go_on[at] & ((on > off) | ((on == off) & first))
        ends |= dict(zip(begun[~goes_on].tolist(), (at[~goes_on] + 1).tolist(), strict=True))
        begun, at = begun[goes_on], at[goes_on] + 1
    return ends


class Scores:
    """The scores of all actions at a document's tokens."""

    def __init__(self, model: Model[Any, Any], doc: Doc) -> None:
        lower, upper = model.get_ref("lower"), model.get_ref("upper")
        vectors = model.get_ref("tok2vec").predict([doc])
        # (context, hidden, pieces, width): the pieces before the hidden units, so that their maximum is one of halves
        weights = np.ascontiguousarray(parameter(lower, "W").swapaxes(1, 2))
        self.pieces, self.hidden = weights.shape[1:3]
        pad = parameter(lower, "pad")[0].swapaxes(1, 2).reshape(CONTEXT, -1)
        made = vectors @ weights.reshape(-1, weights.shape[3]).T
        self.made: Floats = made.reshape(len(vectors), CONTEXT, -1)
        self.bias: Floats = parameter(lower, "b").T.reshape(-1)
        self.absent: Floats = pad[1] + pad[2]
        self.weights: Floats = parameter(upper, "W").T
        self.upper_bias: Floats = parameter(upper, "b")

    def outside(self) -> Floats:
        """At every token, no entity being open."""
        return self._of(self.made[:, 0] + (self.absent + self.bias))

    def inside(self, at: npt.NDArray[np.intp], begun: npt.NDArray[np.intp]) -> Floats:
        """At tokens in an entity that began earlier and reaches to the token before."""
        return self._of(self.made[at, 0] + self.made[begun, 1] + self.made[at - 1, 2] + self.bias)

    def _of(self, mixed: Floats) -> Floats:
        states = mixed[:, : self.hidden]
        for piece in range(1, self.pieces):
            states = np.maximum(states, mixed[:, piece * self.hidden : (piece + 1) * self.hidden])
        scores: Floats = states @ self.weights + self.upper_bias
        return scores
