"""Read the store as the published tables, column by column, some hundred articles at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.publish import fields, relations
from pipeline.publish.columns import fetch, of_table, place, whole, words
from pipeline.publish.fields import TEXTS
from pipeline.publish.judgements import Decided, decided
from pipeline.publish.reviewed import OF_CLAIMS, amend
from pipeline.store import reads, schema
from pipeline.store.rows import Row

CHUNK = 1000
"""Articles per chunk: bounds memory; also the row groups of the Parquet files."""
SPOKEN = ("name", "kind", "role", "aliases", "wikidata", "party", "merged")


def chunks(connection: Connection, *, reviewed: bool = True) -> Iterator[dict[str, pa.Table]]:
    """All published tables in pieces, by name; rows are ordered by article address, then by place in the article.

    Unless ``reviewed``, claims are as they were extracted, whatever people decided on them.
    """
    known, people = _documents(connection), decided(connection)
    speakers: dict[str, list[Row]] = defaultdict(list)
    runs: set[str] = set()
    kept: list[pa.Table] = []
    for i in range(0, len(known), CHUNK):
        piece = _piece(connection, known[i : i + CHUNK], people, reviewed)
        for row in piece["speakers"].select(["speaker_id", *SPOKEN]).to_pylist():
            speakers[row["speaker_id"]].append(row)
        runs.update(piece["claims"]["run_id"].unique().to_pylist())
        kept.append(piece["claims"].select(["claim_id", "doc_id", "kind", "corrected"]))
        made = {t.name: of_table(t, columns(piece[t.name])) for t in fields.TABLES if t.name in piece}
        yield {name: table for name, table in made.items() if name != "speakers"}
    failed = [asdict(f) for f in reads.open_failures(connection)]
    runs.update(row["run_id"] for row in failed)
    rest = {
        "speakers": [merge(rows) for _, rows in sorted(speakers.items())],
        "sources": _rows(connection, sa.select(schema.sources), "corpus", "file", "uri"),
        "runs": [r for r in _rows(connection, sa.select(schema.runs), "run_id") if r["run_id"] in runs],
        "failures": failed,
    }
    rest |= relations.rows(connection, kept, as_extracted=not reviewed)
    of_all = ((t, rest[t.name]) for t in fields.TABLES if t.name in rest)
    yield {t.name: of_table(t, {f.name: [r[f.name] for r in rows] for f in t.fields}) for t, rows in of_all}


def columns(table: pa.Table) -> dict[str, Any]:
    """The columns of a table by name."""
    return dict(zip(table.column_names, table.columns, strict=True))


def merge(rows: Sequence[Row]) -> Row:
    """One speaker from what several articles say of them: the most frequent name, kind and role, all aliases."""
    out = {name: _most_frequent(row[name] for row in rows) for name in ("name", "kind", "role", "wikidata", "party")}
    aliases = {alias for row in rows for alias in (row["name"], *row["aliases"])} - {out["name"]}
    merged = sorted({speaker_id for row in rows for speaker_id in row["merged"]})
    return out | {"speaker_id": rows[0]["speaker_id"], "aliases": sorted(aliases), "merged": merged}


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


def _piece(connection: Connection, docs: Sequence[Row], people: Decided, reviewed: bool) -> dict[str, pa.Table]:
    """The rows of the tables that belong to these articles; the column ``at`` has the article's place among them."""
    ids = [row["doc_id"] for row in docs]
    shown = [row["doc_id"] for row in docs if row["duplicate_of"] is None]
    found = {t.name: fetch(connection, t, ids) for t in (schema.documents, schema.blocks)}
    found |= {t.name: fetch(connection, t, shown) for t in (*OF_CLAIMS, schema.mentions, schema.speakers)}
    found = amend(connection, found, shown, people, apply=reviewed)
    places = pa.array(ids, pa.string())

    def of(name: str, *by: str) -> pa.Table:
        rows = found[name].append_column("at", place(found[name]["doc_id"], places))
        return rows.sort_by([(name, "ascending") for name in ("at", *by)])

    documents = of("documents")
    documents = documents.append_column("duplicate_of", pa.array([r["duplicate_of"] for r in docs], pa.string()))
    texts = documents["text"].to_pylist()
    claims = of("claims", "start", "kind", "claim_id")
    claims = claims.append_column("cue", words(texts, claims, "cue"))

    def detail(name: str, *by: str) -> pa.Table:
        rows = of(name)
        rows = rows.append_column("of", place(rows["claim_id"], claims["claim_id"]))
        return rows.sort_by([(name, "ascending") for name in ("of", *by)])

    quotes, spans = detail("quotes"), detail("quote_spans", "role", "position")
    for role in schema.SPAN_ROLES:
        quotes = quotes.append_column(role, _parts(quotes, spans.filter(pc.equal(spans["role"], role)), texts))
    predictions = detail("predictions")
    for name in ("condition", "horizon"):
        predictions = predictions.append_column(name, words(texts, predictions, name))
    piece = {
        "documents": documents,
        "blocks": of("blocks", "position"),
        "claims": claims,
        "amounts": detail("amounts"),
        "quotes": quotes,
        "quote_spans": spans,
        "predictions": predictions,
        "mentions": _once(of("mentions", "start", "end", "speaker_id", "position")),
        "speakers": of("speakers", "speaker_id", "name"),
        "reviews": of("reviews", "claim_id"),
    }
    return piece | {"claims_wide": _wide(piece, texts, _corpora(connection, ids))}


