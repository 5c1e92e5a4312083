"""What the program is made of: weights as released, licences that fit its own, a bill of materials, no network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from benchmarks import bill
from pipeline import models
from pipeline.errors import ClaimsError

ROOT = Path(__file__).parents[1]
KNOWLEDGE = ROOT / "pipeline" / "knowledge"
ARTICLE = ROOT / "corpora" / "samples" / "newswire.txt"


def test_supply_chain_weights_are_those_released() -> None:
    """Where this fails after new weights were trained: `make weights`, and commit pipeline/knowledge/weights.toml."""
    trained = {p for pattern in ("*.npz", "weights.json") for p in KNOWLEDGE.rglob(pattern)}
    assert {p.relative_to(KNOWLEDGE).as_posix() for p in trained} == set(models.released())
    for name in models.released():
        models.verify(KNOWLEDGE / name, name)


@pytest.mark.parametrize("name", models.WEIGHTS)
def test_supply_chain_damaged_weights_are_refused(name: str, tmp_path: Path) -> None:
    raw = bytearray((KNOWLEDGE / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "weights").write_bytes(raw)
    with pytest.raises(ClaimsError, match=r"not the weights that weights\.toml lists") as caught:
        models.verify(tmp_path / "weights", name)
    assert "\n" not in str(caught.value)


def test_supply_chain_damaged_weights_stop_the_command(tmp_path: Path) -> None:
    """In a copy of the package."""
    subprocess.run(["cp", "-r", ROOT / "pipeline", tmp_path], check=True)
    with (tmp_path / "pipeline" / "knowledge" / models.CHECK_WORTHINESS).open("r+b") as file:
        file.truncate(1000)
    command = [sys.executable, "-m", "pipeline.cli", "extract", str(ARTICLE)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"error: .*check_worthiness/weights\.npz: not the weights that .* lists .*\n", done.stderr)


def test_supply_chain_licences_are_listed() -> None:
    """Where this fails after a change of the lock: `make licences`."""
    assert set(bill.page().splitlines()) <= set(bill.LICENCES.read_text("utf-8").splitlines())


def test_supply_chain_licences_fit_the_program_s_own() -> None:
    """What it needs to run may be used by a program under the MIT licence, and says so."""
    stated = {name: bill.licence(distribution(name)) for name in bill.closure(bill.PROJECT, {"postgresql", "dask"})}
    assert len(stated) > 100
    assert [name for name, said in stated.items() if said == "not stated"] == []
    only_gpl = re.compile(r"(?<!L)GPL|GNU General Public")
    choice = {"tld", "text-unidecode"}  # the GPL is one of several licences to choose from
    assert {name for name, said in stated.items() if only_gpl.search(said)} == choice & set(stated)


def test_supply_chain_bill_of_materials_covers_the_lock() -> None:
    found = bill.sbom()
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = set(re.findall(r"^([\w.-]+)==([^ ;\\]+)", lock, re.MULTILINE))
    components = found["components"]
    assert isinstance(components, list) and len(locked) > 100
    assert {(c["name"], c["version"]) for c in components} == locked
    some = json.dumps(found | {"components": components[:3], "dependencies": []})  # all of it would take long
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(some) is None
    hashes = {h["content"] for c in components for h in c["hashes"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", lock))
    assert all(c["hashes"] for c in components)


OFFLINE = """
import socket, sys
class Closed(socket.socket):
    def __init__(self, family=-1, *more, **options):
        if family != socket.AF_UNIX:
            raise OSError("no network here")
        super().__init__(family, *more, **options)
socket.socket = Closed
from pipeline.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_supply_chain_extraction_needs_no_network() -> None:
    """It gives the same without any network: in a namespace without one where the system allows that."""
    apart = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*apart, "true"], capture_output=True).returncode:
        apart = []
    arguments = ["extract", str(ARTICLE), "--format", "json"]
    off = subprocess.run([*apart, sys.executable, "-c", OFFLINE, *arguments], capture_output=True, text=True)
    on = subprocess.run([sys.executable, "-m", "pipeline.cli", *arguments], capture_output=True, text=True)
    assert (off.returncode, off.stderr) == (0, "")
    assert off.stdout == on.stdout != ""
