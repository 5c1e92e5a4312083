"""E-mail newsletters (.eml) and web archives of single pages (.mht), read with the standard library."""

from __future__ import annotations

import email
import email.policy
import re
from contextlib import suppress
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from typing import Any

from pipeline.errors import InputError
from pipeline.ingest import html, text
from pipeline.ingest.reading import Reading, squeeze

SIGNATURE = re.compile(r"^-- \r?$", re.MULTILINE)
"""The line above a signature (RFC 3676, section 4.3)."""

PLAIN_SHARE = 0.6
"""The HTML part is the article unless it has less than this share of the plain part's words."""


def read(raw: bytes, name: str, charset: str | None = None) -> Reading:
    """The article of a message: its HTML part, or the plain one where that says more; subject, sender and date with it.

    Raises ``InputError`` where the message has no text.
    """
    message = email.message_from_bytes(raw, policy=email.policy.default)
    found = [reading for subtype in ("html", "plain") if (reading := part(message, subtype, name)) is not None]
    if not found:
        raise InputError(f"{name} is a message without text; check that it is an e-mail")
    best = found[0] if len(found[0].text) >= PLAIN_SHARE * len(found[-1].text) else found[-1]
    senders = getattr(message.get("from"), "addresses", ())
    names = [address.display_name or address.addr_spec for address in senders]
    told: dict[str, Any] = {"title": header(message, "subject"), "published": sent(message)}
    told["byline"] = squeeze(", ".join(names))
    headers = {"title": "subject", "byline": "from", "published": "date"}
    told = {field: value for field, value in told.items() if value and (field != "byline" or not best.byline)}
    return replace(
        best,
        **told,
        origins={**best.origins, **{field: f"header {headers[field]}" for field in told}},
        uri=header(message, "snapshot-content-location") or best.uri,
    )


def part(message: EmailMessage, subtype: str, name: str) -> Reading | None:
    """The message's part of a text type as its reader understands it, nothing where there is none."""
    for piece in message.walk():
        if piece.get_content_type() != f"text/{subtype}" or piece.get_content_disposition() == "attachment":
            continue
        with suppress(InputError, LookupError, ValueError, KeyError):
            content = piece.get_payload(decode=True)
            if isinstance(content, bytes) and content.strip():
                charset = piece.get_content_charset()
                if subtype == "html":
                    return html.read(content, name, charset, header(message, "subject"))
                return unsigned(text.read(content, name, charset))
    return None


def unsigned(reading: Reading) -> Reading:
    """The reading with what stands below the signature line marked as page furniture."""
    found = SIGNATURE.search(reading.text)
    end = found.start() if found else len(reading.text)
    blocks = (b if b.start < end else replace(b, kind="boilerplate") for b in reading.blocks)
    return replace(reading, blocks=tuple(blocks))


def header(message: EmailMessage, name: str) -> str | None:
    """A header's words; nothing where it is missing or malformed."""
    with suppress(ValueError, LookupError, AttributeError, IndexError):
        return squeeze(str(message.get(name) or "")) or None
    return None


def sent(message: EmailMessage) -> date | None:
    """The day in the message's date header."""
    with suppress(ValueError, TypeError, AttributeError, IndexError, OverflowError):
        moment = message["date"].datetime
        return moment.date() if moment else None
    return None
