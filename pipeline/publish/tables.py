"""Read the store as the published tables, some hundred articles at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.publish import fields
from pipeline.publish.fields import DECIMAL, Table
from pipeline.store import reads, schema
from pipeline.store.rows import Row

CHUNK = 500
"""Articles per chunk: bounds memory; also the row groups of the Parquet files."""
SCALE = Decimal(1).scaleb(-DECIMAL.scale)


def chunks(connection: Connection) -> Iterator[dict[str, pa.Table]]:
    """All published tables in pieces, by name; rows are ordered by article address, then by place in the article."""
    known = _documents(connection)
    speakers: dict[str, list[Row]] = defaultdict(list)
    runs: set[str] = set()
    for i in range(0, len(known), CHUNK):
        piece = _piece(connection, known[i : i + CHUNK])
        for row in piece.pop("speakers"):
            speakers[row["speaker_id"]].append(row)
        runs.update(row["run_id"] for row in piece["claims"])
        yield {t.name: to_arrow(t, piece[t.name]) for t in fields.TABLES if t.name in piece}
    failed = [asdict(f) for f in reads.open_failures(connection)]
    runs.update(row["run_id"] for row in failed)
    rest = {
        "speakers": [merge(rows) for _, rows in sorted(speakers.items())],
        "sources": _rows(connection, sa.select(schema.sources), "corpus", "file", "uri"),
        "runs": [r for r in _rows(connection, sa.select(schema.runs), "run_id") if r["run_id"] in runs],
        "failures": failed,
    }
    yield {t.name: to_arrow(t, rest[t.name]) for t in fields.TABLES if t.name in rest}


def merge(rows: Sequence[Row]) -> Row:
    """One speaker from what several articles say of them: the most frequent name, kind and role, all aliases."""
    out = {name: _most_frequent(row[name] for row in rows) for name in ("name", "kind", "role", "wikidata", "party")}
    aliases = {alias for row in rows for alias in (row["name"], *row["aliases"])} - {out["name"]}
    return out | {"speaker_id": rows[0]["speaker_id"], "aliases": sorted(aliases)}


def to_arrow(table: Table, rows: Sequence[Row]) -> pa.Table:
    """The rows as an Arrow table with exactly the described columns."""
    columns = []
    for field in table.fields:
        values = [row[field.name] for row in rows]
        if field.choices:
            codes = {value: i for i, value in enumerate(field.choices)} | {None: None}
            column: Any = pa.DictionaryArray.from_arrays(
                pa.array([codes[v] for v in values], pa.int8()), pa.array(field.choices)
            )
        elif field.type == DECIMAL:
            column = pa.array([None if v is None else v.quantize(SCALE) for v in values], DECIMAL)
        else:
            column = pa.array(values, field.type)
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=table.schema)


def _documents(connection: Connection) -> list[Row]:
    """The articles that have a source, by address; of those with equal text one is published:
    an extracted one, the earliest."""
    d, current = schema.documents.c, schema.extractions
    query = (
        sa.select(d.doc_id, d.uri, d.text_hash, d.published, current.c.run_id)
        .select_from(schema.documents)
        .outerjoin(current, sa.and_(current.c.doc_id == d.doc_id, current.c.current))
        .where(d.doc_id.in_(sa.select(schema.sources.c.doc_id)))
    )
    found = _rows(connection, query, "uri", "doc_id")
    first: dict[str, Row] = {}
    for row in sorted(found, key=lambda r: (r["run_id"] is None, r["published"] is None, r["published"] or 0)):
        first.setdefault(row["text_hash"], row)
    for row in found:
        original = first[row["text_hash"]]["doc_id"]
        row["duplicate_of"] = None if original == row["doc_id"] else original
    return found


def _piece(connection: Connection, docs: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of the tables that belong to these articles."""
    order = {row["doc_id"]: i for i, row in enumerate(docs)}
    original = {row["doc_id"]: row["duplicate_of"] for row in docs}
    ids = list(order)
    shown = [i for i in ids if original[i] is None]

    def of(table: sa.Table, doc_ids: Sequence[str], *by: str) -> list[Row]:
        found = reads.fetch(connection, sa.select(table).where(table.c.doc_id.in_(doc_ids)))
        return sorted(found, key=lambda r: (order[r["doc_id"]], *(r[b] for b in by)))

    documents = {r["doc_id"]: r | {"duplicate_of": original[r["doc_id"]]} for r in of(schema.documents, ids)}
    texts = {i: r["text"] for i, r in documents.items()}
    claims = of(schema.claims, shown, "start", "kind", "claim_id")
    place = {row["claim_id"]: i for i, row in enumerate(claims)}
    for row in claims:
        row["cue"] = _slice(texts[row["doc_id"]], row, "cue")
    details = {
        t.name: sorted(of(t, shown), key=lambda r: place[r["claim_id"]])
        for t in (schema.amounts, schema.quotes, schema.predictions)
    }
    parts = sorted(of(schema.quote_spans, shown), key=lambda r: (place[r["claim_id"]], r["role"], r["position"]))
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for part in parts:
        said[part["claim_id"], part["role"]].append(texts[part["doc_id"]][part["start"] : part["end"]])
    for row in details["quotes"]:
        row |= {role: said[row["claim_id"], role] for role in schema.SPAN_ROLES}
    for row in details["predictions"]:
        row |= {name: _slice(texts[row["doc_id"]], row, name) for name in ("condition", "horizon")}
    mentions: dict[tuple[str, int, int, str], Row] = {}
    for m in of(schema.mentions, shown, "start", "end", "speaker_id", "position"):
        mentions.setdefault((m["doc_id"], m["start"], m["end"], m["speaker_id"]), m)
    speakers = of(schema.speakers, shown, "speaker_id")
    piece = {
        "documents": list(documents.values()),
        "blocks": of(schema.blocks, ids, "position"),
        "claims": claims,
        **details,
        "quote_spans": parts,
        "mentions": list(mentions.values()),
        "speakers": speakers,
    }
    return piece | {"claims_wide": _wide(connection, piece, documents)}


