"""Questions to the store; none of them changes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.errors import InputError
from pipeline.links import claim_link
from pipeline.records import Amount, Claim, Document, Prediction, Quote, Speaker
from pipeline.store import rows
from pipeline.store.rows import Row
from pipeline.store.schema import (
    amounts,
    blocks,
    claims,
    documents,
    extractions,
    failures,
    mentions,
    predictions,
    quote_spans,
    quotes,
    runs,
    sources,
    speakers,
)


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """A file that did not get through a step, and why."""

    corpus: str
    file: str
    step: str
    reason: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The whole provenance of one claim: its article, the article's sources, the run, how its speaker was resolved."""

    claim: Claim
    document: Document
    sources: tuple[tuple[str, str, str], ...]
    run: Mapping[str, Any]
    extractions: tuple[tuple[str, str, datetime], ...]
    speaker_rule: str | None

    @property
    def page(self) -> int | None:
        """The number of the printed page, where the article has pages."""
        return self.document.page_at(self.claim.start)

    @property
    def link(self) -> str | None:
        """What opens the article at the claim; ``None`` for an article that is not on the web."""
        place = (self.document.text, self.claim.start, self.claim.end)
        links = (claim_link(uri, *place, self.page) for uri in (self.document.uri, *(s[2] for s in self.sources)))
        return next(filter(None, links), None)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; the article without its text and blocks."""
        article = {k: v for k, v in self.document.to_dict().items() if k not in ("text", "blocks")}
        return {
            "claim": self.claim.to_dict(),
            "page": self.page,
            "link": self.link,
            "document": article,
            "sources": [dict(zip(("corpus", "file", "uri"), s, strict=True)) for s in self.sources],
            "run": {k: v.isoformat() if isinstance(v, datetime) else v for k, v in self.run.items()},
            "extractions": [{"run_id": r, "pipeline_version": v, "at": t.isoformat()} for r, v, t in self.extractions],
            "speaker_rule": self.speaker_rule,
        }


def fetch(connection: Connection, query: sa.Select[Any]) -> list[Row]:
    """The rows of a query, by column name."""
    result = connection.execute(query)
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result]


def pending(connection: Connection, corpus: str, pipeline_version: str, config_hash: str) -> list[str]:
    """The ids of the corpus's documents that this version and configuration has not extracted as they are now."""
    query = (
        sa.select(documents.c.doc_id)
        .where(documents.c.doc_id.in_(sa.select(sources.c.doc_id).where(sources.c.corpus == corpus)))
        .where(~_done(pipeline_version, config_hash))
        .order_by(documents.c.doc_id)
    )
    return list(connection.scalars(query))


def outstanding(connection: Connection, run_id: str, doc_ids: Sequence[str]) -> list[str]:
    """Those of the documents that no other run has extracted as this run does and as they are now."""
    run = connection.execute(sa.select(runs).where(runs.c.run_id == run_id)).one()
    done = _done(run.pipeline_version, run.config_hash, extractions.c.run_id != run_id)
    query = sa.select(documents.c.doc_id).where(documents.c.doc_id.in_(doc_ids)).where(~done)
    return list(connection.scalars(query.order_by(documents.c.doc_id)))


