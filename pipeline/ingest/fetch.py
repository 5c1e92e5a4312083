"""Articles from the web: politely (robots.txt, one request a second and host), within bounds, never from inside.

Private, loopback and other addresses that the internet does not route are refused unless they are allowed, whatever
name leads there: the address that is checked is the one that is connected to. ``file:`` and other schemes are refused.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import time
import urllib.parse
import urllib.robotparser
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpcore

from pipeline.errors import InputError
from pipeline.ingest.item import CONTAINERS, READERS, Item, media_type_of
from pipeline.ingest.warc import content_type

USER_AGENT = f"policy-claims/{version('policy-claims')}"
MAX_BYTES = 50_000_000
MAX_SECONDS = 60.0
MAX_REDIRECTS = 5
SECONDS_BETWEEN = 1.0
"""Between two requests to one host, unless its robots.txt asks for more."""

MAX_CRAWL_DELAY = 60.0
CONNECT_SECONDS = 10.0

UNREACHABLE = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request and what came of it; ``error`` says why nothing did."""

    url: str
    fetched_at: str
    final_url: str | None = None
    status: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: its status, headers (names in lower case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Backend(httpcore.SyncBackend):
    """Connects to public addresses only, unless others are allowed; nothing takes longer than until the deadline."""

    def __init__(self, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.deadline = float("inf")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the host at an address that was checked; ``InputError`` where it is not a public one."""
        address = host if self.allow_private else public_address(host, port)
        return BoundedStream(
            super().connect_tcp(address, port, self.left(timeout), local_address, socket_options), self
        )

    def left(self, timeout: float | None) -> float:
        """So many seconds one operation may take; ``httpcore.ReadTimeout`` where the deadline has passed."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)


class BoundedStream(httpcore.NetworkStream):
    """A connection whose every operation ends at its backend's deadline: else a byte now and then keeps it going."""

    def __init__(self, inner: httpcore.NetworkStream, backend: Backend) -> None:
        self.inner, self.backend = inner, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self.backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self.backend.left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self.inner.start_tls(ssl_context, server_hostname, self.backend.left(timeout))
        return BoundedStream(inner, self.backend)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


def public_address(host: str, port: int) -> str:
    """The host's first address. Raises ``InputError`` where any is not public, so that no name can lead inside."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise InputError(f"the host {host} is unknown: check the address") from None
    for address in found:
        ip = ipaddress.ip_address(address.split("%")[0])
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if not ip.is_global or ip.is_multicast:
            raise InputError(f"{host} is at {ip}, which is not a public address; allow private ones if that is meant")
    return found[0]


@dataclass(slots=True)
class Fetcher:
    """Fetches articles and logs every request, one a line.

    One fetcher serves a whole run, so that its pauses and robots.txt files are shared.
    """

    log: Path | None = None
    allow_private: bool = False
    sleep: Callable[[float], None] = time.sleep
    backend: Backend = field(init=False)
    pool: httpcore.ConnectionPool = field(init=False)
    robots: dict[str, urllib.robotparser.RobotFileParser] = field(init=False, default_factory=dict)
    last: dict[str, float] = field(init=False, default_factory=dict)
    earlier: dict[Path, dict[str, Fetch]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.backend = Backend(self.allow_private)
        self.pool = httpcore.ConnectionPool(network_backend=self.backend)

    def fetch(self, url: str, *, again: bool = False) -> Item | None:
        """What lies at an address, not yet read; ``None`` where it has not changed since the log's last fetch of it.

        ``again`` fetches it in any case. Raises ``InputError`` where it cannot be had or nothing here reads it.
        """
        known = None if again else self.known(url)
        now = datetime.now(UTC).replace(microsecond=0)
        try:
            final, response = self.follow(url, conditions(known))
        except InputError as error:
            self.note(Fetch(url, now.isoformat(), error=str(error)))
            raise
        etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
        done = Fetch(
            url,
            now.isoformat(),
            final_url=final,
            status=response.status,
            bytes=len(response.body),
            sha256=sha256(response.body).hexdigest() if response.status == 200 else None,
            etag=etag or (known.etag if known and response.status == 304 else None),
            last_modified=modified or (known.last_modified if known and response.status == 304 else None),
            error=None if response.status in (200, 304) else f"{url} answered with status {response.status}",
        )
        self.note(done)
        if done.error:
            raise InputError(f"{done.error}; open it in a browser and save the page")
        if response.status == 304:
            return None
        media_type, charset = content_type(response.headers.get("content-type"))
        if media_type not in READERS and media_type not in CONTAINERS:
            media_type = media_type_of(urllib.parse.urlsplit(final).path) or media_type
        return Item(response.body, url, media_type, charset, now)

    def follow(self, url: str, headers: Mapping[str, str]) -> tuple[str, Response]:
        """The answer at the end of the redirects, and its address."""
        deadline = time.monotonic() + MAX_SECONDS
        for _ in range(MAX_REDIRECTS + 1):
            host = checked(url)
            if not self.rules(url, deadline).can_fetch(USER_AGENT, url):
                raise InputError(f"{url}: the site's robots.txt asks programs to keep away; save the page by hand")
            deadline += self.wait(host, self.rules(url, deadline).crawl_delay(USER_AGENT))
            response = self.get(url, headers, deadline)
            place = response.headers.get("location")
            if response.status not in (301, 302, 303, 307, 308) or place is None:
                return url, response
            url = urllib.parse.urljoin(url, place)
        raise InputError(f"{url}: redirected more than {MAX_REDIRECTS} times; give the last address")

    def rules(self, url: str, deadline: float) -> urllib.robotparser.RobotFileParser:
        """The robots.txt of the address's host (RFC 9309): none allows all, one that cannot be had forbids all."""
        parts = urllib.parse.urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.robots:
            parser = self.robots[origin] = urllib.robotparser.RobotFileParser()
            place, now = f"{origin}/robots.txt", datetime.now(UTC).replace(microsecond=0).isoformat()
            response = self.get(place, {}, deadline)
            self.note(Fetch(place, now, status=response.status, bytes=len(response.body)))
            lines = response.body.decode("utf-8", "replace").splitlines() if response.status == 200 else []
            parser.parse(["User-agent: *", "Disallow: /"] if response.status >= 500 else lines)
            parser.modified()
        return self.robots[origin]

    def wait(self, host: str, asked: str | float | None) -> float:
        """Let as much time pass between two requests to a host as is polite; returns how many seconds that took."""
        pause = max(SECONDS_BETWEEN, min(float(asked or 0), MAX_CRAWL_DELAY))
        left = self.last.get(host, -pause) + pause - time.monotonic()
        pause = max(0.0, left) if host in self.last else 0.0
        if pause:
            self.sleep(pause)
        self.last[host] = time.monotonic()
        return pause

    def get(self, url: str, headers: Mapping[str, str], deadline: float) -> Response:
        """One request. Raises ``InputError`` for an answer that is too long or takes too long."""
        sent: dict[bytes | str, bytes | str] = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        sent |= {str(key): value for key, value in headers.items()}
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), CONNECT_SECONDS)
        self.backend.deadline = deadline
        try:
            with self.pool.stream("GET", url, headers=sent, extensions={"timeout": timeout}) as answer:
                found = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
                chunks = bounded(answer.iter_stream(), url, deadline)
                body = unpacked(chunks, found.get("content-encoding", ""), url)
                return Response(answer.status, found, body)
        except httpcore.TimeoutException:
            if time.monotonic() >= deadline:
                raise InputError(too_slow(url)) from None
            raise InputError(f"{url} did not answer within {CONNECT_SECONDS:g} s; try again later") from None
        except UNREACHABLE as error:
            raise InputError(f"{url} cannot be reached: {str(error)[:100] or type(error).__name__}") from None

    def known(self, url: str) -> Fetch | None:
        """The log's last successful fetch of an address."""
        if self.log is None:
            return None
        if self.log not in self.earlier:
            self.earlier[self.log] = {done.url: done for done in logged(self.log) if done.status in (200, 304)}
        return self.earlier[self.log].get(url)

    def note(self, done: Fetch) -> None:
        """Put a request on record."""
        if self.log is not None:
            said = {key: value for key, value in asdict(done).items() if value is not None}
            with self.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(said, ensure_ascii=False) + "\n")
            if done.status in (200, 304) and self.log in self.earlier:
                self.earlier[self.log][done.url] = done


