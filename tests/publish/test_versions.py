"""Publications have numbers and digests, and say which claims came, went or changed, and why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import frictionless
import pytest
from handmade import TEXT, document
from sqlalchemy import Engine
from test_reviewed import engine, put, say

from pipeline import cli
from pipeline.errors import InputError
from pipeline.publish import changes, versions
from pipeline.publish.files import COMPLETE, publish
from pipeline.store import writes
from pipeline.store.database import writing
from pipeline.store.diff import Difference, counts

__all__ = ["engine"]


def told(found: list[Difference]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return sorted((d.change, d.kind, d.reason, d.fields) for d in found)


def test_versions_same_store_same_number(engine: Engine, tmp_path: Path) -> None:
    first = publish(engine, tmp_path / "dataset")
    again = publish(engine, tmp_path / "dataset")
    assert (first.number, again.number, again.changed) == (1, 1, ())
    package = json.loads((first.path / "datapackage.json").read_text("utf-8"))
    assert package["version"] == "1"
    made_from = package["publications"][0]["inputs"]
    assert made_from["corpora"]["rows"] == 1 and made_from["annotations"]["rows"] == 0
    assert made_from["programs"] == [{"pipeline_version": "1.0", "model": "none", "config_hash": "c"}]


def test_versions_elsewhere_same_digest(engine: Engine, tmp_path: Path) -> None:
    """The same store published to another folder is the same publication."""
    one, other = (versions.history(publish(engine, tmp_path / name).path) for name in ("a", "b"))
    assert one == other
    say(engine, "amount", "accept")
    assert versions.history(publish(engine, tmp_path / "a").path)[-1]["digest"] != other[-1]["digest"]


def test_versions_review_is_the_reason(engine: Engine, tmp_path: Path) -> None:
    out = publish(engine, tmp_path / "dataset").path
    say(engine, "amount", "correct", unit="USD")
    say(engine, "prediction", "reject")
    assert publish(engine, out).number == 2
    found = versions.between(out, 1, 2)
    assert told(found) == [
        ("changed", "amount", "review: corrected by Ann", ("amount_unit", "amount_unit_reason", "review_status")),
        ("went", "prediction", "review: rejected by Ann", ()),
    ]
    assert counts(versions.between(out, 2, 1)) == {"came": 1, "went": 0, "changed": 1}
    report = frictionless.Package(str(out / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    assert f"changes/{2:04}.csv" in (out / "SHA256SUMS").read_text()


def test_versions_new_article_and_new_version(engine: Engine, tmp_path: Path) -> None:
    out = publish(engine, tmp_path / "dataset").path
    put(engine, document(TEXT + "\n\nA second one.", "second.txt"))
    publish(engine, out)
    assert {d.reason for d in versions.between(out, 1, 2)} == {"new article"}
    changed = document(TEXT + "\n\nUpdated.")
    with writing(engine) as connection:
        writes.forget_unlisted(connection, "test", [document(name="second.txt").uri])
    put(engine, changed)
    publish(engine, out)
    found = versions.between(out, 2, 3)
    assert counts(found) == {"came": 3, "went": 3, "changed": 0}
    assert {d.reason for d in found} == {"new version of the article"}
    assert counts(versions.between(out, 1, 3)) == {"came": 6, "went": 3, "changed": 0}


def test_versions_new_program(engine: Engine, tmp_path: Path) -> None:
    out = publish(engine, tmp_path / "dataset").path
    put(engine, document(), quote={"confidence": 0.5})
    assert publish(engine, out).number == 2
    found = versions.between(out, 1, 2)
    assert told(found) == [("changed", "quote", "the article is read differently", ("confidence",))]


def test_versions_came_and_went_is_nothing(engine: Engine, tmp_path: Path) -> None:
    out = publish(engine, tmp_path / "dataset").path
    put(engine, document(TEXT + "\n\nA second one.", "second.txt"))
    publish(engine, out)
    with writing(engine) as connection:
        writes.forget_unlisted(connection, "test", [document().uri])
    publish(engine, out)
    assert {d.reason for d in versions.between(out, 2, 3)} == {"article removed"}
    assert versions.between(out, 1, 3) == []


def test_versions_of_folders(engine: Engine, tmp_path: Path) -> None:
    """Two dataset folders can be compared whatever their history."""
    before = publish(engine, tmp_path / "before").path
    say(engine, "amount", "reject")
    after = publish(engine, tmp_path / "after").path
    assert told(changes.compare(before, after)) == [("went", "amount", "review: rejected by Ann", ())]
    assert told(changes.compare(after, before)) == [("came", "amount", "review taken back", ())]
    assert changes.compare(before, before) == []


def test_versions_unknown_number(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="claims publish"):
        versions.between(tmp_path, 1, 2)
    with pytest.raises(InputError, match="no publication 2 of this dataset; it has 1 to 1"):
        versions.between(publish(engine, tmp_path / "dataset").path, 1, 2)


def test_versions_killed_while_replacing(engine: Engine, tmp_path: Path) -> None:
    """Killed when some files were already replaced: the next publication finishes that one, and loses no change."""
    out = publish(engine, tmp_path / "dataset").path
    shutil.copytree(out, tmp_path / "killed")
    say(engine, "amount", "reject")
    publish(engine, out)
    names = sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file())
    killed = tmp_path / "killed"
    (killed / COMPLETE / "changes").mkdir(parents=True)
    for i, name in enumerate(names):
        if (out / name).read_bytes() != ((killed / name).read_bytes() if (killed / name).exists() else b""):
            place = killed / name if i % 2 else killed / COMPLETE / name
            place.parent.mkdir(exist_ok=True)
            shutil.copy(out / name, place)
    done = publish(engine, killed)
    assert (done.number, done.changed) == (2, ())
    assert {n: (killed / n).read_bytes() for n in names} == {n: (out / n).read_bytes() for n in names}
    assert not (killed / COMPLETE).exists()


def test_versions_by_command(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`publish` numbers, `--unreviewed` shows the raw, `diff` takes numbers and folders."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str]:
        code = cli.main(list(arguments))
        return code, capsys.readouterr().out

    assert call("publish")[0] == 0
    say(engine, "amount", "reject")
    assert "2 claims" in call("publish")[1]
    assert "3 claims" in call("publish", "--unreviewed", "--out", "raw")[1]
    by_number, by_folder = call("diff", "1", "2", "--json"), call("diff", "raw", "dataset", "--json")
    assert by_number[0] == by_folder[0] == 0
    for _, out in (by_number, by_folder):
        assert [(d["change"], d["reason"]) for d in json.loads(out)] == [("went", "review: rejected by Ann")]
    assert call("diff", "1", "3")[0] == 2
    (tmp_path / "empty").mkdir()
    assert call("diff", "raw", "empty")[0] == 2
