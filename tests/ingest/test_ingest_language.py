"""Which language a text is in."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline import extraction, ingest
from pipeline.ingest.language import detect, foreign, normalise


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


GERMAN = "Der Minister sagte, dass der Bau der Brücke rund 40 Millionen Euro kosten werde."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GERMAN, "de"),
        ("Selon la ministre, la construction du pont coûtera environ quarante millions d'euros.", "fr"),
        ("장관은 다리 건설에 약 사천만 유로가 들 것이라고 말했고 의회는 이를 승인했다고 덧붙였다.", "ko"),
        (f"“{GERMAN}”", "de"),
        (f"The minister told reporters in Berlin: “{GERMAN}”", None),
        (f'"{GERMAN}" said Schmidt.', None),
        ("Anna Schmidt, Bürgermeister Jürgen Groß, Étienne Lefèvre, Søren Østergaard, Łukasz Wójcik", None),
        ("Schmidt Defends Bridge Budget, Rejects Opposition Criticism", None),
        ("Kosten: 40 Mio. Euro", None),
    ],
)
def test_language_of_a_block(text: str, code: str | None) -> None:
    assert foreign(text) == code


def test_language_foreign_blocks_of_an_article_are_told() -> None:
    english = "The council said that the bridge would cost about 40 million euros in the end."
    doc = ingest.read_bytes(f"{english}\n\n{GERMAN}\n\n{english}\n".encode())
    assert doc.language == "en"
    assert [(b.kind, b.language) for b in doc.blocks] == [
        ("paragraph", None),
        ("boilerplate", "de"),
        ("paragraph", None),
    ]


def test_language_foreign_blocks_yield_no_claims(nlp: Language) -> None:
    english = "The council said that the bridge would cost about 50 million euros in the end."
    found = extraction.extract(f"{english}\n\n{GERMAN}\n\n{english}\n", nlp)
    assert {claim.text for claim in found if claim.kind == "amount"} == {"about 50 million euros"}
    assert not any("Minister" in claim.text for claim in found)
