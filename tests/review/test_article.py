"""The article on the page: all its characters, once, with the marks where they belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser

from harbour import TEXT, make_claim, make_document, usual_claims
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Block, Document, Span
from pipeline.review.article import Part, Segment, exact, parts
from pipeline.review.survey import survey


def segments(found: Sequence[Part]) -> Iterator[Segment]:
    for part in found:
        yield from (*part.above, *part.gap, *part.segments)
        yield from segments(part.items)


def test_article_blocks_are_as_they_were() -> None:
    document = make_document()
    items = survey(document, usual_claims(document), [])
    found = parts(document, items, items[0].claim.claim_id)
    assert [p.tag for p in found] == ["h2", "p", "ul", "p", "p"]
    assert [i.kind for i in found[2].items] == ["list_item", "list_item"]
    assert [s.text for s in found[2].items[0].gap] == ["• "]
    assert found[3].kind == "boilerplate"
    marked = "".join(s.text for s in segments(found) if s.current)
    assert marked == items[0].claim.text


@given(
    st.text(min_size=1, max_size=80),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=6),
    st.lists(st.tuples(st.integers(0, 79), st.integers(1, 40)), max_size=6),
)
def test_article_shows_every_character_once(
    text: str, blocks: list[tuple[int, int]], claims: list[tuple[int, int]]
) -> None:
    inside = [Block("paragraph", a, b) for a, b in blocks if a < b <= len(text)]
    document = Document("d" * 64, "u", text, tuple(inside))
    spans = {(a, min(a + n, len(text))) for a, n in claims if a < len(text)}
    made = [make_claim(make_document(), "quote", TEXT[5:9]) for _ in spans]
    made = [
        replace(c, claim_id=f"{i:032x}", span=Span.of(text, *s))
        for i, (c, s) in enumerate(zip(made, sorted(spans), strict=True))
    ]
    found = list(segments(parts(document, survey(document, made, []), "0" * 32)))
    assert "".join(s.text for s in found) == text
    at = 0
    for segment in found:
        assert segment.start == at
        at += len(segment.text)
    for claim in made[:1]:
        marked = {i for s in found if s.current for i in range(s.start, s.start + len(s.text))}
        assert marked == set(range(claim.start, claim.end))


@given(st.text(st.characters(codec="utf-8")))
def test_article_markup_has_one_character_for_each(text: str) -> None:
    class Reader(HTMLParser):
        data = ""

        def handle_data(self, data: str) -> None:
            self.data += data

        def handle_starttag(self, tag: str, attrs: object) -> None:
            raise AssertionError(tag)

    reader = Reader(convert_charrefs=True)
    html = str(exact(text))
    assert "\r" not in html and "\x00" not in html
    reader.feed(html)
    reader.close()
    assert reader.data == text.replace("\x00", "\ufffd")