def _parts(quotes: pa.Table, spans: pa.Table, texts: Sequence[str]) -> pa.Array:
    """The words of each quote's spans, as lists; both are in the order of the claims."""
    owner = place(spans["claim_id"], quotes["claim_id"]).to_numpy()
    counts = np.bincount(owner, minlength=quotes.num_rows)
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    return pa.ListArray.from_arrays(offsets, words(texts, spans))


def _once(mentions: pa.Table) -> pa.Table:
    """The mentions without those that say the same of the same characters as the one before."""
    new = np.zeros(mentions.num_rows, bool)
    new[:1] = True
    for name in ("at", "start", "end", "speaker_id"):
        column = whole(mentions[name])
        new[1:] |= pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
    return mentions.filter(pa.array(new))


def _corpora(connection: Connection, doc_ids: Sequence[str]) -> pa.Array:
    """The names of the corpora that hold each article."""
    held: dict[str, dict[str, None]] = {doc_id: {} for doc_id in doc_ids}
    for corpus, _, doc_id in reads.sources_of(connection, doc_ids):
        held[doc_id][corpus] = None
    return pa.array([list(corpora) for corpora in held.values()], TEXTS)


def _wide(piece: Mapping[str, pa.Table], texts: Sequence[str], corpora: pa.Array) -> pa.Table:
    """The claims with their details, speakers and articles beside them."""
    claims, speakers = piece["claims"], piece["speakers"]
    wide = columns(claims)
    who = place(_speaker_key(claims), _speaker_key(speakers))
    wide["speaker"] = speakers["name"].take(who)
    wide |= {f"speaker_{n}": speakers[n].take(who) for n in ("kind", "role", "wikidata", "party")}
    wide |= {"sentence": words(texts, claims, "sentence"), "speaker_mention": words(texts, claims, "speaker")}
    wide |= {f"article_{n}": c.take(claims["at"]) for n, c in columns(piece["documents"]).items() if n != "text"}
    wide["corpora"] = corpora.take(whole(claims["at"]))
    for name, prefix in (("amounts", "amount_"), ("quotes", "quote_"), ("predictions", "prediction_")):
        details = piece[name]
        row = place(claims["claim_id"], details["claim_id"])
        for column, values in columns(details).items():
            wide[column if column in ("quote_type", "act") else prefix + column] = values.take(row)
    return pa.table({f.name: wide[f.name] for f in fields.WIDE.fields})


def _speaker_key(rows: pa.Table) -> pa.Array:
    """The article and the speaker in one value; null where nobody speaks."""
    return pc.binary_join_element_wise(rows["doc_id"], rows["speaker_id"], " ")


def _rows(connection: Connection, query: sa.Select[Any], *by: str) -> list[Row]:
    """The rows of a query, ordered as Python orders text, which is the same for every database."""
    return sorted(reads.fetch(connection, query), key=lambda r: tuple(r[b] for b in by))


def _most_frequent(values: Iterable[str | None]) -> str | None:
    counted = Counter(v for v in values if v is not None)
    return min(counted, key=lambda v: (-counted[v], v)) if counted else None
