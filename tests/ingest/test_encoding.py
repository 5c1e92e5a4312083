"""Bytes -> text."""

from __future__ import annotations

import pytest

from pipeline.errors import InputError
from pipeline.ingest.encoding import decode

NEWS = "The minister’s plan — it costs £4bn — will “fail”, said Zoë Müller at the café. " * 3


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_encoding_of_a_newswire_file_is_found(codec: str) -> None:
    assert decode(NEWS.encode(codec), "news.txt").text == NEWS


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Министр сказал, что тарифы вырастут в мае, и промышленность этого не ждала. "),
        ("cp949", "장관은 관세가 오월에 오를 것이라고 말했고 산업계는 이를 예상하지 못했다. "),
        ("gb18030", "部长说关税将在五月上涨，工业界没有料到这一点。他没有说明原因。"),
    ],
)
def test_encoding_of_other_scripts_is_detected(codec: str, text: str) -> None:
    assert decode((text * 5).encode(codec), "x.txt").text == text * 5


def test_encoding_declared_by_the_source_counts_before_detection() -> None:
    assert decode("Ołów".encode("cp1250"), "x.html", "cp1250").text == "Ołów"
    assert decode("Ołów".encode(), "x.html", "cp1250").text == "Ołów"
    assert decode("Café".encode("cp1252"), "x.html", "no-such-charset").text == "Café"


def test_encoding_of_a_file_cut_inside_a_character_is_still_utf8() -> None:
    raw = (NEWS * 2).encode()
    cut = raw[: raw.rindex("é".encode()) + 1]
    assert decode(cut, "x.txt").text.startswith(NEWS)


def test_encoding_refuses_what_is_no_text() -> None:
    with pytest.raises(InputError, match="a PDF"):
        decode(b"%PDF-1.7\n...", "x.txt")
    with pytest.raises(InputError, match="binary"):
        decode(bytes(1000), "x.txt")


def test_encoding_mended_lines_are_counted() -> None:
    broken = "The minister’s plan costs £4bn.".encode().decode("cp1252")
    found = decode(f"Nothing wrong here, naïve café.\n{broken}\nÂge is a word.\n".encode(), "x.txt")
    assert found.text == "Nothing wrong here, naïve café.\nThe minister’s plan costs £4bn.\nÂge is a word.\n"
    assert (found.encoding, found.repaired_lines) == ("utf-8", 1)
