"""The served pipeline, really served: it watches a folder and a feed, and runs over what is new.

Needs no network, only the loopback; starts a Prefect server of its own, which takes some seconds.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.store import schema
from pipeline.store.database import opened, reading

ROOT = Path(__file__).parents[2]
SECONDS = 240
FEED = """<rss version="2.0"><channel><title>The Daily Test</title><item><title>Harbour to be dredged</title>
<link>https://daily.example/harbour</link><description>Mayor Ann Brook said that dredging the harbour would cost $40
million.</description></item></channel></rss>"""


class Feed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path == "/news.rss"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/rss+xml" if found else "text/plain")
        self.end_headers()
        if found:
            self.wfile.write(FEED.encode())

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def feed() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/news.rss"
    server.shutdown()


def claims_of(place: Path, uri: str) -> int:
    """How many claims of an article are stored."""
    if not (place / "claims.db").exists():
        return 0
    query = sa.select(sa.func.count()).join_from(schema.claims, schema.extractions).join(schema.documents)
    with opened(place / "claims.db") as store, reading(store) as connection:
        return connection.execute(query.where(schema.documents.c.uri.endswith(uri))).scalar_one()


def read(place: Path) -> list[int]:
    """How many articles each run has read, as the terminal tells."""
    return [int(count) for count in re.findall(r"(\d+) read, ", (place / "said").read_text())]


def wait(process: subprocess.Popen[str], until: Callable[[], object]) -> bool:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if until():
            return True
        time.sleep(0.2)
    return False


def test_served_folder_and_feed_are_watched(tmp_path: Path, feed: str) -> None:
    (tmp_path / "inbox").mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_") and k != "CLAIMS_DATABASE"}
    own = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    arguments = ["inbox", "--every", "5s", "--feed", feed, "--allow-private"]
    with (tmp_path / "said").open("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "flows.deploy", *arguments],
            cwd=tmp_path,
            env=kept | own,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            assert wait(process, lambda: "Watching" in (tmp_path / "said").read_text())
            shutil.copy(ROOT / "corpora" / "samples" / "newswire.txt", tmp_path / "inbox")
            for uri in ("/harbour", "inbox/newswire.txt"):
                assert wait(process, lambda uri=uri: claims_of(tmp_path, uri)), (tmp_path / "said").read_text()
            assert wait(process, lambda: sum(read(tmp_path)) == 2)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert (tmp_path / "inbox" / "fetches.jsonl").exists()
