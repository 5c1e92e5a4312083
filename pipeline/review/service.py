"""What a reviewer can do. Each act is one transaction: on disk when the function returns, or not done at all."""

from __future__ import annotations

import re
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from pipeline.errors import InputError
from pipeline.records import Document, Speaker
from pipeline.review import corrections, index
from pipeline.review import decisions as log
from pipeline.review.corrections import Form, FormError
from pipeline.review.decisions import Decision, Verdict
from pipeline.review.snapshots import Snapshot, speaker_of
from pipeline.review.survey import Item, merged_speakers
from pipeline.store.database import writing
from pipeline.store.schema import reviews, sources, speakers

ID = re.compile("[0-9a-f]{32}")


class NotFound(InputError):
    """There is no such claim or article (any more)."""


def new_id() -> str:
    """The id of a decision to come; a form carries it, so that sending it twice decides once."""
    return secrets.token_hex(16)


def decide(engine: Engine, claim_id: str, verdict: str, reviewer: str, form: Form) -> None:
    """Accept, reject or correct a claim, or agree with another reviewer's decision on it.

    Raises ``FormError`` for values that make no sense, ``NotFound`` where there is no such claim.
    """
    with writing(engine) as connection:
        review_id = _review_id(form)
        if _known(connection, review_id):
            return
        document, item = find(connection, claim_id)
        chosen, after = _chosen(connection, document, item, verdict, form)
        keeps = item.status == "returned" and not item.extracted and chosen != "reject"
        if keeps and chosen == "accept":
            if document.text[item.claim.start : item.claim.end] != item.claim.text:
                raise FormError("start", "These words are no longer in the article: correct the span, or reject.")
            after = corrections.corrected(document, item.claim, {}, lambda _: None).to_dict()
        by = item.outcome.by_reviewer
        _append(
            connection,
            Decision(
                review_id=review_id,
                claim_id=after["claim_id"] if keeps and after else item.claim.claim_id,
                doc_id=document.doc_id,
                uri=document.uri,
                reviewer=reviewer,
                decided_at=log.next_moment(connection, reviewer),
                decision="add" if keeps else chosen,
                before=item.claim.to_dict(),
                after=after,
                pipeline_version=item.claim.provenance.extractor_version,
                adjudicates=item.status == "disputed" and reviewer not in by,
            ),
        )


def add(engine: Engine, doc_id: str, kind: str, reviewer: str, form: Form) -> str:
    """Add a claim that the pipeline missed; returns its id. Raises ``FormError`` or ``NotFound``."""
    with writing(engine) as connection:
        document, items = article(connection, doc_id)
        claim = corrections.added(document, kind, form, finder(connection, document))
        review_id = _review_id(form)
        if _known(connection, review_id):
            return claim.claim_id
        there = next((i for i in items if i.claim.claim_id == claim.claim_id), None)
        if there is not None:
            raise FormError("start", "Exactly this claim is in the list already: correct it there.")
        _append(
            connection,
            Decision(
                review_id=review_id,
                claim_id=claim.claim_id,
                doc_id=document.doc_id,
                uri=document.uri,
                reviewer=reviewer,
                decided_at=log.next_moment(connection, reviewer),
                decision="add",
                before=None,
                after=claim.to_dict(),
                pipeline_version=claim.provenance.extractor_version,
            ),
        )
        return claim.claim_id


def merge(engine: Engine, claim_id: str, into: str, reviewer: str, form: Form) -> None:
    """Hold the speaker of a claim to be the same as the one named ``into``, in all articles."""
    with writing(engine) as connection:
        review_id = _review_id(form)
        if _known(connection, review_id):
            return
        document, item = find(connection, claim_id)
        one = (item.settled or item.claim).speaker
        other = finder(connection, document)(" ".join(into.split()))
        same = merged_speakers(log.merges(connection))
        if one is None or other is None:
            raise FormError("into", "Name a speaker of this article or of its corpus.")
        if same.get(one.speaker_id, one).speaker_id == same.get(other.speaker_id, other).speaker_id:
            raise FormError("into", f"{one.name} and {other.name} are one already.")
        _append(
            connection,
            Decision(
                review_id=review_id,
                claim_id=item.claim.claim_id,
                doc_id=document.doc_id,
                uri=document.uri,
                reviewer=reviewer,
                decided_at=log.next_moment(connection, reviewer),
                decision="merge",
                before=one.to_dict(),
                after=other.to_dict(),
                pipeline_version=item.claim.provenance.extractor_version,
            ),
        )


def undo(engine: Engine, reviewer: str, form: Form) -> Decision | None:
    """Take back the reviewer's last decision; returns it, ``None`` where there is none."""
    with writing(engine) as connection:
        return _take_back(connection, reviewer, form, log.to_undo(connection, reviewer))


