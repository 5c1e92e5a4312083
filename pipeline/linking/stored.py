"""The step of a run that links the claims of the whole store, and what is on record of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from pipeline import records
from pipeline.linking import find
from pipeline.linking.clusters import Union
from pipeline.linking.items import Amount, Item, Linked, Prediction, Quote, Who
from pipeline.store import bulk, schema
from pipeline.store.database import reading, writing
from pipeline.store.reads import fetch
from pipeline.store.rows import Row, extraction_rows
from pipeline.versions.similarity import Similarity

if TYPE_CHECKING:
    from pipeline.assembly import Extraction

BATCH = 500
"""Articles read at once."""
PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Shown:
    """A link of a claim as ``claims show`` tells it: to which claim, of which article, in which words."""

    relation: str
    other_claim_id: str
    text: str
    uri: str
    score: float
    reason: str
    later: bool


def link(engine: Engine) -> bool:
    """Link the claims of the store anew where any of them, or the rules, have changed; returns whether they had.

    All current claims take part, whatever their corpus. Of articles that are near copies of each other the earliest
    takes part: copies say the same anyway.
    """
    with reading(engine) as connection:
        docs = documents(connection)
        state = fingerprint(connection, docs)
        stored = connection.scalar(sa.select(schema.link_state.c.fingerprint))
        if stored == state:
            return False
        where: dict[str, str] = {}
        items: list[Item] = []
        for item in read(connection, [d for d in docs if docs[d]["linked"]]):
            if where.setdefault(item.claim_id, item.doc_id) == item.doc_id:
                items.append(item)
    found = find(items)
    with writing(engine) as connection:
        write(connection, found, where, state)
    return True


def documents(connection: Connection) -> dict[str, Row]:
    """The extracted articles that have a source, by id, earliest first; ``linked``: no near copy before it."""
    d, e = schema.documents.c, schema.extractions.c
    query = (
        sa.select(d.doc_id, d.uri, d.published, d.text_hash, d.content_hash, e.run_id)
        .join_from(schema.documents, schema.extractions, sa.and_(e.doc_id == d.doc_id, e.current))
        .where(d.doc_id.in_(sa.select(schema.sources.c.doc_id)))
    )
    rows = fetch(connection, query)
    rows.sort(key=lambda r: (r["published"] is None, r["published"] or 0, r["uri"], r["doc_id"]))
    group = near_copies(connection, [r["content_hash"] or r["doc_id"] for r in rows])
    seen: set[int] = set()
    for row, one in zip(rows, group, strict=True):
        row["linked"] = one not in seen
        seen.add(one)
    return {r["doc_id"]: r for r in rows}


def near_copies(connection: Connection, contents: Sequence[str]) -> list[int]:
    """For each content a number that near copies share."""
    place: dict[str, int] = {}
    for content in contents:
        place.setdefault(content, len(place))
    sets = Union()
    for a, b, jaccard, containment in connection.execute(sa.select(*schema.similarities.c)):
        if a in place and b in place and Similarity(jaccard, containment).is_near:
            sets.merge(place[a], place[b])
    return [sets.find(place[content]) for content in contents]


def fingerprint(connection: Connection, docs: Mapping[str, Row]) -> str:
    """Changes where other claims would be linked, or linked otherwise."""
    return records.digest(code_hash(), *(f"{d} {r['run_id']} {r['linked']} {r['published']}" for d, r in docs.items()))


@cache
def code_hash() -> str:
    """A digest of the rules and word lists of linking."""
    folders = (PACKAGE / "linking", PACKAGE / "knowledge" / "linking")
    files = sorted(p for folder in folders for p in folder.iterdir() if p.suffix in (".py", ".toml"))
    return records.digest(*(records.digest_bytes(p.read_bytes()) for p in files))


def write(connection: Connection, found: Linked, where: Mapping[str, str], state: str) -> None:
    """Put the links on record in the place of those that were there."""
    for table in (schema.claim_links, schema.claim_clusters, schema.link_state):
        connection.execute(table.delete())
    links = [
        {
            "doc_id": where[link.claim_id],
            "claim_id": link.claim_id,
            "other_doc_id": where[link.other_claim_id],
            "other_claim_id": link.other_claim_id,
            "relation": link.relation,
            "score": link.score,
            "reason": link.reason,
        }
        for link in found.links
    ]
    bulk.insert(connection, schema.claim_links, links)
    inside = [{"doc_id": where[c], "claim_id": c, "cluster_id": first} for c, first in found.clusters.items()]
    bulk.insert(connection, schema.claim_clusters, inside)
    connection.execute(schema.link_state.insert().values(state_id=1, fingerprint=state))


def read(connection: Connection, doc_ids: Sequence[str]) -> Iterator[Item]:
    """The current claims of the articles as linking sees them."""
    for first in range(0, len(doc_ids), BATCH):
        some = doc_ids[first : first + BATCH]
        tables = (schema.claims, schema.amounts, schema.predictions, schema.quotes, schema.speakers)
        found = {t.name: fetch(connection, sa.select(t).where(t.c.doc_id.in_(some))) for t in tables}
        spans = schema.quote_spans
        order = (spans.c.role, spans.c.position)
        parts: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in fetch(connection, sa.select(spans).where(spans.c.doc_id.in_(some)).order_by(*order)):
            parts[row["doc_id"], row["claim_id"]].append(row)
        kept = sa.select(schema.documents.c.doc_id, schema.documents.c.text, schema.documents.c.published)
        articles = {r["doc_id"]: r for r in fetch(connection, kept.where(schema.documents.c.doc_id.in_(some)))}
        details = {
            (r["doc_id"], r["claim_id"]): r for name in ("amounts", "predictions", "quotes") for r in found[name]
        }
        people = {
            (r["doc_id"], r["speaker_id"]): Who.of(r["name"], r["aliases"], r["kind"], r["wikidata"])
            for r in found["speakers"]
        }
        for claim in found["claims"]:
            key = claim["doc_id"], claim["claim_id"]
            who = people.get((claim["doc_id"], claim["speaker_id"]))
            yield item(claim, details[key], parts[key], articles[claim["doc_id"]], who)


def items_of(extraction: Extraction) -> list[Item]:
    """The claims of an extraction as linking sees them."""
    rows = {table.name: made for table, made in extraction_rows([extraction], "").items()}
    details = {r["claim_id"]: r for name in ("amounts", "predictions", "quotes") for r in rows[name]}
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in rows["quote_spans"]:
        parts[row["claim_id"]].append(row)
    people = {s.speaker_id: Who.of(s.name, s.aliases, s.kind, s.wikidata) for s in extraction.speakers}
    article = {"text": extraction.document.text, "published": extraction.document.published}
    return [
        item(c, details[c["claim_id"]], parts[c["claim_id"]], article, people.get(c["speaker_id"]))
        for c in rows["claims"]
    ]


def item(
    claim: Mapping[str, Any],
    detail: Mapping[str, Any],
    parts: Sequence[Row],
    article: Mapping[str, Any],
    who: Who | None,
) -> Item:
    """The claim of a row of ``claims`` and its details as linking sees it."""
    text, start, end = article["text"], claim["start"], claim["end"]
    sentence = text[claim["sentence_start"] : claim["sentence_end"]]
    known = (claim["claim_id"], claim["doc_id"], start, end, article["published"], who, claim["text"], sentence)
    if claim["kind"] == "quote":
        roles = ("verbatim", "content") if detail["quote_type"] != "indirect" else ("content",)
        spans = next((s for role in roles if (s := [p for p in parts if p["role"] == role])), [])
        return Quote(*known, detail["quote_type"], tuple(text[s["start"] : s["end"]] for s in spans))
    if claim["kind"] == "amount":
        names = ("low", "high", "bound", "unit", "per", "change", "payer", "verb", "object", "when")
        return Amount(*known, start - claim["sentence_start"], *(detail[n] for n in names))
    subject, event, condition = outline(claim, detail, text)
    return Prediction(*known, subject, event, detail["negated"], condition, detail["horizon_to"])


def outline(claim: Mapping[str, Any], detail: Mapping[str, Any], text: str) -> tuple[str, str, str]:
    """What a prediction says: the words before its cue, those behind it, its condition; the horizon is left out.

    Of a cue outside the claim ("prepare for ...") all words are behind it. Pronouns stand for what ``standalone``
    says that they mean.
    """
    start, end = claim["start"], claim["end"]
    cue_start, cue_end = claim["cue_start"], claim["cue_end"]
    left_out = [
        (detail[f"{n}_start"], detail[f"{n}_end"]) for n in ("condition", "horizon") if detail[f"{n}_start"] is not None
    ]

    def words(a: int, b: int) -> str:
        pieces, at = [], a
        for s, e in sorted(left_out):
            pieces.append(text[at : max(at, min(s, b))])
            at = max(at, min(e, b))
        return " ".join([*pieces, text[at:b]])

    condition = (
        text[detail["condition_start"] : detail["condition_end"]] if left_out and detail["condition_start"] else ""
    )
    if cue_start is None or not start <= cue_start < end:
        return "", words(start, end), condition
    named = claim["standalone"].partition("]")
    before = words(start, cue_start)
    subject = named[0].partition("[")[2] if named[1] and len(before.split()) <= 2 else before
    return subject, words(cue_end, end), condition


def of_claim(connection: Connection, claim_id: str) -> tuple[list[Shown], str | None]:
    """The links of a claim, the surest first, and the first claim of its cluster."""
    known, c, d = schema.claim_links.c, schema.claims.c, schema.documents.c
    out: list[Shown] = []
    for own, other, doc, later in (
        (known.claim_id, known.other_claim_id, known.other_doc_id, True),
        (known.other_claim_id, known.claim_id, known.doc_id, False),
    ):
        query = (
            sa.select(known.relation, other.label("other"), c.text, d.uri, known.score, known.reason)
            .select_from(schema.claim_links)
            .join(schema.claims, sa.and_(c.doc_id == doc, c.claim_id == other))
            .join(schema.documents, d.doc_id == doc)
            .where(own == claim_id)
        )
        out += [Shown(*row, later) for row in connection.execute(query)]
    cluster = sa.select(schema.claim_clusters.c.cluster_id).where(schema.claim_clusters.c.claim_id == claim_id)
    return sorted(out, key=lambda s: (-s.score, s.other_claim_id)), connection.scalar(cluster.limit(1))
