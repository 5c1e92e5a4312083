"""The page in a real browser: keys, selections, two reviewers, reloads, a killed server, accessibility."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from harbour import OTHER, SPEAKER, make_claim, make_document, put, usual_claims
from sqlalchemy import Engine

from pipeline.records import Document
from pipeline.review import decisions, index
from pipeline.review.decisions import Decision
from pipeline.store import open_store
from pipeline.store.database import reading

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SENTENCES = [f"The mayor said it will take {n} weeks to mend bridge {n}.\n" for n in range(11, 25)]
HOSTILE = (
    "<script>document.title='owned'</script> <img src=x onerror=\"document.title='owned'\">\n"
    "Lind said “</span><svg onload=document.title='owned'>”.\r\nNul \x00 and {{ 7*7 }} & &amp; done.\n"
)


@dataclass
class Server:
    """A running ``claims review`` in a process of its own."""

    store: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "pipeline.cli", "review", "--reviewer", "Ann", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--database", str(self.store)], stdout=subprocess.PIPE, text=True, cwd=self.store.parent
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r":(\d+)/", line)
        assert found, f"the server did not start: {line!r}"
        self.port = int(found[1])

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Document]]]:
    path = tmp_path_factory.mktemp("review") / "claims.db"
    store = open_store(path)
    index.prepare(store)
    docs = {
        "harbour": make_document(),
        "bridges": make_document("".join(SENTENCES), "news/bridges.txt", ()),
        "hostile": make_document(HOSTILE, "news/<b>hostile</b>.txt", ()),
        "second": make_document("Lind said “one quay”, then “two quays”.", "news/second.txt", ()),
    }
    put(store, docs["harbour"], usual_claims(docs["harbour"]))
    weeks = [s[s.index("it will") : -2] for s in SENTENCES]
    put(store, docs["bridges"], [make_claim(docs["bridges"], "prediction", w, confidence=0.1) for w in weeks])
    hostile = [make_claim(docs["hostile"], "quote", "</span><svg onload=document.title='owned'>", confidence=0.8)]
    put(store, docs["hostile"], hostile)
    quotes = [
        make_claim(docs["second"], "quote", w, confidence=0.3, speaker=s)
        for w, s in (("one quay", SPEAKER), ("two quays", OTHER))
    ]
    put(store, docs["second"], quotes)
    store.dispose()
    yield path, docs


@pytest.fixture(scope="module")
def server(articles: tuple[Path, dict[str, Document]]) -> Iterator[Server]:
    found = Server(articles[0])
    found.start()
    yield found
    found.kill()


@pytest.fixture
def engine(articles: tuple[Path, dict[str, Document]]) -> Iterator[Engine]:
    store = open_store(articles[0])
    yield store
    store.dispose()


Articles = tuple[Path, dict[str, Document]]
Open = Callable[..., "sync_api.Page"]


@pytest.fixture
def visit(browser: object, server: Server) -> Iterator[Open]:
    """Opens a page as a reviewer, in a browser context of their own."""
    contexts = []

    def open_page(path: str, reviewer: str = "Ann", **options: object) -> sync_api.Page:
        context = browser.new_context(base_url=server.url, **options)  # type: ignore[attr-defined]
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": "claims_reviewer", "value": quote(reviewer), "url": server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"error in the page: {error}"))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def act(page: sync_api.Page, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_selector("html[data-ready]")


def of(engine: Engine, doc: Document, reviewer: str) -> list[Decision]:
    with reading(engine) as connection:
        return [d for d in decisions.everything(connection) if d.doc_id == doc.doc_id and d.reviewer == reviewer]


def select(page: sync_api.Page, words: str) -> None:
    """Select words of the article as a mouse would."""
    page.evaluate(
        """words => {
          const walker = document.createTreeWalker(document.getElementById('article'), NodeFilter.SHOW_TEXT);
          const nodes = []; let text = '';
          while (walker.nextNode()) { nodes.push([text.length, walker.currentNode]); text += walker.currentNode.data; }
          const at = text.indexOf(words);
          const place = i => { const [from, node] = nodes.findLast(([from]) => from <= i); return [node, i - from]; };
          const range = document.createRange();
          range.setStart(...place(at)); range.setEnd(...place(at + words.length));
          getSelection().removeAllRanges(); getSelection().addRange(range);
          document.dispatchEvent(new MouseEvent('mouseup', {bubbles: true}));
        }""",
        words,
    )
    page.wait_for_timeout(50)


def test_browser_ten_claims_by_keyboard_only(visit: Open, engine: Engine, articles: Articles) -> None:
    doc = articles[1]["bridges"]
    page = visit("/?article=bridges")
    act(page, "Enter")
    for key in "arararaarr":
        act(page, key)
        assert page.locator("#said").inner_text().startswith("Saved")
    made = of(engine, doc, "Ann")
    assert [d.decision[0] for d in made] == list("arararaarr")
    assert len({d.claim_id for d in made}) == 10
    act(page, "u")
    assert page.locator(".status").first.inner_text() == "to review"
    act(page, "Shift+U")
    assert page.locator(".status").first.inner_text() == "rejected"
    act(page, "Control+z")
    act(page, "Control+Shift+z")
    assert len(of(engine, doc, "Ann")) == 14
    here = page.url
    act(page, "n")
    act(page, "p")
    assert page.url.split("?")[0] == here.split("?")[0]
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")


def test_browser_corrects_a_span_to_exact_code_points(visit: Open, engine: Engine, articles: Articles) -> None:
    doc = articles[1]["harbour"]
    page = visit("/?article=harbour&kind=amount", "Cora")
    act(page, "Enter")
    page.keyboard.press("c")
    select(page, "new quay 🏗️ will cost €40 million")
    assert page.locator("#preview").inner_text() == "new quay 🏗️ will cost €40 million"
    page.keyboard.press("[")
    page.keyboard.press("{")
    assert page.locator("#preview").inner_text() == "the new quay 🏗️ will cost €40"
    page.keyboard.press("}")
    page.fill("input[name=per]", "year")
    page.reload()
    assert page.locator("#preview").inner_text() == "the new quay 🏗️ will cost €40 million"
    assert page.input_value("input[name=per]") == "year"
    with page.expect_navigation():
        page.click("text=Save correction")
    (made,) = of(engine, doc, "Cora")
    assert made.after is not None
    assert made.after["text"] == doc.text[made.after["start"] : made.after["end"]]
    assert made.after["text"] == "the new quay 🏗️ will cost €40 million"
    assert made.after["amount"]["per"] == "year"


@pytest.mark.parametrize("words", ["Café owners", "🚢 moves ahead", "<b>called</b> &"])
def test_browser_adds_a_missed_claim_by_selecting_it(
    visit: Open, engine: Engine, articles: Articles, words: str
) -> None:
    doc = articles[1]["harbour"]
    page = visit("/?article=harbour&view=all", f"Dan {len(words)}")
    act(page, "Enter")
    select(page, words)
    act(page, "2")
    page.fill("input[name=speaker]", "Café owners")
    page.select_option("select[name=quote_type]", "indirect")
    with page.expect_navigation():
        page.click("button:has-text('Add claim')")
    assert page.locator("h1").inner_text() == words.strip()
    (made,) = of(engine, doc, f"Dan {len(words)}")
    assert made.after is not None
    assert doc.text[made.after["start"] : made.after["end"]] == made.after["text"] == words.strip()


def test_browser_shows_a_dispute_and_lets_a_third_settle_it(visit: Open, engine: Engine, articles: Articles) -> None:
    one = visit("/?article=second&speaker=Rosa", "Eve")
    act(one, "Enter")
    address = one.url
    two = visit(address, "Finn")
    one.click("button.accept")
    one.wait_for_selector("text=Saved: accepted")
    two.click("button.reject")
    two.wait_for_selector("text=Saved: rejected")
    third = visit("/?view=disputed", "Gwen")
    with third.expect_navigation():
        third.click("[data-entry]")
    third.wait_for_selector("html[data-ready]")
    assert "Your decision settles it" in third.locator(".reason").inner_text()
    assert third.locator(".history").inner_text().count("ed") >= 2
    act(third, "a")
    third.goto(address)
    assert third.locator(".status").first.inner_text() == "accepted"
    assert [d.adjudicates for d in of(engine, articles[1]["second"], "Gwen")] == [True]
    third.goto("/agreement")
    assert "Eve and Finn" in third.locator("table").last.inner_text()


def test_browser_never_takes_an_article_for_markup(visit: Open, articles: Articles) -> None:
    page = visit("/?article=hostile")
    act(page, "Enter")
    assert page.title() != "owned"
    assert page.locator("#article script, #article img, #article svg, #article b").count() == 0
    shown = page.evaluate("offsets.characters().join('')")
    assert shown == articles[1]["hostile"].text.replace("\x00", "\ufffd")
    blocked = page.evaluate(
        """() => { const s = document.createElement('script'); s.textContent = "document.title='owned'";
                   document.body.append(s); return document.title; }"""
    )
    assert blocked != "owned"


def test_browser_loses_nothing_when_the_server_is_killed(
    visit: Open, server: Server, engine: Engine, articles: Articles
) -> None:
    doc = articles[1]["second"]
    page = visit("/?article=second&speaker=R.", "Ida")
    act(page, "Enter")
    page.click("button.accept")
    page.wait_for_selector("text=Saved: accepted")
    page.goto(f"/claims/{of(engine, doc, 'Ida')[0].claim_id}")
    page.keyboard.press("c")
    page.fill("input[name=speaker]", "Some Body")
    server.kill()
    page.click("text=Save correction")
    page.wait_for_selector("text=Not saved: the server does not answer")
    assert page.input_value("input[name=speaker]") == "Some Body"
    assert [d.decision for d in of(engine, doc, "Ida")] == ["accept"]
    server.start()
    with page.expect_navigation():
        page.click("text=Save correction")
    assert [d.decision for d in of(engine, doc, "Ida")] == ["accept", "correct"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 640)])
def test_browser_pages_are_accessible(visit: Open, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page = visit("/?view=all&article=harbour", "Hal", color_scheme=scheme, viewport={"width": width, "height": 720})
    claim = page.get_attribute("[data-entry]", "href") or ""
    doc = claim.split("?")[0]
    for path in ("/", claim, f"{claim}&edit=1", "/agreement", "/help", "/reviewer", f"{doc}x"):
        page.goto(path)
        found = axe.run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide at {width}"
