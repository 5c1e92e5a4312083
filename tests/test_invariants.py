"""The invariants of the design, over the steps as every run goes through them (no Prefect, the real pipeline)."""

from __future__ import annotations

import multiprocessing
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from whole import content, ran

from pipeline import extraction
from pipeline.dataset import load_dataset
from pipeline.store import reads, schema
from pipeline.store.database import opened, reading

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "corpora" / "samples"
KILLS = 30


@pytest.fixture(autouse=True)
def _loaded(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps use the pipeline that the session has loaded."""
    monkeypatch.setattr(extraction, "default_pipeline", lambda: nlp)


def published(place: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((place / "dataset").iterdir())}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the sample articles, an empty one and a binary one."""
    folder = tmp_path_factory.mktemp("corpora") / "samples"
    folder.mkdir()
    for name in ("newswire.txt", "hearing.txt", "think-tank.html", "press-release.md"):
        shutil.copy(SAMPLES / name, folder)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "photo.txt").write_bytes(bytes(range(256)) * 8)
    return folder


@pytest.fixture(scope="module")
def undisturbed(samples: Path, tmp_path_factory: pytest.TempPathFactory, nlp: Language) -> Path:
    """Where the samples were run in one go."""
    place = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extraction, "default_pipeline", lambda: nlp)
        with ran(samples, place):
            pass
    return place


def test_invariant_1_stored_text_is_the_document_s(undisturbed: Path) -> None:
    with opened(undisturbed / "claims.db") as store, reading(store) as connection:
        texts = dict(connection.execute(sa.select(schema.documents.c.doc_id, schema.documents.c.text)).all())
        rows = connection.execute(sa.select(schema.claims)).all()
    assert rows
    for row in rows:
        text = texts[row.doc_id]
        assert text[row.start : row.end] == row.text
        assert text[max(0, row.start - 32) : row.start] == row.prefix
        assert text[row.end : row.end + 32] == row.suffix


