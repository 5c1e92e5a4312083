"""What commands print for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.cli.wording import counted, detail, money, plural

if TYPE_CHECKING:
    from flows.run import Outcome
    from pipeline.assembly import Extraction
    from pipeline.evaluate.matching import Figure
    from pipeline.learning.training import Report
    from pipeline.linking.stored import Shown
    from pipeline.outcomes.log import Outcome as Told
    from pipeline.records import Claim, Document
    from pipeline.store.diff import Difference
    from pipeline.store.reads import Origin

COLOURS = {"quote": "cyan", "amount": "green", "prediction": "magenta"}
RELATIONS = {
    "same_quote": ("same quote as", "same quote as"),
    "same_figure": ("same figure as", "same figure as"),
    "same_event": ("same event as", "same event as"),
    "revision": ("revises", "revised by"),
    "conflict": ("conflicts with", "conflicts with"),
}
"""What a link is called, seen from the later claim and from the earlier one."""
PIPE_WIDTH = 120
"""Columns where the output is no terminal."""


def console() -> Console:
    """Standard output; as wide as the terminal."""
    out = Console(highlight=False, soft_wrap=False)
    return out if out.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def status(message: str) -> AbstractContextManager[object]:
    """Say what is going on, where standard error is a terminal."""
    return Console(stderr=True).status(message)


def tables(found: Iterator[Extraction]) -> None:
    """The claims of each document as a table."""
    out = console()
    for extraction in found:
        document, claims = extraction.document, extraction.claims
        out.print(Text(document.title or document.uri, style="bold"), Text(counted(claims), style="dim"), sep="\n")
        if claims:
            out.print(claims_table(claims))
        out.print()


def claims_table(claims: tuple[Claim, ...]) -> Table:
    """One claim a row, in the order of the text."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("who", ratio=3)
    table.add_column("claim", ratio=10)
    table.add_column("details", ratio=5)
    for claim in claims:
        who = claim.speaker.name if claim.speaker else ""
        kind = Text(claim.kind, style=COLOURS[claim.kind])
        table.add_row(kind, Text(who), Text(one_line(claim.text)), Text(detail(claim.detail)))
    return table


def outcome(done: Outcome) -> None:
    """What a run found and where the dataset lies."""
    out, summary = console(), done.summary
    new = f"{done.extracted} extracted now" if done.extracted else "nothing new"
    out.print(Text.assemble((summary.corpus, "bold"), f": {plural(summary.documents, 'article')}, {new}"))
    out.print("Claims:", ", ".join(plural(n, kind) for kind, n in summary.claims.items()))
    if summary.foreign:
        said = ", ".join(f"{count} {code}" for code, count in summary.foreign.items())
        out.print("Left out:", plural(sum(summary.foreign.values()), "block"), f"not in English ({said})")
    if summary.speakers:
        out.print()
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("claims", justify="right")
        table.add_column("speaker")
        for name, number in summary.speakers:
            table.add_row(str(number), Text(name))
        out.print(table)
    if summary.amounts:
        out.print()
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("largest amounts", "speaker", "claim id"):
            table.add_column(heading)
        for amount in summary.amounts:
            said = f"{money(amount.usd, 'USD')}" if amount.usd is not None else ""
            words = Text.assemble(one_line(amount.text), (f"  {said}", "dim"))
            table.add_row(words, Text(amount.speaker or ""), Text(amount.claim_id[:8], style="dim"))
        out.print(table)
    if summary.failures:
        out.print()
        out.print(Text(f"{plural(len(summary.failures), 'article')} failed:", style="bold red"))
        for failure in summary.failures:
            out.print(Text(f"  {failure.file} ({failure.step}): {failure.reason}"), soft_wrap=True)
    rows = done.published.rows
    where = f"Dataset: {done.published.path}/ ({rows['claims']} claims from {plural(rows['documents'], 'article')})"
    out.print()
    out.print(Text(where), soft_wrap=True)


def origin(found: Origin, links: Sequence[Shown] = (), told: Sequence[Told] = ()) -> None:
    """One claim in its passage, its links to others, what became of it, and its whole provenance."""
    out, claim, document = console(), found.claim, found.document
    out.print(Text.assemble((claim.kind, COLOURS[claim.kind]), f"  {claim.claim_id}"))
    if claim.section:
        out.print(Text(" > ".join(claim.section), style="dim"))
    out.print()
    out.print(passage(claim, document))
    out.print()
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts(found):
        if value:
            table.add_row(name, Text(value))
    for link in links:
        what = RELATIONS[link.relation][0 if link.later else 1]
        said = f"{link.other_claim_id[:8]} {one_line(link.text)!r} in {link.uri} ({link.score:.2f}: {link.reason})"
        table.add_row(what, Text(said))
    for outcome in told:
        shown = ", ".join(filter(None, (outcome.source, outcome.note)))
        said = f"{outcome.state.replace('_', ' ')}, says {outcome.recorded_by} {outcome.recorded_at:%Y-%m-%d}: {shown}"
        table.add_row("outcome", Text(said))
    out.print(table)