def _wide(connection: Connection, piece: Mapping[str, list[Row]], documents: Mapping[str, Row]) -> list[Row]:
    """The claims with their details, speakers and articles beside them."""
    corpora: dict[str, list[str]] = defaultdict(list)
    for corpus, _, doc_id in reads.sources_of(connection, documents):
        if corpus not in corpora[doc_id]:
            corpora[doc_id].append(corpus)
    speakers = {(s["doc_id"], s["speaker_id"]): s for s in piece["speakers"]}
    details = {
        ("amount", "amount_"): {r["claim_id"]: r for r in piece["amounts"]},
        ("quote", "quote_"): {r["claim_id"]: r for r in piece["quotes"]},
        ("prediction", "prediction_"): {r["claim_id"]: r for r in piece["predictions"]},
    }
    blank: Row = dict.fromkeys(f.name for f in fields.WIDE.fields)
    out = []
    for claim in piece["claims"]:
        article = documents[claim["doc_id"]]
        row = blank | claim | {f"article_{k}": v for k, v in article.items()}
        row |= {"sentence": _slice(article["text"], claim, "sentence"), "corpora": corpora[claim["doc_id"]]}
        speaker = speakers.get((claim["doc_id"], claim["speaker_id"]))
        if speaker:
            row |= {f"speaker_{k}": speaker[k] for k in ("kind", "role", "wikidata", "party")}
            row |= {"speaker": speaker["name"], "speaker_mention": _slice(article["text"], claim, "speaker")}
        for (kind, prefix), found in details.items():
            if claim["kind"] == kind:
                detail = found[claim["claim_id"]]
                row |= {name if name in ("quote_type", "act") else prefix + name: v for name, v in detail.items()}
        out.append(row)
    return out


def _slice(text: str, row: Row, name: str) -> str | None:
    """The words of a span whose ends the row holds."""
    start = row[f"{name}_start"]
    return None if start is None else text[start : row[f"{name}_end"]]


def _rows(connection: Connection, query: sa.Select[Any], *by: str) -> list[Row]:
    """The rows of a query, ordered as Python orders text, which is the same for every database."""
    return sorted(reads.fetch(connection, query), key=lambda r: tuple(r[b] for b in by))


def _most_frequent(values: Iterable[str | None]) -> str | None:
    counted = Counter(v for v in values if v is not None)
    return min(counted, key=lambda v: (-counted[v], v)) if counted else None
