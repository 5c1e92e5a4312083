"""From labelled documents to a folder of weights: part them, train what can be trained, measure before and after."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import check_worthiness, extraction, models
from pipeline.assembly import assemble
from pipeline.attribution.network import Network
from pipeline.components.attributions import make_attributions, read_arrays
from pipeline.components.predictions import make_predictions
from pipeline.errors import InputError
from pipeline.evaluate import Counted, predictions, quotes
from pipeline.evaluate.intervals import compare
from pipeline.evaluate.matching import Figure, Fragment, Tallies, shared
from pipeline.language import COMPONENTS
from pipeline.learning import attributions, worthiness
from pipeline.learning import predictions as clauses
from pipeline.learning.folds import FOLDS, Kept
from pipeline.learning.labelled import Labelled, Sentence, held_out, merged
from pipeline.predictions.scorer import read_scorer, scorer
from pipeline.progress import advance, batches
from pipeline.records import Claim

SHARE = 0.2
"""Of the documents, those to measure on."""
FEWEST = 2 * FOLDS
"""Documents that a training needs at least: each fold of the cross-validation has one, and some are held out."""
SHOWN = {
    "full": "attributions",
    "full direct": "direct quotes",
    "full mixed": "mixed quotes",
    "full indirect": "indirect quotes",
    "prediction clause": "predictions",
    "worth checking": "sentences worth checking",
}
"""The measures that are reported (all are F1), and their names in the report."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was trained on how many documents, what was not and why, and what it brought on held-out documents."""

    documents: int
    held_out: tuple[str, ...]
    told: Mapping[str, str]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A labelled document after parsing."""

    doc: Doc
    labelled: Labelled


def train(found: Sequence[Labelled], sentences: Sequence[Sentence], nlp: Language, out: Path, seed: int) -> Report:
    """Train on the documents and sentences and write the weights to ``out``; returns what came of it.

    The present weights are those of ``nlp``. One document in five is held out by ``seed`` to measure on. Nothing is
    written where nothing can be trained: ``InputError`` says why.
    """
    found = merged(found)
    if not found and not sentences:
        raise InputError("nothing to learn from: no gold, and no review decisions on quotes or predictions")
    if found and len(found) < FEWEST:
        raise InputError(f"{len(found)} documents are too few to learn from: review or annotate at least {FEWEST}")
    kept_out = held_out([f.document.doc_id for f in found], SHARE, seed) if found else set()
    seen = list(_parsed(found, nlp))
    training = [s for s in seen if s.labelled.document.doc_id not in kept_out]
    measured = [s for s in seen if s.labelled.document.doc_id in kept_out]
    groups = held_out([s.group for s in sentences], SHARE, seed) if sentences else set()
    present = extraction.trained_folder(nlp)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as made:
        folder = Path(made)
        told = {
            "attributions": _told(lambda: _attributions(training, present, folder)),
            "predictions": _told(lambda: _predictions(training, present, folder)),
            "check-worthiness": _told(lambda: _worthiness(sentences, groups, folder)),
        }
        if not any((folder / name).exists() for name in models.WEIGHTS):
            raise InputError("nothing could be trained: " + "; ".join(f"{k}: {v}" for k, v in told.items()))
        figures = _compared(measured, nlp, folder)
        apart = [s for s in sentences if s.group in groups]
        if (folder / models.CHECK_WORTHINESS).exists():
            scores = (extraction.trained(nlp).worth, check_worthiness.read(str(folder)))
            figures += _figures(*(worthiness.count(apart, m) for m in scores))
        report = Report(len(training), tuple(sorted(kept_out)), told, tuple(figures))
        _note(report, seed, nlp, folder)
        _publish(folder, out, present)
    return report


def _parsed(found: Sequence[Labelled], nlp: Language) -> Iterator[_Seen]:
    """Every document up to the project's own components."""
    steps = [component for name, component in nlp.pipeline if name not in COMPONENTS]
    for some in batches(found, 1, "Reading documents"):
        for one in some:
            doc = extraction.to_doc(one.document, nlp)
            for step in steps:
                doc = step(doc)
            yield _Seen(doc, one)
            advance()


def _told(learn: Callable[[], str]) -> str:
    try:
        return learn()
    except Kept as kept:
        return f"kept as they are: {kept}"


