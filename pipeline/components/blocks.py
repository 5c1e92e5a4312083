"""claims_blocks: the document's structure, before anything else in the pipeline.

Blocks that a reader has set (an HTML page's headings and lists) are kept; a bare text is segmented, and blocks of it
that are not in English are marked, so that nothing is claimed in them. Sentences are made
to begin where a block begins and where it ends, so that the parser never joins two blocks and list markers stay
outside of sentences.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.components import extensions
from pipeline.ingest.language import mark_foreign
from pipeline.records import Block, Span
from pipeline.segment import segment


@Language.factory("claims_blocks", assigns=["doc._.claims_blocks", "doc.spans", "token.is_sent_start"])
def make_blocks(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """The component; it has no settings and keeps nothing between documents."""
    return set_blocks


def set_blocks(doc: Doc) -> Doc:
    """Set the blocks where there are none yet, their span group, and the sentence starts that follow from them."""
    text = doc.text
    if not doc._.claims_blocks:
        doc._.claims_blocks = mark_foreign(text, segment(text))
    blocks: tuple[Block, ...] = doc._.claims_blocks
    extensions.set_span_group(doc, "claims_blocks", ((Span.of(text, b.start, b.end), b.kind) for b in blocks))
    if not doc.has_annotation("DEP"):  # sentence starts follow from a parse, where there is one already
        set_sentence_starts(doc, blocks)
    return doc


def set_sentence_starts(doc: Doc, blocks: tuple[Block, ...]) -> None:
    """Let a sentence begin at each block's first token and at the first token behind its last one."""
    offsets = [token.idx for token in doc]
    for block in blocks:
        for i in (bisect_right(offsets, block.start) - 1, bisect_right(offsets, block.end - 1)):
            if i < len(offsets):
                doc[i].is_sent_start = True