def redo(engine: Engine, reviewer: str, form: Form) -> Decision | None:
    """Take back the reviewer's last undo; returns it, ``None`` where there is none."""
    with writing(engine) as connection:
        return _take_back(connection, reviewer, form, log.to_redo(connection, reviewer))


def find(connection: Connection, claim_id: str) -> tuple[Document, Item]:
    """A claim to review and its article; ``NotFound`` where there is none."""
    doc_id = connection.scalar(
        sa.select(index.review_queue.c.doc_id).where(index.review_queue.c.claim_id == claim_id).limit(1)
    )
    if doc_id is not None:
        document, items = index.items_of(connection, doc_id)
        for item in items:
            if item.claim.claim_id == claim_id:
                return document, item
    raise NotFound("There is no such claim to review (any more).")


def article(connection: Connection, doc_id: str) -> tuple[Document, list[Item]]:
    """An article and all there is to review in it; ``NotFound`` where there is none."""
    known = connection.scalar(
        sa.select(index.review_documents.c.doc_id).where(index.review_documents.c.doc_id == doc_id)
    )
    if known is None:
        raise NotFound("There is no such article to review (any more).")
    return index.items_of(connection, doc_id)


def finder(connection: Connection, document: Document) -> corrections.SpeakerFinder:
    """Finds a speaker by name: in the article, then among all that the queue knows."""

    def find_speaker(name: str) -> Speaker | None:
        for speaker in speakers_of(connection, document.doc_id):
            if name.casefold() in {speaker.name.casefold(), *(a.casefold() for a in speaker.aliases)}:
                return speaker
        rows = index.review_queue.c
        speaker_id = connection.scalar(sa.select(rows.speaker_id).where(rows.speaker_key == name.casefold()).limit(1))
        found = sa.select(speakers).where(speakers.c.speaker_id == speaker_id).limit(1)
        row = connection.execute(found).mappings().one_or_none() if speaker_id else None
        return _speaker(row) if row else None

    return find_speaker


def speakers_of(connection: Connection, doc_id: str) -> list[Speaker]:
    """Who speaks in an article, by name."""
    query = sa.select(speakers).where(speakers.c.doc_id == doc_id).order_by(speakers.c.name, speakers.c.speaker_id)
    return [_speaker(row) for row in connection.execute(query).mappings()]


def _chosen(
    connection: Connection, document: Document, item: Item, verdict: str, form: Form
) -> tuple[Verdict, Snapshot | None]:
    """The verdict on record, and what the claim becomes by it."""
    if verdict == "agree":
        other = next((d for d in item.outcome.by_reviewer.values() if d.review_id == form.get("with")), None)
        if other is None:
            raise FormError("with", "That decision no longer stands: look again.")
        return ("accept", None) if other.decision == "add" else (other.decision, other.after)
    if verdict == "correct":
        base = item.settled or item.claim
        after = corrections.corrected(document, base, form, finder(connection, document))
        if log.substance(after.to_dict()) == log.substance(item.claim.to_dict()) and item.outcome.status == "open":
            raise FormError("start", "Nothing is changed: accept the claim, or change a value.")
        return "correct", after.to_dict()
    if verdict == "accept":
        return "accept", None
    if verdict == "reject":
        return "reject", None
    raise FormError("decision", "A decision is to accept, reject or correct.")


def _take_back(connection: Connection, reviewer: str, form: Form, target: Decision | None) -> Decision | None:
    review_id = _review_id(form)
    if target is None or _known(connection, review_id):
        return None
    entry = Decision(
        review_id=review_id,
        claim_id=target.claim_id,
        doc_id=target.doc_id,
        uri=target.uri,
        reviewer=reviewer,
        decided_at=log.next_moment(connection, reviewer),
        decision="undo",
        before=target.after,
        after=target.before,
        pipeline_version=target.pipeline_version,
        refers_to=target.review_id,
    )
    _append(connection, entry)
    return target


def _append(connection: Connection, decision: Decision) -> None:
    """Put the decision on record and bring the queue up to it."""
    log.append(connection, decision)
    current = connection.scalars(sa.select(sources.c.doc_id).where(sources.c.uri == decision.uri)).all()
    index.refresh(connection, sorted({decision.doc_id, *current}))
    for one in (decision.before, decision.after):
        if one is not None and "claim_id" not in one:
            index.outdate(connection, one["speaker_id"])


def _known(connection: Connection, review_id: str) -> bool:
    return connection.scalar(sa.select(reviews.c.review_id).where(reviews.c.review_id == review_id)) is not None


def _review_id(form: Form) -> str:
    given = form.get("review_id", "")
    if not ID.fullmatch(given):
        raise FormError("review_id", "The form is incomplete: load the page again.")
    return given


def _speaker(row: Any) -> Speaker:
    return speaker_of({k: v for k, v in row.items() if k != "doc_id"})
