"""The words of a prediction that say when: a time expression that stands with the predicted event."""

from __future__ import annotations

import re

from spacy.tokens import Doc, Token

from pipeline.predictions.dates import COUNT, MONTH, SEASON, UNIT, WEEKDAY, YEAR
from pipeline.predictions.syntax import Range
from pipeline.records import Span

UNITS = rf"(?:{UNIT[3:-1].replace('century', 'centur(?:y|ies)')}|hour|minute|decade|term|season|session|cycle|night|morning|evening)s?"
PREPOSITION = (
    r"(?:(?:(?:as early as|as soon as|as late as|no later than|not later than|some ?time|at some point|starting|beginning"
    r"|by|before|after|until|till|in|on|at|within|during|over|through|throughout|from|for|around|ahead of|prior to|since"
    r"|as of|effective|following) )(?:about |around |roughly |at least |as early as |early |late )?(?:the )?)"
)
PART = r"(?:(?:the )?(?:very )?(?:early|mid|late|beginning|start|middle|end|close)(?:(?: part)? of)?(?: the)?[- ])"
WHICH = r"(?:this|next|the coming|coming|the following|the next|the current|the upcoming|each|every|later this|early next|late next|late this)"
ORDINAL = r"(?:first|second|third|fourth|last|final)"
FUZZY = r"(?:(?:a |the next )?few|several|(?:a )?couple of|many|(?:a )?handful of)"
EVENT = (
    r"(?:elections?(?: day)?|summit|vote|convention|inauguration|primary|primaries|caucus(?:es)?|debate|deadline|midterms?"
    r"|hearing|conference|session|meeting|campaign|season|cycle|runoff|referendum|recess|term)"
)
CORES = (
    rf"(?:{WEEKDAY},? )?{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,? {YEAR})?",
    rf"(?:{WEEKDAY},? )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}(?:,? {YEAR})?",
    rf"(?:{PART}|later in |next |this )?{MONTH}(?:(?: of|,)? {YEAR})(?!\d)",
    rf"(?:the )?{PART}?20\d0s",
    rf"(?:the )?{ORDINAL} (?:quarter|half)(?: of)?(?: (?:this|next|the) (?:fiscal )?year| {YEAR})?",
    rf"{PART}?{WHICH} (?:{COUNT} |{FUZZY} )?(?:fiscal |calendar |school |financial )?(?:{UNITS}|{MONTH}|{WEEKDAY}|{SEASON}|weekend)(?:'s)?(?: (?:night|morning|afternoon|evening))?",
    rf"{PART}(?:{UNIT}|{SEASON}|summer|campaign|term|{YEAR})",
    rf"(?:the )?(?:{UNIT})(?:'s|-| )end\b",
    r"(?:the )?mid-?century",
    r"(?:later|earlier) (?:today|tonight|that day|in the (?:day|week|month|year))",
    r"(?:today|tonight|tomorrow)(?: (?:night|morning|afternoon|evening))?",
    rf"{WEEKDAY}(?: (?:night|morning|afternoon|evening))?(?: at (?:noon|midnight|\d{{1,2}}(?::\d\d)?(?: ?[ap]\.?m\.?)?))?",
    rf"(?:{COUNT}|{FUZZY}) {UNITS} (?:from now|hence|down the (?:road|line))",
    r"(?:for )?(?:many |several |some )?(?:years|decades|generations|months|weeks) to come",
    r"(?:as soon as possible|sooner or later|soon|shortly|immediately|eventually|someday|some day|one day|any (?:day|time|minute)(?: now| soon)?"
    r"|right away|from now on|forever|in due course|overnight|momentarily|imminently|down the (?:road|line)|going forward"
    r"|before long|at once|at the same time|as early as possible|later)",
    r"in the (?:(?:very )?(?:near|foreseeable|distant|not[- ](?:too|so)[- ]distant)(?:[- ]term)? )?future|in the (?:short|long|medium|near)(?:er)? (?:run|term)"
    r"|in (?:the )?(?:coming|future) (?:days|weeks|months|years)|in time for [^,.;]{3,40}?(?=[,.;]|$)",
    r"on (?:election|inauguration|polling) day|on day (?:one|1)|every (?:day|week|month|year|night)|in (?:my|our|your|their|his|her) lifetimes?",
)
WITH_PREPOSITION = (
    rf"(?:{PART})?(?:{MONTH}|{YEAR}|{SEASON}|the weekend|fiscal(?: year)? {YEAR}|{YEAR}-\d\d)(?:'s)?(?! ?\d)",
    rf"(?:{COUNT}|{FUZZY})(?: to {COUNT}| or {COUNT})? ?-?{UNITS}(?! (?:of|old|ago|earlier|before|after|later)\b|-)",
    r"(?:the )?(?:new year|holidays?|end of [a-z' ]{3,30}?(?=[,.;]|$)|weekend|christmas|thanksgiving|easter|labor day|memorial day)",
)
TOWARDS_EVENT = (
    rf"(?:by|before|after|until|till|through|ahead of|prior to|following|on the day of) (?:(?:the|this|next|that|a|his|her|their|its|our) )?"
    rf"(?:[\w.'-]+ ){{0,4}}?{EVENT}\b(?: (?:in|on|at) (?:{MONTH}(?: \d{{1,2}})?|{WEEKDAY}|midnight(?: {WEEKDAY})?))?"
)
APOSTROPHES = str.maketrans("’\xa0\n\t", "'   ")
EXPRESSION = re.compile(
    rf"(?<![\w-])(?:{PREPOSITION}?(?:{'|'.join(f'(?:{c})' for c in CORES)})"
    rf"|{PREPOSITION}(?:{'|'.join(f'(?:{c})' for c in WITH_PREPOSITION)})|{TOWARDS_EVENT})(?![\w])",
    re.IGNORECASE,
)
PAST = re.compile(r"(?:\b(?:ago|last|past|previous|since|earlier)\b|(?<!\d)(?:1\d\d\d|200\d)(?!\d))", re.IGNORECASE)
FUTURE = re.compile(rf"{MONTH}|{WEEKDAY}|{YEAR}|\b(?:next|tomorrow|tonight|coming|soon|weekend)\b", re.IGNORECASE)
DAY = re.compile(rf"{MONTH} \d|\d (?:of )?{MONTH}|{WEEKDAY}|tomorrow|tonight|in {MONTH}|next week", re.IGNORECASE)
AHEAD = re.compile(r"(?:\w+ )?(?:the )?(?:next|coming|tomorrow)\b|(?:by|until) ", re.IGNORECASE)
CLAUSE_MARKS = frozenset({"until", "till", "once", "before", "after"})


