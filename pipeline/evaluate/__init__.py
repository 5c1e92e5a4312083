"""Score the pipeline against gold annotations: ``evaluate(path)`` gives the figures of whichever form the file has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language

from pipeline import ingest, records
from pipeline.assembly import Extraction
from pipeline.errors import InputError
from pipeline.evaluate import amounts, articles, predictions, quotes, speakers
from pipeline.evaluate.matching import Figure
from pipeline.extraction import extract_documents
from pipeline.records import Claim, Document

Rows = Sequence[Mapping[str, Any]]
Predicted = dict[str, tuple[Claim, ...]]


def evaluate(gold: str | Path, texts: str | Path | None = None, nlp: Language | None = None) -> list[Figure]:
    """Run the pipeline over a gold file's texts and score what it finds.

    A JSONL file holds one document a line with ``text`` and ``attributions`` (with ``name``: speakers are scored too),
    ``predictions`` or ``amounts``; gold without texts takes them from ``texts``, JSONL of ``doc_id`` and ``text``.
    A JSON object of file names is gold for whole articles that lie beside it.
    Raises ``InputError`` for a file of another form.
    """
    path = Path(gold)
    if path.suffix == ".json":
        return _articles(path, nlp)
    rows = list(read_jsonl(path))
    bodies = {key(r): r["text"] for r in (read_jsonl(Path(texts)) if texts else rows) if "text" in r}
    lacking = next((key(r) for r in rows if key(r) not in bodies), None)
    if not rows or lacking is not None:
        what = f"no text for document {lacking}; name a file that has it with --texts" if rows else "the file is empty"
        raise InputError(f"{path}: {what}")
    measure = next((m for name, m in MEASURES.items() if name in rows[0]), None)
    if measure is None:
        raise InputError(f"{path}: no gold in it; a line needs one of {', '.join(MEASURES)}")
    found = {k: e.claims for k, e in extractions({key(r): bodies[key(r)] for r in rows}, nlp).items()}
    return measure(rows, bodies, found)


def extractions(texts: Mapping[str, str], nlp: Language | None = None) -> dict[str, Extraction]:
    """What the pipeline finds in plain texts, by their keys."""
    documents = [Document(records.digest(k), k, text, ()) for k, text in texts.items()]
    return dict(zip(texts, extract_documents(documents, nlp), strict=True))


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file; ``InputError`` names the line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise InputError(f"{path}, line {number}: not JSON ({error})") from error


def key(row: Mapping[str, Any]) -> str:
    """A gold document's own name."""
    return str(row.get("doc_id", row.get("id")))


def _attributions(rows: Rows, texts: Mapping[str, str], found: Predicted) -> list[Figure]:
    gold = {key(r): [quotes.from_json(texts[key(r)], a) for a in r["attributions"]] for r in rows}
    predicted = {k: quotes.from_claims(texts[k], claims) for k, claims in found.items()}
    figures = quotes.score(gold, predicted, texts)
    if any("name" in a for r in rows for a in r["attributions"]):
        entities = {
            key(r): [
                speakers.GoldSpeaker(g, bool(a.get("pronoun")), bool(a.get("same_sentence_name")))
                for g, a in zip(gold[key(r)], r["attributions"], strict=True)
            ]
            for r in rows
        }
        figures = speakers.score(entities, predicted) + figures
    return figures


def _predictions(rows: Rows, texts: Mapping[str, str], found: Predicted) -> list[Figure]:
    gold = {
        key(r): predictions.GoldClauses(
            tuple(predictions.from_json(p) for p in r["predictions"]),
            tuple((s, e) for s, e in r.get("ignore", [])),
        )
        for r in rows
    }
    return predictions.score(gold, {k: predictions.from_claims(claims) for k, claims in found.items()})


def _amounts(rows: Rows, texts: Mapping[str, str], found: Predicted) -> list[Figure]:
    gold = {
        key(r): amounts.GoldSums(
            tuple(amounts.from_json(a) for a in r["amounts"]),
            tuple((s, e) for s, e in r.get("ignore", [])),
        )
        for r in rows
    }
    return amounts.score(gold, {k: amounts.from_claims(claims) for k, claims in found.items()})


MEASURES: dict[str, Callable[[Rows, Mapping[str, str], Predicted], list[Figure]]] = {
    "attributions": _attributions,
    "predictions": _predictions,
    "amounts": _amounts,
}
"""The field that a gold document has -> how it is scored."""


def _articles(path: Path, nlp: Language | None) -> list[Figure]:
    try:
        gold = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error})") from error
    documents = {name: ingest.read(path.parent / name) for name in gold}
    found = zip(documents, extract_documents(documents.values(), nlp), strict=True)
    return articles.score(gold, dict(found))
