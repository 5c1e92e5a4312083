"""What ``import pipeline`` offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pipeline


def test_package_offers_its_public_names() -> None:
    for name in pipeline.__all__:
        assert callable(getattr(pipeline, name)) and name in dir(pipeline)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = pipeline.nothing


def test_package_loads_neither_spacy_nor_pandas_before_they_are_needed() -> None:
    code = "import sys, pipeline, pipeline.cli; print(sorted({'spacy', 'pandas', 'prefect'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
