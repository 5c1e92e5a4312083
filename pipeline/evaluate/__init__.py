"""Score the pipeline against gold annotations: ``evaluate(path)`` gives the figures of whichever form the file has.

``count`` gives the counts of each document, from which figures, their confidence intervals and the change since an
earlier evaluation are made (``intervals``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spacy.language import Language

from pipeline import ingest, records
from pipeline.assembly import Extraction
from pipeline.errors import InputError
from pipeline.evaluate import amounts, articles, predictions, quotes, speakers
from pipeline.evaluate.intervals import figures
from pipeline.evaluate.matching import Figure, Tallies, Tally
from pipeline.extraction import extract_documents
from pipeline.records import Claim, Document

Row = Mapping[str, Any]
Counted = dict[str, Tallies]
"""The counts of each document, by its name."""


def evaluate(gold: str | Path, texts: str | Path | None = None, nlp: Language | None = None) -> list[Figure]:
    """Run the pipeline over a gold file's texts and score what it finds; see ``count``."""
    return figures(list(count(gold, texts, nlp).values()))


def count(gold: str | Path, texts: str | Path | None = None, nlp: Language | None = None) -> Counted:
    """Run the pipeline over a gold file's texts and count what it finds, document by document.

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
    named = any("name" in a for r in rows for a in r.get("attributions", ()))
    bodies = {key(r): bodies[key(r)] for r in rows}
    found = extractions(bodies, nlp)
    return {key(r): measure(r, bodies[key(r)], found[key(r)].claims, named) for r in rows}


def save(counted: Counted, path: Path) -> None:
    """Write counts as JSON, to compare a later evaluation with."""
    rows = {key: {name: asdict(tally) for name, tally in tallies.items()} for key, tallies in counted.items()}
    path.write_text(json.dumps(rows, ensure_ascii=False) + "\n", encoding="utf-8")


def load(path: Path) -> Counted:
    """The counts that ``save`` wrote; ``InputError`` for another file."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {key: {name: Tally(**tally) for name, tally in tallies.items()} for key, tallies in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not an evaluation; `claims evaluate GOLD --save {path}` writes one") from error


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


def _attributions(row: Row, text: str, claims: Sequence[Claim], named: bool) -> Tallies:
    gold, found = [quotes.from_json(text, a) for a in row["attributions"]], quotes.from_claims(text, claims)
    tallies = quotes.count(text, gold, found)
    if not named:
        return tallies
    entities = [
        speakers.GoldSpeaker(g, bool(a.get("pronoun")), bool(a.get("same_sentence_name")))
        for g, a in zip(gold, row["attributions"], strict=True)
    ]
    return speakers.count(entities, found) | tallies


def _predictions(row: Row, text: str, claims: Sequence[Claim], named: bool) -> Tallies:
    clauses = tuple(predictions.from_json(p) for p in row["predictions"])
    return predictions.count(predictions.GoldClauses(clauses, _ignored(row)), predictions.from_claims(claims))


def _amounts(row: Row, text: str, claims: Sequence[Claim], named: bool) -> Tallies:
    sums = tuple(amounts.from_json(a) for a in row["amounts"])
    return amounts.count(amounts.GoldSums(sums, _ignored(row)), amounts.from_claims(claims))


def _ignored(row: Row) -> tuple[tuple[int, int], ...]:
    return tuple((s, e) for s, e in row.get("ignore", []))


MEASURES: dict[str, Callable[[Row, str, Sequence[Claim], bool], Tallies]] = {
    "attributions": _attributions,
    "predictions": _predictions,
    "amounts": _amounts,
}
"""The field that a gold document has -> how it is counted; the last argument: whether the gold names speakers."""


def _articles(path: Path, nlp: Language | None) -> Counted:
    try:
        gold = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error})") from error
    documents = {name: ingest.read(path.parent / name) for name in gold}
    found = dict(zip(documents, extract_documents(documents.values(), nlp), strict=True))
    return {name: articles.count(want, found[name]) for name, want in gold.items()}
