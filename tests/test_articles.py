"""The claims of whole articles, as they are: a change of a rule or weight shows here as a change of claims.

``pytest tests/test_articles.py --force-regen`` writes the files anew; read the difference before it is committed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_regressions.data_regression import DataRegressionFixture
from spacy.language import Language

from pipeline import extract_documents, ingest
from pipeline.evaluate import evaluate
from pipeline.records import Claim

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = [
    "us-korea/us-korea.txt",
    "samples/newswire.txt",
    "samples/think-tank.html",
    "samples/hearing.txt",
    "samples/press-release.md",
    "samples/rupee-budget.txt",
    "samples/op-ed.txt",
    "samples/garden.txt",
]
LEFT_OUT = {"usd_low", "usd_high", "usd_rate", "usd_date", "unit_reason", "content", "verbatim"}


@pytest.mark.parametrize("name", ARTICLES)
def test_articles_claims(name: str, nlp: Language, data_regression: DataRegressionFixture) -> None:
    (extraction,) = extract_documents([ingest.read(ROOT / "corpora" / name)], nlp)
    speakers = {s.name: f"{s.kind}{', ' + s.role if s.role else ''}" for s in extraction.speakers}
    claims = [line(claim) for claim in extraction.claims]
    data_regression.check({"speakers": speakers, "claims": claims}, basename=name.replace("/", "-").split(".")[0])


def line(claim: Claim) -> dict[str, Any]:
    """A claim without what depends on the machine or repeats itself."""
    whole = claim.to_dict()
    detail = {k: text(v) for k, v in whole[claim.kind].items() if v not in (None, "none", False) and k not in LEFT_OUT}
    speaker = whole["speaker"] and whole["speaker"]["name"]
    return {"text": whole["text"], claim.kind: detail, "speaker": speaker, "cue": text(whole["cue"])}


def text(value: Any) -> Any:
    """A span's words; anything else as it is."""
    return value["text"] if isinstance(value, dict) else value


def test_articles_meet_their_gold(nlp: Language) -> None:
    overall = evaluate(ROOT / "annotations/gold/articles.json", nlp=nlp)[0]
    assert overall.gold > 300
    assert overall.value >= 0.95
