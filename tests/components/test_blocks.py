"""The claims_blocks component."""

from __future__ import annotations

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.records import Block

TEXT = 'Rail Plan\n\n🚂 Costs\n\nThe plan costs $3 billion\n• It was "late".\n• Nobody paid\n\nSo be it.'


def bare() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("claims_blocks")
    return nlp


def starts(doc: Doc) -> list[str]:
    return [token.text for token in doc if token.is_sent_start]


def test_blocks_are_set_as_attribute_and_span_group() -> None:
    doc = bare()(TEXT)
    assert [b.kind for b in doc._.claims_blocks] == [span.label_ for span in doc.spans["claims_blocks"]]
    assert [span.text for span in doc.spans["claims_blocks"]][:2] == ["Rail Plan", "Costs"]


def test_blocks_set_by_a_reader_are_kept() -> None:
    nlp = bare()
    doc = nlp.make_doc("One two. Three four.")
    given = (Block("paragraph", 0, 8, ("S",)), Block("caption", 9, 20))
    doc._.claims_blocks = given
    (done,) = nlp.pipe([doc])
    assert done._.claims_blocks == given
    assert starts(done) == ["One", "Three"]


def test_blocks_begin_sentences_and_leave_markers_outside() -> None:
    doc = bare()(TEXT)
    begun = {token.idx for token in doc if token.is_sent_start}
    for block in doc._.claims_blocks:
        assert block.start in begun
        behind = next((token.idx for token in doc if token.idx >= block.end), None)
        assert behind is None or behind in begun


def test_blocks_parser_never_joins_two_blocks(nlp: Language) -> None:
    doc = nlp(TEXT)
    for sent in doc.sents:
        for block in doc._.claims_blocks:
            inside = block.start <= sent.start_char and sent.end_char <= block.end
            assert inside or sent.end_char <= block.start or sent.start_char >= block.end


def test_blocks_survive_serialisation() -> None:
    nlp = bare()
    doc = nlp(TEXT)
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert again._.claims_blocks == doc._.claims_blocks


def test_blocks_of_a_parsed_document_are_set_without_touching_its_sentences(nlp: Language) -> None:
    doc = nlp.make_doc("One two. Three four.")
    parsed = Doc(nlp.vocab, words=[t.text for t in doc], heads=[1, 1, 1, 4, 4, 4], deps=["dep"] * 6)
    sentences = [s.text for s in parsed.sents]
    nlp.get_pipe("claims_blocks")(parsed)
    assert [s.text for s in parsed.sents] == sentences


def test_blocks_of_empty_and_blank_texts() -> None:
    nlp = bare()
    assert nlp("")._.claims_blocks == ()
    assert nlp(" \n\n ")._.claims_blocks == ()
