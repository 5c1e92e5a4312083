"""The bill of materials: ``python -m benchmarks.bill licences`` writes ``docs/licences.md``, ``... sbom`` an SBOM.

The SBOM is made by cyclonedx-bom from ``requirements.lock`` (CycloneDX 1.6, JSON): every package of every platform with
the hashes of its files, and its licence where it is installed here.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LICENCES = ROOT / "docs" / "licences.md"
SBOM = ROOT / "dist" / "sbom.json"
PROJECT = "policy-claims"
VAGUE = {"", "UNKNOWN", "Dual License", "BSD", "Artistic License"}
"""What packages say that names no licence; their classifiers or licence files say more."""
TITLES = {"Apache License": "Apache-2.0", "MIT License": "MIT", "Mozilla Public License": "MPL-2.0"}
"""The first words of licence files."""
HEAD = """# Licences

Written by `make licences`: what the packages that the program needs say of their own licence, then what its tests need.
The program itself is under the [MIT licence](../LICENSE). The trained weights are described in their model cards.
"""


def main(arguments: list[str]) -> int:
    """Write the file that is asked for."""
    if arguments == ["licences"]:
        LICENCES.write_text(page(), "utf-8")
    elif arguments == ["sbom"]:
        SBOM.parent.mkdir(exist_ok=True)
        SBOM.write_text(json.dumps(sbom(), indent=1) + "\n", "utf-8")
        print(SBOM)
    else:
        print("say licences or sbom", file=sys.stderr)
        return 2
    return 0


def page() -> str:
    """The table of licences in Markdown."""
    needed = set(closure(PROJECT, {"postgresql", "dask"}))
    parts = [("To run it, with PostgreSQL and Dask", needed), ("To test it", set(closure(PROJECT, {"dev"})) - needed)]
    lines = [HEAD]
    for title, names in parts:
        rows = [f"| {n} | {licence(distribution(n)).replace('|', '/')} |" for n in sorted(names - {PROJECT})]
        lines += [f"## {title}", "", "| package | licence |", "| --- | --- |", *rows, ""]
    return "\n".join(lines)


def closure(name: str, extras: set[str]) -> Iterator[str]:
    """The packages that a package with some extras needs here, itself included."""
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(name), extra) for extra in {"", *extras}]
    while waiting:
        package, extra = waiting.pop()
        if (package, extra) in seen:
            continue
        seen.add((package, extra))
        for line in stated_needs(package):
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(needed.name), more) for more in {"", *needed.extras}]
    yield from {package for package, _ in seen}


def stated_needs(package: str) -> list[str]:
    """What a package says it needs; the program itself in ``pyproject.toml``, which may be newer than the install."""
    if package != PROJECT:
        return list(distribution(package).requires or ())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].items()
    return [*project["dependencies"], *(f'{line} ; extra == "{extra}"' for extra, lines in extras for line in lines)]


def licence(package: Distribution) -> str:
    """What a package says its licence is: in one field, else in its classifiers, else in its licence file."""
    said = package.metadata
    stated = next((said[name] for name in ("License-Expression", "License") if said.get(name)), "")
    if stated not in VAGUE and len(stated) < 80:
        return stated
    classes = [c.split(" :: ")[-1] for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    if classes:
        return ", ".join(classes)
    for file in package.files or ():
        if re.search(r"licen[cs]e|copying", file.name, re.IGNORECASE):
            text = Path(str(file.locate())).read_text("utf-8", "replace")[:2000]
            found = [name for title, name in TITLES.items() if title in text]
            if found:
                return found[0]
    return stated or "not stated"


def sbom() -> dict[str, object]:
    """The software bill of materials of the lock file, without the addresses of any package index."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "sbom.json"
        options = [
            "--output-reproducible",
            "--no-validate",
            "--short-PURLs",
            "--pyproject",
            str(ROOT / "pyproject.toml"),
        ]
        options += ["-o", str(made), str(ROOT / "requirements.lock")]
        command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", *options]
        subprocess.run(command, check=True, capture_output=True)
        out: dict[str, object] = json.loads(made.read_text("utf-8"))
    components = out["components"]
    assert isinstance(components, list)
    for component in components:
        component.pop("description", None)  # the line of the lock file
        hashes = [h for reference in component.pop("externalReferences", ()) for h in reference.get("hashes", ())]
        component["hashes"] = sorted(hashes, key=lambda h: h["content"])
        try:
            component["licenses"] = [{"license": {"name": licence(distribution(component["name"]))}}]
        except PackageNotFoundError:  # needed on another platform only
            continue
    return out


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
