"""Who pays, where the clause has only a pronoun: the person or body that the speakers component takes it for."""

from __future__ import annotations

from dataclasses import replace

from spacy.tokens import Doc, Token

from pipeline.records import Amount, AmountMention
from pipeline.speakers import resolve

PRONOUNS = frozenset({"he", "she", "it", "they", "i", "we"})
REACH = 60
"""So many tokens before an amount, and then behind it, its pronoun is looked for."""


def named_payer(doc: Doc, found: AmountMention) -> Amount:
    """The amount with the payer's name for its pronoun, or as it is where nobody is known for it.

    Works on a document that ``claims_speakers`` has seen; otherwise nothing changes.
    """
    payer = found.amount.payer
    if payer is None or payer.lower() not in PRONOUNS:
        return found.amount
    token = nearest_pronoun(doc, found.span.start, payer.lower())
    known = resolve(doc, token.idx, token.idx + len(token)) if token is not None else None
    if known is None:
        return found.amount
    name = next((s.name for s in doc._.claims_speakers if s.speaker_id == known.speaker_id), None)
    return replace(found.amount, payer=name) if name is not None else found.amount


def nearest_pronoun(doc: Doc, at: int, word: str) -> Token | None:
    """The last such pronoun before the character in its sentence, else the first after it."""
    amount = doc.char_span(at, at + 1, alignment_mode="expand")
    if amount is None:
        return None
    middle = amount[0].i
    for i in range(middle, max(-1, middle - REACH), -1):
        if doc[i].lower_ == word:
            return doc[i]
        if doc[i].is_sent_start:
            break
    for i in range(middle + 1, min(len(doc), middle + REACH)):
        if doc[i].is_sent_start:
            return None
        if doc[i].lower_ == word:
            return doc[i]
    return None
