"""Decisions in git and claims in other tools' formats: nothing is lost on the way there and back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from harbour import TEXT, make_claim, make_document, put, usual_claims
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from pipeline.errors import InputError
from pipeline.records import Document
from pipeline.review import decisions as log
from pipeline.review import exchange, index, service
from pipeline.review.exchange import decisions, marks
from pipeline.review.exchange.marks import Annotated, Mark
from pipeline.review.exchange.units import from_utf16, utf16_positions
from pipeline.store import open_store
from pipeline.store.database import reading

UNICODE = "e\u0301 🏴󠁧󠁢󠁳󠁣󠁴󠁿 «Ça coûte 4\u202f000 €»\r\nتكلفة 🚢🏗️\tend\u2028line\x85 last "


def nothing(_doc_id: str, _uri: str) -> None:
    return None


def one(text: str, *spans: tuple[int, int]) -> Annotated:
    found = (
        Mark("quote", a, b, f"{i:032x}", {"speaker": "Zoë “Z” 🚢", "act": "denial"}) for i, (a, b) in enumerate(spans)
    )
    return Annotated("d" * 64, "news/ü.txt", text, tuple(found))


def there_and_back(form: str, found: Annotated, path: Path) -> Annotated:
    exchange.write(form, [found], path)
    (back,) = exchange.read(form, path, lambda _doc, _uri: found.text)
    return back


FORMS = pytest.mark.parametrize("form", list(exchange.FORMATS))


@FORMS
def test_exchange_round_trip_keeps_every_offset(form: str, tmp_path: Path) -> None:
    spans = [(a, b) for a in range(0, len(UNICODE), 3) for b in range(a + 1, len(UNICODE) + 1, 5)]
    spans = [s for s in spans if UNICODE[slice(*s)].strip("\r\n\x85\u2028") == UNICODE[slice(*s)]]
    found = one(UNICODE, *sorted(spans, key=lambda s: (s[0], -s[1])))
    back = there_and_back(form, found, tmp_path / "out")
    assert back.text == UNICODE
    assert [(m.kind, m.start, m.end) for m in back.marks] == [(m.kind, m.start, m.end) for m in found.marks]
    if form != "doccano":  # its labels carry no ids and no fields
        assert [(m.claim_id, m.values) for m in back.marks] == [(m.claim_id, m.values) for m in found.marks]


@FORMS
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_exchange_round_trip_of_arbitrary_texts(form: str, tmp_path: Path, data: st.DataObject) -> None:
    words = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x85\u2028\u2029"), min_size=1, max_size=8)
    parts = data.draw(st.lists(words, min_size=1, max_size=6))
    text = "\n".join(parts)
    ends = [len("\n".join(parts[: i + 1])) for i in range(len(parts))]
    marks_ = tuple(Mark("amount", e - len(p), e, f"{i:032x}") for i, (e, p) in enumerate(zip(ends, parts, strict=True)))
    found = Annotated("d" * 64, "u", text, marks_)
    back = there_and_back(form, found, tmp_path / "out")
    assert (back.text, [(m.start, m.end) for m in back.marks]) == (text, [(m.start, m.end) for m in marks_])


@given(st.text(max_size=30))
def test_exchange_utf16_units_and_back(text: str) -> None:
    units = utf16_positions(text)
    assert units[-1] == len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert all(from_utf16(text, u, u) == (i, i) for i, u in enumerate(units))


def test_exchange_reads_utf16_offsets_of_older_label_studio(tmp_path: Path) -> None:
    text = "🚢🚢 a harbour"
    result = [{"id": "x", "type": "labels", "value": {"start": 5, "end": 14, "text": "a harbour", "labels": ["quote"]}}]
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"data": {"text": text}, "annotations": [{"result": result}]}]))
    (back,) = exchange.read("label-studio", path, nothing)
    assert [(m.start, m.end) for m in back.marks] == [(3, 12)]


@FORMS
def test_exchange_unreadable_files_are_bad_input(form: str, tmp_path: Path) -> None:
    path = tmp_path / "bad"
    path.mkdir() if form == "brat" else path.write_text('{"text": ')
    (path / "x.ann").write_text("T1\tquote\n") if form == "brat" else None
    with pytest.raises(InputError, match="bad"):
        list(exchange.read(form, path, nothing))


@FORMS
def test_exchange_annotations_become_decisions(form: str, engine: Engine, harbour: Document, tmp_path: Path) -> None:
    (found,) = marks.annotated(engine)
    assert len(found.marks) == 4
    accepted, moved, kept, _ = found.marks
    added = Mark("quote", TEXT.index("Café"), TEXT.index("Café") + 11)
    changed = replace(
        found, marks=(accepted, replace(moved, start=moved.start - 6), replace(kept, start=kept.start - 1), added)
    )
    exchange.write(form, [changed], tmp_path / "out")
    back = list(exchange.read(form, tmp_path / "out", marks.text_finder(engine)))
    made = marks.apply(engine, back, "Ben")
    assert made == {"accept": 2, "correct": 1, "add": 1, "reject": 1}
    assert sum(marks.apply(engine, back, "Ben").values()) == 0


def decide(engine: Engine, words: str, verdict: str, reviewer: str, document: Document) -> None:
    with reading(engine) as connection:
        _, items = index.items_of(connection, document.doc_id)
    claim = next(i.claim for i in items if i.claim.text == words)
    service.decide(engine, claim.claim_id, verdict, reviewer, {"review_id": service.new_id()})


def everything(engine: Engine) -> list[log.Decision]:
    with reading(engine) as connection:
        return list(log.everything(connection))


QUOTE = "a toll road to nowhere"


def test_exchange_decisions_survive_a_fresh_clone(engine: Engine, harbour: Document, tmp_path: Path) -> None:
    decide(engine, QUOTE, "accept", "Ann", harbour)
    decide(engine, QUOTE, "reject", "Ben\u2028 Ü", harbour)
    service.undo(engine, "Ann", {"review_id": service.new_id()})
    folder = tmp_path / "annotations"
    written = decisions.export(engine, folder)
    assert sorted(written.values()) == [1, 2]
    before = {p: p.read_bytes() for p in written}
    decisions.export(engine, folder)
    assert {p: p.read_bytes() for p in written} == before
    fresh = open_store(tmp_path / "fresh.db")
    index.prepare(fresh)
    put(fresh, make_document(), usual_claims(make_document()))
    assert decisions.load(fresh, [folder]) == (3, 3)
    assert decisions.load(fresh, [folder]) == (0, 3)
    assert everything(fresh) == everything(engine)
    with reading(fresh) as connection:
        _, items = index.items_of(connection, harbour.doc_id)
    assert {i.claim.text: i.status for i in items}[QUOTE] == "rejected"
    fresh.dispose()


def test_exchange_export_keeps_what_only_git_has(engine: Engine, harbour: Document, tmp_path: Path) -> None:
    decide(engine, QUOTE, "accept", "Ann", harbour)
    (path,) = decisions.export(engine, tmp_path)
    (mine,) = decisions.read(path)
    other = replace(mine, review_id="0" * 32)
    path.write_text(decisions.line(other) + "\n")
    decisions.export(engine, tmp_path)
    assert {d.review_id for d in decisions.read(path)} == {mine.review_id, other.review_id}


def test_exchange_branches_merge_cleanly(engine: Engine, harbour: Document, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    folder = tmp_path / "annotations"
    folder.mkdir()
    attributes = Path(__file__).parents[2] / "annotations" / ".gitattributes"
    (folder / ".gitattributes").write_text(attributes.read_text())
    decide(engine, QUOTE, "accept", "Ann", harbour)
    (path,) = decisions.export(engine, folder)
    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "one")
    (first,) = decisions.read(path)
    for number in (1, 2):
        git("checkout", "-b", f"branch{number}", "main")
        path.write_text(path.read_text() + decisions.line(replace(first, review_id=f"{number}" * 32)) + "\n")
        git("commit", "-am", "more")
    git("merge", "branch1", "-m", "both")
    assert {d.review_id for d in decisions.read(path)} == {first.review_id, "1" * 32, "2" * 32}


def broken(change: Callable[[dict[str, object]], object], text: str) -> str:
    values = json.loads(text)
    change(values)
    return json.dumps(values)


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.pop("reviewer"),
        lambda v: v.update(extra=1),
        lambda v: v.update(decision="maybe"),
        lambda v: v.update(decided_at="yesterday"),
        lambda v: v.update(decided_at="2026-01-01T00:00:00"),
        lambda v: v.update(before={"claim_id": "x"}),
        lambda v: v.update(claim_id=""),
    ],
)
def test_exchange_bad_lines_are_named_and_nothing_is_taken(
    engine: Engine, harbour: Document, tmp_path: Path, change: Callable[[dict[str, object]], object]
) -> None:
    decide(engine, QUOTE, "accept", "Ann", harbour)
    (path,) = decisions.export(engine, tmp_path)
    good = path.read_text()
    path.write_text(good.replace(everything(engine)[0].review_id, "1" * 32) + broken(change, good) + "\n")
    with pytest.raises(InputError, match="line 2"):
        decisions.load(engine, [tmp_path])
    assert len(everything(engine)) == 1


def test_exchange_conflict_marks_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("<<<<<<< HEAD\n")
    with pytest.raises(InputError, match="merge conflict"):
        list(decisions.read(path))


def test_exchange_leaves_rejected_claims_out(engine: Engine, harbour: Document) -> None:
    decide(engine, QUOTE, "reject", "Ann", harbour)
    (found,) = marks.annotated(engine, "news")
    assert [TEXT[m.start : m.end] for m in found.marks if m.kind == "quote"] == ["the new quay 🏗️ will cost €40 million"]
    assert list(marks.annotated(engine, "elsewhere")) == []


def test_exchange_needs_the_article_in_the_store(engine: Engine, harbour: Document) -> None:
    with pytest.raises(InputError, match="no article"):
        marks.apply(engine, [one("Something else.")], "Ben")
    assert make_claim(harbour, "quote", QUOTE)
