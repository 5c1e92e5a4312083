"""The command as people and programs use it."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from handmade import document, extraction
from spacy.language import Language

from pipeline import cli
from pipeline import extraction as core
from pipeline.store import open_store, writes
from pipeline.store.database import writing

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT / "corpora" / "samples" / "newswire.txt"
SHORT = 'Finance minister Ana Ruiz said: "We will spend $3 billion on bridges by 2031."\n'
COMMANDS = ("run", "ingest", "extract", "publish", "report", "show", "diff", "evaluate", "knowledge import")


@pytest.fixture(autouse=True)
def _here(nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command runs in an empty folder, with the pipeline that the session has loaded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLAIMS_DATABASE", raising=False)
    monkeypatch.setattr(core, "default_pipeline", lambda: nlp)


@pytest.fixture
def claims(capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    """Call the command; gives its exit code, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    yield call


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one hand-made document, in the working directory."""
    path = tmp_path / "claims.db"
    engine = open_store(path)
    with writing(engine) as connection:
        run = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        writes.store_documents(connection, run, [(writes.Source("test", "bridge.txt", ("u",)), document())])
        writes.store_extractions(connection, run, [extraction()])
    engine.dispose()
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_cli_help_has_an_example(claims, command: str) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = claims(*command.split(), "--help")
    assert code == 0
    assert re.search(rf"\bclaims {command} \S+", " ".join(out.split()))


def test_cli_alone_lists_every_command(claims) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = claims()
    assert code == 0
    assert all(command.split()[0] in out for command in COMMANDS)


def test_cli_extract_json_is_the_contract(claims, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(SHORT + name)
    code, out, err = claims("extract", "a.txt", "b.txt", "--format", "json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert [d["document"]["uri"] for d in found] == ["a.txt", "b.txt"]
    text = found[0]["document"]["text"]
    assert text == SHORT + "a.txt"
    assert {c["kind"] for c in found[0]["claims"]} >= {"amount"}
    for claim in found[0]["claims"]:
        assert text[claim["start"] : claim["end"]] == claim["text"]
        assert claim[claim["kind"]]


def test_cli_extract_jsonl_is_a_claim_a_line(claims) -> None:  # type: ignore[no-untyped-def]
    _, lines, _ = claims("extract", ARTICLE, "-f", "jsonl")
    _, whole, _ = claims("extract", ARTICLE, "-f", "json")
    assert [json.loads(line) for line in lines.splitlines()] == json.loads(whole)[0]["claims"]


def test_cli_extract_table_is_for_people(claims) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = claims("extract", ARTICLE)
    assert code == 0
    assert re.search(r"\d+ quotes?, \d+ amounts?, (\d+|no) predictions?", out)
    assert max(map(len, out.splitlines())) <= 120


def test_cli_extract_reads_standard_input(claims, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    page = f"<!DOCTYPE html><html><body><p>{SHORT}</p></body></html>"
    for raw, media_type in ((SHORT, "text/plain"), (page, "text/html")):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw.encode())))
        code, out, _ = claims("extract", "-", "-f", "json")
        found = json.loads(out)[0]["document"]
        assert (code, found["media_type"]) == (0, media_type)
        assert "spend $3 billion" in found["text"]


def test_cli_extract_page_never_holds_markup_of_the_article(claims, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    attack = '<script>alert(1)</script><img src=x onerror="alert(2)"> {{ 7 * 7 }} said it costs $5 billion.'
    (tmp_path / "a.txt").write_text(f"Tax & <b>spend</b>\n\n{SHORT}\n{attack}\n")
    code, out, _ = claims("extract", "a.txt", "-f", "html")
    assert code == 0
    assert "<script" not in out and "<img" not in out and "<b>" not in out
    words = "".join(re.split(r"<[^>]*>", out))
    assert "{{ 7 * 7 }}" in words and "&lt;script&gt;" in words
    assert "default-src &#39;none&#39;" in out or "default-src 'none'" in out


def test_cli_extract_page_marks_every_claim_once(claims) -> None:  # type: ignore[no-untyped-def]
    _, page, _ = claims("extract", ARTICLE, "-f", "html")
    _, found, _ = claims("extract", ARTICLE, "-f", "json")
    ids = re.findall(r' id="([0-9a-f]{32})"', page)
    assert sorted(ids) == sorted(c["claim_id"] for c in json.loads(found)[0]["claims"])
    assert "http" not in re.sub(r"<p>.*?</p>", "", page).replace("http-equiv", "")


BAD_FILES = {
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\t ", "empty"),
    "photo.txt": (bytes(range(256)) * 8, "binary"),
    "article.xyz": (SHORT.encode(), "extension"),
    "article": (SHORT.encode(), "extension"),
    "folder.txt/x.txt": (SHORT.encode(), "folder"),
    "missing.txt": (None, "does not exist"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_cli_extract_bad_input_is_one_line(claims, tmp_path: Path, name: str) -> None:  # type: ignore[no-untyped-def]
    content, said = BAD_FILES[name]
    if content is not None:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    code, out, err = claims("extract", name.split("/")[0], "-f", "jsonl")
    assert (code, out) == (2, "")
    assert err.startswith("error: ") and err.count("\n") == 1 and said in err


def test_cli_extract_goes_on_after_bad_input(claims, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.txt").write_text(SHORT)
    code, out, err = claims("extract", "nothing.txt", "a.txt", "-f", "json")
    assert code == 2
    assert [d["document"]["uri"] for d in json.loads(out)] == ["a.txt"]
    assert "nothing.txt does not exist" in err and "1 of 2 inputs" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bogus",), "No such command"),
        (("run",), "Missing argument"),
        (("extract", "a.txt", "-f", "xml"), "'xml' is not one of"),
        (("run", "nowhere"), "nowhere is no folder"),
        (("run", "."), "no articles in ."),
        (("publish",), "no such store"),
        (("show", "abc"), "no such store"),
        (("publish", "--database", "bad.db"), "not a database"),
        (("run", "good", "--out", "bad.db"), "choose another with --out"),
        (("run", "good", "--database", "bad.db"), "not a database"),
        (("ingest", "nothing.txt", "--corpus", "c"), "could not be read"),
        (("ingest", "a.txt", "--corpus", "../../c;d"), "no name for a corpus"),
        (("ingest", "void", "--corpus", "c"), "no articles in void"),
        (("evaluate", "nothing.jsonl"), "nothing.jsonl"),
        (("knowledge", "import", "nothing.csv"), "nothing.csv"),
    ],
)
def test_cli_errors_say_what_to_do_in_one_line(claims, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    for folder in ("good", "void"):
        (tmp_path / folder).mkdir()
    if arguments != ("run", "."):
        (tmp_path / "good" / "a.txt").write_text(SHORT)
        (tmp_path / "bad.db").write_bytes(b"this is no database" * 99)
    code, out, err = claims(*arguments)
    assert (code, out) == (2, "")
    last = err.splitlines()[-1]
    assert last.startswith("error: ") and said in last
    assert "Traceback" not in err


def test_cli_ingest_keeps_bytes_and_says_what_is_new(claims, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(SHORT)
    (tmp_path / "in" / "b.txt").write_text("Another one. " + SHORT)
    code, out, err = claims("ingest", "in", "--corpus", "bridges")
    assert (code, err) == (0, "")
    assert out == "2 new articles in corpora/bridges; extract their claims with: claims run corpora/bridges\n"
    assert sorted(p.read_bytes() for p in (tmp_path / "corpora/bridges/raw").iterdir()) == sorted(
        p.read_bytes() for p in (tmp_path / "in").iterdir()
    )
    code, out, _ = claims("ingest", "in/a.txt", "--corpus", "corpora/bridges", "--json")
    assert (code, json.loads(out)) == (0, [])


def test_cli_show_marks_the_passage_and_tells_all(claims, store: Path) -> None:  # type: ignore[no-untyped-def]
    quote = extraction().claims[0]
    code, out, err = claims("show", quote.claim_id[:8])
    assert (code, err) == (0, "")
    flat = " ".join(out.split())
    assert "“We will spend €2.5 billion a year,” said Ana Ruiz 🌉, the transport minister" in flat
    for part in ("Ana Ruiz (person, transport minister)", "resolved by name", "'said'", "direct, statement"):
        assert part in flat
    for part in (f"SHA-256 {document().doc_id}", "bridge.txt in corpus test", "claims_test 1.0", "version 1.0"):
        assert part in flat


def test_cli_show_json(claims, store: Path) -> None:  # type: ignore[no-untyped-def]
    quote = extraction().claims[0]
    _, out, _ = claims("show", quote.claim_id, "--json")
    found = json.loads(out)
    run_id = found["run"]["run_id"]
    assert found["claim"] == quote.to_dict() | {"run_id": run_id}
    assert found["sources"] == [{"corpus": "test", "file": "bridge.txt", "uri": "u"}]


def test_cli_show_ambiguous_or_unknown(claims, store: Path) -> None:  # type: ignore[no-untyped-def]
    for prefix, said in (("", "more than one claim"), ("zzz", "no claim has an id")):
        code, _, err = claims("show", prefix)
        assert code == 2 and said in err and err.count("\n") == 1


def test_cli_publish_says_what_changed(claims, store: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _, first, _ = claims("publish", "--out", "out")
    files = len(list((tmp_path / "out").iterdir()))
    assert first == f"3 claims from 1 articles in out/ ({files} files new or changed)\n"
    _, second, _ = claims("publish", "--out", "out")
    assert second == "3 claims from 1 articles in out/ (nothing had changed)\n"
    _, third, _ = claims("publish", "--out", "out", "--json")
    assert json.loads(third)["rows"]["claims"] == 3


def test_cli_evaluate_prints_figures(claims, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    found = {"start": 9, "end": 19, "value": 5e9, "currency": "USD"}
    (tmp_path / "gold.jsonl").write_text(json.dumps({"text": "It costs $5 billion.", "amounts": [found]}) + "\n")
    code, out, err = claims("evaluate", "gold.jsonl", "--json")
    assert (code, err) == (0, "")
    assert {f["value"] for f in json.loads(out)} == {1.0}
    code, table, _ = claims("evaluate", "gold.jsonl")
    assert code == 0 and "1.000" in table


def test_cli_extract_imports_no_more_than_it_needs() -> None:
    """Packages that only runs need would double the time of a cold start (which `make bench` measures)."""
    script = (
        "import sys; from pipeline.cli import main; code = main(sys.argv[1:]);"
        "heavy = {'prefect', 'pandas', 'sqlalchemy', 'pyarrow', 'fastapi', 'torch'} & set(sys.modules);"
        "print(heavy or '', file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "extract", str(ARTICLE), "-f", "jsonl"], capture_output=True, text=True, cwd=ROOT
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert json.loads(done.stdout.splitlines()[0])["claim_id"]


def test_cli_reader_that_goes_away_is_no_error() -> None:
    """`claims extract ... | head -1`"""
    files = [str(ARTICLE)] * 60
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "extract", *files, "-f", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout and process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 141


def test_cli_interrupted_says_how_to_go_on() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "extract", *[str(ARTICLE)] * 200, "-f", "jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout and process.stderr
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "error: interrupted; run the same command again to go on where it stopped\n"