def _attributions(training: Sequence[_Seen], present: str | None, folder: Path) -> str:
    mine = [s for s in training if "quote" in s.labelled.truth]
    if len(mine) < FOLDS:
        raise Kept(f"{len(mine)} documents with quotes, {FOLDS} are needed")
    network = Network(read_arrays(models.NETWORK, present))
    documents = [attributions.read(s.doc, s.labelled, network) for s in mine]
    readings = sum(len(d.labels) for d in documents)
    try:
        trained, decision = attributions.learn_network(documents)
        attributions.save(trained, decision, folder)
        return f"network and decision trained on {len(mine)} documents, {readings:,} possible readings"
    except Kept as kept:
        decision = attributions.learn(documents, network, read_arrays(models.DECISION, present))
        with models.weights(models.NETWORK, present) as path:
            attributions.save(path, decision, folder)
        return (
            f"decision trained on {len(mine)} documents, {readings:,} possible readings; network kept as it is: {kept}"
        )


def _predictions(training: Sequence[_Seen], present: str | None, folder: Path) -> str:
    examples = [clauses.examples(s.doc, s.labelled) for s in training if "prediction" in s.labelled.truth]
    if len(examples) < FOLDS:
        raise Kept(f"{len(examples)} documents with predictions, {FOLDS} are needed")
    clauses.save(clauses.learn(examples, scorer() if present is None else read_scorer(present)), folder)
    return f"trained on {len(examples)} documents, {sum(map(len, examples)):,} candidates"


def _worthiness(sentences: Sequence[Sentence], groups: set[str], folder: Path) -> str:
    mine = [s for s in sentences if s.group not in groups]
    worthiness.learn(mine, folder)
    return f"trained on {len(mine):,} sentences"


def _compared(measured: Sequence[_Seen], nlp: Language, folder: Path) -> list[Figure]:
    """The present and the new weights on the held-out documents."""
    before: dict[str, Counted] = {"quote": {}, "prediction": {}}
    after: dict[str, Counted] = {"quote": {}, "prediction": {}}
    present = extraction.trained_folder(nlp)
    for counted, trained in ((before, present), (after, str(folder))):
        finders = (make_attributions(nlp, "finder", trained), nlp.get_pipe("claims_speakers"))
        steps = (*finders, make_predictions(nlp, "scorer", trained))
        for some in batches(measured, 1, "Measuring" if counted is after else "Measuring the present models"):
            for s in some:
                doc = nlp.get_pipe("claims_amounts")(s.doc)
                for step in steps:
                    doc = step(doc)
                claims = assemble(doc, s.labelled.document, extraction.provenances(nlp)).claims
                for kind, tallies in _counts(s.labelled, claims).items():
                    counted[kind][s.labelled.document.doc_id] = tallies
                advance()
    return [f for kind in before for f in _figures(before[kind], after[kind])]


def _counts(one: Labelled, claims: Sequence[Claim]) -> dict[str, Tallies]:
    text, out = one.document.text, {}
    if "quote" in one.truth:
        truth = one.truth["quote"]
        gold = [quotes.from_json(text, entry) for entry in truth.entries]
        found = [p for p in quotes.from_claims(text, claims) if _judged(p.content, truth.ignore)]
        out["quote"] = quotes.count(text, gold, found)
    if "prediction" in one.truth:
        truth = one.truth["prediction"]
        wanted = predictions.GoldClauses(tuple(predictions.from_json(e) for e in truth.entries), truth.ignore)
        out["prediction"] = predictions.count(wanted, predictions.from_claims(claims))
    return out


def _judged(content: Sequence[Fragment], ignore: Sequence[Fragment]) -> bool:
    """Whether less than half of a content is in words of which nothing is known."""
    return 2 * shared(content, ignore) < sum(e - s for s, e in content)


def _figures(before: Counted, after: Counted) -> list[Figure]:
    found = compare(before, after) if after else []
    return [replace(f, name=SHOWN[f.name]) for f in found if f.name in SHOWN]


def _note(report: Report, seed: int, nlp: Language, folder: Path) -> None:
    """Write down beside the weights what they were made from."""
    note: dict[str, Any] = {
        "pipeline_version": extraction.pipeline_version(),
        "model": extraction.model_name(nlp),
        "present_configuration": extraction.config_hash(nlp),
        "seed": seed,
        "documents": report.documents,
        "held_out": report.held_out,
        "components": report.told,
        "figures": [f.to_dict() for f in report.figures],
    }
    text = json.dumps(note, ensure_ascii=False, indent=1) + "\n"
    (folder / "training.json").write_text(text, encoding="utf-8")


def _publish(folder: Path, out: Path, present: str | None) -> None:
    """Move the new files to their place; what was trained earlier and is kept comes along."""
    for name in (*models.WEIGHTS, "training.json"):
        own = folder / name
        if not own.exists() and present is not None and (Path(present) / name).exists():
            own.parent.mkdir(parents=True, exist_ok=True)
            own.write_bytes((Path(present) / name).read_bytes())
        if own.exists():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            own.replace(out / name)
