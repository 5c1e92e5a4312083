"""The claims in the vocabulary of schema.org (https://schema.org/Claim), for fact-checkers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.publish.linked import URN, Lines, joined, judged, moments, quoted, where_known

PEOPLE = ("person", "author")
ORGANISATIONS = ("organisation", "publication")


class Claims(Lines):
    """``claims.jsonld``: a JSON-LD document with the claims, who makes each, and the article where it appears.

    It has no ``ClaimReview``: that rates whether a claim is true, a reviewer here whether it was extracted right. What
    reviewers hold of the extraction is a ``Review`` of that aspect.
    """

    NAME = "claims.jsonld"
    BEFORE = '{"@context": {"@vocab": "https://schema.org/"}, "@graph": [\n'
    BETWEEN, BEHIND = ",\n", "\n]}\n"

    def lines(self, rows: pa.Table) -> Any:
        kind = rows["speaker_kind"].cast(pa.string())
        known_as = pc.case_when(
            pc.make_struct(
                pc.is_in(kind, value_set=pa.array(PEOPLE)), pc.is_in(kind, value_set=pa.array(ORGANISATIONS))
            ),
            pa.scalar("Person"),
            pa.scalar("Organization"),
            pa.scalar("Thing"),
        )
        on_the_web = pc.match_substring_regex(rows["article_uri"], "^https?://")
        address = pc.if_else(on_the_web, rows["article_uri"], pa.scalar(None, pa.string()))
        return joined(
            f'{{"@type": "Claim", "@id": "{URN}claim:',
            rows["claim_id"],
            '", "text": ',
            quoted(rows["standalone"]),
            where_known(', "author": {"@type": "', known_as, '", "name": ', quoted(rows["speaker"]), "}"),
            f', "appearance": {{"@type": "Article", "@id": "{URN}article:',
            rows["doc_id"],
            '"',
            where_known(', "headline": ', quoted(rows["article_title"])),
            where_known(', "datePublished": ', quoted(rows["article_published"])),
            where_known(', "url": ', quoted(address)),
            "}",
            where_known(
                ', "review": {"@type": "Review", "reviewAspect": "extraction from the article", "reviewBody": "',
                judged(rows),
                '"',
                where_known(
                    ', "author": {"@type": "Person", "name": ',
                    quoted(rows["reviewer"]),
                    '}, "dateCreated": ',
                    moments(rows["reviewed_at"]),
                ),
                "}",
            ),
            "}",
        )
