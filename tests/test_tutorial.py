"""docs/tutorial.md is true: its commands and programs run, in their order, and print what it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", (ROOT / "docs/tutorial.md").read_text(encoding="utf-8"), re.M | re.S)
MARK = "=== end of program {} ==="


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it after cloning, without the environment."""
    root = tmp_path_factory.mktemp("tutorial")
    shutil.copytree(ROOT / "corpora", root / "corpora")
    return root


def run(command: list[str] | str, folder: Path) -> str:
    """What a command prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "110", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    shell = isinstance(command, str)
    done = subprocess.run(
        command, shell=shell, cwd=folder, env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def programs() -> list[tuple[str, str]]:
    """Each Python block with the output shown below it."""
    texts = [body for language, body in BLOCKS if language == "text"]
    return list(zip((body for language, body in BLOCKS if language == "python"), texts, strict=True))


def test_tutorial_shows_the_output_of_each_program() -> None:
    languages = [language for language, _ in BLOCKS]
    assert set(languages) == {"console", "python", "text"}
    assert [k for k, _ in groupby(x for x in languages if x != "console")] == ["python", "text"] * len(programs())
    assert len(programs()) >= 4


def test_tutorial_runs_and_prints_what_it_shows(folder: Path) -> None:
    for i, (language, body) in enumerate(BLOCKS):
        if language == "console":
            command, _, shown = body.removeprefix("$ ").partition("\n")
            printed = run(command, folder)
            for line in shown.splitlines():
                wanted = re.escape(line.rstrip()).replace(r"\.\.\.", ".*")
                assert re.search(rf"^{wanted}\s*$", printed, re.M), f"{command} does not print: {line}\n{printed}"
        elif language == "python" and "python" not in [kind for kind, _ in BLOCKS[:i]]:
            check_programs(folder)


def check_programs(folder: Path) -> None:
    """Run the programs as one, as a reader does who goes on in the same notebook, and compare what each prints."""
    parts = [f"{body}\nprint({MARK.format(n)!r})" for n, (body, _) in enumerate(programs())]
    printed = run([sys.executable, "-c", "\n".join(parts)], folder)
    for n, (body, shown) in enumerate(programs()):
        said, _, printed = printed.partition(MARK.format(n) + "\n")
        assert trimmed(said) == trimmed(shown), body


def trimmed(text: str) -> list[str]:
    """The lines without blanks at their ends."""
    return [line.rstrip() for line in text.strip("\n").splitlines()]
