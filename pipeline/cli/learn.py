"""Commands that measure the pipeline and teach it: evaluate, train."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.corpora import AsJson, Database
from pipeline.cli.extract import Models
from pipeline.errors import InputError

if TYPE_CHECKING:
    from spacy.language import Language

    from pipeline.evaluate import Counted
    from pipeline.review.settled import Reviewed

Texts = Annotated[Path | None, typer.Option(help="JSONL with the texts, for gold without them.")]


def evaluate(
    gold: Annotated[
        Path | None,
        typer.Argument(
            help="Gold annotations: JSONL, or JSON beside its articles.",
            metavar="GOLD",
            show_default="what reviewers settled in the store",
        ),
    ] = None,
    texts: Texts = None,
    models: Models = None,
    save: Annotated[Path | None, typer.Option(help="Keep the counts in this file, to compare with later.")] = None,
    against: Annotated[Path | None, typer.Option(help="A file that --save wrote: show the change since.")] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Score the pipeline against gold annotations or accepted reviews, with 95 % confidence intervals over documents.

    Examples:

    * `claims evaluate annotations/gold/articles.json`
    * `claims evaluate gold.jsonl --save before.json`
    * `claims evaluate gold.jsonl --models models/mine --against before.json`
    """
    from pipeline import evaluate as scoring
    from pipeline.cli import render
    from pipeline.evaluate.intervals import compare, figures

    before = scoring.load(against) if against else None
    counted = scoring.count(gold, texts, _pipeline(models)) if gold else _reviews(database, models)
    if before is not None and not before.keys() & counted.keys():
        raise InputError(f"{against}: an evaluation of other documents; it has none of these")
    found = figures(list(counted.values())) if before is None else compare(before, counted)
    if save:
        scoring.save(counted, save)
    if as_json:
        print(json.dumps([figure.to_dict() for figure in found], ensure_ascii=False, indent=1))
    else:
        render.scores(found)


def train(
    out: Annotated[Path, typer.Option(help="Folder for the weights.")],
    gold: Annotated[
        list[Path] | None,
        typer.Argument(help="JSONL files of attributions, predictions or check_worthy sentences.", metavar="GOLD"),
    ] = None,
    texts: Texts = None,
    seed: Annotated[int, typer.Option(help="Which documents are held out to measure on.")] = 0,
    models: Models = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Train the learned components on review decisions and gold, and measure them on documents held out.

    Training goes on from the present weights. Gold must not be what these were trained on: they know it by heart, and
    measured on it would seem better than they are.

    Example: `claims train --out models/mine`
    """
    from pipeline.cli import render
    from pipeline.learning import labelled
    from pipeline.learning import training as learning

    documents, sentences = labelled.read(gold or [], texts)
    with _reviewed(database, optional=bool(gold)) as reviewed:
        documents += labelled.from_reviews(reviewed)
    report = learning.train(documents, sentences, _pipeline(models), out, seed)
    if as_json:
        print((out / "training.json").read_text(encoding="utf-8"), end="")
    else:
        render.training(report, out, seed)


def _pipeline(models: Path | None) -> Language:
    from pipeline import extraction

    return extraction.default_pipeline() if models is None else extraction.pipeline_with(str(models))


@contextmanager
def _reviewed(database: str | None, *, optional: bool = False) -> Iterator[Iterator[Reviewed]]:
    """The documents with review decisions; none where there is no store and none need be."""
    from pipeline.review import index
    from pipeline.review.settled import reviewed
    from pipeline.store.database import default_url, opened

    if optional and database is None and "://" not in default_url() and not Path(default_url()).exists():
        yield iter(())
        return
    with opened(database, create=False) as engine:
        index.prepare(engine)
        index.catch_up(engine)
        yield reviewed(engine)


def _reviews(database: str | None, models: Path | None) -> Counted:
    """The counts of documents that have been reviewed to the end, for each kind that has."""
    from pipeline.evaluate import claims
    from pipeline.extraction import extract_documents
    from pipeline.progress import advance, batches

    with _reviewed(database) as reviewed:
        found = list(reviewed)
    done = [one for one in found if one.complete()]
    if not done:
        left = f"in none of {len(found)} documents all claims of a kind are decided" if found else "nothing is decided"
        raise InputError(f"no reviews to measure against: {left}; go on with `claims review`, or name a gold file")
    nlp, counted = _pipeline(models), {}
    for some in batches(done, 1, "Measuring"):
        for one in some:
            extracted = next(extract_documents([one.document], nlp)).claims
            settled = [claim for kind in one.complete() for claim in one.claims(kind)]
            counted[one.document.doc_id] = claims.count(settled, extracted, one.complete())
            advance()
    return counted