def _done(pipeline_version: str, config_hash: str, *more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether a version and configuration has extracted a document as it is now."""
    return sa.exists().where(
        extractions.c.doc_id == documents.c.doc_id,
        extractions.c.current,
        extractions.c.pipeline_version == pipeline_version,
        extractions.c.config_hash == config_hash,
        extractions.c.input_hash == documents.c.input_hash,
        *more,
    )


def load_documents(connection: Connection, doc_ids: Sequence[str]) -> list[Document]:
    """The documents, in the order of their ids."""
    structure: dict[str, list[Row]] = defaultdict(list)
    query = sa.select(blocks).where(blocks.c.doc_id.in_(doc_ids)).order_by(blocks.c.doc_id, blocks.c.position)
    for row in fetch(connection, query):
        structure[row["doc_id"]].append(row)
    found = fetch(connection, sa.select(documents).where(documents.c.doc_id.in_(doc_ids)).order_by(documents.c.doc_id))
    return [rows.document(row, structure[row["doc_id"]]) for row in found]


def sources_of(connection: Connection, doc_ids: Iterable[str]) -> list[tuple[str, str, str]]:
    """Corpus, file and id of the documents wherever they lie."""
    columns = (sources.c.corpus, sources.c.file, sources.c.doc_id)
    query = sa.select(*columns).where(sources.c.doc_id.in_(list(doc_ids))).distinct()
    return sorted((c, f, d) for c, f, d in connection.execute(query))


def load_claims(connection: Connection, doc_id: str) -> list[Claim]:
    """The current claims of a document, in the order of their characters."""
    text = connection.execute(sa.select(documents.c.text).where(documents.c.doc_id == doc_id)).scalar_one()
    who = {s.speaker_id: s for s in load_speakers(connection, doc_id)}
    order = (claims.c.start, claims.c.end.desc(), claims.c.kind, claims.c.claim_id)
    found = fetch(connection, sa.select(claims).where(claims.c.doc_id == doc_id).order_by(*order))
    details = _details(connection, doc_id, text)
    return [rows.claim(row, text, who.get(row["speaker_id"]), details[row["claim_id"]]) for row in found]


def load_speakers(connection: Connection, doc_id: str) -> list[Speaker]:
    """Who speaks in a document."""
    query = sa.select(speakers).where(speakers.c.doc_id == doc_id).order_by(speakers.c.speaker_id)
    return [rows.speaker(row) for row in fetch(connection, query)]


def _details(connection: Connection, doc_id: str, text: str) -> dict[str, Amount | Quote | Prediction]:
    def rows_of(table: sa.Table, *order: sa.Column[Any]) -> list[Row]:
        return fetch(connection, sa.select(table).where(table.c.doc_id == doc_id).order_by(*order))

    parts: dict[str, list[Row]] = defaultdict(list)
    for part in rows_of(quote_spans, quote_spans.c.position):
        parts[part["claim_id"]].append(part)
    out: dict[str, Amount | Quote | Prediction] = {}
    for row in rows_of(amounts):
        out[row["claim_id"]] = rows.amount(row)
    for row in rows_of(quotes):
        out[row["claim_id"]] = rows.quote(row, parts[row["claim_id"]], text)
    for row in rows_of(predictions):
        out[row["claim_id"]] = rows.prediction(row, text)
    return out


def find_claim(connection: Connection, prefix: str) -> Origin:
    """The claim whose id begins with ``prefix``, and where it comes from.

    Raises ``InputError`` where there is none or more than one.
    """
    begins = claims.c.claim_id.startswith(prefix.lower(), autoescape=True)
    query = sa.select(claims.c.claim_id, claims.c.doc_id).where(begins).order_by(claims.c.claim_id, claims.c.doc_id)
    found = connection.execute(query.limit(100)).all()
    ids = sorted({row.claim_id for row in found})
    if not ids:
        raise InputError(f"no claim has an id that begins with {prefix!r}; `claims publish` lists them in claims.csv")
    if len(ids) > 1:
        shown = ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")
        raise InputError(f"{prefix!r} begins the ids of more than one claim ({shown}); give more of it")
    doc_id = found[0].doc_id
    claim = next(c for c in load_claims(connection, doc_id) if c.claim_id == ids[0])
    run = fetch(connection, sa.select(runs).where(runs.c.run_id == claim.provenance.run_id))[0]
    where = sa.select(sources.c.corpus, sources.c.file, sources.c.uri).where(sources.c.doc_id == doc_id)
    history = (
        sa.select(extractions.c.run_id, extractions.c.pipeline_version, runs.c.started_at)
        .join_from(extractions, runs)
        .where(extractions.c.doc_id == doc_id)
        .order_by(extractions.c.run_id)
    )
    return Origin(
        claim=claim,
        document=load_documents(connection, [doc_id])[0],
        sources=tuple(sorted((c, f, u) for c, f, u in connection.execute(where))),
        run=run,
        extractions=tuple((r, v, s) for r, v, s in connection.execute(history)),
        speaker_rule=_rule(connection, claim),
    )


def _rule(connection: Connection, claim: Claim) -> str | None:
    """The rule that tied the claim's source to its speaker."""
    if claim.speaker is None or claim.mention is None:
        return None
    query = sa.select(mentions.c.rule).where(
        mentions.c.doc_id == claim.doc_id,
        mentions.c.speaker_id == claim.speaker.speaker_id,
        mentions.c.start == claim.mention.start,
        mentions.c.end == claim.mention.end,
    )
    return connection.scalars(query.limit(1)).first()


def open_failures(connection: Connection, corpus: str | None = None) -> list[Failure]:
    """What failed and has not been mended, by corpus, file and step."""
    columns = (failures.c.corpus, failures.c.file, failures.c.step, failures.c.reason, failures.c.run_id)
    query = sa.select(*columns).where(failures.c.mended_by.is_(None))
    if corpus is not None:
        query = query.where(failures.c.corpus == corpus)
    return sorted(Failure(*row) for row in connection.execute(query))
