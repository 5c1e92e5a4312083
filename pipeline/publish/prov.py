"""The provenance of the dataset in PROV-JSON (https://www.w3.org/submissions/prov-json/)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet

from pipeline.publish.linked import URN

NAME = "prov.json"
PREFIXES = {name: f"{URN}{name}:" for name in ("article", "claims-of", "run", "program", "reviewer")} | {
    "dct": "http://purl.org/dc/terms/"
}
Rows = list[dict[str, Any]]
Entry = tuple[str, dict[str, Any]]


def write(folder: Path) -> None:
    """Write ``prov.json`` for the tables in a folder.

    The claims of an article are an entity that derives from the article; a run generated it, by the program's version.
    Reviewers influenced the claims that they judged.
    """
    runs = _read(folder, "runs")
    documents = _read(folder, "documents", "doc_id", "uri", "title", "duplicate_of")
    claims = pyarrow.parquet.read_table(folder / "claims.parquet", columns=["doc_id", "run_id"])
    judged = [
        (row["doc_id"], name) for row in _read(folder, "reviews", "doc_id", "reviewers") for name in row["reviewers"]
    ]
    made: Rows = claims.group_by(["doc_id", "run_id"], use_threads=False).aggregate([([], "count_all")]).to_pylist()
    with_claims = {r["doc_id"] for r in made}
    sections = {
        "entity": _entities(documents, made),
        "activity": ((f"run:{r['run_id']}", {"prov:startTime": r["started_at"].isoformat()}) for r in runs),
        "agent": _agents(runs, {name for _, name in judged}),
        "wasGeneratedBy": _relations("g", made, "prov:entity", "claims-of:", "prov:activity", "run:"),
        "used": _relations("u", made, "prov:entity", "article:", "prov:activity", "run:"),
        "wasDerivedFrom": (
            (
                f"_:d{i}",
                {"prov:generatedEntity": f"claims-of:{r['doc_id']}", "prov:usedEntity": f"article:{r['doc_id']}"},
            )
            for i, r in enumerate(made)
        ),
        "wasAssociatedWith": (
            (f"_:a{i}", {"prov:activity": f"run:{r['run_id']}", "prov:agent": f"program:{r['pipeline_version']}"})
            for i, r in enumerate(runs)
        ),
        "wasInfluencedBy": (
            (
                f"_:i{i}",
                {"prov:influencee": f"claims-of:{doc_id}", "prov:influencer": f"reviewer:{quote(name, safe='')}"},
            )
            for i, (doc_id, name) in enumerate(dict.fromkeys(judged))
            if doc_id in with_claims
        ),
        "alternateOf": (
            (
                f"_:s{i}",
                {"prov:alternate1": f"article:{d['doc_id']}", "prov:alternate2": f"article:{d['duplicate_of']}"},
            )
            for i, d in enumerate(documents)
            if d["duplicate_of"]
        ),
    }
    with (folder / NAME).open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"prefix": {json.dumps(PREFIXES)}')
        for name, entries in sections.items():
            file.write(f',\n"{name}": {{')
            for i, (key, value) in enumerate(entries):
                file.write(f"{',' if i else ''}\n {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
            file.write("}")
        file.write("}\n")


def _read(folder: Path, name: str, *columns: str) -> Rows:
    rows: Rows = pyarrow.parquet.read_table(folder / f"{name}.parquet", columns=list(columns) or None).to_pylist()
    return rows


def _agents(runs: Rows, reviewers: set[str]) -> Iterator[Entry]:
    for version in sorted({r["pipeline_version"] for r in runs}):
        yield f"program:{version}", {"prov:type": "prov:SoftwareAgent"}
    for name in sorted(reviewers):
        yield f"reviewer:{quote(name, safe='')}", {"prov:type": "prov:Person", "dct:title": name}


def _entities(documents: Rows, made: Rows) -> Iterator[Entry]:
    for d in documents:
        title = {"dct:title": d["title"]} if d["title"] else {}
        yield f"article:{d['doc_id']}", {"prov:location": d["uri"], **title}
    for row in made:
        yield f"claims-of:{row['doc_id']}", {"prov:type": "prov:Collection", "dct:extent": row["count_all"]}


def _relations(name: str, made: Rows, entity: str, of: str, activity: str, by: str) -> Iterator[Entry]:
    for i, row in enumerate(made):
        yield f"_:{name}{i}", {entity: of + row["doc_id"], activity: by + row["run_id"]}
