"""How fast the review page answers on a large store: `python -m benchmarks.review [FILE] [--documents N]`.

Makes a store of generated articles and claims (kept in FILE, so that a second measurement starts at once), then asks
the application for pages and decisions in its own process, and prints the time that the server takes for each.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from pipeline import records
from pipeline.assembly import Extraction
from pipeline.records import (
    Amount,
    Block,
    Claim,
    ClaimKind,
    Detail,
    Document,
    Prediction,
    Provenance,
    Quote,
    Span,
    Speaker,
)
from pipeline.review import index, service
from pipeline.review.app import create_app
from pipeline.review.security import Access
from pipeline.store import open_store
from pipeline.store.database import writing
from pipeline.store.schema import documents
from pipeline.store.writes import Source, start_run, store_documents, store_extractions

CLAIMS = 20
"""Claims of one article."""
LIMIT = 100.0
"""Milliseconds that an answer may take."""
BATCH = 250
NAMES = [f"{first} {last}" for first in ("Ada", "Bo", "Cem", "Dia", "Eli") for last in map(str, range(2000))]
WORDS = ("budget", "harbour", "tariff", "minister", "alliance", "percent", "growth", "the", "of", "to", "will", "rise")
HOME = "http://127.0.0.1:8765"


def generate(count: int) -> Iterator[Extraction]:
    """Articles with twenty claims each, of three kinds, by 10,000 speakers; the same ones every time."""
    dice = random.Random(7)
    for number in range(count):
        lines = [f"{' '.join(dice.choices(WORDS, k=18))} {number}-{i}." for i in range(CLAIMS)]
        text = "\n".join(lines)
        uri = f"generated/{number}.txt"
        doc_id = records.digest_bytes(uri.encode())
        hashed = records.text_hash(text)
        blocks, claims, at = [], [], 0
        who = [Speaker(records.digest(n, length=32), n, "person") for n in dice.sample(NAMES, 4)]
        for i, line in enumerate(lines):
            blocks.append(Block("paragraph", at, at + len(line)))
            claims.append(_claim(text, doc_id, hashed, at, at + len(line), i, who[i % 4], dice))
            at += len(line) + 1
        document = Document(doc_id, uri, text, tuple(blocks), title=f"Report {number} on {dice.choice(WORDS)}")
        yield Extraction(document, tuple(who), (), tuple(claims))


def _claim(
    text: str, doc_id: str, hashed: str, start: int, end: int, i: int, speaker: Speaker, dice: random.Random
) -> Claim:
    kind: ClaimKind = ("quote", "quote", "amount", "prediction")[i % 4]  # type: ignore[assignment]
    span = Span.of(text, start, end)
    detail: Detail = Quote("direct", "statement", (span,))
    if kind == "amount":
        detail = Amount(Decimal(i), Decimal(i), "exact", "USD", "$")
    elif kind == "prediction":
        detail = Prediction("forecast", "probable")
    low = {"quote": 0.3, "amount": 0.7, "prediction": 0.4}[kind]
    return Claim(
        claim_id=records.claim_id(hashed, kind, start, end),
        kind=kind,
        doc_id=doc_id,
        span=span,
        prefix=text[max(0, start - 32) : start],
        suffix=text[end : end + 32],
        sentence=span,
        section=(),
        speaker=speaker,
        mention=None,
        cue=None,
        within=None,
        standalone=span.text,
        check_worthiness=0.5,
        confidence=round(low + dice.random() * (1 - low), 4),
        detail=detail,
        provenance=Provenance("generated", "1", "none", "none"),
    )


def fill(engine: Engine, count: int) -> None:
    """Store what is not there yet, as a run does; of 1,000 articles one is in the corpus "small"."""
    with engine.connect() as connection:
        there = connection.scalar(sa.select(sa.func.count()).select_from(documents)) or 0
    found = generate(count)
    begun = time.perf_counter()
    with writing(engine) as connection:
        run = start_run(connection, "large", "1", model="none", config_hash="none")
    for at in range(0, count, BATCH):
        batch = [next(found) for _ in range(min(BATCH, count - at))]
        if at < there:
            continue
        with writing(engine) as connection:
            pairs = []
            for i, e in enumerate(batch, at):
                corpus = "small" if i % 1000 == 0 else "large"
                pairs.append((Source(corpus, f"{i}.txt", (e.document.uri,)), e.document))
            store_documents(connection, run, pairs)
            store_extractions(connection, run, batch)
    if there < count:
        print(f"stored {count - there:,} articles in {time.perf_counter() - begun:.0f} s", flush=True)
    begun = time.perf_counter()
    changed = index.catch_up(engine)
    print(f"queue brought up to {changed:,} articles in {time.perf_counter() - begun:.0f} s", flush=True)


def measure(client: TestClient, name: str, ask: Callable[[], int], times: int) -> float:
    """Print median, slowest and processor time of some answers; returns the slowest, in milliseconds."""
    took = []
    worked = time.process_time()
    for _ in range(times):
        begun = time.perf_counter()
        status = ask()
        took.append((time.perf_counter() - begun) * 1000)
        assert status < 400, f"{name}: status {status}"
    cpu = (time.process_time() - worked) * 1000 / times
    median, slowest = statistics.median(took), max(took)
    print(f"{name:42} median {median:6.1f} ms   slowest {slowest:6.1f} ms   processor {cpu:6.1f} ms", flush=True)
    return max(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", nargs="?", default="benchmark-review.db", type=Path)
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=15)
    given = parser.parse_args()
    engine = open_store(given.file)
    index.prepare(engine)
    fill(engine, given.documents)
    app = create_app(engine, Access.of("127.0.0.1", 8765, None), f"Bench {datetime.now(UTC):%H%M%S}")
    headers = {"Origin": HOME}
    slowest = 0.0
    with TestClient(app, HOME, follow_redirects=False) as client:
        client.get("/help")
        pages = {
            "queue, least certain first": "/",
            "queue, all, most certain first": "/?view=all&order=certain",
            "one kind": "/?kind=amount",
            "a small corpus": "/?corpus=small",
            "a small corpus, one kind, below 80 %": "/?corpus=small&kind=amount&below=80",
            "a speaker": "/?speaker=Ada+1234",
            "a speaker in a small corpus": "/?speaker=Bo+77&corpus=small",
            "speakers by the beginning of their names": "/?speaker=Cem+1",
            "disputed": "/?view=disputed",
            "rejected amounts": "/?view=rejected&kind=amount",
            "an article by its title": "/?article=Report+4321+on",
            "a word of many titles": "/?article=tariff",
            "a rare word": "/?text=31415-9",
            "two common words": "/?text=harbour+alliance",
            "a common word in a small corpus": "/?text=tariff&corpus=small",
            "a word that is not there": "/?text=zeppelin",
            "suggested speakers": "/suggest/speakers?q=di",
            "suggested articles": "/suggest/articles?q=4999",
        }
        for name, path in pages.items():
            slowest = max(slowest, measure(client, name, lambda p=path: client.get(p).status_code, given.times))  # type: ignore[misc]
        ids = _ids(client, 2 * given.times)
        to_see, to_decide = iter(ids), iter(ids)

        def look() -> int:
            return client.get(f"/claims/{next(to_see)}").status_code

        def decide() -> int:
            form = {"decision": "accept", "review_id": service.new_id()}
            return client.post(f"/claims/{next(to_decide)}/decisions", data=form, headers=headers).status_code

        def take_back() -> int:
            return client.post("/undo", data={"review_id": service.new_id()}, headers=headers).status_code

        for name, act in {"a claim in its article": look, "a decision": decide, "an undo": take_back}.items():
            slowest = max(slowest, measure(client, name, act, given.times))
    print(f"slowest of all {slowest:.1f} ms ({'within' if slowest < LIMIT else 'NOT within'} {LIMIT:.0f} ms)")


def _ids(client: TestClient, count: int) -> list[str]:
    """The ids of claims at the head of the queue."""
    found = re.findall(r"/claims/([0-9a-f]{32})", client.get("/?corpus=large").text)
    return list(dict.fromkeys(found))[:count]


if __name__ == "__main__":
    main()
