"""E-mail newsletters and saved pages."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from pipeline import ingest
from pipeline.errors import InputError

PLAIN = (
    "The ministry said that the plan would cost £3bn.\n\n> We will not pay.\n\nThat was all.\n\n-- \nJane Doe, Editor\n"
)
HTML = (
    "<h2>Costs</h2><p>The ministry said that the plan would cost £3bn.</p><ul><li>Bridges</li></ul>"
    "<p>That was all of it.</p>"
)


def message(plain: str | None = PLAIN, html: str | None = None) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Rail – what it costs"
    mail["From"] = "The Daily Test <news@daily.example>"
    mail["Date"] = "Mon, 04 Mar 2024 10:15:00 +0000"
    if plain is not None:
        mail.set_content(plain)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return bytes(mail)


def test_email_headers_are_metadata() -> None:
    doc = ingest.read_bytes(message(), media_type="message/rfc822")
    assert (doc.title, doc.byline, doc.published) == ("Rail – what it costs", "The Daily Test", date(2024, 3, 4))


def test_email_plain_text_keeps_quotes_and_marks_the_signature() -> None:
    doc = ingest.read_bytes(message(), media_type="message/rfc822")
    found = [(b.kind, doc.text[b.start : b.end]) for b in doc.blocks]
    assert ("quote", "We will not pay.") in found
    assert found[-1] == ("boilerplate", "Jane Doe, Editor")


def test_email_html_part_gives_the_structure() -> None:
    doc = ingest.read_bytes(message(html=f"<html><body>{HTML}</body></html>"), media_type="message/rfc822")
    assert [b.kind for b in doc.blocks if b.section == ("Costs",)] == ["paragraph", "list_item", "paragraph"]


def test_email_plain_part_is_read_where_the_html_says_less() -> None:
    doc = ingest.read_bytes(message(html="<p>Open in your browser.</p>"), media_type="message/rfc822")
    assert "cost £3bn" in doc.text


def test_email_page_saved_by_a_browser() -> None:
    page = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://daily.example/rail\nSubject: Rail plan\n"
        'MIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="b"\n\n'
        f"--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        f"<html><body>{HTML}</body></html>\n"
        "--b\nContent-Type: image/png\n\nnothing\n--b--\n"
    )
    doc = ingest.read_bytes(page.encode(), media_type="multipart/related")
    assert (doc.title, doc.uri) == ("Rail plan", "https://daily.example/rail")


@pytest.mark.parametrize("raw", [b"\x00\x01\x02", message(plain=None), b"Content-Type: text/plain; charset=nope\n\n\n"])
def test_email_without_text_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError, match="mail"):
        ingest.read_bytes(raw, media_type="message/rfc822", name="mail.eml")
