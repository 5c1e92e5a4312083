"""Who may talk to the page: checks of host, origin and token on every request, and the headers of every answer."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "claims_token"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
READS = ("GET", "HEAD")
MAX_BODY = 1_000_000
"""Bytes of a request's body; a form of this application has a few thousand."""


@dataclass(frozen=True, slots=True)
class Access:
    """Under which names the server may be addressed (with port), and the token that a request needs, if any."""

    hosts: frozenset[str]
    token: str | None = None

    @classmethod
    def of(cls, host: str, port: int, token: str | None, names: tuple[str, ...] = ()) -> Access:
        """For a server bound to ``host``; ``names``: others by which it is reached."""
        own = ("127.0.0.1", "localhost", "[::1]") if is_loopback(host) else (_bracketed(host),)
        every = (*own, *names)
        return cls(frozenset([f"{n.lower()}:{port}" for n in every] + [n.lower() for n in every if port == 80]), token)


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Guard:
    """ASGI middleware: refuses other hosts (DNS rebinding), writes from other origins, requests without the token."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self.refusal(Request(scope))
        await (refusal or self.app)(scope, receive, send_with_headers)

    def refusal(self, request: Request) -> Response | None:
        """The answer to a request that must not go on; ``None`` for one that may."""
        headers = request.headers
        if headers.get("host", "").lower() not in self.access.hosts:
            return _no(421, "This server does not answer under that name.")
        if request.method not in READS:
            if not self._same_origin(headers):
                return _no(403, "Changes are accepted from this server's own pages only.")
            if not headers.get("content-length", "").isdigit() or int(headers["content-length"]) > MAX_BODY:
                return _no(413, "The form is too long.")
        return self._without_token(request) if self.access.token else None

    def _same_origin(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site") == "same-origin"
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()

    def _without_token(self, request: Request) -> Response | None:
        token = self.access.token or ""
        given = request.query_params.get("token")
        if given is not None and request.method in READS and hmac.compare_digest(given.encode(), token.encode()):
            answer = RedirectResponse(str(request.url.remove_query_params("token").replace(scheme="", netloc="")), 303)
            answer.set_cookie(COOKIE, token, httponly=True, samesite="strict")
            return answer
        if hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), token.encode()):
            return None
        return _no(401, "Open the address that `claims review` printed: it ends in ?token=...")


def _no(status: int, message: str) -> Response:
    return PlainTextResponse(message + "\n", status)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
