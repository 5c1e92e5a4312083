"""Which language a text is in."""

from __future__ import annotations

import pytest

from pipeline.ingest.language import detect, normalise


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The minister said that the tariffs would rise in May, and that nobody had asked for it.", "en"),
        (
            "Le ministre a déclaré que les droits de douane augmenteraient en mai, et que personne ne l'avait demandé.",
            "fr",
        ),
        ("Der Minister sagte, dass die Zölle im Mai steigen würden und dass niemand darum gebeten habe.", "de"),
        (
            "장관은 관세가 오월에 오를 것이라고 말했고 산업계는 이를 예상하지 못했다고 덧붙였다.",
            "ko",
        ),
        ("TARIFFS", None),
        ("", None),
    ],
)
def test_language_of_a_text(text: str, code: str | None) -> None:
    assert detect(text) == code


@pytest.mark.parametrize(
    ("tag", "code"), [("en-GB", "en"), ("pt_BR", "pt"), ("EN", "en"), ("english", None), ("", None), (None, None)]
)
def test_language_tag_is_reduced_to_the_primary_language(tag: str | None, code: str | None) -> None:
    assert normalise(tag) == code
