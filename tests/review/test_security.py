"""Who may talk to the page, and what it lets through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from harbour import make_claim, make_document, put
from sqlalchemy import Engine

from pipeline.records import Document
from pipeline.review import decisions, queue, service
from pipeline.review.app import create_app
from pipeline.review.security import Access, is_loopback
from pipeline.store.database import reading

HOME = "http://127.0.0.1:8765"
OWN = {"Origin": HOME}


@pytest.fixture
def client(engine: Engine, harbour: Document) -> Iterator[TestClient]:
    with TestClient(create_app(engine, Access.of("127.0.0.1", 8765, None), "Ann"), HOME, follow_redirects=False) as c:
        yield c


def first_claim(engine: Engine) -> str:
    with reading(engine) as connection:
        return queue.page(connection, queue.Filters())[0].claim_id


def logged(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(list(decisions.everything(connection)))


def accept(client: TestClient, claim_id: str, headers: dict[str, str]) -> int:
    form = {"decision": "accept", "review_id": service.new_id()}
    return client.post(f"/claims/{claim_id}/decisions", data=form, headers=headers).status_code


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1:9999", "127.0.0.1", ""])
def test_security_refuses_other_host_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "LOCALHOST:8765"])
def test_security_answers_to_its_own_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://localhost:8765"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_security_refuses_writes_from_elsewhere(client: TestClient, engine: Engine, headers: dict[str, str]) -> None:
    assert accept(client, first_claim(engine), headers) == 403
    assert logged(engine) == 0


def test_security_accepts_writes_from_its_own_pages(client: TestClient, engine: Engine) -> None:
    assert accept(client, first_claim(engine), OWN) == 303
    assert logged(engine) == 1


def test_security_no_get_changes_anything(client: TestClient, engine: Engine) -> None:
    claim = first_claim(engine)
    paths = [route.path for route in client.app.routes]  # type: ignore[attr-defined]
    for path in {p.replace("{claim_id}", claim).replace("{doc_id}", make_document().doc_id) for p in paths}:
        client.get(path, params={"decision": "accept", "review_id": service.new_id(), "name": "Eve", "into": "x"})
    assert logged(engine) == 0
    assert client.get(f"/claims/{claim}/decisions").status_code == 405


def test_security_every_answer_has_the_headers(client: TestClient) -> None:
    for path in ("/", "/help", "/static/review.js", "/nowhere", "/claims/x"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
    refused = client.get("/", headers={"Host": "evil.example"}).headers
    assert "default-src 'none'" in refused["content-security-policy"]


def test_security_token_for_anything_but_loopback(engine: Engine, harbour: Document) -> None:
    access = Access.of("192.0.2.7", 80, "secret-token")
    with TestClient(create_app(engine, access, "Ann"), "http://192.0.2.7", follow_redirects=False) as client:
        assert client.get("/").status_code == 401
        assert client.get("/?token=wrong").status_code == 401
        assert client.get("/static/review.js").status_code == 401
        assert accept(client, first_claim(engine), {"Origin": "http://192.0.2.7"}) == 401
        entered = client.get("/?token=secret-token&kind=quote")
        assert (entered.status_code, entered.headers["location"]) == (303, "/?kind=quote")
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie
        assert client.get("/").status_code == 200


def test_security_knows_loopback() -> None:
    own, other = ("127.0.0.1", "localhost", "::1", "127.8.8.8"), ("0.0.0.0", "192.0.2.7", "example.org")
    assert all(is_loopback(h) for h in own) and not any(is_loopback(h) for h in other)


INJECTIONS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7 * 7 }} {% raw %}",
    "' onfocus=alert(1) autofocus='",
)


@pytest.mark.parametrize("words", INJECTIONS)
def test_security_no_text_becomes_markup(client: TestClient, engine: Engine, words: str) -> None:
    document = make_document(f"Before {words} after.", uri=f"news/{words}.txt", blocks=())
    claim = make_claim(document, "quote", words)
    assert claim.speaker is not None
    put(engine, document, [replace(claim, speaker=replace(claim.speaker, name=words, role=words))])
    service.decide(engine, claim.claim_id, "correct", words, {"review_id": service.new_id(), "speaker": words + "!"})
    pages = [
        client.get("/", params={"view": "all", "text": words, "speaker": words}).text,
        client.get("/", params={"view": "all"}).text,
        client.get(f"/claims/{claim.claim_id}", params={"edit": "1"}).text,
        client.get(f"/articles/{document.doc_id}/add", params={"as": "quote", "start": "0", "end": "6"}).text,
        client.get("/nowhere").text,
    ]
    for page in pages:
        assert "<script>alert" not in page and "<img" not in page and "<svg" not in page
        assert " onfocus=alert(1) autofocus='" not in page.replace("&#39; onfocus=alert(1) autofocus=&#39;", "")
        assert "49 " not in page or words[0] != "{"


def test_security_odd_requests_are_refused_calmly(client: TestClient, engine: Engine) -> None:
    claim = first_claim(engine)
    assert client.get("/?after=%00&before=x&below=999&doc=..&order=zzz&text=%22%20OR%20NEAR(%20*").status_code == 200
    assert client.get("/claims/" + "f" * 32).status_code == 404
    assert client.get("/articles/" + "f" * 64 + "/add?as=quote&start=1&end=2").status_code == 404
    assert client.get(f"/articles/{make_document().doc_id}/add?as=quote&start=1&end=99999").status_code == 404
    assert client.post(f"/claims/{claim}/decisions", content=b"\xff\xfe%zz", headers=OWN).status_code == 422
    assert client.post(f"/claims/{claim}/decisions", content=b"a" * 1_000_001, headers=OWN).status_code == 413
    assert client.post("/reviewer", data={"name": "\x00 "}, headers=OWN).status_code == 422
    assert client.get("/suggest/speakers?q=%25").json() == []
    assert logged(engine) == 0
