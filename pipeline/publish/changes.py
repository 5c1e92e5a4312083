"""Which claims came, went or changed between two publications of the dataset, and why, told by their files alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from pipeline.publish.columns import json_lists, place, whole
from pipeline.publish.fields import DOCUMENTS, WIDE
from pipeline.store.diff import PROVENANCE, Difference

Row = dict[str, Any]
PROGRAM = ("extractor_version", "model", "config_hash")
REVIEW = ("review_status", "reviewer", "reviewed_at", "corrected")
ASIDE = PROVENANCE | {"reviewer", "reviewed_at", "corrected", "corpora", "cluster_id", "link"}
"""Columns in which a claim may differ and be the same: where it comes from, who has judged it, what else there is."""
COMPARED = tuple(f.name for f in WIDE.fields if f.name not in ASIDE and not f.name.startswith("article_"))
TOLD = ("claim_id", "kind", "text", "doc_id", "article_uri", *REVIEW, *PROGRAM)
ARTICLE = tuple(f.name for f in DOCUMENTS.fields if f.name not in ("text", "fetched_at"))


@dataclass(frozen=True)
class Publication:
    """The tables of a dataset, read when they are asked for."""

    folder: Path

    def column(self, name: str) -> pa.Array:
        """A column of the claims in a form that can be compared."""
        values = whole(self.read("claims_wide", name)[name])
        return json_lists(values) if pa.types.is_list(values.type) else values.cast(pa.string())

    def read(self, table: str, *columns: str) -> pa.Table:
        """Those of the columns that the table has."""
        file = self.folder / f"{table}.parquet"
        known = pyarrow.parquet.read_schema(file).names
        return pyarrow.parquet.read_table(file, columns=[c for c in columns if c in known])

    @cached_property
    def names(self) -> frozenset[str]:
        """The columns of the claims."""
        return frozenset(pyarrow.parquet.read_schema(self.folder / "claims_wide.parquet").names)

    @cached_property
    def claims(self) -> pa.Table:
        """What is told of each claim."""
        return self.read("claims_wide", *TOLD)

    @cached_property
    def documents(self) -> dict[str, Row]:
        """The articles by id."""
        return {row["doc_id"]: row for row in self.read("documents", *ARTICLE).to_pylist()}

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The addresses of the articles."""
        return frozenset(row["uri"] for row in self.documents.values())

    @cached_property
    def reviews(self) -> dict[str, Row]:
        """What was decided, by the claim that was judged."""
        return {row["claim_id"]: row for row in self.read("reviews", "claim_id", "status", "reviewers").to_pylist()}

    @cached_property
    def programs(self) -> dict[str, Row]:
        """By article, which program and model extracted its claims."""
        rows = self.claims.select(["doc_id", *PROGRAM]).group_by(["doc_id", *PROGRAM]).aggregate([])
        return {row.pop("doc_id"): row for row in rows.to_pylist()}


def compare(before: Path, after: Path) -> list[Difference]:
    """The claims that two dataset folders do not share: first by place in the later one, then those that went."""
    old, new = Publication(before), Publication(after)
    was = place(new.claims["claim_id"], old.claims["claim_id"])
    stays = place(old.claims["claim_id"], new.claims["claim_id"])
    fields = _changed(old, new, was)
    rows = new.claims.filter(pa.array(_null(was) | np.isin(np.arange(len(was)), list(fields))))
    places = np.flatnonzero(_null(was) | np.isin(np.arange(len(was)), list(fields)))
    out = list(_later(old, new, rows, places, was, fields))
    went = old.claims.filter(pa.array(_null(stays)))
    return out + [_difference("went", row, _why_gone(row, old, new)) for row in went.to_pylist()]


def _null(places: pa.Array) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = places.is_null().to_numpy(zero_copy_only=False)
    return found


def _changed(old: Publication, new: Publication, was: pa.Array) -> dict[int, list[str]]:
    """By the row of a claim that both have: the columns in which it differs."""
    both = was.is_valid()
    rows, earlier = np.flatnonzero(both.to_numpy(zero_copy_only=False)), was.filter(both)
    out: dict[int, list[str]] = {}
    for name in COMPARED:
        if name in old.names and name in new.names:
            now, then = new.column(name).filter(both), old.column(name).take(earlier)
            same = pc.fill_null(pc.equal(now, then), False)
            same = pc.or_(same, pc.and_(now.is_null(), then.is_null()))
            for i in rows[~same.to_numpy(zero_copy_only=False)]:
                out.setdefault(int(i), []).append(name)
    return out


def _later(
    old: Publication, new: Publication, rows: pa.Table, places: Any, was: pa.Array, fields: dict[int, list[str]]
) -> Iterator[Difference]:
    """The claims of the later publication that are new or have changed."""
    for row, i in zip(rows.to_pylist(), places, strict=True):
        before = was[int(i)].as_py()
        if before is None:
            yield _difference("came", row, _why_new(row, old, new))
        else:
            then = old.claims.slice(before, 1).to_pylist()[0]
            yield _difference("changed", row, _why_changed(then, row, old, new, fields[i]), tuple(fields[i]))


def _difference(change: Any, row: Row, reason: str, fields: tuple[str, ...] = ()) -> Difference:
    return Difference(change, row["claim_id"], row["kind"], row["text"], row["article_uri"], reason, fields)


def _why_new(row: Row, old: Publication, new: Publication) -> str:
    if row.get("review_status") in ("added", "corrected"):
        return _reviewed(row)
    if row["doc_id"] not in old.documents:
        return "new version of the article" if row["article_uri"] in old.addresses else "new article"
    if row["claim_id"] in old.reviews:
        return "review taken back"
    return _why_other(row["doc_id"], old, new)


def _why_gone(row: Row, old: Publication, new: Publication) -> str:
    judged = new.reviews.get(row["claim_id"])
    if judged and judged["status"] in ("rejected", "corrected"):
        return f"review: {judged['status']} by {', '.join(judged['reviewers'])}"
    if row.get("review_status") in ("added", "corrected") and not judged:
        return "review taken back"
    if row["doc_id"] not in new.documents:
        return "new version of the article" if row["article_uri"] in new.addresses else "article removed"
    return _why_other(row["doc_id"], old, new)


def _why_changed(then: Row, now: Row, old: Publication, new: Publication, fields: list[str]) -> str:
    if any(then.get(name) != now.get(name) for name in REVIEW):
        return _reviewed(now) if now.get("reviewer") else f"review: {now.get('review_status')}"
    if all(name.startswith("speaker") for name in fields) and all(then[name] == now[name] for name in PROGRAM):
        return "speakers merged or parted"
    return _why_other(now["doc_id"], old, new)


def _reviewed(row: Row) -> str:
    status = "speaker follows the quote" if row["review_status"] == "open" else row["review_status"]
    return f"review: {status} by {row['reviewer']}"


def _why_other(doc_id: str, old: Publication, new: Publication) -> str:
    """Why an article that both publications have gives other claims."""
    then, now = (p.documents.get(doc_id, {}) for p in (old, new))
    if then.get("duplicate_of") != now.get("duplicate_of"):
        return "another article with the same text is published"
    if then != now:
        return "the article's metadata changed"
    programs = [p.programs.get(doc_id) for p in (old, new)]
    if programs[0] == programs[1]:
        return "the article is read differently"
    versions = [f"{p['extractor_version']} with {p['model']}" if p else "nothing found" for p in programs]
    return f"{versions[1]} after {versions[0]}" if versions[0] != versions[1] else "other rules, data, weights or model"
