"""Fixtures that every test may use."""

from __future__ import annotations

import pytest
from spacy.language import Language

import pipeline


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The whole pipeline on the default model, loaded once."""
    return pipeline.load()
