"""How long publishing a large store takes, in what memory, and how fast one column is loaded.

Run: `python -m benchmarks.publish [--claims 1000000] [--folder /tmp/claims-publish]`. The store is generated: articles
of 25 claims each, of all kinds, the words drawn at random from a small vocabulary.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pipeline import records
from pipeline.store import open_store, schema
from pipeline.store.database import writing

CLAIMS_PER_ARTICLE = 25
BATCH = 400
VOCABULARY = """
the of a to in and for on with budget minister bridge harbour council tax fund plan year rail school water energy report
office region industry farmers price court union market export border climate housing public new
"""
WORDS = VOCABULARY.split()
UNITS = ("USD", "EUR", "GBP", "percent")
ACTS = ("statement", "demand", "denial", "belief")


def generate(path: Path, claims: int) -> None:
    """Make a store of so many claims."""
    engine = open_store(path)
    with writing(engine) as connection:
        run = {
            "run_id": "r" * 32,
            "corpus": "made",
            "status": "completed",
            "started_at": datetime(2026, 1, 1, tzinfo=UTC),
        }
        connection.execute(
            schema.runs.insert().values(run | {"pipeline_version": "1", "model": "m", "config_hash": "c"})
        )
    articles = claims // CLAIMS_PER_ARTICLE
    for first in range(0, articles, BATCH):
        with writing(engine) as connection:
            store(connection, range(first, min(first + BATCH, articles)))
    engine.dispose()


def store(connection: Connection, numbers: range) -> None:
    """Put articles and their claims on record."""
    made: dict[Any, list[dict[str, Any]]] = {t: [] for t in ORDER}
    for number in numbers:
        for table, rows in article(number).items():
            made[table] += rows
    for table in ORDER:
        connection.execute(table.insert(), made[table])


ORDER = (
    schema.documents,
    schema.sources,
    schema.blocks,
    schema.extractions,
    schema.speakers,
    schema.mentions,
    schema.claims,
    schema.amounts,
    schema.quotes,
    schema.quote_spans,
    schema.predictions,
)


def article(number: int) -> dict[Any, list[dict[str, Any]]]:
    """The rows of one article: a title, 25 sentences with a speaker, a cue and a claim each."""
    draw = random.Random(number)
    name = f"{draw.choice(WORDS).title()} {draw.choice(WORDS).title()}"
    doc_id, who = records.digest_bytes(str(number).encode()), records.digest("speaker", name)
    doc = {"doc_id": doc_id}
    out: dict[Any, list[dict[str, Any]]] = {t: [] for t in ORDER}
    title = " ".join(draw.choices(WORDS, k=8))
    text = f"{title} {number}\n\n"
    spans = []
    for _ in range(CLAIMS_PER_ARTICLE):
        claim = " ".join(draw.choices(WORDS, k=draw.randint(8, 22)))
        sentence = f"{name} said that {claim} in “{draw.choice(WORDS)}”. "
        spans.append((len(text), len(text) + len(name) + 11, len(claim), len(sentence)))
        text += sentence
    hashed = records.text_hash(text)
    kinds = ("amount", "quote", "prediction")
    for i, (begin, start, length, whole) in enumerate(spans):
        kind: Any = kinds[i % 3]
        end = start + (12 if kind == "amount" else length)
        key = doc | {"claim_id": records.claim_id(hashed, kind, start, end)}
        out[schema.claims].append(
            key
            | {"kind": kind, "start": start, "end": end, "text": text[start:end]}
            | {"prefix": text[max(0, start - 32) : start], "suffix": text[end : end + 32]}
            | {"sentence_start": begin, "sentence_end": begin + whole - 1, "section": [title]}
            | {"standalone": f"[{name}] {text[start:end]}", "speaker_id": who}
            | {"speaker_start": begin, "speaker_end": begin + len(name)}
            | {"cue_start": begin + len(name) + 1, "cue_end": begin + len(name) + 5, "within": None}
            | {"check_worthiness": round(draw.random(), 4), "confidence": round(draw.random(), 4)}
            | {"extractor": f"claims_{kind}s", "extractor_version": "1", "model": "m", "config_hash": "c"}
            | {"run_id": "r" * 32}
        )
        place = {"position": i, "speaker_id": who, "start": begin, "end": begin + len(name), "text": name}
        out[schema.mentions].append(doc | place | {"rule": "name", "confidence": 0.9})
        if kind == "amount":
            low, rate = Decimal(draw.randint(1, 10**6)) * 1000, Decimal(draw.randint(10**4, 2 * 10**4)) / 10**4
            dollars = {"usd_low": low * rate, "usd_high": low * rate, "usd_rate": rate, "usd_date": date(2026, 3, 1)}
            values = {"low": low, "high": low, "bound": "exact", "unit": draw.choice(UNITS), "unit_reason": "symbol"}
            words = {"per": None, "change": "none", "payer": name, "verb": "spend", "object": title, "when": None}
            out[schema.amounts].append(key | values | dollars | words)
        elif kind == "quote":
            out[schema.quotes].append(key | {"quote_type": "indirect", "act": draw.choice(ACTS)})
            out[schema.quote_spans].append(key | {"role": "content", "position": 0, "start": start, "end": end})
        else:
            until = {"horizon_from": None, "horizon_to": date(2030, 12, draw.randint(1, 31))}
            ends = {"condition_start": None, "condition_end": None, "horizon_start": end - 6, "horizon_end": end}
            out[schema.predictions].append(
                key | {"type": "forecast", "certainty": "probable", "negated": False} | ends | until
            )
    uri = f"https://news.example/{number}"
    meta = {"byline": None, "publisher": f"Paper {number % 50}", "published": date(2026, 1, 1 + number % 28)}
    hashes = {"text_hash": hashed, "input_hash": "i"}
    kept = {"language": "en", "media_type": "text/plain", "fetched_at": None, "licence": None, "text": text}
    out[schema.documents].append(doc | {"uri": uri, "title": title} | meta | kept | hashes)
    out[schema.sources].append(doc | {"corpus": "made", "file": f"{number}.txt", "uri": uri})
    body = {"kind": "paragraph", "start": len(title), "end": len(text), "section": [title]}
    out[schema.blocks].append(doc | {"position": 0} | body)
    made = {"pipeline_version": "1", "model": "m", "config_hash": "c", "input_hash": "i", "replaced": None}
    out[schema.extractions].append(doc | {"run_id": "r" * 32, "current": True} | made)
    out[schema.speakers].append(
        doc
        | {"speaker_id": who, "name": name, "kind": "person", "role": "minister", "aliases": []}
        | {"wikidata": None, "party": None}
    )
    return out


PUBLISH = """
from pathlib import Path
from sys import argv
from pipeline.publish.files import publish
from pipeline.store import open_store
publish(open_store(argv[1]), Path(argv[2]))
"""
LOAD = """
from sys import argv
import time
from pipeline.dataset import load_dataset
dataset = load_dataset(argv[1])
for column in ("text", "confidence", "kind"):
    begun = time.perf_counter()
    found = dataset.table("claims", [column])
    print(f"column {column}: {len(found)} rows in {time.perf_counter() - begun:.2f} s")
"""


def measured(name: str, code: str, *arguments: str) -> None:
    """Run Python code in a process of its own; print its wall clock, processor time and peak memory."""
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, *arguments])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{name} failed")
    wall, cpu, peak = time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(f"{name}: {wall:.1f} s, {cpu:.1f} s of processor time, peak {peak:.0f} MB", flush=True)


def main() -> None:
    """Make the store where it is not there, publish it twice, load columns of the dataset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/claims-publish"))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    database = given.folder / f"{given.claims}.db"
    if not database.exists():
        begun = time.perf_counter()
        unfinished = database.with_suffix(".part")
        generate(unfinished, given.claims)
        unfinished.rename(database)
        print(f"store of {given.claims} claims made in {time.perf_counter() - begun:.0f} s", flush=True)
    out = given.folder / f"dataset-{given.claims}"
    measured("publish", PUBLISH, str(database), str(out))
    measured("load", LOAD, str(out))
    measured("publish again", PUBLISH, str(database), str(out))


if __name__ == "__main__":
    main()
