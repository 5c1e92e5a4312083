"""The predictions component on the project's own sentences."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.components.predictions import make_predictions
from pipeline.records import Block, Context, PredictionMention

ROOT = Path(__file__).parent.parent.parent


def read(nlp: Language, text: str) -> tuple[PredictionMention, ...]:
    doc = nlp.make_doc(text)
    doc._.claims_context = Context(published=date(2026, 8, 12))
    found: tuple[PredictionMention, ...] = nlp(doc)._.claims_predictions
    return found


def one(nlp: Language, text: str) -> PredictionMention:
    found = read(nlp, text)
    assert len(found) == 1, [p.span.text for p in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "span", "type_", "certainty"),
    [
        ("Food prices will fall next year.", "Food prices will fall next year", "forecast", "certain"),
        ("The deal may be revised.", "The deal may be revised", "forecast", "possible"),
        ("The bank is likely to raise rates.", "The bank is likely to raise rates", "forecast", "probable"),
        ("Economists expect growth to slow by May.", "growth to slow by May", "forecast", "probable"),
        ("The ministry plans to cut taxes.", "The ministry plans to cut taxes", "commitment", "probable"),
        ("The senator vowed to repeal the law.", "The senator vowed to repeal the law", "commitment", "certain"),
        ("The debate is scheduled for Monday.", "The debate is scheduled for Monday", "schedule", "certain"),
        ("The tax will not rise this year.", "The tax will not rise this year", "forecast", "unlikely"),
        ("The party is unlikely to win.", "The party is unlikely to win", "forecast", "unlikely"),
    ],
)
def test_predictions_find_span_type_and_certainty(
    nlp: Language, text: str, span: str, type_: str, certainty: str
) -> None:
    found = one(nlp, text)
    assert (found.span.text, found.prediction.type, found.prediction.certainty) == (span, type_, certainty)


@pytest.mark.parametrize(
    "text",
    [
        "The party would have won the vote.",
        "Will the bank raise rates?",
        "Reporters asked whether the minister would resign.",
        "Reporters asked how the strike would end.",
        "The minister spoke at length, going on to praise her staff.",
        "I would like to thank the committee.",
        "The agency published its report on Tuesday.",
        "The bridge was closed in 2019.",
        "The minister may have lied to parliament.",
    ],
)
def test_predictions_leave_out_what_does_not_predict(nlp: Language, text: str) -> None:
    assert read(nlp, text) == ()


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("If the talks fail, the union will strike.", "If the talks fail"),
        ("The union will strike unless the talks succeed.", "unless the talks succeed"),
        ("Without new funding, the school will close in June.", "Without new funding"),
        ("Should the vote fail, the cabinet will resign.", "Should the vote fail"),
    ],
)
def test_predictions_find_the_condition(nlp: Language, text: str, condition: str) -> None:
    found = one(nlp, text).prediction.condition
    assert found is not None
    assert found.text == condition


@pytest.mark.parametrize(
    ("text", "horizon", "begins", "ends"),
    [
        ("Prices will fall by the end of next year.", "by the end of next year", "2026-08-12", "2027-12-31"),
        ("The court will rule on Monday.", "on Monday", "2026-08-17", "2026-08-17"),
        ("Emissions will halve by 2030.", "by 2030", "2026-08-12", "2030-12-31"),
        ("The army will leave after the November summit.", "after the November summit", None, None),
        ("The government will fall soon.", "soon", None, None),
    ],
)
def test_predictions_date_the_horizon(
    nlp: Language, text: str, horizon: str, begins: str | None, ends: str | None
) -> None:
    found = one(nlp, text).prediction
    assert found.horizon is not None
    assert found.horizon.text == horizon
    assert (found.horizon_from, found.horizon_to) == tuple(d and date.fromisoformat(d) for d in (begins, ends))


def test_predictions_in_reported_speech_have_the_speaker(nlp: Language) -> None:
    text = "Finance Minister Ana Ruiz said inflation would slow next year."
    doc = nlp(text)
    (found,) = doc._.claims_predictions
    names = {s.speaker_id: s.name for s in doc._.claims_speakers}
    assert names[found.speaker_id] == "Ana Ruiz"
    assert found.span.text == "inflation would slow next year"


def test_predictions_of_a_plan_answer_to_the_planner(nlp: Language) -> None:
    doc = nlp("Ana Ruiz, the finance minister, plans to cut taxes in March.")
    (found,) = doc._.claims_predictions
    names = {s.speaker_id: s.name for s in doc._.claims_speakers}
    assert names[found.speaker_id] == "Ana Ruiz"


def test_predictions_answer_to_the_nearest_report(nlp: Language) -> None:
    text = '"Farmers believe that prices will fall," Anna Keller told reporters.'
    found = one(nlp, text)
    assert found.source is not None and found.source.text == "Farmers"


def test_predictions_inside_another_one_are_part_of_it(nlp: Language) -> None:
    found = one(nlp, "The council will pass a law that will ban diesel cars.")
    assert found.span.text == "The council will pass a law that will ban diesel cars"


def test_predictions_keep_their_certainty_when_something_later_is_negated(nlp: Language) -> None:
    found = read(nlp, "The minister vowed to lift the ban - probably not what the union had in mind.")
    assert found[0].prediction.certainty == "certain"


def test_predictions_in_the_articles_own_voice_have_no_speaker(nlp: Language) -> None:
    assert one(nlp, "The law is expected to pass in May.").speaker_id is None


def test_predictions_said_to_be_kept_are_commitments(nlp: Language) -> None:
    assert one(nlp, "Governor Peter Hale said he would sign the bill.").prediction.type == "commitment"


def test_predictions_come_from_headings_and_announced_items(nlp: Language) -> None:
    text = (
        "Possible Closure of the Harbour\n\nThe port is old.\n\n"
        "If the talks fail, the city must prepare for:\n\n• Higher freight rates\n• Longer delays at the border\n"
    )
    found = {p.span.text: p.prediction for p in read(nlp, text)}
    assert found["Possible Closure of the Harbour"].certainty == "possible"
    condition = found["Higher freight rates"].condition
    assert condition is not None and condition.text == "If the talks fail"
    assert "Longer delays at the border" in found


def test_predictions_are_right_on_the_model_article(nlp: Language) -> None:
    doc = nlp((ROOT / "corpora/us-korea/us-korea.txt").read_text(encoding="utf-8"))
    found = {p.span.text: p.prediction.condition for p in doc._.claims_predictions}
    wins = "If Trump wins re-election in 2025"
    relations = f"{wins}, U.S.-South Korea relations may see a return to a more transactional approach"
    assert found[relations] is not None and found[relations].text == wins
    assert "The 2024 SMA agreement could be revised" in found
    assert "may cancel existing programs" in found


def test_predictions_skip_boilerplate(nlp: Language) -> None:
    doc = nlp.make_doc("Prices will fall. Subscribers will get our letter tomorrow.")
    doc = nlp(doc)
    doc._.claims_blocks = (Block("paragraph", 0, 17), Block("boilerplate", 18, len(doc.text)))
    doc = make_predictions(nlp, "again")(doc)
    assert [p.span.text for p in doc._.claims_predictions] == ["Prices will fall"]


def test_predictions_are_labelled_span_groups(nlp: Language) -> None:
    doc = nlp("Prices will fall. The ministry plans to cut taxes.")
    assert [(s.text, s.label_) for s in doc.spans["claims_predictions"]] == [
        ("Prices will fall", "forecast"),
        ("The ministry plans to cut taxes", "commitment"),
    ]


def test_predictions_of_an_empty_document(nlp: Language) -> None:
    doc = nlp("")
    assert doc._.claims_predictions == ()
    assert isinstance(doc, Doc)


VOCABULARY = """if unless only even without will would not may the a minister prices fall said to going plans expected
likely by next year 2030 Monday , . : ; “ ” — ( ) • because and but that who Should it soon"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\n\n"])


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=40))
def test_predictions_of_any_words_have_exact_spans(nlp: Language, words: list[str]) -> None:
    text = " ".join(words)
    for found in read(nlp, text):
        spans = (found.span, found.cue, found.source, found.prediction.condition, found.prediction.horizon)
        assert all(s is None or (s.start < s.end and text[s.start : s.end] == s.text) for s in spans)
        assert found.cue is not None
        assert 0 <= found.confidence <= 1
