"""Every place where a claim stands: the rows of claim_sources, and the links and pages of the claims themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.links import text_fragment
from pipeline.publish.columns import place, whole
from pipeline.publish.editions import Editions
from pipeline.store import schema
from pipeline.store.rows import Row

PDF = "application/pdf"
SETTLED = ("corrected", "added")
"""Reviewers have said of these claims what no copy says: they are published as they are."""


def fold(found: Mapping[str, pa.Table], editions: Editions) -> dict[str, pa.Table]:
    """The rows of some articles without the claims that are published with another article.

    Under ``places`` are all the claims, with ``published_as``: the id under which each is published.
    """
    claims = found["claims"]
    ids, docs = claims["claim_id"].to_pylist(), claims["doc_id"].to_pylist()
    open_ = pc.invert(pc.is_in(claims["review_status"], value_set=pa.array(SETTLED))).to_pylist()
    known, gone = editions.published_as, {r["doc_id"] for r in editions.documents if r["superseded_by"]}
    became = [
        known[d].get(i, i) if d in known and (o or d in gone) else i for i, d, o in zip(ids, docs, open_, strict=True)
    ]
    places = claims.append_column("published_as", pa.array(became, pa.string()))
    out = dict(found) | {"places": places.filter(pc.is_valid(places["published_as"]))}
    folded = {i: b for i, b in zip(ids, became, strict=True) if b != i}
    if not folded:
        return out
    own, away = pa.array(list(folded), pa.string()), pa.array(list(folded.values()), pa.string())
    for name in ("claims", "amounts", "quotes", "quote_spans", "predictions"):
        out[name] = found[name].filter(pc.invert(pc.is_in(found[name]["claim_id"], value_set=own)))
    for name, column in (("claims", "within"), ("reviews", "published_as")):
        values = whole(out[name][column])
        moved = pc.is_in(values, value_set=own)
        new = pc.if_else(moved, away.take(place(values, own)), values)
        out[name] = out[name].set_column(out[name].schema.get_field_index(column), column, new)
    return out


def placed(claims: pa.Table, documents: pa.Table, blocks: pa.Table) -> pa.Table:
    """The claims with the page they begin on, and what makes an address lead to them."""
    claims = claims.append_column("page", _pages(claims, blocks))
    return claims.append_column("fragment", _fragments(claims, documents))


def with_links(claims: pa.Table, stands: pa.Table, documents: pa.Table) -> pa.Table:
    """The published claims with their pages and links, from all claims as ``placed`` gives them."""
    at = place(claims["claim_id"], stands["claim_id"])
    uris = documents["uri"].take(claims["at"])
    claims = claims.append_column("page", stands["page"].take(at))
    return claims.append_column("link", linked(uris, stands["fragment"].take(at)))


def linked(uris: Any, fragments: Any) -> pa.Array:
    """The addresses with the fragments; null where the address is none on the web, or there is no fragment."""
    uris = whole(uris)
    web = pc.match_substring_regex(uris, "^https?://")
    return pc.if_else(
        web,
        pc.binary_join_element_wise(pc.replace_substring_regex(uris, "#.*$", ""), whole(fragments), ""),
        pa.scalar(None, pa.string()),
    )


def sources(connection: Connection, places: pa.Table, docs: Sequence[Row], editions: Editions) -> pa.Table:
    """The rows of claim_sources for the claims in ``places``: for each, every address of its article and its copies."""
    held = [[row, *editions.copies.get(row["doc_id"], ())] if row["duplicate_of"] is None else [] for row in docs]
    uris = _uris(connection, [row["doc_id"] for rows in held for row in rows])
    found = [[(row, uri) for row in rows for uri in uris[row["doc_id"]]] for rows in held]
    counts = np.array([len(rows) for rows in found])[places["at"].to_numpy()]
    claims = places.take(pa.array(np.repeat(np.arange(places.num_rows), counts)))
    flat = [pair for rows in found for pair in rows]
    begins = np.concatenate([[0], np.cumsum([len(rows) for rows in found])])[:-1]
    within = np.arange(claims.num_rows) - np.repeat(np.cumsum(counts) - counts, counts)
    at = pa.array(begins[claims["at"].to_numpy()] + within)
    doc_ids = pa.array([row["doc_id"] for row, _ in flat], pa.string()).take(at)
    paged = pa.array([row["media_type"] == PDF for row, _ in flat], pa.bool_()).take(at)
    old = pa.array([row["superseded_by"] is not None for row, _ in flat], pa.bool_()).take(at)
    addresses = pa.array([uri for _, uri in flat], pa.string()).take(at)
    own = pc.equal(doc_ids, claims["doc_id"])
    first = pc.and_(own, pc.equal(claims["published_as"], claims["claim_id"]))
    relation = pc.case_when(pc.make_struct(old, first, own), "earlier_version", "original", "near_copy", "exact_copy")
    return pa.table(
        {
            "claim_id": claims["published_as"],
            "doc_id": doc_ids,
            "uri": addresses,
            "relation": relation,
            "start": claims["start"],
            "end": claims["end"],
            "page": pc.if_else(paged, claims["page"], pa.scalar(None, pa.int32())),
            "link": linked(addresses, claims["fragment"]),
        }
    )


def _uris(connection: Connection, doc_ids: Sequence[str]) -> dict[str, list[str]]:
    """All addresses of each article."""
    s = schema.sources.c
    query = sa.select(s.doc_id, s.uri).where(s.doc_id.in_(doc_ids)).distinct()
    out: dict[str, list[str]] = defaultdict(list)
    for doc_id, uri in sorted((row.doc_id, row.uri) for row in connection.execute(query)):
        out[doc_id].append(uri)
    return out


def _pages(claims: pa.Table, blocks: pa.Table) -> pa.Array:
    """The number of the page on which the block around each claim's beginning begins."""
    blocks = blocks.filter(pc.is_valid(blocks["page"]))
    if not blocks.num_rows:
        return pa.nulls(claims.num_rows, pa.int32())
    keys = _place(blocks)
    order = np.argsort(keys, kind="stable")
    wanted = _place(claims)
    at = np.searchsorted(keys[order], wanted, "right") - 1
    same = (at >= 0) & (keys[order][at] >> 32 == wanted >> 32)
    return pa.array(blocks["page"].to_numpy()[order][at], pa.int32(), mask=~same)


def _place(rows: pa.Table) -> Any:
    return rows["at"].to_numpy().astype(np.int64) << 32 | rows["start"].to_numpy().astype(np.int64)


def _fragments(claims: pa.Table, documents: pa.Table) -> pa.Array:
    """For each claim of a document on the web what is to be added to the document's address."""
    texts, kinds = documents["text"].to_pylist(), documents["media_type"].to_pylist()
    columns = (claims[name].to_pylist() for name in ("at", "start", "end", "page"))
    out = []
    for at, start, end, page in zip(*columns, strict=True):
        if kinds[at] == PDF:
            out.append(f"#page={page}" if page is not None else None)
        else:
            out.append(text_fragment(texts[at], start, end))
    return pa.array(out, pa.string())
