"""The columns of a piece of the dataset with what people decided in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.publish import fields
from pipeline.publish.columns import from_rows, place, whole
from pipeline.publish.fields import MOMENT, TEXTS
from pipeline.publish.judgements import Decided, extraction, judge
from pipeline.records import Speaker
from pipeline.store import schema
from pipeline.store.rows import Row, extraction_rows

OF_CLAIMS = (schema.claims, schema.amounts, schema.quotes, schema.quote_spans, schema.predictions)
FLAGS: Mapping[str, pa.DataType] = {
    "review_status": pa.string(),
    "reviewer": pa.string(),
    "reviewed_at": MOMENT,
    "corrected": TEXTS,
}
SPOKEN = ("name", "kind", "role", "wikidata", "party")


def amend(
    connection: Connection, found: Mapping[str, pa.Table], doc_ids: Sequence[str], people: Decided, *, apply: bool
) -> dict[str, pa.Table]:
    """The store's rows of some articles as people have settled them, with the rows of ``reviews``.

    Without ``apply`` the rows stay as they were extracted, and only the flags and ``reviews`` tell of the decisions.
    """
    out = dict(found) | {"claims": _open(found["claims"])}
    judged = [doc_id for doc_id in doc_ids if doc_id in people.doc_ids]
    rows: dict[sa.Table, list[Row]] = defaultdict(list)
    told: list[Row] = []
    ran = _runs(connection, judged)
    for doc_id in judged:
        document, claims = judge(connection, doc_id, apply=apply)
        flags = {j.claim.claim_id: j.flags for j in claims if j.claim}
        for table, made in extraction_rows([extraction(document, claims)], ran.get(doc_id, "")).items():
            rows[table] += [r | flags[r["claim_id"]] for r in made] if table is schema.claims else made
        told += [j.row for j in claims if j.status != "open"]
    for table in OF_CLAIMS if judged else ():
        types = FLAGS if table is schema.claims else {}
        kept = _without(out[table.name], judged)
        out[table.name] = pa.concat_tables([kept, from_rows(table, rows[table], types)])
    known = set(zip(*(out["speakers"][c].to_pylist() for c in ("doc_id", "speaker_id")), strict=True))
    new = [r for r in rows[schema.speakers] if (r["doc_id"], r["speaker_id"]) not in known]
    out["speakers"] = pa.concat_tables([out["speakers"], from_rows(schema.speakers, new)])
    out["reviews"] = pa.Table.from_pylist(told, pa.schema([(f.name, _plain(f.type)) for f in fields.REVIEWS.fields]))
    return _merge(out, people.merged if apply else {})


def _open(claims: pa.Table) -> pa.Table:
    """The claims with the flags of those that nobody has judged."""
    n = claims.num_rows
    none = pa.ListArray.from_arrays(pa.array([0] * (n + 1), pa.int32()), pa.array([], pa.string()))
    flags = {"review_status": pa.repeat("open", n), "corrected": none}
    for name, kind in FLAGS.items():
        claims = claims.append_column(name, flags.get(name, pa.nulls(n, kind)))
    return claims


def _runs(connection: Connection, doc_ids: Sequence[str]) -> dict[str, str]:
    """The run that extracted each article."""
    e = schema.extractions.c
    query = sa.select(e.doc_id, e.run_id).where(e.current, e.doc_id.in_(doc_ids))
    return {row.doc_id: row.run_id for row in connection.execute(query)} if doc_ids else {}


def _without(rows: pa.Table, doc_ids: Sequence[str]) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows["doc_id"], value_set=pa.array(doc_ids, pa.string()))))


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


def _merge(found: dict[str, pa.Table], merged: Mapping[str, Speaker]) -> dict[str, pa.Table]:
    """One id for all speakers that people hold to be one; ``speakers.merged`` has the ids that went."""
    speakers = found["speakers"]
    was, now = pa.array(list(merged), pa.string()), pa.array([s.speaker_id for s in merged.values()], pa.string())
    rows = speakers.filter(pc.is_in(speakers["speaker_id"], value_set=was)).to_pylist()
    for name in ("claims", "mentions") if rows else ():
        ids = whole(found[name]["speaker_id"])
        at = found[name].schema.get_field_index("speaker_id")
        one = pc.coalesce(now.take(place(ids, was)), ids)
        found[name] = found[name].set_column(at, "speaker_id", one)
    kept = speakers.filter(pc.invert(pc.is_in(speakers["speaker_id"], value_set=was)))
    kept = kept.append_column("merged", _open(kept)["corrected"])
    given = [_given(row, merged[row["speaker_id"]]) for row in rows]
    return found | {"speakers": pa.concat_tables([kept, from_rows(schema.speakers, given, {"merged": TEXTS})])}


def _given(row: Row, speaker: Speaker) -> Row:
    """A speaker's row under the name of the one that it was merged into."""
    aliases = sorted({row["name"], *row["aliases"], *speaker.aliases} - {speaker.name})
    said: dict[str, Any] = {name: getattr(speaker, name) for name in SPOKEN}
    return row | said | {"speaker_id": speaker.speaker_id, "aliases": aliases, "merged": [row["speaker_id"]]}
