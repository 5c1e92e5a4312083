"""What a reviewer typed and selected, as a claim: corrected, or added where the pipeline missed it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from pipeline import check_worthiness, records
from pipeline.attribution.acts import STATEMENT, load_acts
from pipeline.extraction import pipeline_version
from pipeline.records import (
    CONTEXT_CHARS,
    Amount,
    Bound,
    Certainty,
    Change,
    Claim,
    ClaimKind,
    Detail,
    Document,
    Prediction,
    PredictionType,
    Provenance,
    Quote,
    QuoteType,
    Span,
    Speaker,
    SpeakerKind,
)
from pipeline.review.snapshots import move

Form = Mapping[str, str]
SpeakerFinder = Callable[[str], Speaker | None]

IN_DOLLARS = ("usd_low", "usd_high", "usd_rate", "usd_date")
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": get_args(ClaimKind),
    "quote_type": get_args(QuoteType),
    "act": tuple(sorted({STATEMENT, *load_acts().values()})),
    "bound": get_args(Bound),
    "change": get_args(Change),
    "type": get_args(PredictionType),
    "certainty": get_args(Certainty),
    "speaker_kind": get_args(SpeakerKind),
}
"""What a field that is chosen from a list may be."""

MAX_WORDS = 400
"""The longest text of a field."""
MAX_DIGITS = 30


class FormError(ValueError):
    """A field whose value makes no sense; ``field`` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def corrected(document: Document, claim: Claim, form: Form, find_speaker: SpeakerFinder) -> Claim:
    """The claim with the values of the form; what the form does not name stays as it is. Raises ``FormError``."""
    start, end = _ends(form, document.text, (claim.start, claim.end))
    moved = move(claim, document.text, start, end)
    speaker = _speaker(form, claim.speaker, find_speaker)
    mention = moved.mention if speaker == claim.speaker else None
    return replace(moved, speaker=speaker, mention=mention, detail=_detail(moved, form, document.text))


def added(document: Document, kind: str, form: Form, find_speaker: SpeakerFinder) -> Claim:
    """A claim that the pipeline did not find. Raises ``FormError``."""
    chosen = _choice({"kind": kind}, "kind", "")
    start, end = _ends(form, document.text, (-1, -1))
    blank = draft(document, chosen, Span.of(document.text, start, end))
    return replace(blank, speaker=_speaker(form, None, find_speaker), detail=_detail(blank, form, document.text))


def draft(document: Document, kind: str, span: Span) -> Claim:
    """A claim to fill in, of a known kind on a span."""
    chosen: Any = kind
    text = document.text
    sentence = _line(text, span.start, span.end)
    return Claim(
        claim_id=records.claim_id(records.text_hash(text), chosen, span.start, span.end),
        kind=chosen,
        doc_id=document.doc_id,
        span=span,
        prefix=text[max(0, span.start - CONTEXT_CHARS) : span.start],
        suffix=text[span.end : span.end + CONTEXT_CHARS],
        sentence=sentence,
        section=next((b.section for b in document.blocks if b.start <= span.start < b.end), ()),
        speaker=None,
        mention=None,
        cue=None,
        within=None,
        standalone=span.text,
        check_worthiness=check_worthiness.score([sentence.text])[0],
        confidence=1.0,
        detail=_blank_detail(chosen, span),
        provenance=Provenance("review", pipeline_version(), "none", "none"),
    )


def _blank_detail(kind: ClaimKind, span: Span) -> Detail:
    """The detail that a form for a new claim starts from."""
    if kind == "amount":
        return Amount(None, None, "exact", "USD", "given by a reviewer")
    if kind == "quote":
        return Quote("direct", "statement", (span,))
    return Prediction("forecast", "probable")


def _ends(form: Form, text: str, default: tuple[int, int]) -> tuple[int, int]:
    start, end = (_whole(form, name, default[i]) for i, name in enumerate(("start", "end")))
    if not 0 <= start < end <= len(text):
        raise FormError("start", "The span is empty or does not lie in the article: select its words again.")
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        raise FormError("start", "The span holds no words: select them again.")
    return start, end


def _speaker(form: Form, old: Speaker | None, find: SpeakerFinder) -> Speaker | None:
    if "speaker" not in form:
        return old
    name = _words(form, "speaker")
    if name is None:
        return None
    if old is not None and name == old.name:
        return old
    known = find(name)
    if known is not None:
        return known
    kind: Any = _choice(form, "speaker_kind", "person")
    return Speaker(records.digest("speaker", "review", kind, name.casefold()), name, kind)


