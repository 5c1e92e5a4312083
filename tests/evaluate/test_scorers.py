"""The measures of ``pipeline.evaluate`` on attributions, speakers, clauses and sums made by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.evaluate import amounts, predictions, quotes, speakers
from pipeline.evaluate.matching import iou, match

TEXT = 'Ada Reed said, "Taxes will rise." She denied that the plan had failed.'


def roles(source: str, cue: str, content: str, name: str | None = None) -> quotes.Roles:
    find = lambda words: [[TEXT.index(words), TEXT.index(words) + len(words)]] if words else []  # noqa: E731
    item = {"source": find(source), "cue": find(cue), "content": find(content), "name": name}
    return quotes.from_json(TEXT, item)


GOLD = [
    roles("Ada Reed", "said", '"Taxes will rise."', "Ada Reed"),
    roles("She", "denied", "that the plan had failed", "Ada Reed"),
]


def figures(gold: list[quotes.Roles], predicted: list[quotes.Roles]) -> dict[str, quotes.Figure]:
    return {f.name: f for f in quotes.score({"d": gold}, {"d": predicted}, {"d": TEXT})}


def test_quotes_perfect_answer_scores_one() -> None:
    assert {f.value for f in figures(GOLD, GOLD).values() if f.gold} == {1.0}


def test_quotes_type_comes_from_the_marks() -> None:
    assert [g.type for g in GOLD] == ["direct", "indirect"]


def test_quotes_wrong_source_costs_full_but_not_content() -> None:
    wrong = [roles("She", "said", '"Taxes will rise."'), GOLD[1]]
    result = figures(GOLD, wrong)
    assert result["content_overlap"].value == 1.0
    assert result["full"].value == 0.5


def test_quotes_missed_document_counts_against_recall() -> None:
    result = figures(GOLD, [])
    assert (result["full"].value, result["full"].recall, result["full"].gold) == (0.0, 0.0, 2)


def test_quotes_colon_cue_is_kept() -> None:
    assert quotes.trim("Reed: no", [(4, 5)]) == ((4, 5),)


@pytest.mark.parametrize(
    ("gold", "predicted", "right"),
    [
        ("Ada Reed", "Reed", True),
        ("Ada Reed", "Ada Stone", False),
        (None, None, True),
        ("Ada Reed", None, False),
        ("unnamed: two officials", None, True),
        ("unnamed: two officials", "officials", True),
        ("unnamed: two officials", "Ada Reed", False),
    ],
)
def test_speakers_same_entity(gold: str | None, predicted: str | None, right: bool) -> None:
    assert speakers.same_speaker(gold, predicted) is right


def test_speakers_accuracy_counts_found_attributions_only() -> None:
    gold = [speakers.GoldSpeaker(g, pronoun=g is GOLD[1], named=g is GOLD[0]) for g in GOLD]
    found = roles("She", "denied", "that the plan had failed", "Bo Stone")
    result = {f.name: f for f in speakers.score({"d": gold}, {"d": [found]})}
    assert result["attributions found"].value == 0.5
    assert (result["speaker accuracy all"].value, result["speaker accuracy pronouns"].gold) == (0.0, 1)


def test_predictions_ignored_span_counts_neither_way() -> None:
    gold = {"d": predictions.GoldClauses((predictions.Clause((0, 20), "forecast"),), ((30, 50),))}
    have = {"d": [predictions.Clause((0, 18), "forecast"), predictions.Clause((32, 48)), predictions.Clause((60, 70))]}
    clause, kind = predictions.score(gold, have)[:2]
    assert (clause.precision, clause.recall, kind.value) == (0.5, 1.0, 1.0)


def test_predictions_paragraph_matches_no_clause() -> None:
    gold = {"d": predictions.GoldClauses((predictions.Clause((0, 20)),))}
    assert predictions.score(gold, {"d": [predictions.Clause((0, 200))]})[0].value == 0.0


def test_amounts_joint_needs_number_and_currency() -> None:
    gold = {"d": amounts.GoldSums((amounts.Sum((0, 5), 5.0, 5.0, "USD"), amounts.Sum((9, 14), None, 7.0, "EUR")))}
    have = {"d": [amounts.Sum((0, 5), 5.0, 5.0, "CAD"), amounts.Sum((9, 12), None, float(Decimal(7)), "EUR")]}
    joint, span, value, currency = amounts.score(gold, have)
    assert (joint.value, span.value, value.value, currency.value) == (0.5, 1.0, 1.0, 0.5)


def test_matching_is_one_to_one_and_takes_the_best_first() -> None:
    assert match([(0, 10)], [(0, 4), (0, 9)], lambda g, p: iou((g,), (p,))) == [(0, 1)]
