"""Reading, checking and importing knowledge files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pipeline.speakers.knowledge import COLUMNS, KnowledgeError, import_knowledge, load_knowledge, read_figures
from pipeline.speakers.lexicon import FOLDER

LEGISLATORS = """
- id: {bioguide: X000001, wikidata: Q900001}
  name: {first: Roberta, last: Stone, nickname: Bobbie, official_full: Roberta Q. Stone}
  bio: {birthday: '1960-01-01', gender: F}
  terms:
    - {type: rep, start: '2001-01-03', end: '2007-01-03', state: OH, party: Democrat}
    - {type: sen, start: '2007-01-04', end: '2031-01-03', state: OH, party: Independent}
- id: {bioguide: X000002}
  name: {first: Carl, last: Ames, suffix: Jr.}
  terms:
    - {type: rep, start: '2001-01-03', end: '2007-01-03', state: TX, party: Republican}
"""


def test_speakers_knowledge_bundled_file_names_hundreds_of_figures_each_once() -> None:
    figures = list(read_figures(FOLDER / "figures.csv"))
    assert len(figures) > 400
    assert len({f.name for f in figures}) == len(figures)
    assert len({f.wikidata for f in figures if f.wikidata}) == sum(bool(f.wikidata) for f in figures)


def test_speakers_knowledge_a_surname_alone_names_one_figure_at_most() -> None:
    knowledge = load_knowledge()
    for surname, figures in knowledge.surnames.items():
        assert sum(f.surname_alone for f in figures) <= 1, surname


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (("Donald", "Trump"), "Donald Trump"),
        (("donald", "j.", "trump"), "Donald Trump"),
        (("François", "Hollande"), "François Hollande"),
        (("Francois", "Hollande"), "François Hollande"),
        (("George", "W.", "Bush"), "George W. Bush"),
        (("Angela", "D.", "Merkel"), "Angela Merkel"),
    ],
)
def test_speakers_knowledge_finds_names_in_any_spelling(name: tuple[str, ...], found: str) -> None:
    assert [f.name for f in load_knowledge().by_name(name)] == [found]


def test_speakers_knowledge_another_middle_initial_is_another_person() -> None:
    assert load_knowledge().by_name(("Donald", "X.", "Trump")) == ()


def test_speakers_knowledge_a_name_of_two_figures_finds_both() -> None:
    assert len(load_knowledge().by_name(("George", "Bush"))) == 2


def test_speakers_knowledge_reads_legislators(tmp_path: Path) -> None:
    path = tmp_path / "legislators.yaml"
    path.write_text(LEGISLATORS, encoding="utf-8")
    stone, ames = read_figures(path)
    assert (stone.name, stone.aliases, stone.party) == (
        "Bobbie Stone",
        ("Roberta Q. Stone", "Roberta Stone"),
        "Independent",
    )
    assert (stone.knowledge_id, stone.wikidata, stone.gender) == ("Q900001", "Q900001", "f")
    assert stone.offices == ("senator (OH)",) and stone.nouns == {"senator"}
    assert (ames.knowledge_id, ames.name, ames.wikidata) == ("bioguide:X000002", "Carl Ames Jr.", None)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".json", ".yaml"])
def test_speakers_knowledge_import_gives_the_same_csv_from_every_format(tmp_path: Path, ending: str) -> None:
    rows = [
        {
            "name": "Ann Oakes",
            "aliases": "Anna Oakes|A. Oakes",
            "wikidata": "Q77",
            "party": "Reform",
            "office": "mayor",
        },
        {"name": "Benno Aal", "kind": "person", "gender": "m"},
    ]
    path = tmp_path / f"people{ending}"
    if ending == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(rows)
    elif ending == ".jsonl":
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    else:
        path.write_text(json.dumps(rows), encoding="utf-8")  # JSON is YAML
    destination = tmp_path / "new" / "knowledge.csv"
    assert import_knowledge(path, destination) == 2
    assert list(read_figures(destination)) == sorted(read_figures(path), key=lambda f: f.knowledge_id)
    first = destination.read_bytes()
    assert b"Anna Oakes|A. Oakes" in first
    import_knowledge(path, destination)
    assert destination.read_bytes() == first


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "title,wikidata\nX,Q1\n", "unknown column 'title'"),
        ("a.csv", "name,wikidata\nAnn Oakes,77\n", "Wikidata id '77' must be Q and digits"),
        ("a.csv", "name,gender\nAnn Oakes,woman\n", "gender 'woman' must be m, f or empty"),
        ("a.csv", "name,kind\nAnn Oakes,ghost\n", "kind 'ghost' must be one of"),
        ("a.csv", "name,party\n,Reform\n", "entry 1: the name is missing"),
        ("a.csv", "name\n", "no entries"),
        ("a.csv", "knowledge_id,name\nx,Ann Oakes\nx,Benno Aal\n", "is that of entry 1"),
        ("a.jsonl", '{"name": ', "Expecting value"),
        ("a.json", '{"name": "Ann Oakes"}', "expected a list"),
        ("a.yaml", "- name: [", "a.yaml"),
        ("a.yaml", "- {name: {first: Ann}, id: {}}", "a legislator needs"),
        ("a.txt", "Ann Oakes", "unknown ending '.txt'"),
    ],
)
def test_speakers_knowledge_says_what_is_wrong_with_a_file(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=message.replace("(", r"\(")) as caught:
        list(read_figures(path))
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_speakers_knowledge_import_leaves_the_old_file_where_the_new_one_is_wrong(tmp_path: Path) -> None:
    destination = tmp_path / "knowledge.csv"
    destination.write_text("old", encoding="utf-8")
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(b"name\n\xff\xfe\n")
    with pytest.raises(KnowledgeError, match="UTF-8"):
        import_knowledge(wrong, destination)
    assert destination.read_text(encoding="utf-8") == "old"


def test_speakers_knowledge_own_entry_replaces_the_bundled_one_of_the_same_wikidata_id(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("name,wikidata,party\nAngela Dorothea Merkel,Q567,CDU/CSU\n", encoding="utf-8")
    knowledge = load_knowledge(str(path))
    assert [f.party for f in knowledge.by_name(("Angela", "Dorothea", "Merkel"))] == ["CDU/CSU"]
    assert knowledge.by_name(("Angela", "Merkel")) == ()


def test_speakers_knowledge_offices_name_states(tmp_path: Path) -> None:
    path = tmp_path / "legislators.yaml"
    path.write_text(LEGISLATORS, encoding="utf-8")
    assert [f.regions for f in read_figures(path)] == [{"Ohio"}, {"Texas"}]
