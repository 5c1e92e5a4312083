"""A whole run over many articles: ``python -m benchmarks.load [--articles 10000] [--words 750] [--workers 2]``.

The articles are put together from paragraphs of the repository's own, drawn at random, with words changed at random.
`claims run` goes through them from an empty store to the published dataset, in a terminal, so that its progress bar is
seen. Printed: words a second of the whole and of the extraction alone; processor seconds of everything; memory of the
workers early and late; and how far the bar's estimates were from what then happened.
"""

from __future__ import annotations

import argparse
import os
import pty
import random
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.ingest import read

ROOT = Path(__file__).resolve().parents[1]
SHARES = (0.1, 0.25, 0.5, 0.75)
BAR = re.compile(r"(Reading|Extracting)\D* (\d+)/(\d+) (\S+)\s+elapsed, (\S+)\s+left")
MEGABYTE = 1024**2
SWAPPED = 0.25


@dataclass
class Seen:
    """What was seen of a run: when each phase's bar stood where, and the workers' memory with the time."""

    steps: list[tuple[float, str, int, str]] = field(default_factory=list)
    memory: dict[int, list[int]] = field(default_factory=dict)

    def phase(self, name: str) -> list[tuple[float, int, str]]:
        """The moments of a phase."""
        return [(at, done, left) for at, what, done, left in self.steps if what == name]


def paragraphs() -> list[str]:
    """The paragraphs of the repository's own articles in English."""
    files = [p for p in sorted((ROOT / "corpora").rglob("*")) if p.suffix in {".txt", ".md", ".html"}]
    texts = [d.text[b.start : b.end] for d in map(read, files) for b in d.blocks if b.kind == "paragraph"]
    return [t for t in texts if len(t.split()) > 15]


def make(folder: Path, articles: int, words: int) -> int:
    """Write the articles; returns how many words they have."""
    choice, known = random.Random(1), paragraphs()
    spare = [w for text in known for w in text.split() if w.isalpha() and w.islower()]
    total = 0
    folder.mkdir(parents=True)
    for number in range(articles):
        parts = [f"Report {number} of the {choice.choice(('council', 'ministry', 'assembly', 'board'))}"]
        while sum(len(p.split()) for p in parts) < words:
            parts.append(vary(choice.choice(known), spare, choice))
        text = "\n\n".join(parts)
        total += len(text.split())
        (folder / f"{number:06}.txt").write_text(text, "utf-8")
    return total


def vary(text: str, spare: list[str], choice: random.Random) -> str:
    """A text with every fourth of its lower-case words or so replaced, so that no two articles are near copies."""
    words = text.split(" ")
    return " ".join(
        choice.choice(spare) if w.isalpha() and w.islower() and choice.random() < SWAPPED else w for w in words
    )


def run(place: Path, workers: int) -> tuple[float, Seen]:
    """Run the pipeline over the corpus in a terminal; returns the seconds it took, and what was seen."""
    ours, theirs = pty.openpty()
    command = [str(Path(sys.executable).parent / "claims"), "run", "corpus", "--workers", str(workers)]
    command += ["--database", f"{workers}.db", "--out", f"dataset-{workers}"]
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=theirs, stdin=theirs)
    os.close(theirs)
    seen = Seen()
    watch = threading.Thread(target=look, args=(process, seen), daemon=True)
    watch.start()
    for line in lines(ours):
        for what, done, _, _, left in BAR.findall(line):
            seen.steps.append((time.monotonic(), what, int(done), left))
    if process.wait():
        raise SystemExit(f"{' '.join(command)} failed")
    return time.monotonic() - begun, seen


def lines(terminal: int) -> Iterator[str]:
    """What is written to a terminal, without its control characters."""
    rest = b""
    while True:
        try:
            rest += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            return
        *whole, rest = re.split(rb"[\r\n]", rest)
        for raw in whole:
            yield re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", raw.decode("utf-8", "replace"))


def look(process: subprocess.Popen[bytes], seen: Seen) -> None:
    """Note the memory of the workers every second."""
    while process.poll() is None:
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            try:
                if b"pipeline.workers" in Path(f"/proc/{child}/cmdline").read_bytes():
                    resident = Path(f"/proc/{child}/statm").read_text().split()[1]
                    size = int(resident) * resource.getpagesize() // MEGABYTE
                    seen.memory.setdefault(int(child), []).append(size)
            except OSError:  # it has just ended
                continue
        time.sleep(1)


def rows(articles: int, words: int, workers: int, seconds: float, seen: Seen) -> Iterator[tuple[str, str]]:
    """What is measured and its figure."""
    extraction = seen.phase("Extracting")
    first, last = extraction[0][0], extraction[-1][0]
    yield "articles, words", f"{articles:,}, {words:,}"
    yield f"whole run, {workers} workers", f"{timedelta(seconds=round(seconds))}, {words / seconds:,.0f} words/s"
    yield "  extraction alone", f"{timedelta(seconds=round(last - first))}, {words / (last - first):,.0f} words/s"
    reading = seen.phase("Reading")
    yield "  reading", f"{timedelta(seconds=round(reading[-1][0] - reading[0][0]))}"
    yield (
        "  publishing and the rest",
        f"{timedelta(seconds=round(seconds - (last - first) - reading[-1][0] + reading[0][0]))}",
    )
    for share in SHARES:
        at, _, left = next(step for step in extraction if step[1] >= share * articles)
        yield f"  left at {share:.0%}, estimated and true", f"{left}, {timedelta(seconds=round(last - at))}"
    for sizes in seen.memory.values():
        if len(sizes) > 4:
            early = max(sizes[: max(4, len(sizes) // 4)])
            yield "  memory of a worker, first quarter and all", f"{early} MB, {max(sizes)} MB"


def main() -> None:
    """Make the articles, run, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=750)
    parser.add_argument("--workers", type=int, nargs="+", default=[len(os.sched_getaffinity(0))])
    given = parser.parse_args()
    with TemporaryDirectory(prefix="claims-load-") as folder:
        place = Path(folder)
        words = make(place / "corpus", given.articles, given.words)
        for workers in given.workers:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds, seen = run(place, workers)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            for name, figure in rows(given.articles, words, workers, seconds, seen):
                print(f"{name:42} {figure}", flush=True)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(
                f"{'  processor seconds of everything':42} {spent:,.0f} ({spent / words * 1e6:.0f} ms per 1,000 words)"
            )


if __name__ == "__main__":
    main()
