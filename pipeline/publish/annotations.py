"""The claims as annotations of their articles (W3C Web Annotation Data Model, https://www.w3.org/TR/annotation-model/)."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline.publish.linked import URN, Lines, joined, judged, moments, quoted, where_known


class Annotations(Lines):
    """``annotations.jsonl``: a JSON-LD annotation a line, whose target is found by position and by words.

    The first body is the claim readable on its own, a second one what reviewers hold of it (``claims.review_status``);
    positions count Unicode code points of ``documents.text``.
    """

    NAME = "annotations.jsonl"

    def lines(self, rows: pa.Table) -> Any:
        return joined(
            f'{{"@context": "http://www.w3.org/ns/anno.jsonld", "id": "{URN}claim:',
            rows["claim_id"],
            '", "type": "Annotation", "motivation": "describing", "body": [{"type": "TextualBody", "value": ',
            quoted(rows["standalone"]),
            ', "format": "text/plain", "purpose": "describing"}',
            where_known(
                ', {"type": "TextualBody", "value": "',
                judged(rows),
                '", "purpose": "assessing"',
                where_known(
                    ', "creator": {"type": "Person", "name": ',
                    quoted(rows["reviewer"]),
                    '}, "created": ',
                    moments(rows["reviewed_at"]),
                ),
                "}",
            ),
            '], "target": {"source": ',
            quoted(rows["article_uri"]),
            ', "selector": [{"type": "TextPositionSelector", "start": ',
            quoted(rows["start"]),
            ', "end": ',
            quoted(rows["end"]),
            '}, {"type": "TextQuoteSelector", "exact": ',
            quoted(rows["text"]),
            ', "prefix": ',
            quoted(rows["prefix"]),
            ', "suffix": ',
            quoted(rows["suffix"]),
            "}]}}\n",
        )
