"""A folder of one's own weights takes the place of the package's, and provenance tells."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from spacy.language import Language

from pipeline import models
from pipeline.check_worthiness import read, score
from pipeline.errors import InputError
from pipeline.extraction import config_hash, extract
from pipeline.language import load

TEXT = "Ada Reed said the harbour will grow by 2031. The council may raise the fee."


def predictions_only(folder: Path, threshold: float) -> Path:
    """A folder with the package's weights of predictions, and a threshold of its own."""
    with models.weights(models.PREDICTIONS) as path:
        raw = json.loads(path.read_text(encoding="utf-8"))
    own = folder / models.PREDICTIONS
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps(raw | {"threshold": threshold}), encoding="utf-8")
    return folder


def test_models_folder_changes_what_is_extracted_and_the_config_hash(nlp: Language, tmp_path: Path) -> None:
    strict = load(models=str(predictions_only(tmp_path / "a", 1.1)))
    kinds = {c.kind for c in extract(TEXT, nlp)}
    assert "prediction" in kinds
    found = extract(TEXT, strict)
    assert {c.kind for c in found} == kinds - {"prediction"}
    assert config_hash(strict) != config_hash(nlp)
    assert found[0].provenance.config_hash == config_hash(strict)
    moved = shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert config_hash(load(models=str(moved))) == config_hash(strict)


def test_models_digest_follows_the_bytes(tmp_path: Path) -> None:
    one, other = predictions_only(tmp_path / "a", 0.5), predictions_only(tmp_path / "b", 0.5)
    assert models.digest(str(one)) == models.digest(str(other))
    assert models.digest(str(predictions_only(tmp_path / "c", 0.6))) != models.digest(str(one))
    assert models.digest(None) == ""


def test_models_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no trained models there"):
        load(models=str(tmp_path))


@pytest.mark.parametrize("name", [models.DECISION, models.PREDICTIONS])
def test_models_weights_that_do_not_fit_are_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_bytes(b"{}" if name.endswith("json") else b"nothing")
    with pytest.raises(InputError, match="train again"):
        load(models=str(tmp_path))


def test_models_check_worthiness_of_the_folder_scores(tmp_path: Path) -> None:
    path = tmp_path / models.CHECK_WORTHINESS
    path.parent.mkdir()
    with models.weights(models.CHECK_WORTHINESS) as packaged, np.load(packaged, allow_pickle=False) as arrays:
        np.savez(path, **(dict(arrays) | {"slope": np.float64(0), "intercept": np.float64(0)}))
    assert score(["Unemployment fell to 3.9 percent."], read(str(tmp_path))) == [0.5]
