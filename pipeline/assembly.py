"""Turn what the components left on a ``Doc`` into claims: one record each, with context, speaker and provenance."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from spacy.tokens import Doc

from pipeline import check_worthiness, records
from pipeline.amounts.payers import named_payer
from pipeline.records import (
    CONTEXT_CHARS,
    Attribution,
    Block,
    Claim,
    ClaimKind,
    Detail,
    Document,
    Mention,
    Provenance,
    Quote,
    Span,
    Speaker,
)
from pipeline.standalone import Rewriter

EXTRACTORS: dict[ClaimKind, str] = {
    "amount": "claims_amounts",
    "quote": "claims_attributions",
    "prediction": "claims_predictions",
}
OUTER_FIRST: dict[ClaimKind, int] = {"quote": 0, "prediction": 1, "amount": 2}
"""Which of two claims with the same span contains the other."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim before it knows its surroundings."""

    kind: ClaimKind
    span: Span
    confidence: float
    detail: Detail
    cue: Span | None = None
    source: Span | None = None
    speaker_id: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything that one document gave."""

    document: Document
    speakers: tuple[Speaker, ...]
    mentions: tuple[Mention, ...]
    claims: tuple[Claim, ...]

    def to_dict(self) -> dict[str, object]:
        """The JSON form that ``claims extract --format json`` prints for each input."""
        return {
            "document": self.document.to_dict(),
            "speakers": [s.to_dict() for s in self.speakers],
            "claims": [c.to_dict() for c in self.claims],
        }


def assemble(
    doc: Doc, document: Document, provenance: dict[ClaimKind, Provenance], worth: check_worthiness.Model | None = None
) -> Extraction:
    """The claims of a processed document, in the order of their characters; ``worth`` scores their sentences.

    ``doc`` has the same length as ``document.text`` (lone surrogates may be replaced in it); every span of the result
    is taken from ``document.text``.
    """
    processed = doc.text  # put together anew at each access
    same = processed == document.text
    found = _candidates(doc, processed)
    found = found if same else [_respan(c, document.text) for c in found]
    mentions = doc._.claims_mentions if same else _respan(doc._.claims_mentions, document.text)
    candidates = sorted(found, key=lambda c: (c.span.start, -c.span.end, OUTER_FIRST[c.kind]))
    text = document.text
    text_hash = records.text_hash(text)
    speakers: dict[str, Speaker] = {s.speaker_id: s for s in doc._.claims_speakers}
    author = next((s for s in speakers.values() if s.kind == "author"), None) or _author(document, text_hash)
    sentences, rewriter = Sentences(doc, processed), Rewriter(doc)
    blocks = document.blocks or doc._.claims_blocks
    block_starts = [b.start for b in blocks]
    ids = [records.claim_id(text_hash, c.kind, c.span.start, c.span.end) for c in candidates]
    around = [Span.of(text, *sentences.around(c.span.start, c.span.end)) for c in candidates]
    said = list(dict.fromkeys(s.text for s in around))
    worthiness = dict(zip(said, check_worthiness.score(said, worth), strict=True))
    claims = []
    for i, (candidate, outer) in enumerate(zip(candidates, _containers(candidates), strict=True)):
        voice = _voice(candidate, outer, candidates)
        if voice is None:
            speaker: Speaker | None = author
            source, cue = None, candidate.cue
        else:
            source, cue = voice.source, candidate.cue or voice.cue
            speaker = speakers.get(voice.speaker_id or "") or _unresolved(source, text_hash)
            if speaker is not None:
                speakers.setdefault(speaker.speaker_id, speaker)
        start, end = candidate.span.start, candidate.span.end
        claims.append(
            Claim(
                claim_id=ids[i],
                kind=candidate.kind,
                doc_id=document.doc_id,
                span=Span.of(text, start, end),
                prefix=text[max(0, start - CONTEXT_CHARS) : start],
                suffix=text[end : end + CONTEXT_CHARS],
                sentence=around[i],
                section=_section(blocks, block_starts, start),
                speaker=speaker,
                mention=source,
                cue=cue,
                within=ids[outer[0]] if outer else None,
                standalone=rewriter.standalone(start, end),
                check_worthiness=worthiness[around[i].text],
                confidence=candidate.confidence,
                detail=candidate.detail,
                provenance=provenance[candidate.kind],
            )
        )
    if any(c.speaker is author for c in claims):
        speakers.setdefault(author.speaker_id, author)
    return Extraction(document, tuple(speakers.values()), tuple(mentions), tuple(claims))


def _candidates(doc: Doc, text: str) -> list[Candidate]:
    """What the components found; of two quotes with the same span the surer one."""
    out = [Candidate("amount", a.span, a.confidence, named_payer(doc, a)) for a in doc._.claims_amounts]
    for p in doc._.claims_predictions:
        out.append(Candidate("prediction", p.span, p.confidence, p.prediction, p.cue, p.source, p.speaker_id))
    for a in doc._.claims_attributions:
        out.append(_quote(text, a))
    best: dict[tuple[ClaimKind, int, int], Candidate] = {}
    for c in out:
        key = (c.kind, c.span.start, c.span.end)
        if key not in best or c.confidence > best[key].confidence:
            best[key] = c
    return list(best.values())


def _respan(value: Any, text: str) -> Any:
    """The same value with every span in it taken from ``text``."""
    if isinstance(value, Span):
        return Span.of(text, value.start, value.end)
    if isinstance(value, tuple):
        return tuple(_respan(v, text) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _respan(getattr(value, f.name), text) for f in fields(value)})
    return value


def _quote(text: str, a: Attribution) -> Candidate:
    detail = Quote(a.quote_type, a.act, a.content, a.verbatim)
    return Candidate("quote", records.envelope(a.content, text), a.confidence, detail, a.cue, a.source, a.speaker_id)


def _containers(candidates: Sequence[Candidate]) -> list[list[int]]:
    """For each candidate the quotes and predictions around it, innermost first; candidates are sorted outer first."""
    out: list[list[int]] = []
    open_: list[int] = []
    for i, c in enumerate(candidates):
        open_ = [k for k in open_ if candidates[k].span.end > c.span.start]
        around = [k for k in open_ if _holds(candidates[k], c)]
        out.append(sorted(around, key=lambda k: (candidates[k].span.end - candidates[k].span.start, -k)))
        if c.kind != "amount":
            open_.append(i)
    return out


def _holds(outer: Candidate, inner: Candidate) -> bool:
    """Whether the inner claim lies in the outer one's own words (a quote's cue and source are not its content)."""
    parts = outer.detail.content if isinstance(outer.detail, Quote) else (outer.span,)
    return any(p.contains(inner.span) for p in parts) or (len(parts) > 1 and outer.span.contains(inner.span))


def _voice(candidate: Candidate, outer: Sequence[int], candidates: Sequence[Candidate]) -> Candidate | None:
    """Whose words a claim is: its own source's, else that of the innermost quote around it; ``None``: the author's."""
    if candidate.kind == "quote" or candidate.speaker_id is not None:
        return candidate
    return next((candidates[k] for k in outer if candidates[k].kind == "quote"), None)


def _author(document: Document, text_hash: str) -> Speaker:
    return Speaker(records.digest("author", text_hash), document.byline or "author", "author")


def _unresolved(source: Span | None, text_hash: str) -> Speaker | None:
    """Somebody speaks in these words, but it is not known who: the words stand for the name."""
    if source is None:
        return None
    words = " ".join(source.text.split())
    return Speaker(records.digest("unnamed", text_hash, words.lower()), f"unnamed: {words}", "unnamed")


def _section(blocks: Sequence[Block], starts: Sequence[int], position: int) -> tuple[str, ...]:
    i = bisect_right(starts, position) - 1
    return blocks[i].section if i >= 0 else ()


class Sentences:
    """The sentences of a document by character position."""

    def __init__(self, doc: Doc, text: str) -> None:
        found = doc.sents if doc.has_annotation("SENT_START") else ()
        spans = [_trim(text, s.start_char, s.end_char) for s in found]
        self.spans = [s for s in spans if s[0] < s[1]]
        self.starts = [s for s, _ in self.spans]

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The range of the sentences that hold the characters ``[start, end)``."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = max(bisect_right(self.starts, max(start, end - 1)) - 1, first)
        if not self.spans:
            return start, end
        return min(start, self.spans[first][0]), max(end, self.spans[last][1])


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def counts(claims: Iterable[Claim]) -> dict[ClaimKind, int]:
    """How many claims there are of each kind."""
    out: dict[ClaimKind, int] = {"amount": 0, "quote": 0, "prediction": 0}
    for claim in claims:
        out[claim.kind] += 1
    return out