def facts(found: Origin) -> Iterator[tuple[str, str | None]]:
    """What is known of a claim and where it comes from: name and value, the value empty where not known."""
    claim, document = found.claim, found.document
    if claim.speaker:
        role = f", {claim.speaker.role}" if claim.speaker.role else ""
        yield "speaker", f"{claim.speaker.name} ({claim.speaker.kind}{role})"
    if claim.mention:
        rule = f", resolved by {found.speaker_rule}" if found.speaker_rule else ""
        yield "named here", f"{one_line(claim.mention.text)!r} at {claim.mention.start}-{claim.mention.end}{rule}"
    if claim.cue:
        yield "cue", f"{one_line(claim.cue.text)!r} at {claim.cue.start}-{claim.cue.end}"
    yield "details", detail(claim.detail)
    yield "within", claim.within
    yield "standalone", one_line(claim.standalone) if claim.standalone != claim.text else None
    yield "confidence", f"{claim.confidence:.2f}"
    yield "check-worthiness", f"{claim.check_worthiness:.2f}" if claim.check_worthiness is not None else None
    yield "characters", f"{claim.start}-{claim.end} of {document.uri}"
    yield "page", str(found.page) if found.page is not None else None
    yield "link", found.link
    yield "article", ", ".join(filter(None, (document.title, document.byline, document.publisher)))
    yield "published", document.published.isoformat() if document.published else None
    yield "raw bytes", f"SHA-256 {document.doc_id}"
    for corpus, file, uri in found.sources:
        yield "source", f"{file} in corpus {corpus}" + (f", from {uri}" if not uri.endswith(file) else "")
    by = claim.provenance
    yield "extracted by", f"{by.extractor} {by.extractor_version}, model {by.model}, configuration {by.config_hash}"
    for run_id, version, started in found.extractions:
        now = "" if run_id == by.run_id else " (since replaced)"
        yield "run", f"{run_id}, version {version}, {started:%Y-%m-%d %H:%M} UTC{now}"
    yield "Prefect run", found.run["prefect_run_id"]


def differences(found: list[Difference]) -> None:
    """Claims that came, went or changed, under the article and the reason."""
    from pipeline.store.diff import counts

    out, signs = console(), {"came": ("+", "green"), "went": ("-", "red"), "changed": ("~", "yellow")}
    for (uri, reason), group in groupby(found, key=lambda d: (d.uri, d.reason)):
        out.print(Text.assemble((uri, "bold"), (f"  {reason}", "dim")))
        for d in group:
            sign, colour = signs[d.change]
            changed = f"  ({', '.join(d.fields)})" if d.fields else ""
            changed += f"  was: {one_line(d.before)}" if d.before not in (None, d.text) else ""
            out.print(Text(f"{sign} {d.kind} {d.claim_id[:8]}  {one_line(d.text)}{changed}", style=colour))
    out.print(", ".join(f"{n} {change}" for change, n in counts(found).items()))


def scores(figures: Sequence[Figure]) -> None:
    """Measured figures as a table; with their change where it is known."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("measure")
    changed = any(f.change is not None for f in figures)
    for heading in ("value", "95 %", "precision", "recall", "gold", "found", *(("change", "95 %") if changed else ())):
        table.add_column(heading, justify="right", no_wrap=True)
    for f in figures:
        shares = (f"{v:.3f}" if v is not None else "" for v in (f.precision, f.recall))
        counts = (str(f.gold), "" if f.predicted is None else str(f.predicted))
        change = (_signed(f.change), _interval(f.change_low, f.change_high, _signed)) if changed else ()
        table.add_row(f.name, f"{f.value:.3f}", _interval(f.low, f.high, _plain), *shares, *counts, *change)
    console().print(table)


def training(report: Report, out: Path, seed: int) -> None:
    """What a training used and what it brought."""
    print(
        f"Trained on {plural(report.documents, 'document')}, measured on {len(report.held_out)} others (seed {seed})."
    )
    for component, said in report.told.items():
        print(f"{component}: {said}")
    if report.figures:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("F1 on held-out documents")
        for heading in ("before", "after", "change", "95 %"):
            table.add_column(heading, justify="right", no_wrap=True)
        for f in report.figures:
            before = f.value - (f.change or 0)
            interval = _interval(f.change_low, f.change_high, _signed)
            table.add_row(f.name, _plain(before), _plain(f.value), _signed(f.change), interval)
        console().print(table)
        if any(f.change_high is not None and f.change_high < 0 for f in report.figures):
            print("Some figures are worse: keep the present weights, unless these were trained on this very gold.")
    print(f"{out}: use it with `claims extract --models {out}`, or in every command by CLAIMS_MODELS={out}")


def _interval(low: float | None, high: float | None, form: Callable[[float | None], str]) -> str:
    return "" if low is None or high is None else f"{form(low)} to {form(high)}"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.3f}"


def passage(claim: Claim, document: Document) -> Text:
    """The block around the claim, the claim, its cue and its speaker's mention marked."""
    around = [b for b in document.blocks if b.start < claim.sentence.end and claim.sentence.start < b.end]
    start = min([claim.sentence.start, *(b.start for b in around)])
    end = max([claim.sentence.end, *(b.end for b in around)])
    text = Text(document.text[start:end])
    text.stylize(f"reverse {COLOURS[claim.kind]}", claim.start - start, claim.end - start)
    for span, style in ((claim.mention, "underline bold"), (claim.cue, "underline")):
        if span:
            text.stylize(style, span.start - start, span.end - start)
    return text


def one_line(text: str) -> str:
    return " ".join(text.split())
