"""The vocabulary of the project: what an article, a claim and a speaker are.

All offsets are Unicode code points of the canonical document text, half-open ``[start, end)``.
Every record is a frozen value object; ``Claim.to_dict`` is the JSON form that programs outside rely on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Self

BlockKind = Literal[
    "title", "heading", "paragraph", "list_item", "quote", "table_cell", "caption", "footnote", "boilerplate"
]
ClaimKind = Literal["amount", "quote", "prediction"]
Bound = Literal["exact", "about", "at_least", "at_most", "range"]
Change = Literal["increase", "decrease", "none"]
QuoteType = Literal["direct", "mixed", "indirect"]
PredictionType = Literal["forecast", "commitment", "schedule"]
Certainty = Literal["certain", "probable", "possible", "unlikely"]
SpeakerKind = Literal["person", "organisation", "country", "group", "publication", "author", "unnamed"]

CONTEXT_CHARS = 32
"""Length of a claim's ``prefix`` and ``suffix`` (W3C Web Annotation TextQuoteSelector)."""


def digest(*parts: object, length: int = 32) -> str:
    """A stable hexadecimal id of the parts' text; ``length`` hex digits of SHA-256."""
    joined = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:length]


def digest_bytes(raw: bytes) -> str:
    """SHA-256 of raw bytes, 64 hexadecimal digits: a document's ``doc_id``."""
    return hashlib.sha256(raw).hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of a canonical text (a lone surrogate counts as itself)."""
    return digest_bytes(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``[start, end)`` of a document's text, and what stands there."""

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Self:
        """The span of ``text`` at the offsets; ``ValueError`` where they do not lie in it."""
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"span [{start}, {end}) does not lie in a text of {len(text)} characters")
        return cls(start, end, text[start:end])

    def contains(self, other: Span) -> bool:
        """Whether the other span lies wholly in this one."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True)
class Block:
    """A structural part of a document; ``section`` is the path of headings above it, outermost first.

    The span covers the block's own words: list bullets, heading marks and emoji markers at its edges stay outside.
    ``page`` is the number of the printed page that it begins on, where its source has pages. ``language`` is the ISO
    639-1 code of a block that is not in English, as the article is; such a block is boilerplate.
    """

    kind: BlockKind
    start: int
    end: int
    section: tuple[str, ...] = ()
    page: int | None = None
    language: str | None = None

    def to_dict(self) -> dict[str, Any]:
        place = {"kind": self.kind, "start": self.start, "end": self.end, "section": list(self.section)}
        return place | {"page": self.page, "language": self.language}


@dataclass(frozen=True, slots=True)
class Document:
    """One article. ``doc_id`` is the SHA-256 of its raw bytes, ``text`` the canonical text all offsets refer to."""

    doc_id: str
    uri: str
    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: date | None = None
    language: str | None = None
    media_type: str = "text/plain"
    fetched_at: datetime | None = None
    licence: str | None = None

    def page_at(self, place: int) -> int | None:
        """The number of the printed page of a character, where the article has pages."""
        return next((b.page for b in reversed(self.blocks) if b.start <= place and b.page is not None), None)

    @property
    def context(self) -> Context:
        """The metadata that components read."""
        return Context(self.title, self.byline, self.publisher, self.published, self.uri)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: dates as ISO 8601, blocks without their text."""
        out = {f.name: getattr(self, f.name) for f in fields(self)}
        out["published"] = self.published.isoformat() if self.published else None
        out["fetched_at"] = self.fetched_at.isoformat() if self.fetched_at else None
        out["blocks"] = [b.to_dict() for b in self.blocks]
        return out


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of an article besides its text; components resolve dates, currencies and "the author" by it."""

    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: date | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who makes a claim, as far as the article (or a knowledge file) tells."""

    speaker_id: str
    name: str
    kind: SpeakerKind
    role: str | None = None
    aliases: tuple[str, ...] = ()
    wikidata: str | None = None
    party: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "aliases": list(self.aliases)}


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a speaker is named, described or referred to, with the rule that resolved it (0..1: how sure)."""

    speaker_id: str
    span: Span
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """Somebody is said to have said, thought or wanted something: source, cue and content, as spans.

    ``content`` holds one span, or several where the cue interrupts it. ``verbatim`` are the words inside quotation
    marks. ``rule`` names the rule or model that found it. ``speaker_id`` is filled in by ``claims_speakers``.
    """

    content: tuple[Span, ...]
    quote_type: QuoteType
    act: str
    confidence: float
    rule: str
    source: Span | None = None
    cue: Span | None = None
    verbatim: tuple[Span, ...] = ()
    speaker_id: str | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money, percentage or multiple.

    ``exact`` and ``about`` have ``low == high``, ``at_least`` no ``high``, ``at_most`` no ``low``, ``range`` both.
    ``unit`` is an ISO 4217 code (whole units: 50 cents is 0.5), ``XXX`` for a currency that cannot be known,
    ``percent`` or ``ratio``. ``per`` is the period or thing of a rate ("year", "container").
    """

    low: Decimal | None
    high: Decimal | None
    bound: Bound
    unit: str
    unit_reason: str
    per: str | None = None
    change: Change = "none"
    usd_low: Decimal | None = None
    usd_high: Decimal | None = None
    usd_rate: Decimal | None = None
    usd_date: date | None = None
    payer: str | None = None
    verb: str | None = None
    object: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class AmountMention:
    """An amount and the words that state it."""

    span: Span
    amount: Amount
    confidence: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a predicted clause says of its own certainty, condition and time."""

    type: PredictionType
    certainty: Certainty
    negated: bool = False
    condition: Span | None = None
    horizon: Span | None = None
    horizon_from: date | None = None
    horizon_to: date | None = None


@dataclass(frozen=True, slots=True)
class PredictionMention:
    """A predicted clause, its modal or forecast cue, and who answers for it (``None``: the article's own voice)."""

    span: Span
    cue: Span | None
    prediction: Prediction
    confidence: float
    speaker_id: str | None = None
    source: Span | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """How something was said: the content's spans, the words in quotation marks, the kind of speech act."""

    quote_type: QuoteType
    act: str
    content: tuple[Span, ...]
    verbatim: tuple[Span, ...] = ()


Detail = Amount | Quote | Prediction


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which code and model made a claim."""

    extractor: str
    extractor_version: str
    model: str
    config_hash: str
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One extracted record. ``document.text[start:end] == text``, always."""

    claim_id: str
    kind: ClaimKind
    doc_id: str
    span: Span
    prefix: str
    suffix: str
    sentence: Span
    section: tuple[str, ...]
    speaker: Speaker | None
    mention: Span | None
    cue: Span | None
    within: str | None
    standalone: str
    check_worthiness: float
    confidence: float
    detail: Detail
    provenance: Provenance

    @property
    def start(self) -> int:
        return self.span.start

    @property
    def end(self) -> int:
        return self.span.end

    @property
    def text(self) -> str:
        return self.span.text

    def to_dict(self) -> dict[str, Any]:
        """The claim in JSON form: details nested under its kind, spans with their text, dates in ISO 8601."""
        speaker = None
        if self.speaker is not None:
            s = self.speaker
            speaker = {"speaker_id": s.speaker_id, "name": s.name, "kind": s.kind, "role": s.role}
            speaker |= {"wikidata": s.wikidata, "mention": plain(self.mention)}
        return {
            "claim_id": self.claim_id,
            "kind": self.kind,
            "doc_id": self.doc_id,
            **self.span.to_dict(),
            "prefix": self.prefix,
            "suffix": self.suffix,
            "sentence": self.sentence.to_dict(),
            "section": list(self.section),
            "speaker": speaker,
            "cue": plain(self.cue),
            "within": self.within,
            "standalone": self.standalone,
            "check_worthiness": self.check_worthiness,
            "confidence": self.confidence,
            **asdict(self.provenance),
            self.kind: {f.name: plain(getattr(self.detail, f.name)) for f in fields(self.detail)},
        }


def plain(value: Any) -> Any:
    """A field's value as JSON knows it: spans and dates in their JSON form, whole decimals as integers."""
    if isinstance(value, Span):
        return value.to_dict()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    return value


def claim_id(document_text_hash: str, kind: ClaimKind, start: int, end: int) -> str:
    """The same claim keeps its id across runs and machines: it depends on the text, the kind and the span alone."""
    return digest(document_text_hash, kind, start, end)


def envelope(spans: Iterable[Span], text: str) -> Span:
    """The smallest span of ``text`` that covers all of them (at least one)."""
    spans = list(spans)
    return Span.of(text, min(s.start for s in spans), max(s.end for s in spans))