SNIPPETS = ["“We will pay $5bn,”", "said Ana Ruiz.", "🇰🇷", "\r\n", "\n\n", "\u00a0", "e\u0301", "• ", "\x0b"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["“We will pay $5bn,”", "said Ana Ruiz.", "🇰🇷", "\r\n", "\n\n", "\u00a0", "e\u0301", "• ", "\x0b"]
        )
        | st.text(max_size=20),
        min_size=1,
        max_size=12,
    )
)
def test_invariant_1_holds_for_any_text(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    """Whatever is in an article: it is stored with claims that stand in it, or it is a failure; never neither."""
    place = tmp_path_factory.mktemp("any")
    (place / "corpus").mkdir()
    (place / "corpus" / "a.txt").write_bytes(" ".join(parts).encode("utf-8", "replace"))
    with ran(place / "corpus", place, publishing=False) as store, reading(store) as connection:
        failed = reads.open_failures(connection)
        documents = connection.execute(sa.select(schema.documents)).all()
        assert len([f for f in failed if f.step == "ingest"]) + len(documents) == 1
        for row in connection.execute(sa.select(schema.claims)):
            assert documents[0].text[row.start : row.end] == row.text


def test_invariant_2_again_changes_nothing(samples: Path, undisturbed: Path, tmp_path: Path) -> None:
    shutil.copytree(undisturbed, tmp_path / "again")
    before = published(undisturbed)
    with ran(samples, tmp_path / "again") as store, reading(store) as connection:
        last = connection.execute(sa.select(schema.runs).order_by(schema.runs.c.run_id.desc())).first()
        extracted = connection.scalars(sa.select(schema.extractions.c.run_id).distinct()).all()
    assert published(tmp_path / "again") == before
    assert last is not None and last.run_id not in extracted


def test_invariant_2_check_can_fail(samples: Path, undisturbed: Path, tmp_path: Path) -> None:
    """One changed article changes what is published."""
    shutil.copytree(samples, tmp_path / "samples")
    shutil.copytree(undisturbed, tmp_path / "again")
    article = tmp_path / "samples" / "newswire.txt"
    article.write_text(article.read_text("utf-8") + "\nThe minister said it would cost $7 billion.\n", "utf-8")
    with ran(tmp_path / "samples", tmp_path / "again"):
        pass
    assert content(load_dataset(tmp_path / "again/dataset")) != content(load_dataset(undisturbed / "dataset"))


def test_invariant_4_bad_articles_are_told(undisturbed: Path) -> None:
    with opened(undisturbed / "claims.db") as store, reading(store) as connection:
        failed = reads.open_failures(connection, "samples")
    assert [(f.file, f.step) for f in failed] == [("empty.txt", "ingest"), ("photo.txt", "ingest")]
    assert "empty" in failed[0].reason and "binary" in failed[1].reason
    table = load_dataset(undisturbed / "dataset").table("failures")
    assert table.file.tolist() == ["empty.txt", "photo.txt"]


def test_invariant_4_failing_extraction_is_told_and_mended(
    samples: Path, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document that breaks a component does not stop the others, and is done when the component is mended."""
    real = extraction.extract_documents

    def broken(documents: list[extraction.Document]) -> Iterator[extraction.Extraction]:
        for document in documents:
            if document.uri.endswith("hearing.txt"):
                raise RuntimeError("a component\nbroke")
            yield from real([document])

    with monkeypatch.context() as patch:
        patch.setattr(extraction, "extract_documents", broken)
        with ran(samples, tmp_path) as store, reading(store) as connection:
            failed = [f for f in reads.open_failures(connection) if f.step == "extract"]
    assert [(f.file, f.reason) for f in failed] == [("hearing.txt", "RuntimeError: a component broke")]
    assert load_dataset(tmp_path / "dataset").claims.doc_id.nunique() == 3
    with ran(samples, tmp_path):
        pass
    assert content(load_dataset(tmp_path / "dataset")) == content(load_dataset(undisturbed / "dataset"))


@pytest.mark.parametrize(("batch", "seed"), [(1, 1), (3, 2)])
def test_invariant_6_batches_and_order_do_not_matter(
    samples: Path, undisturbed: Path, tmp_path: Path, batch: int, seed: int
) -> None:
    with ran(samples, tmp_path, batch, random.Random(seed)):
        pass
    assert content(load_dataset(tmp_path / "dataset")) == content(load_dataset(undisturbed / "dataset"))


def test_invariant_3_killed_and_run_again(samples: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Processes are killed at random instants, each going on where the last was stopped, until one gets through."""
    moments, killed, rounds = random.Random(3), 0, 0
    while killed < KILLS:
        place = tmp_path / str(rounds)
        place.mkdir()
        before = killed
        killed += kill_until_through(samples, place, moments)
        assert content(load_dataset(place / "dataset")) == content(load_dataset(undisturbed / "dataset"))
        with opened(place / "claims.db") as store, reading(store) as connection:
            assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
            ended = connection.scalars(sa.select(schema.runs.c.status).order_by(schema.runs.c.run_id)).all()
        assert "running" not in ended and ended.count("completed") <= killed - before + 1
        rounds += 1
    assert rounds < KILLS


def kill_until_through(folder: Path, place: Path, moments: random.Random) -> int:
    """Run over a corpus in processes that are killed, the first twelve of them; how many were."""
    fork = multiprocessing.get_context("fork")  # the loaded pipeline comes with it
    killed = 0
    while True:
        process = fork.Process(target=finish, args=(folder, place))
        process.start()
        process.join(moments.uniform(0.02, 0.5) if killed < 12 else 60)
        if process.exitcode is not None:
            assert process.exitcode == 0
            return killed
        process.kill()
        process.join()
        killed += 1


def finish(folder: Path, place: Path) -> None:
    with ran(folder, place, batch=1):
        pass
