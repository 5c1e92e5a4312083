"""The bundled word lists load and agree with one another."""

from __future__ import annotations

import pytest

from pipeline.speakers.confidence import confidence, measured
from pipeline.speakers.lexicon import lexicon, words


def test_speakers_lexicon_role_nouns_and_titles_overlap_only_with_each_other() -> None:
    lex = lexicon()
    assert lex.ordinary <= lex.roles
    assert not lex.pronoun_class.keys() & lex.roles
    assert not lex.publication_nouns & lex.roles


def test_speakers_lexicon_synonyms_are_role_nouns() -> None:
    lex = lexicon()
    unknown = {n for n, others in lex.synonyms.items() for n in (n, *others) if not lex.is_role(n)}
    assert not unknown


@pytest.mark.parametrize(("plural", "singular"), [("officials", "official"), ("spokesmen", "spokesman"), ("sheep", "")])
def test_speakers_lexicon_singular(plural: str, singular: str) -> None:
    assert lexicon().singular(plural) == singular


def test_speakers_lexicon_refuses_capitals() -> None:
    with pytest.raises(ValueError, match="'Sir' in 'x' must be in lower case"):
        words({"x": ["Sir"]}, "x")


def test_speakers_lexicon_every_confidence_is_a_share() -> None:
    assert measured()
    assert all(0 < c <= 1 for c in measured().values())
    assert confidence("a rule nobody measured") == measured()["all"]
