"""Attributions on the whole pipeline: layouts, robustness, and what is no quotation."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from pipeline.records import Attribution

GOLD = Path(__file__).parents[2] / "annotations" / "gold" / "not_quotes.jsonl"


def attributions(nlp: Language, text: str) -> tuple[Attribution, ...]:
    found: tuple[Attribution, ...] = nlp(text)._.claims_attributions
    return found


def with_content(nlp: Language, text: str, words: str) -> Attribution:
    """The one attribution whose content has the words."""
    found = [a for a in attributions(nlp, text) if any(words in c.text for c in a.content)]
    assert len(found) == 1, [a.content for a in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "words", "source", "cue", "quote_type", "act"),
    [
        (
            '"We will not raise taxes this year," Governor Lee said.',
            "raise taxes",
            "Governor Lee",
            "said",
            "direct",
            "statement",
        ),
        (
            "The minister denied that the ministry had lost the files.",
            "lost the files",
            "The minister",
            "denied",
            "indirect",
            "denial",
        ),
        (
            "The auditor warned that the fund could run dry by 2030.",
            "run dry",
            "The auditor",
            "warned",
            "indirect",
            "warning",
        ),
        (
            "Senator Ruiz called the plan a “gift to polluters” on Monday.",
            "gift",
            "Senator Ruiz",
            "called",
            "mixed",
            "statement",
        ),
        (
            "Inflation will ease next year, according to the central bank.",
            "ease",
            "the central bank",
            "according to",
            "indirect",
            "statement",
        ),
        ("Mayor Anna Holm vowed to rebuild the bridge.", "rebuild", "Mayor Anna Holm", "vowed", "indirect", "promise"),
    ],
)
def test_attributions_roles(
    nlp: Language, text: str, words: str, source: str, cue: str, quote_type: str, act: str
) -> None:
    a = with_content(nlp, text, words)
    assert a.source is not None and a.source.text == source
    assert a.cue is not None and a.cue.text == cue
    assert (a.quote_type, a.act) == (quote_type, act)


def test_attributions_interrupted_content(nlp: Language) -> None:
    a = with_content(nlp, "“The deal is dead,” Ms. Okafor said, “and nobody will miss it.”", "dead")
    assert [c.text for c in a.content] == ["The deal is dead", "and nobody will miss it."]
    assert a.quote_type == "direct"


LEAD_IN = """Governor Lee toured the flooded towns on Tuesday. At the last stop, she told residents:

"Nobody will be left without a roof this winter. The state will pay for every repair."

The tour ended in the capital."""


def test_attributions_quote_on_a_line_of_its_own(nlp: Language) -> None:
    a = with_content(nlp, LEAD_IN, "left without a roof")
    assert a.source is not None and a.source.text == "she"
    assert a.cue is not None and a.cue.text == "told"
    assert a.quote_type == "direct" and a.content[0].text.endswith("every repair.")


FLOATING = """Chancellor Brandt presented the budget to the chamber.

"This is the leanest budget in a decade and it protects schools."

"We owe our children balanced books."

The chamber votes in May."""


@pytest.mark.parametrize("words", ["leanest budget", "balanced books"])
def test_attributions_floating_quotes_go_on_with_the_speaker(nlp: Language, words: str) -> None:
    a = with_content(nlp, FLOATING, words)
    assert a.source is not None and "Brandt" in a.source.text
    assert a.quote_type == "direct"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (
            'Reactions came quickly.\n\nTomas Lind, head of the port union: "The terms are an insult to every docker."',
            "Tomas Lind",
        ),
        ("Readers wrote in.\n\n“The terms are an insult to every docker.” ― Tomas Lind", "Tomas Lind"),
        ("Readers wrote in.\n\n“The terms are an insult to every docker.”\n— Tomas Lind, Rotterdam", "Tomas Lind"),
    ],
)
def test_attributions_labels_and_dashes(nlp: Language, text: str, source: str) -> None:
    a = with_content(nlp, text, "insult to every docker")
    assert a.source is not None and a.source.text.startswith(source)
    assert a.quote_type == "direct"


TRANSCRIPT = """SECRETARY MORENO: Thank you all for coming. We reached a deal on water.

