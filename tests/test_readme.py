"""README.md is true: its commands run and print what it shows, its Python runs, its links and make targets exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ELSEWHERE = {
    "make test": "this suite",
    "make run": "test_readme_make_targets_exist, and claims run below",
    "make bench": "test_readme_make_targets_exist",
    "make quality": "test_readme_make_targets_exist",
}
"""Commands that are not run here, and what covers them."""


def blocks(language: str) -> list[str]:
    """The contents of the fenced code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


def commands() -> list[tuple[str, str]]:
    """Each console command with the output that the README shows for it."""
    out = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            out.append((command.strip(), shown))
    return out


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it after cloning, without the environment."""
    root = tmp_path_factory.mktemp("readme")
    for name in ("corpora", "annotations"):
        shutil.copytree(ROOT / name, root / name)
    return root


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "COLUMNS": "110", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}


def test_readme_commands_print_what_it_shows(checkout: Path, environment: dict[str, str]) -> None:
    assert len(commands()) > 8
    for command, shown in commands():
        if command in ELSEWHERE:
            continue
        done = subprocess.run(
            command, shell=True, cwd=checkout, env=environment, capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        for line in filter(None, map(str.strip, shown.splitlines())):
            if line != "...":
                assert plain(line) in plain(done.stdout), f"{command} does not print: {line}\n{done.stdout}"


def test_readme_python_runs(checkout: Path, environment: dict[str, str]) -> None:
    program = "\n".join(blocks("python"))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_readme_make_targets_exist() -> None:
    targets = set(re.findall(r"\bmake (\w+)", README))
    assert {"run", "test"} <= targets
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_readme_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link


def plain(line: str) -> str:
    """A line without the differences that a terminal's width makes."""
    return re.sub(r"[\s─━│┃]+", " ", line).strip()
