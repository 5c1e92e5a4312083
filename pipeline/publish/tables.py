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
from pipeline.publish.editions import Became, Editions, editions
from pipeline.publish.fields import TEXTS
from pipeline.publish.judgements import Decided, decided, judge
from pipeline.publish.places import fold, placed, sources, with_links
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
    people = decided(connection)
    same = editions(connection, _became(connection, people) if reviewed else _unchanged)
    known = same.documents
    speakers: dict[str, list[Row]] = defaultdict(list)
    runs: set[str] = set()
    kept: list[pa.Table] = []
    for i in range(0, len(known), CHUNK):
        piece = _piece(connection, known[i : i + CHUNK], same, people, reviewed)
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
        "document_links": same.links,
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


def _became(connection: Connection, people: Decided) -> Became:
    """What became of an article's claims by review."""

    def became(doc_id: str) -> dict[str, str | None]:
        if doc_id not in people.doc_ids:
            return {}
        judged = judge(connection, doc_id)[1]
        return {j.item.claim.claim_id: j.claim.claim_id if j.claim else None for j in judged}

    return became


def _unchanged(_doc_id: str) -> dict[str, str | None]:
    return {}


def _piece(
    connection: Connection, docs: Sequence[Row], same: Editions, people: Decided, reviewed: bool
) -> dict[str, pa.Table]:
    """The rows of the tables that belong to these articles; the column ``at`` has the article's place among them."""
    ids = [row["doc_id"] for row in docs]
    shown = [row["doc_id"] for row in docs if row["duplicate_of"] is None]
    found = {t.name: fetch(connection, t, ids) for t in (schema.documents, schema.blocks)}
    found |= {t.name: fetch(connection, t, shown) for t in (*OF_CLAIMS, schema.mentions, schema.speakers)}
    found = fold(amend(connection, found, shown, people, apply=reviewed), same)
    places = pa.array(ids, pa.string())

    def of(name: str, *by: str) -> pa.Table:
        rows = found[name].append_column("at", place(found[name]["doc_id"], places))
        return rows.sort_by([(name, "ascending") for name in ("at", *by)])

    documents = of("documents")
    for name in ("duplicate_of", "superseded_by"):
        documents = documents.append_column(name, pa.array([r[name] for r in docs], pa.string()))
    texts = documents["text"].to_pylist()
    blocks = of("blocks", "position")
    stands = placed(of("places", "start", "kind", "claim_id"), documents, blocks)
    claims = of("claims", "start", "kind", "claim_id")
    claims = with_links(claims, stands, documents).append_column("cue", words(texts, claims, "cue"))

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
        "blocks": blocks,
        "claims": claims,
        "claim_sources": sources(connection, stands, docs, same),
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