def horizon(doc: Doc, span: Range, condition: Range | None, head: Token) -> Span | None:
    """The first time expression that belongs to the predicted event, not to its condition or to something past."""
    text = doc.text
    first, last = doc[span[0]], doc[span[1] - 1]
    start, end = first.idx, last.idx + len(last)
    found = [m.span() for m in EXPRESSION.finditer(text[start:end].translate(APOSTROPHES))]
    for left, right in found:
        at = doc.char_span(start + left, start + right, alignment_mode="expand")
        possessive = text[start + right : start + right + 2] in ("'s", "’s") or text[
            start + right - 2 : start + right
        ] in ("'s", "’s")
        if (
            at is None
            or (possessive and at.start < head.i)
            or PAST.search(at.text)
            or PAST.match(text[start + right : start + right + 12].lstrip())
        ):
            continue
        if condition is not None and condition[0] <= at.start < condition[1]:
            continue
        modifies = at.root.dep_ in ("compound", "nummod", "amod", "nmod") and at.root.head.i >= at.end
        if not modifies and (AHEAD.match(at.text) or not past_event(at.root, head)):
            return Span.of(text, start + left, start + right)
    return clause_horizon(doc, span, condition, head)


def past_event(token: Token, head: Token) -> bool:
    """Whether a past verb other than the predicted one lies between the expression and the prediction."""
    for _ in range(8):
        if token == head or token.head == token:
            return False
        token = token.head
        if token == head:
            return False
        if token.tag_ == "VBD" or (token.tag_ == "VBN" and token.dep_ in ("acl", "amod") and token.head.pos_ != "VERB"):
            return not any(c.lower_ in ("is", "are", "be", "set", "due") for c in token.children)
    return False


def dated(words: str) -> bool:
    """Whether the time expression names a day ("on June 7", "Monday") rather than a period."""
    return DAY.search(words) is not None


def future_time(token: Token) -> bool:
    """Whether the dependent is a time expression that can lie ahead ("on June 7", "next week", "tomorrow")."""
    doc = token.doc
    start, end = token.left_edge.idx, token.right_edge.idx + len(token.right_edge)
    words = doc.text[start : min(end, start + 60)].translate(APOSTROPHES)
    found = EXPRESSION.match(words)
    return found is not None and FUTURE.search(found.group()) is not None and PAST.search(words) is None


def clause_horizon(doc: Doc, span: Range, condition: Range | None, head: Token) -> Span | None:
    """A temporal clause: "once the votes are counted", "until she gives up", "by the time it is done"."""
    for mark in doc[span[0] : span[1]]:
        if condition is not None and condition[0] <= mark.i < condition[1]:
            continue
        verb = mark.head
        if mark.lower_ == "time" and verb.lower_ == "by":
            mark, verb = verb, mark
        elif mark.lower_ not in CLAUSE_MARKS or verb.dep_ != "advcl" or (verb.tag_ == "VBD" and mark.lower_ == "after"):
            continue
        right = doc[min(verb.right_edge.i, span[1] - 1)]
        if verb != head and right.i > mark.i:
            return Span.of(doc.text, mark.idx, right.idx + len(right))
    return None