def logged(log: Path) -> Iterator[Fetch]:
    """The fetches on record, in their order."""
    if log.is_file():
        for line in log.read_text("utf-8").splitlines():
            with suppress(ValueError, TypeError):  # a line that a crash cut short
                yield Fetch(**json.loads(line))


def checked(url: str) -> str:
    """The host of an address; ``InputError`` for one that is no web address."""
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname
    except ValueError:
        host, parts = None, urllib.parse.urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise InputError(f"{url} is no web address that can be fetched: give one with http:// or https://")
    return host


def too_slow(url: str) -> str:
    """What to say of an answer that does not end in time."""
    return f"{url} takes longer than {MAX_SECONDS:g} s to answer; try again later"


def conditions(known: Fetch | None) -> Mapping[str, str]:
    """The headers that ask for a page only if it has changed (RFC 9110, section 13)."""
    headers = {}
    if known and known.etag:
        headers["If-None-Match"] = known.etag
    if known and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def bounded(chunks: Iterable[bytes], url: str, deadline: float) -> Iterator[bytes]:
    """The chunks, as long as there are not too many and it does not take too long."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise InputError(f"{url} is longer than {MAX_BYTES:,} bytes; save the part you need")
        if time.monotonic() > deadline:
            raise InputError(too_slow(url))
        yield chunk


def unpacked(chunks: Iterable[bytes], encoding: str, url: str) -> bytes:
    """The body of an answer, unpacked where it came with gzip, within the same bound."""
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        return b"".join(chunks)
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    body = bytearray()
    try:
        for chunk in chunks:
            body += unpack.decompress(chunk, MAX_BYTES + 1 - len(body))
            if len(body) > MAX_BYTES:
                raise InputError(f"{url} is longer than {MAX_BYTES:,} bytes; save the part you need")
    except zlib.error:
        raise InputError(f"{url} sent a damaged answer; try again later") from None
    return bytes(body)
