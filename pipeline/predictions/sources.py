"""Who answers for a prediction: the person reported as saying it, or the one who commits to it."""

from __future__ import annotations

from bisect import bisect_right

from spacy.tokens import Doc

from pipeline.predictions.candidates import Candidate
from pipeline.records import Attribution, Mention, Span, envelope


class Sources:
    """The attributions and mentions of a document, arranged for look-up by place."""

    def __init__(self, doc: Doc) -> None:
        text = doc.text
        attributions: tuple[Attribution, ...] = doc._.claims_attributions
        self.contents = sorted(((envelope(a.content, text), a) for a in attributions if a.content), key=lambda x: x[0])
        self.starts = [c.start for c, _ in self.contents]
        self.longest = max((c.end - c.start for c, _ in self.contents), default=0)
        mentions: tuple[Mention, ...] = doc._.claims_mentions
        self.mentions = sorted(mentions, key=lambda m: m.span)
        self.mention_starts = [m.span.start for m in self.mentions]

    def of(self, span: Span, candidate: Candidate) -> tuple[Span | None, str | None]:
        """The source's span and speaker id; both ``None`` for the article's own voice."""
        said = self.attribution(span)
        if said is not None:
            return said.source, said.speaker_id
        if candidate.construction in ("commitment", "forecast", "noun") and candidate.subject is not None:
            owner = candidate.subject
            if candidate.construction == "forecast" and candidate.anchor == candidate.head:
                verb = owner.doc[candidate.cue[0]]
                owner = next((c for c in verb.children if c.dep_ == "nsubj"), owner)
            doc = owner.doc
            start, end = owner.left_edge.idx, owner.idx + len(owner)
            known = self.mention(owner.idx)
            return Span.of(doc.text, start, end), known.speaker_id if known else None
        return None, None

    def attribution(self, span: Span) -> Attribution | None:
        """The innermost attribution whose content holds the middle of the span."""
        middle = (span.start + span.end) // 2
        best: tuple[int, Attribution] | None = None
        for i in range(bisect_right(self.starts, middle) - 1, -1, -1):
            content, attribution = self.contents[i]
            if content.start + self.longest <= middle:
                break
            length = content.end - content.start
            if content.end > middle and (best is None or length < best[0]):
                best = (length, attribution)
        return best[1] if best else None

    def mention(self, at: int) -> Mention | None:
        """The mention that covers the character."""
        for i in range(
            bisect_right(self.mention_starts, at) - 1, max(-1, bisect_right(self.mention_starts, at) - 4), -1
        ):
            if self.mentions[i].span.end > at:
                return self.mentions[i]
        return None