QUESTION: Does it cover the northern canal?

SECRETARY MORENO: It does. The canal opens next spring.

QUESTION: And the cost?

SECRETARY MORENO: Less than we feared."""


def test_attributions_turns(nlp: Language) -> None:
    found = [a for a in attributions(nlp, TRANSCRIPT) if a.rule == "turn"]
    assert [a.source.text for a in found if a.source] == ["SECRETARY MORENO", "QUESTION"] * 2 + ["SECRETARY MORENO"]
    assert found[0].content[0].text == "Thank you all for coming. We reached a deal on water."
    assert {a.quote_type for a in found} == {"direct"}


def test_attributions_labels_that_are_no_speakers(nlp: Language) -> None:
    text = "Note: the vote is on Monday.\n\nNote: the hall opens at nine.\n\nNote: bring a chair."
    assert not [a for a in attributions(nlp, text) if a.rule == "turn"]


def test_attributions_slogans_and_titles_are_not_quotes(nlp: Language) -> None:
    cases = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    hits = []
    for case, doc in zip(cases, nlp.pipe(c["text"] for c in cases), strict=True):
        verbatim = [v for a in doc._.claims_attributions for v in a.verbatim]
        hits.append(any(v.start < case["end"] and case["start"] < v.end for v in verbatim))
    right = sum(h and c["quote"] for h, c in zip(hits, cases, strict=True))
    assert right >= 0.9 * sum(hits)
    assert right >= 0.9 * sum(c["quote"] for c in cases)


def check(doc: Doc) -> None:
    """Every span is the text's characters, verbatim words lie in the content, and no content comes twice."""
    seen = set()
    for a in doc._.claims_attributions:
        for span in (*a.content, *a.verbatim, *(s for s in (a.source, a.cue) if s)):
            assert doc.text[span.start : span.end] == span.text and span.text.strip()
        assert all(any(c.contains(v) for c in a.content) for v in a.verbatim)
        assert 0 <= a.confidence <= 1 and a.confidence == round(a.confidence, 4)
        assert all(x.end <= y.start for x, y in pairwise(a.content))
        seen.add((a.content[0].start, a.content[-1].end))
    assert len(seen) == len(doc._.claims_attributions)
    for group in ("claims_contents", "claims_sources", "claims_cues"):
        assert group in doc.spans


PIECES = [
    '"',
    "“",
    "”",
    "'",
    "’",
    "«",
    "»",
    " ",
    "\n",
    "\n\n",
    ":",
    "—",
    ",",
    ".",
    "she said",
    "Lee",
    "LEE: ",
    "no",
    "6'2\"",
    "\u200b",
    "📌 ",
    "told us that",
    "the plan is a",
    "“Yes”",
    "\t",
    "\x00",
    "a" * 300,
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_attributions_any_text(nlp: Language, text: str) -> None:
    check(nlp(text))


@pytest.mark.parametrize("text", ["", " ", "\n", '"', "“", "—", "x", "SAID: ", "‘", "''", "“”“”", "\ud7ff"])
def test_attributions_tiny_texts(nlp: Language, text: str) -> None:
    check(nlp(text))


def test_attributions_do_not_depend_on_the_batch(nlp: Language) -> None:
    texts = [LEAD_IN, TRANSCRIPT, FLOATING, "Nobody spoke.", ""]
    alone = [attributions(nlp, t) for t in texts]
    assert [d._.claims_attributions for d in nlp.pipe(texts, batch_size=5)] == alone


def test_attributions_survive_storing(nlp: Language) -> None:
    doc = nlp(LEAD_IN)
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    again = next(iter(DocBin().from_bytes(stored).get_docs(nlp.vocab)))
    assert again._.claims_attributions == doc._.claims_attributions


def test_attributions_long_document(nlp: Language) -> None:
    parts = (
        f"{LEAD_IN}\n\n{FLOATING}".replace(".", f" on day {i}.").replace("residents", f"residents {i}")
        for i in range(40)  # a line that comes again would be page furniture
    )
    doc = nlp("\n\n".join(parts))
    check(doc)
    assert len(doc._.claims_attributions) >= 120
