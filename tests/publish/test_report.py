"""The report: whole for any dataset, the same bytes each time, article text never markup, nothing from the network."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from handmade import TEXT, document, extraction
from lxml import etree, html

from pipeline.dataset import load_dataset
from pipeline.errors import InputError
from pipeline.publish.files import publish
from pipeline.publish.report import drawing, pictures, report, rows, write_report
from pipeline.records import Amount, Detail
from pipeline.store import open_store, writes
from pipeline.store.database import writing

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>{{ 7*7 }}$x$ \x07 & “"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def make_dataset(folder: Path, texts: dict[str, str], title: str | None = None, speaker: str | None = None) -> Path:
    """A dataset of hand-made claims, three for each text."""
    engine = open_store(folder / "claims.db")
    with writing(engine) as connection:
        run_id = writes.start_run(connection, "test", "1.0", model="none", config_hash="c")
        for name, text in texts.items():
            doc = document(text, name)
            doc = replace(doc, title=title or doc.title)
            found = extraction(doc)
            speakers = [replace(s, name=speaker) if speaker else s for s in found.speakers]
            claims = [replace(c, detail=priced(c.detail)) for c in found.claims]
            found = replace(found, speakers=tuple(speakers), claims=tuple(claims))
            writes.store_documents(connection, run_id, [(writes.Source("test", name, (doc.uri,)), doc)])
            writes.store_extractions(connection, run_id, [found])
    return publish(engine, folder / "dataset").path


def priced(detail: Detail) -> Detail:
    """The details with their amount in US dollars."""
    if not isinstance(detail, Amount):
        return detail
    return replace(detail, usd_low=Decimal("2850000000"), usd_high=Decimal("2850000000"), usd_date=date(2026, 2, 27))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dataset(tmp_path_factory.mktemp("report"), {"a.txt": TEXT, "b.txt": f"{TEXT}\n\nSecond edition."})


@pytest.fixture(scope="module")
def page(dataset: Path) -> html.HtmlElement:
    return html.document_fromstring(report(dataset)[1])


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_report_has_each_claim_marked_in_its_passage(dataset: Path, page: html.HtmlElement) -> None:
    claims = load_dataset(dataset).wide().set_index("claim_id")
    shown = page.xpath("//tbody[@id='rows']/tr")
    assert {row.get("id") for row in shown} == {f"c-{i}" for i in claims.index}
    for row in shown:
        claim = claims.loc[row.get("id")[2:]]
        own = claim.quote_content.tolist() if claim.kind == "quote" else [claim.text]
        assert [mark.text_content() for mark in row.xpath(".//mark")] == own
        assert " ".join(claim.sentence.split()) in words(row)
        assert f"characters {claim.start}–{claim.end}" in words(row)
        assert page.get_element_by_id(row.xpath(".//a/@href")[0][1:]).text_content().count(claim.doc_id) == 1


def test_report_gives_amounts_in_both_units(page: html.HtmlElement) -> None:
    amounts = [words(row) for row in page.xpath("//tr[@data-kind='amount']")]
    assert len(amounts) == 2
    assert all("2.5 billion EUR per year = 2.85 billion USD (rate of 2026-02-27)" in text for text in amounts)


def test_report_pictures_have_text_and_table(page: html.HtmlElement) -> None:
    pictures = page.xpath("//main//*[name()='svg']")
    assert len(pictures) == 5
    for picture in pictures:
        described = [page.get_element_by_id(picture.get(f"aria-{by}by")) for by in ("labelled", "described")]
        assert all(words(element) for element in described)
        assert picture.xpath("ancestor::section//table[@class='figures']/tbody/tr")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_report_is_the_same_for_the_same_dataset(dataset: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(dataset, tmp_path / "elsewhere")
    write_report(dataset, tmp_path / "one.html")
    write_report(copy, tmp_path / "two.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_report_policy_allows_only_its_own_style_and_script(page: html.HtmlElement) -> None:
    policy = page.xpath("//meta[@http-equiv]/@content")[0]
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy
    parts = page.xpath("//style/text() | //script/text()")
    assert len(parts) == 2
    for part in parts:
        assert b64encode(hashlib.sha256(part.encode()).digest()).decode() in policy
    assert not page.xpath("//@style | //@onclick | //link | //img | //iframe | //script/@src")
    assert not re.search(r"url\((?!#)|@import", report_style(page))


def report_style(page: html.HtmlElement) -> str:
    return " ".join(page.xpath("//style/text()"))


def test_report_never_takes_article_text_for_markup(tmp_path: Path) -> None:
    hostile = TEXT.replace("The ministry expects", f"{HOSTILE} The ministry expects")
    made = report(make_dataset(tmp_path, {"a.txt": hostile}, title=HOSTILE, speaker=HOSTILE))[1]
    page = html.document_fromstring(made)
    assert len(page.xpath("//script")) == 1 and not page.xpath("//img")
    assert "\x07" not in made
    assert "{{ 7*7 }}$x$ \ufffd & “" in words(page.get_element_by_id("articles"))
    drawn = " ".join(page.xpath("//*[name()='svg']//*[name()='text']/text()"))
    assert "<script>document.title" in drawn


def test_report_of_empty_dataset(tmp_path: Path) -> None:
    claims, text = report(publish(open_store(tmp_path / "claims.db"), tmp_path / "dataset").path)
    page = html.document_fromstring(text)
    assert claims == 0
    assert "no claims from no articles" in words(page)
    assert not page.xpath("//*[name()='svg']")


def test_report_of_many_claims_says_what_it_leaves_out(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, page: html.HtmlElement
) -> None:
    assert not page.xpath("//*[@class='note']")
    monkeypatch.setattr(rows, "MOST_ROWS", 4)
    few = html.document_fromstring(report(dataset)[1])
    assert len(few.xpath("//tbody[@id='rows']/tr")) == 4
    assert "4 of 6 claims" in words(few.xpath("//*[@class='note']")[0])
    wide = load_dataset(dataset).wide()
    best = wide.sort_values("check_worthiness", ascending=False).check_worthiness.iloc[3]
    shown = {row.get("id")[2:] for row in few.xpath("//tbody[@id='rows']/tr")}
    assert wide[wide.claim_id.isin(shown)].check_worthiness.min() >= best


def test_report_where_it_cannot(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="claims publish"):
        write_report(tmp_path, tmp_path / "report.html")
    with pytest.raises(InputError, match="--out"):
        write_report(dataset, tmp_path / "absent" / "report.html")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="--out"):
        write_report(dataset, tmp_path / "folder")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="no file"):
        write_report(dataset, tmp_path / "pipe")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "pipe"]
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize(
    ("value", "said"),
    [("12500000000", "12.5 billion"), ("2300", "2,300"), ("0.05", "0.05"), ("0", "0"), ("-4000000", "-4 million")],
)
def test_drawing_numbers(value: str, said: str) -> None:
    assert drawing.number(Decimal(value)) == said


def test_rows_passage_is_cut_from_the_text() -> None:
    text = "x" * 900 + "Ann said it costs $5." + "y" * 900
    at = {"start": 918, "end": 920, "sentence_start": 0, "sentence_end": len(text)}
    claim = at | {"speaker_start": 900, "speaker_end": 903, "cue_start": 904, "cue_end": 908}
    pieces = list(rows.passage(text, claim, [(918, 920)]))
    assert "".join(p.text for p in pieces) == text[918 - rows.CONTEXT : 920 + rows.CONTEXT]
    assert [(p.role, p.text) for p in pieces if p.role] == [("source", "Ann"), ("cue", "said"), ("claim", "$5")]


def test_pictures_of_extreme_values(dataset: Path) -> None:
    """Sums and dates at the ends of what the dataset can hold, and names in any script, are drawn or left out."""
    wide = pd.concat([load_dataset(dataset).wide()] * 3, ignore_index=True)
    sums = ["0.000000000001", "9999999999999999999999", "0", "-5", None, "5"]
    days = (["0001-01-01", "9999-12-31", None, "2026-01-31"] * 5)[: len(wide)]
    dates = pd.Series(pd.to_datetime(days, format="%Y-%m-%d").astype("datetime64[ms]"))
    for column in ("amount_low", "amount_high", "amount_usd_low", "amount_usd_high"):
        values = [None if s is None else Decimal(s) for s in sums] * 3
        wide[column] = pd.Series(values, dtype=wide[column].dtype)
    for column in ("article_published", "prediction_horizon_from", "prediction_horizon_to"):
        wide[column] = dates
    wide["speaker"] = pd.Series(["", "김철수 " * 20, "مرحبا", "$\\frac{", "<b>&", None] * 3, dtype="str")
    drawn = pictures.draw(wide)
    assert [p.name for p in drawn if p.svg] == [p.name for p in drawn]
    assert all(etree.fromstring(p.svg).tag.endswith("svg") for p in drawn)


def test_pictures_say_which_amounts_are_missing(dataset: Path) -> None:
    wide = load_dataset(dataset).wide()
    wide.loc[wide.index[wide.kind == "amount"][:1], ["amount_usd_low", "amount_usd_high"]] = None
    assert "Not here: 1 whose value in dollars is not known" in pictures.draw(wide)[0].reading


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*arguments, "--disable-background-networking", "--disable-component-update"],
        )
        yield found
        found.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report_in_a_browser(browser, dataset: Path, tmp_path: Path, scheme: str) -> None:  # type: ignore[no-untyped-def]
    """The policy lets the page work; search, pages and links to a claim do; nobody's eyes are shut out; no requests."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    write_report(dataset, tmp_path / "report.html")
    context = browser.new_context(viewport={"width": 640, "height": 800}, color_scheme=scheme)
    view = context.new_page()
    told, asked = [], []
    view.on("console", lambda message: told.append(message.text))
    view.on("pageerror", lambda error: told.append(str(error)))
    view.on("request", lambda request: asked.append(request.url))
    view.goto((tmp_path / "report.html").as_uri())
    assert view.locator("#status").text_content() == "1–6 of 6"
    assert view.evaluate("document.documentElement.scrollWidth") <= 640
    view.fill("#words", "MINISTRY expects")
    view.select_option("#kind", "prediction")
    assert view.locator("#rows tr:visible").count() == 2
    view.fill("#words", "no such words")
    assert view.locator("#status").text_content() == "no claim has these words"
    target = view.locator("#rows tr").last.get_attribute("id")
    view.evaluate(f"location.hash = '{target}'")
    view.locator(f"#{target}").wait_for(state="visible")
    assert told == [] and len(asked) == 1
    assert axe.Axe().run(view, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}).violations_count == 0
    context.close()
