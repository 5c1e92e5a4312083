"""What people decided, applied to the claims of an article: rejected ones out, corrected ones corrected, added ones in.

Claims that reviewers disagree on, and decisions that no longer fit the article, leave the claim as it was extracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline import records
from pipeline.assembly import OUTER_FIRST, Extraction
from pipeline.errors import ClaimsError
from pipeline.publish import fields
from pipeline.records import Claim, Document, Speaker
from pipeline.review import decisions as log
from pipeline.review.anchoring import locate
from pipeline.review.decisions import Decision
from pipeline.review.index import items_of
from pipeline.review.snapshots import claim_of, move
from pipeline.review.survey import Item, merged_speakers
from pipeline.store import rows as stored
from pipeline.store.rows import Row
from pipeline.store.schema import documents, reviews, sources


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with what people decided on it; ``claim`` is ``None`` where it is not published."""

    item: Item
    status: str
    claim: Claim | None
    final: Decision | None
    corrected: tuple[str, ...] = ()

    @property
    def flags(self) -> Row:
        """The columns of ``claims`` that tell of the review."""
        return {
            "review_status": self.status,
            "reviewer": self.final.reviewer if self.final else None,
            "reviewed_at": self.final.decided_at if self.final else None,
            "corrected": list(self.corrected),
        }

    @property
    def row(self) -> Row:
        """The row of ``reviews``."""
        said = self.item.outcome.by_reviewer.values() or self.item.history
        judged = self.item.claim
        return {
            "claim_id": judged.claim_id,
            "doc_id": judged.doc_id,
            "kind": judged.kind,
            "text": judged.text,
            "status": self.status,
            "published_as": self.claim.claim_id if self.claim else None,
            "corrected": list(self.corrected),
            "reviewers": sorted({d.reviewer for d in said}),
            "reviewed_at": self.final.decided_at if self.final else _latest(said),
            "reason": self.item.reason,
        }


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided, of all articles: those that a decision has to do with, who is one with whom."""

    doc_ids: frozenset[str]
    merged: Mapping[str, Speaker]


def decided(connection: Connection) -> Decided:
    """The articles and speakers that decisions have to do with."""
    judged = sa.select(reviews.c.doc_id).where(reviews.c.decision != "merge")
    at = sa.select(sources.c.doc_id).join(reviews, reviews.c.uri == sources.c.uri).where(reviews.c.decision != "merge")
    twin = documents.alias()
    same_text = (
        sa.select(twin.c.doc_id)
        .join(documents, documents.c.text_hash == twin.c.text_hash)
        .where(sa.or_(documents.c.doc_id.in_(judged), documents.c.doc_id.in_(at)))
    )
    return Decided(frozenset(connection.scalars(same_text)), merged_speakers(log.merges(connection)))


def judge(connection: Connection, doc_id: str, *, apply: bool = True) -> tuple[Document, list[Judged]]:
    """The claims of an article with what was decided on them, in the order of its characters.

    Without ``apply`` every extracted claim stays as it is, and only the flags tell of the decisions.
    """
    document, items = items_of(connection, doc_id)
    if not apply:
        return document, [_flagged(item) for item in items]
    found = [_settle(document, item) for item in items]
    taken: set[str] = set()
    for i in sorted(range(len(found)), key=lambda i: found[i].final is None):
        claim = found[i].claim
        if claim is not None and claim.claim_id in taken:  # another claim was corrected into this one
            found[i] = replace(found[i], claim=None)
        elif claim is not None:
            taken.add(claim.claim_id)
    return document, _follow(found)


def extraction(document: Document, judged: Iterable[Judged]) -> Extraction:
    """The published claims of an article and who speaks in them."""
    claims = tuple(j.claim for j in judged if j.claim is not None)
    speakers = {c.speaker.speaker_id: c.speaker for c in claims if c.speaker is not None}
    return Extraction(document, tuple(speakers.values()), (), claims)


def _settle(document: Document, item: Item) -> Judged:
    """What is published of a claim by the decisions on it alone."""
    final, as_extracted = item.outcome.final, item.claim if item.extracted else None
    if item.status in ("open", "disputed", "returned") or final is None:
        return Judged(item, item.status, as_extracted, None)
    if item.status == "rejected":
        return Judged(item, item.status, None, final)
    settled = _placed(document, final)
    if settled is None:
        return Judged(item, "returned", as_extracted, None)
    if item.extracted:
        settled = replace(settled, provenance=item.claim.provenance, within=item.claim.within)
        settled = _reworded(settled, item.claim.speaker)
    changed = _changed(item.claim, settled) if item.extracted else ()
    return Judged(item, item.status, settled if changed or as_extracted is None else as_extracted, final, changed)


def _flagged(item: Item) -> Judged:
    """A claim as it was extracted, with what was decided on it."""
    final = item.outcome.final
    changed: tuple[str, ...] = ()
    if item.extracted and final is not None and item.status == "corrected":
        changed = _changed(item.claim, claim_of(final.record))
    return Judged(item, item.status, item.claim if item.extracted else None, final, changed)


def _placed(document: Document, decision: Decision) -> Claim | None:
    """The claim that a decision holds to be there, on the article's characters as they are now.

    ``None`` where its words are gone, or where the tables could not hold it.
    """
    record, text = decision.record, document.text
    own_id = records.claim_id(records.text_hash(text), record["kind"], record["start"], record["end"])
    claim = claim_of(record)
    if own_id != record["claim_id"]:
        place = locate(record, text)
        if place is None or not place.exact:
            return None
        claim = move(claim, text, place.start, place.end)
    claim = replace(claim, doc_id=document.doc_id)
    return claim if _fits(Extraction(document, (), (), (claim,))) else None


def _fits(found: Extraction) -> bool:
    """Whether the published tables can hold it (decisions come from files, too)."""
    try:
        stored.check(found)
    except ClaimsError:
        return False
    made = {table.name: rows for table, rows in stored.extraction_rows([found], "").items()}
    return all(
        row.get(field.name, field.choices[0]) in field.choices
        for table in (fields.CLAIMS, fields.AMOUNTS, fields.QUOTES, fields.PREDICTIONS)
        for field in table.fields
        if field.choices
        for row in made[table.name]
    )


def _changed(extracted: Claim, settled: Claim) -> tuple[str, ...]:
    """The fields in which the settled claim says something else than the extracted one."""
    old, new = log.substance(extracted.to_dict()), log.substance(settled.to_dict())
    changed = [name for name in new if new[name] != old.get(name)]
    if extracted.span != settled.span:
        changed = ["span", *changed]
    return tuple(changed)


def _follow(found: Sequence[Judged]) -> list[Judged]:
    """Claims inside others brought up to what became of these: who contains them, and whose words they are."""
    published = {j.claim.claim_id: j for j in found if j.claim is not None}
    extracted = {j.item.claim.claim_id for j in found if j.item.extracted}
    new = [j for claim_id, j in published.items() if claim_id not in extracted]
    out = []
    for j in found:
        claim = j.claim
        if claim is not None:
            outer = published.get(claim.within or "")
            settled_in = claim.claim_id in extracted and (outer is not None or claim.within is None)
            among = [*new, *([outer] if outer else [])] if settled_in else published.values()
            by = _container(claim, among)
            j = replace(j, claim=replace(claim, within=by.claim.claim_id if by and by.claim else None))
            j = published[claim.claim_id] = _with_speaker(j, by) if by else j
        out.append(j)
    return out


def _container(claim: Claim, among: Iterable[Judged]) -> Judged | None:
    """The innermost quote or prediction around a claim."""

    def holds(outer: Claim) -> bool:
        first = OUTER_FIRST[outer.kind] < OUTER_FIRST[claim.kind]
        return outer.kind != "amount" and outer.span.contains(claim.span) and (outer.span != claim.span or first)

    around = [
        (j.claim.end - j.claim.start, -OUTER_FIRST[j.claim.kind], j.claim.claim_id, j)
        for j in among
        if j.claim and holds(j.claim)
    ]
    return min(around, default=(0, 0, "", None))[-1]


def _with_speaker(inner: Judged, outer: Judged) -> Judged:
    """A claim that nobody judged, with the speaker that the claim around it was given.

    An amount or prediction inside a quote has the quote's speaker, unless it names another.
    """
    claim, around = inner.claim, outer.claim
    if claim is None or around is None or inner.status != "open" or claim.kind == "quote":
        return inner
    same_voice = claim.speaker == outer.item.claim.speaker if outer.item.extracted else claim.mention is None
    given = outer.status == "added" or "speaker" in outer.corrected
    if not (given and same_voice) or claim.speaker == around.speaker:
        return inner
    spoken = replace(claim, speaker=around.speaker, mention=around.mention)
    return replace(inner, claim=_reworded(spoken, claim.speaker), final=outer.final, corrected=("speaker",))


def _reworded(claim: Claim, old: Speaker | None) -> Claim:
    """The claim with its speaker's name in ``standalone`` in the place of the one it had."""
    if old is None or claim.speaker == old:
        return claim
    if claim.speaker is None:
        return replace(claim, standalone=claim.text)
    new, words = claim.speaker.name, claim.standalone
    words = new + words.removeprefix(old.name) if words.startswith(f"{old.name}: ") else words
    return replace(claim, standalone=words.replace(f"[{old.name}", f"[{new}"))


def _latest(decisions: Iterable[Decision]) -> datetime | None:
    return max((d.decided_at for d in decisions), default=None)
