"""The benchmarks that take minutes, in one table with the machine's description: ``python -m benchmarks``.

Writes ``docs/benchmarks.md``. Others take an hour or need data that is not here; each module says how it is run.
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks import faults, incremental, ingest, speed, workers

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
MODULES = (speed, workers, faults, ingest, incremental)
PACKAGES = ("spacy", "thinc", "numpy", "prefect", "sqlalchemy", "pyarrow")


def main() -> None:
    """Run them one after the other and write the page."""
    lines = ["# Benchmarks", "", f"Written by `make bench` on {date.today():%Y-%m-%d}.", "", *machine(), ""]
    lines += ["| measured | figure | by `python -m` |", "| --- | --- | --- |"]
    for module in MODULES:
        for name, figure in module.rows():
            print(f"{name:55} {figure}", file=sys.stderr, flush=True)
            lines.append(f"| {name.strip()} | {figure.replace('|', '/')} | `{module.__name__}` |")
    PAGE.write_text("\n".join(lines) + "\n", "utf-8")
    print(PAGE)


def machine() -> list[str]:
    """The processor, its load now, memory, system and versions."""
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if "model name" in line] if info.exists() else []
    processor = names[0].split(":")[1].strip() if names else platform.processor()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return [
        f"{processor}, {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f} at the start), {memory:.0f} GB;"
        f" {platform.system()} {platform.machine()}, Python {platform.python_version()};",
        ", ".join(f"{name} {version(name)}" for name in PACKAGES) + ".",
    ]


if __name__ == "__main__":
    main()