def _detail(claim: Claim, form: Form, text: str) -> Detail:
    old = claim.detail
    if isinstance(old, Amount):
        return _amount(old, form)
    if isinstance(old, Quote):
        kinds: Any = {f: _choice(form, f, getattr(old, f)) for f in ("quote_type", "act")}
        verbatim = {"direct": old.verbatim or old.content, "indirect": ()}.get(kinds["quote_type"], old.verbatim)
        return replace(old, verbatim=verbatim, **kinds)
    values: dict[str, Any] = {f: _choice(form, f, getattr(old, f)) for f in ("type", "certainty")}
    if "type" in form:
        values["negated"] = form.get("negated") == "yes"
    for name in ("condition", "horizon"):
        values[name] = _quoted(form, name, getattr(old, name), claim, text)
    for name in ("horizon_from", "horizon_to"):
        values[name] = _day(form, name, getattr(old, name))
    first, last = values["horizon_from"], values["horizon_to"]
    if first and last and first > last:
        raise FormError("horizon_to", "The last day lies before the first.")
    return replace(old, **values)


def _amount(old: Amount, form: Form) -> Amount:
    low, high = (_number(form, f, getattr(old, f)) for f in ("low", "high"))
    bound: Any = _choice(form, "bound", old.bound)
    if bound in ("exact", "about"):
        low = high = low if low is not None else high
    missing = {
        "at_least": low is None and "low",
        "at_most": high is None and "high",
        "range": (low is None and "low") or (high is None and "high"),
    }.get(bound, low is None and "low")
    if missing:
        raise FormError(missing, f"An amount that is “{bound.replace('_', ' ')}” needs this number.")
    if bound == "range" and low is not None and high is not None and low > high:
        raise FormError("high", "The higher number is below the lower one.")
    unit = _words(form, "unit") if "unit" in form else old.unit
    if unit is None or not re.fullmatch("[A-Za-z]{3}|percent|ratio", unit):
        raise FormError("unit", "A unit is a currency's three letters (USD, EUR; XXX if unknown), percent or ratio.")
    unit = unit if unit in ("percent", "ratio") else unit.upper()
    same = (low, high, unit) == (old.low, old.high, old.unit)
    in_dollars: dict[str, Any] = {f: getattr(old, f) if same else None for f in IN_DOLLARS}
    words: dict[str, Any] = {
        f: _words(form, f) if f in form else getattr(old, f) for f in ("per", "payer", "verb", "object", "when")
    }
    change: Any = _choice(form, "change", old.change)
    reason = old.unit_reason if unit == old.unit else "given by a reviewer"
    return Amount(
        low=None if bound == "at_most" else low,
        high=None if bound == "at_least" else high,
        bound=bound,
        unit=unit,
        unit_reason=reason,
        change=change,
        **words,
        **in_dollars,
    )


def _quoted(form: Form, name: str, old: Span | None, claim: Claim, text: str) -> Span | None:
    """The words of the field where they stand closest to the claim."""
    if name not in form:
        return old
    words = _words(form, name)
    if words is None:
        return None
    if old is not None and words == " ".join(old.text.split()):
        return old
    pattern = r"\s+".join(re.escape(w) for w in words.split())
    found = [(m.start(), m.end()) for m in re.finditer(pattern, text, re.IGNORECASE)]
    if not found:
        raise FormError(name, f"The article does not have the words “{words}”.")
    start, end = min(found, key=lambda f: max(claim.start - f[1], f[0] - claim.end, 0))
    return Span.of(text, start, end)


def _whole(form: Form, name: str, default: int) -> int:
    value = form.get(name, str(default)).strip()
    if not re.fullmatch(r"\d{1,9}", value):
        raise FormError(name, "This is no position in the article: select the words again.")
    return int(value)


def _number(form: Form, name: str, default: Decimal | None) -> Decimal | None:
    if name not in form:
        return default
    value = form[name].replace(",", "").replace(" ", "").replace("\u202f", "").strip()
    if not value:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise FormError(name, f"“{value[:40]}” is no number; write it as 2500000 or 0.5.") from None
    if not number.is_finite() or len(number.as_tuple().digits) > MAX_DIGITS or abs(number.adjusted()) > MAX_DIGITS:
        raise FormError(name, "This number is out of range.")
    return number


def _day(form: Form, name: str, default: date | None) -> date | None:
    if name not in form:
        return default
    try:
        return date.fromisoformat(form[name].strip()) if form[name].strip() else None
    except ValueError:
        raise FormError(name, "Write the day as 2027-01-31.") from None


def _choice(form: Form, name: str, default: str) -> str:
    value = form.get(name, default)
    if value not in CHOICES[name] and value != default:
        raise FormError(name, f"Choose one of: {', '.join(CHOICES[name])}.")
    return value


def _words(form: Form, name: str) -> str | None:
    value = " ".join(form.get(name, "").split())
    if len(value) > MAX_WORDS:
        raise FormError(name, f"At most {MAX_WORDS} characters.")
    return value or None


def _line(text: str, start: int, end: int) -> Span:
    """The line that holds the characters."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    return Span.of(text, first, len(text) if last < 0 else last)
