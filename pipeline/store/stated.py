"""Claims as far as other articles may state them, too."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.store.contents import parts
from pipeline.store.schema import claims, documents, speakers
from pipeline.versions.claims import Stated

BATCH = 500
"""Articles whose texts are held at once."""


def stated(connection: Connection, doc_ids: Sequence[str]) -> dict[str, list[Stated]]:
    """The claims of each article as they were extracted, in the order of their characters."""
    out: dict[str, list[Stated]] = {doc_id: [] for doc_id in doc_ids}
    c = claims.c
    same = sa.and_(speakers.c.doc_id == c.doc_id, speakers.c.speaker_id == c.speaker_id)
    query = sa.select(
        c.doc_id, c.claim_id, c.kind, c.start, c.text, c.sentence_start, c.sentence_end, speakers.c.name
    ).outerjoin_from(claims, speakers, same)
    for some in parts(doc_ids, BATCH):
        listed = sa.select(documents.c.doc_id, documents.c.text).where(documents.c.doc_id.in_(some))
        texts: dict[str, str] = {row.doc_id: row.text for row in connection.execute(listed)}
        found = connection.execute(query.where(c.doc_id.in_(some)).order_by(c.doc_id, c.start, c.claim_id))
        for doc_id, claim_id, kind, start, text, first, last, name in found:
            out[doc_id].append(Stated(claim_id, kind, start, text, texts[doc_id][first:last], name))
    return out
