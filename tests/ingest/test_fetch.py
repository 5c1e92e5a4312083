"""Fetching, against a real server on loopback."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from pipeline.errors import InputError
from pipeline.ingest import fetch, read_item
from pipeline.ingest.corpus import Corpus
from pipeline.ingest.fetch import Fetcher
from pipeline.ingest.record import Entry

PAGE = b"<html><body><p>The ministry said that the plan would cost a lot of money.</p></body></html>"
FEED = b"<rss version='2.0'><channel><title>T</title><item><link>https://daily.example/a</link><description>%s</description></item></channel></rss>"


class Site(BaseHTTPRequestHandler):
    """A small site; what it was asked is kept in ``asked``."""

    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []
    page = PAGE

    def do_GET(self) -> None:
        self.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        if self.path == "/robots.txt":
            self.answer(200, b"User-agent: *\nDisallow: /private/\nCrawl-delay: 3\n", "text/plain")
        elif self.path == "/article" and self.headers.get("If-None-Match") == '"1"':
            self.answer(304, b"", "text/html")
        elif self.path == "/article":
            self.answer(200, type(self).page, "text/html; charset=utf-8", ETag='"1"')
        elif self.path == "/feed":
            self.answer(200, FEED % b"The ministry said that it would pay.", "application/rss+xml")
        elif self.path.startswith("/hop"):
            self.answer(302, b"", "text/html", Location="/article" if self.path == "/hop" else "/hops")
        elif self.path == "/to-file":
            self.answer(302, b"", "text/html", Location="file:///etc/passwd")
        elif self.path == "/bomb":
            self.answer(200, gzip.compress(bytes(60_000_000)), "text/html", **{"Content-Encoding": "gzip"})
        else:
            self.answer(404, b"nothing", "text/html")

    def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_address[1]}"
    site.shutdown()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def fetcher(tmp_path: Path, pauses: list[float]) -> Fetcher:
    Site.asked.clear()
    Site.page = PAGE
    return Fetcher(tmp_path / "fetches.jsonl", allow_private=True, sleep=pauses.append)


def test_fetch_page_is_an_item_on_record(server: str, fetcher: Fetcher) -> None:
    item = fetcher.fetch(f"{server}/article")
    assert item is not None
    assert (item.raw, item.uri, item.media_type, item.charset) == (PAGE, f"{server}/article", "text/html", "utf-8")
    assert "cost a lot of money" in read_item(item).text
    robots, page = (json.loads(line) for line in Path(fetcher.log or "").read_text("utf-8").splitlines())
    assert (robots["url"], robots["status"]) == (f"{server}/robots.txt", 200)
    assert (page["url"], page["status"], page["bytes"]) == (f"{server}/article", 200, len(PAGE))
    assert Site.asked[0][0] == "/robots.txt"
    assert all(headers["user-agent"].startswith("policy-claims/") for _, headers in Site.asked)


def test_fetch_unchanged_page_is_not_sent_again(server: str, fetcher: Fetcher) -> None:
    assert fetcher.fetch(f"{server}/article") is not None
    assert fetcher.fetch(f"{server}/article") is None
    assert fetcher.fetch(f"{server}/article") is None
    assert fetcher.fetch(f"{server}/article", again=True) is not None
    assert [h.get("if-none-match") for path, h in Site.asked if path == "/article"] == [None, '"1"', '"1"', None]


def test_fetch_pauses_as_long_as_the_site_asks(server: str, fetcher: Fetcher, pauses: list[float]) -> None:
    fetcher.fetch(f"{server}/article")
    fetcher.fetch(f"{server}/hop")
    assert len(pauses) == 2
    assert all(1 < pause <= 3 for pause in pauses)


def test_fetch_keeps_out_where_robots_txt_says_so(server: str, fetcher: Fetcher) -> None:
    with pytest.raises(InputError, match=r"robots\.txt"):
        fetcher.fetch(f"{server}/private/page")
    assert [path for path, _ in Site.asked] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/none", "status 404"),
        ("/hops", "redirected more than"),
        ("/to-file", "no web address"),
        ("/bomb", "is longer than"),
    ],
)
def test_fetch_failure_is_told_and_on_record(server: str, fetcher: Fetcher, path: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        fetcher.fetch(server + path)
    assert said.split()[-1] in (fetcher.log.read_text("utf-8") if fetcher.log else "")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://daily.example/a", "http://", "//x", "http://u:p@daily.example/", "http://[::1"]
)
def test_fetch_refuses_what_is_no_web_address(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(InputError, match="no web address"):
        fetcher.fetch(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "2130706433",
    ],
)
def test_fetch_refuses_addresses_inside(server: str, host: str) -> None:
    Site.asked.clear()
    port = server.rsplit(":", 1)[1]
    with pytest.raises(InputError, match="not a public address"):
        Fetcher().fetch(f"http://{host}:{port}/article")
    assert Site.asked == []


def test_fetch_that_takes_too_long_is_given_up(server: str, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_SECONDS", -1.0)
    with pytest.raises(InputError, match="takes longer"):
        fetcher.fetch(f"{server}/article")


def test_fetch_of_nobody_home(fetcher: Fetcher) -> None:
    with pytest.raises(InputError, match="cannot be reached"):
        fetcher.fetch("http://127.0.0.1:9/article")


def test_corpus_takes_pages_and_feeds_from_the_web(tmp_path: Path, server: str, fetcher: Fetcher) -> None:
    corpus = Corpus.create(tmp_path, "news")
    (page,) = corpus.add_url(f"{server}/article", fetcher)
    (entry,) = corpus.add_url(f"{server}/feed", fetcher)
    assert isinstance(page, Entry) and isinstance(entry, Entry)
    assert (page.uri, entry.uri, entry.container) == (f"{server}/article", "https://daily.example/a", f"{server}/feed")
    assert corpus.add_url(f"{server}/article", fetcher) == []
    assert corpus.entries() == [page, entry]


def test_corpus_changed_page_supersedes_the_old(tmp_path: Path, server: str, fetcher: Fetcher) -> None:
    corpus = Corpus.create(tmp_path, "news")
    (old,) = corpus.add_url(f"{server}/article", fetcher)
    Site.page = PAGE.replace(b"a lot of", b"even more")
    (new,) = corpus.add_url(f"{server}/article", fetcher, again=True)
    assert isinstance(old, Entry) and isinstance(new, Entry)
    assert (new.supersedes, old.supersedes) == (old.doc_id, None)
    assert "even more" in corpus.read(new).text


@pytest.fixture(params=["headers", "body"])
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server whose answer never ends: a byte now and then, of the headers or of the body."""
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip() -> None:
        while not done.is_set():
            with suppress(OSError):
                caller, _ = listening.accept()
                with caller:
                    asked = caller.recv(65536)
                    if asked.startswith(b"GET /robots.txt"):
                        caller.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                        continue
                    head = b"Content-Type: text/html\r\n\r\n" if request.param == "body" else b"X-Slow: "
                    caller.sendall(b"HTTP/1.1 200 OK\r\n" + head)
                    while not done.wait(0.05):
                        caller.sendall(b"a")

    threading.Thread(target=drip, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    done.set()
    listening.close()


def test_fetch_answer_that_drips_is_given_up(dripping: str, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_SECONDS", 1.0)
    begin = time.monotonic()
    with pytest.raises(InputError, match="takes longer than 1 s"):
        fetcher.fetch(dripping)
    assert time.monotonic() - begin < 5
    (_, line) = Path(fetcher.log or "").read_text("utf-8").splitlines()
    assert "takes longer" in json.loads(line)["error"]


def test_fetch_knows_what_an_earlier_run_fetched(server: str, fetcher: Fetcher) -> None:
    assert fetcher.fetch(f"{server}/article") is not None
    assert Fetcher(fetcher.log, allow_private=True, sleep=lambda _: None).fetch(f"{server}/article") is None
