"""What counts as page furniture."""

from __future__ import annotations

import pytest

from pipeline.boilerplate import is_foreign, is_furniture


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "SHARE THIS ARTICLE",
        "Sign up for our newsletter!",
        "댓글 쓰기",
        "다음 이전",
        "POST ADS 2",
        "Follow us on X",
        "Read the rest here.",
        "12 Comments",
        "Copyright 2024 The Daily. All rights reserved.",
        "Home > News > Politics",
        "Share | Tweet | Email",
        "We use cookies to improve your experience on our site.",
        "Lire la suite",
        "Weiterlesen nach der Anzeige",
        "Subscribe to our weekly newsletter for free",
        "5 min read",
        "Page 3 of 12",
    ],
)
def test_boilerplate_knows_page_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "The advertisement cost $3 million.",
        "He shared the article.",
        "Subscribe or not, the paper will close, she said.",
        "Comments by the minister moved the market.",
        "Home prices rose by 4 percent.",
        "Cookies will be banned by 2027.",
        "Follow the money, not the man.",
        "Copyright law will change next year.",
        "Trade",
        "Costs",
        "Yes.",
        "She said no.",
    ],
)
def test_boilerplate_leaves_claims_alone(line: str) -> None:
    assert not is_furniture(line)


def test_boilerplate_foreign_lines_are_short_and_in_another_script() -> None:
    assert is_foreign("이전 다음", article_is_latin=True)
    assert is_foreign("Read more", article_is_latin=False)
    assert not is_foreign("2024 – 2025", article_is_latin=False)
    assert not is_foreign(
        "장관은 관세가 오를 것이라고 말했고 그는 이유를 말하지 않았다 그리고 나갔다", article_is_latin=True
    )
