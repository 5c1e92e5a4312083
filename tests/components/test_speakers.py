"""Who says what, on short texts of our own; attributions are set by hand, so that only the speakers are tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from pipeline.components.speakers import Speakers
from pipeline.records import Attribution, Context, Span, Speaker
from pipeline.speakers import resolve
from pipeline.speakers.knowledge import KnowledgeError, load_knowledge

MARKED = re.compile(r"\[([^\]]*)\]")


def read(
    nlp: Language, marked: str, rule: str = "test", quote_type: str = "indirect"
) -> tuple[Doc, list[Speaker | None]]:
    """Parse a text whose sources stand in brackets; the document, and the speaker of each source in text order.

    The content of each attribution is what follows up to the next source; ``[]`` is an attribution without a source.
    """
    text, sources, at = "", [], 0
    for match in MARKED.finditer(marked):
        text += marked[at : match.start()]
        sources.append((len(text), len(text) + len(match[1])))
        text += match[1]
        at = match.end()
    text += marked[at:]
    ends = [start for start, _ in sources[1:]] + [len(text)]
    doc = nlp.make_doc(text)
    for name, pipe in nlp.pipeline:
        if not name.startswith("claims_"):
            doc = pipe(doc)
    doc._.claims_attributions = tuple(
        Attribution(
            content=(Span.of(text, source_end, max(source_end + 1, end)),),
            quote_type=quote_type,  # type: ignore[arg-type]
            act="statement",
            confidence=1.0,
            rule=rule,
            source=Span.of(text, start, source_end) if source_end > start else None,
        )
        for (start, source_end), end in zip(sources, ends, strict=True)
    )
    doc = Speakers(load_knowledge())(doc)
    speakers = {s.speaker_id: s for s in doc._.claims_speakers}
    return doc, [speakers[a.speaker_id] if a.speaker_id else None for a in doc._.claims_attributions]


def names(nlp: Language, marked: str, **kwargs: str) -> list[str | None]:
    return [s.name if s else None for s in read(nlp, marked, **kwargs)[1]]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Maria Lopez runs a bakery. [Lopez] said rents were too high.", ["Maria Lopez"]),
        ("[Maria Lopez] said rents were too high. [She] said they would rise.", ["Maria Lopez", "Maria Lopez"]),
        ("[Sen. Karl Brandt] opposed the bill. [The senator] said it was unfair.", ["Karl Brandt", "Karl Brandt"]),
        ("Paul Moreau met Anna Weiss. [She] said the meeting went well.", ["Anna Weiss"]),
        ("Anna Weiss met Paul Moreau. [He] said the meeting went well.", ["Paul Moreau"]),
        ("[Anna Weiss, who] leads the bank, said rates would fall.", ["Anna Weiss"]),
        ("Anna Weiss, [who] said rates would fall, leads the bank.", ["Anna Weiss"]),
        ("The former adviser, John Hartley, resigned. [Mr. Hartley's] view is that it failed.", ["John Hartley"]),
        ("[Maria Lopez and Karl Brandt] said they would run.", ["Maria Lopez and Karl Brandt"]),
        ("[Officials] said the road would close.", ["Officials"]),
        ("[A spokesman for the mayor] declined to comment.", ["spokesman for the mayor"]),
        ("[The National Audit Office (NAO)] was critical. [The NAO] said costs rose.", ["National Audit Office"] * 2),
        ("[Seoul] said talks would go on.", ["South Korea"]),
        ("[The Orkney Argus] reported a loss.", ["Orkney Argus"]),
        ("[A Harbour Institute survey] found doubts. [The survey] said few agreed.", ["Harbour Institute survey"] * 2),
        ("[OSLO (AP) - Mayor Anna Weiss] said talks went on.", ["Anna Weiss"]),
        ("[Anna Weiss] said rents rose. [The bakery owner] added that sales fell.", ["Anna Weiss", "Anna Weiss"]),
        ("[A number of shop owners] said sales fell.", ["shop owners"]),
        ("[Ursula van der Meer] said yes. [Van der Meer] said she was sure.", ["Ursula van der Meer"] * 2),
        ("[State broadcaster ARD] said sales fell.", ["ARD"]),
        ("[None] said a word.", [None]),
        ("[] It was widely expected that rates would fall.", [None]),
    ],
)
def test_speakers_source_is_traced(nlp: Language, marked: str, expected: list[str | None]) -> None:
    assert names(nlp, marked) == expected


def test_speakers_first_person_in_a_quote_is_the_speaker_of_the_quote(nlp: Language) -> None:
    text = 'Maria Lopez said: "I think that rents will rise."'
    doc = nlp.make_doc(text)
    for name, pipe in nlp.pipeline:
        if not name.startswith("claims_"):
            doc = pipe(doc)

    def span(words: str) -> Span:
        return Span.of(text, text.index(words), text.index(words) + len(words))

    outer = Attribution(
        (span('"I think that rents will rise."'),), "direct", "statement", 1.0, "t", span("Maria Lopez")
    )
    inner = Attribution((span("that rents will rise"),), "indirect", "belief", 1.0, "t", span("I"))
    doc._.claims_attributions = (outer, inner)
    doc = Speakers(load_knowledge())(doc)
    assert len({a.speaker_id for a in doc._.claims_attributions}) == 1
    assert "first person in quotation" in {m.rule for m in doc._.claims_mentions}


def test_speakers_first_person_outside_quotes_is_the_author(nlp: Language) -> None:
    _, (author,) = read(nlp, "[I] believe that rents will rise.")
    assert author is not None and (author.name, author.kind) == ("author", "author")


def test_speakers_author_has_the_byline(nlp: Language) -> None:
    doc = nlp.make_doc("I believe that rents will rise.")
    doc._.claims_context = Context(byline="Rue Ashby")
    for name, pipe in nlp.pipeline:
        if not name.startswith("claims_"):
            doc = pipe(doc)
    source = Span.of(doc.text, 0, 1)
    content = Span.of(doc.text, 10, len(doc.text))
    doc._.claims_attributions = (Attribution((content,), "indirect", "belief", 1.0, "t", source),)
    (speaker,) = Speakers(load_knowledge())(doc)._.claims_speakers
    assert (speaker.name, speaker.kind) == ("Rue Ashby", "author")


def test_speakers_direct_quote_without_source_goes_on_with_the_speaker_before(nlp: Language) -> None:
    text = '[Maria Lopez] "Rents are too high."\n\n[] "They will rise again."'
    assert names(nlp, text, quote_type="direct") == ["Maria Lopez", "Maria Lopez"]
    assert names(nlp, text, quote_type="indirect") == ["Maria Lopez", None]


def test_speakers_turns_of_a_transcript(nlp: Language) -> None:
    text = (
        "[JANE DOE]: We will cut taxes.\n\n[QUESTION]: When?\n\n[SECRETARY DOE]: Next year.\n\n"
        "[KARL BRANDT]: I doubt that it will help."
    )
    _, speakers = read(nlp, text, rule="turn")
    assert [s and s.name for s in speakers] == ["Jane Doe", "questioner", "Jane Doe", "Karl Brandt"]
    assert speakers[1] and speakers[1].kind == "unnamed"


def test_speakers_answers_of_an_interview_are_whom_its_introduction_names(nlp: Language) -> None:
    text = "Maria Lopez runs a bakery in Leeds.\n\n[Q]: Is it hard?\n\n[A]: The rent is too high."
    assert names(nlp, text, rule="turn") == ["questioner", "Maria Lopez"]


@pytest.mark.parametrize(
    ("marked", "role"),
    [
        ("[Maria Lopez, an analyst at the Harbour Institute,] said so.", "analyst at the Harbour Institute"),
        ("[Former Treasury Secretary Karl Brandt] said so.", "Former Treasury Secretary"),
        ("[Anna Weiss, 43, a nurse from Ohio,] said so.", "nurse from Ohio"),
        ("[Anna Weiss, who heads the bank,] said so.", "heads the bank"),
        ("[Sen. Karl Brandt (R-Texas)] said so.", "Sen."),
        ("[Anna Weiss] said so.", None),
    ],
)
def test_speakers_role_as_the_article_words_it(nlp: Language, marked: str, role: str | None) -> None:
    _, (speaker,) = read(nlp, marked)
    assert speaker is not None and speaker.kind == "person" and speaker.role == role


def test_speakers_party_note_is_read(nlp: Language) -> None:
    _, (speaker,) = read(nlp, "[Sen. Karl Brandt (R-Texas)] said so.")
    assert speaker is not None and speaker.party == "Republican"


def test_speakers_canonical_name_is_the_fullest_and_the_others_are_aliases(nlp: Language) -> None:
    _, speakers = read(nlp, "[Lopez] said no. [Maria T. Lopez] said yes. [Maria Lopez] said maybe.")
    assert {s and s.name for s in speakers} == {"Maria T. Lopez"}
    assert speakers[0] is not None and set(speakers[0].aliases) == {"Lopez", "Maria Lopez"}


def test_speakers_well_known_surname_gets_its_full_name(nlp: Language) -> None:
    _, (speaker,) = read(nlp, "[Merkel] said talks would go on.")
    assert speaker is not None and (speaker.name, speaker.wikidata) == ("Angela Merkel", "Q567")


def test_speakers_well_known_surname_is_left_alone_where_the_article_names_another_of_it(nlp: Language) -> None:
    _, speakers = read(nlp, "[Ulrike Merkel] said yes. [Merkel] said she was sure.")
    assert [s and s.name for s in speakers] == ["Ulrike Merkel", "Ulrike Merkel"]
    assert speakers[1] is not None and speakers[1].wikidata is None


def test_speakers_namesake_with_an_ordinary_role_is_not_linked(nlp: Language) -> None:
    _, (speaker,) = read(nlp, "[John Bolton, a plumber from Ohio,] said so.")
    _, (known,) = read(nlp, "[John Bolton, former national security adviser,] said so.")
    assert speaker is not None and known is not None
    assert speaker.speaker_id != known.speaker_id


def test_speakers_one_person_in_two_articles_has_one_id(nlp: Language) -> None:
    _, (first,) = read(nlp, "[Michael Rowe] said the plan was good.")
    _, (second,) = read(nlp, "[Mr. Mike T. Rowe] said the plan was bad.")
    _, (other,) = read(nlp, "[Paula Rowe] said the plan was bad.")
    assert first is not None and second is not None and other is not None
    assert first.speaker_id == second.speaker_id != other.speaker_id


@pytest.mark.parametrize("source", ["Mr. Rowe", "Officials", "A source"])
def test_speakers_without_a_full_name_are_the_article_s_own(nlp: Language, source: str) -> None:
    _, (first,) = read(nlp, f"[{source}] said the plan was good.")
    _, (second,) = read(nlp, f"[{source}] said the plan was bad.")
    assert first is not None and second is not None
    assert first.name == second.name and first.speaker_id != second.speaker_id


def test_speakers_own_knowledge_file_names_the_speaker(nlp: Language, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("name,wikidata,party,aliases\nMaria Lopez,Q990001,Reform,Maria del Mar Lopez\n", encoding="utf-8")
    doc = read(nlp, "[Maria del Mar Lopez] said rents would rise.")[0]
    (speaker,) = Speakers(load_knowledge(str(path)))(doc)._.claims_speakers
    assert (speaker.name, speaker.wikidata, speaker.party) == ("Maria Lopez", "Q990001", "Reform")


@pytest.mark.parametrize(("state", "wikidata"), [("Ohio", "Q1001"), ("Ala.", "Q1002"), ("Texas", None)])
def test_speakers_namesakes_of_a_knowledge_file_are_told_apart_by_state(
    nlp: Language, tmp_path: Path, state: str, wikidata: str | None
) -> None:
    path = tmp_path / "own.csv"
    rows = "Karl Brandt,Q1001,representative (OH)\nKarl Brandt,Q1002,representative (AL)\n"
    path.write_text("name,wikidata,office\n" + rows, encoding="utf-8")
    doc = read(nlp, f"[Rep. Karl Brandt (R-{state})] said rents would rise.")[0]
    (speaker,) = Speakers(load_knowledge(str(path)))(doc)._.claims_speakers
    assert (speaker.name, speaker.wikidata) == ("Karl Brandt", wikidata)


def test_speakers_factory_takes_a_knowledge_file_and_says_what_is_wrong_with_it(nlp: Language, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("who\nMaria Lopez\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="unknown column 'who'"):
        nlp.create_pipe("claims_speakers", config={"knowledge": str(path)})


def test_speakers_resolve_finds_mentions_and_adds_new_speakers(nlp: Language) -> None:
    doc, _ = read(nlp, "South Korea must pay more. [Maria Lopez] said she would leave.")
    assert {s.kind for s in doc._.claims_speakers} == {"person"}
    start = doc.text.index("she")
    she = resolve(doc, start, start + 3)
    assert she is not None and she.speaker_id == doc._.claims_attributions[0].speaker_id
    korea = resolve(doc, 0, len("South Korea"))
    assert korea is not None and korea in doc._.claims_mentions
    assert resolve(doc, 0, len("South Korea")) == korea
    assert [s.name for s in doc._.claims_speakers] == ["Maria Lopez", "South Korea"]
    assert resolve(doc, doc.text.index("pay"), doc.text.index("more")) is None
    assert resolve(nlp.make_doc("x"), 0, 1) is None


def test_speakers_resolve_works_on_a_document_read_back(nlp: Language) -> None:
    doc, _ = read(nlp, "South Korea must pay more. [Maria Lopez] said she would leave.")
    again = next(iter(DocBin(store_user_data=True, docs=[doc]).get_docs(nlp.vocab)))
    korea = resolve(again, 0, len("South Korea"))
    assert korea is not None and korea in again._.claims_mentions
    assert [s.name for s in again._.claims_speakers] == ["Maria Lopez", "South Korea"]


def test_speakers_he_in_a_quote_is_not_its_own_speaker(nlp: Language) -> None:
    doc, _ = read(nlp, '[Karl Brandt] "He is wrong," and left.', quote_type="direct")
    assert resolve(doc, doc.text.index("He"), doc.text.index(" is")) is None
    doc, _ = read(nlp, "[Karl Brandt] said he was wrong.")
    assert resolve(doc, doc.text.index("he "), doc.text.index(" was")) is not None


def test_speakers_survive_bytes(nlp: Language) -> None:
    doc, (speaker,) = read(nlp, "[Maria Lopez] said she would leave.")
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert again._.claims_speakers == doc._.claims_speakers == (speaker,)
    assert resolve(again, 0, 11) == resolve(doc, 0, 11)


ANY_TEXT = st.text(st.sampled_from(list("aB. ,:;\"'“”’()-–\n\tQ%é1")) | st.characters(), max_size=120)
PIECES = st.lists(
    st.sampled_from(["Mr. ", "Maria Lopez", "Lopez ", " said ", "who ", "he ", '"', "“", "”", " (NAO) ", "\n\n", "A: "])
    | st.sampled_from(["the two men ", "Sen. ", ", ", " and ", "’s ", "-led ", "I ", "the senator ", "1", "% "]),
    max_size=30,
)


@settings(max_examples=30, deadline=None)
@given(ANY_TEXT | PIECES.map("".join), st.data())
def test_speakers_any_text_gives_mentions_inside_it(nlp: Language, text: str, data: st.DataObject) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")
    offset = st.integers(0, len(text))
    spans = [sorted((data.draw(offset), data.draw(offset))) for _ in range(4)]
    doc = nlp.make_doc(text)
    for name, pipe in nlp.pipeline:
        if not name.startswith("claims_"):
            doc = pipe(doc)
    a, b, c, d = (Span.of(text, s, e) for s, e in spans)
    doc._.claims_attributions = (
        Attribution((a,), "direct", "statement", 1.0, "turn", b, c),
        Attribution((d,), "indirect", "statement", 1.0, "t", a),
        Attribution((c, d), "mixed", "statement", 1.0, "t"),
    )
    before = doc._.claims_attributions
    doc = Speakers(load_knowledge())(doc)
    ids = {s.speaker_id for s in doc._.claims_speakers}
    assert len(ids) == len(doc._.claims_speakers)
    for mention in doc._.claims_mentions:
        assert text[mention.span.start : mention.span.end] == mention.span.text and mention.speaker_id in ids
        assert 0 < mention.confidence <= 1
    for old, new in zip(before, doc._.claims_attributions, strict=True):
        assert (old.content, old.source, old.cue) == (new.content, new.source, new.cue)
        assert new.speaker_id is None or new.speaker_id in ids
