"""Commands around review: the page itself, agreement, and decisions in git and in other tools' formats."""

from __future__ import annotations

import getpass
import json
import secrets
import socket
import subprocess
import sys
import webbrowser
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.corpora import AsJson, Database
from pipeline.errors import InputError

FIRST_WAIT = 3.0
"""Seconds that the page waits for the queue to be filled; a large store goes on filling while people review."""

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="label-studio, doccano, brat, prodigy, web-annotation or docbin; export also: gold.",
        show_default="decisions",
    ),
]
Reviewer = Annotated[str | None, typer.Option(help="Whose decisions these are.", show_default="your name in git")]

group = typer.Typer(help="Review decisions to and from git and other annotation tools.")


def review(
    database: Database = None,
    reviewer: Reviewer = None,
    host: Annotated[str, typer.Option(help="Address to listen on; one that others can reach asks for a token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8765,
    name: Annotated[list[str] | None, typer.Option(help="A further name by which others reach this machine.")] = None,
) -> None:
    """Review the extracted claims in the browser: accept, reject, correct, add, undo, by key or mouse.

    Example: `claims review`
    """
    import uvicorn

    from pipeline.review import index
    from pipeline.review.app import create_app
    from pipeline.review.decisions import reviewer_name
    from pipeline.review.follower import Follower
    from pipeline.review.security import Access, is_loopback
    from pipeline.store.database import opened

    try:
        who = reviewer_name(reviewer) if reviewer else (own_name() if is_loopback(host) else None)
    except ValueError as error:
        raise InputError(str(error)) from None
    with opened(database, create=False) as engine, _listen(host, port) as listener:
        index.prepare(engine)
        follower = Follower(engine)
        follower.start()
        follower.first.wait(FIRST_WAIT)
        token = None if is_loopback(host) else secrets.token_urlsafe(24)
        bound = listener.getsockname()[1]
        everywhere = host in ("0.0.0.0", "::")
        shown = socket.gethostname() if everywhere else host
        names = [*(name or []), *([shown, "localhost", "127.0.0.1"] if everywhere else [])]
        address = f"http://{f'[{shown}]' if ':' in shown else shown}:{bound}/" + (f"?token={token}" if token else "")
        print(f"Review at {address} (Ctrl+C ends)", flush=True)
        if sys.stdout.isatty() and is_loopback(host):
            webbrowser.open(address)
        app = create_app(engine, Access.of(host, bound, token, tuple(names)), who, follower)
        config = uvicorn.Config(app, log_level="warning", server_header=False)
        with suppress(KeyboardInterrupt):  # Ctrl+C is how a reviewer ends the day
            uvicorn.Server(config).run(sockets=[listener])


def agreement(database: Database = None, as_json: AsJson = False) -> None:
    """How far reviewers agree, per kind of claim: Krippendorff's alpha, Cohen's kappa for each pair.

    Example: `claims agreement`
    """
    from pipeline.review import decisions
    from pipeline.review.agreement import measure
    from pipeline.store.database import opened, reading

    with opened(database, create=False) as engine, reading(engine) as connection:
        figures = measure(decisions.everything(connection))
    if as_json:
        print(json.dumps([asdict(f) for f in figures], ensure_ascii=False, indent=1))
        return
    if not figures:
        print("No claim has been judged by two reviewers yet; `claims review --reviewer NAME` gives a second opinion.")
        return
    from rich.table import Table

    from pipeline.cli import render

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("claims", "reviewers", "judged by both", "say the same", "agreement"):
        table.add_column(title, justify="left" if title in ("claims", "reviewers") else "right")
    for f in figures:
        kind = "all kinds" if f.kind == "all" else f"{f.kind}s"
        table.add_row(kind, f"all {f.reviewers}", str(f.claims), "", _figure("alpha", f.alpha))
        for p in f.pairs:
            table.add_row("", f"{p.one}, {p.other}", str(p.claims), f"{p.same:.0%}", _figure("kappa", p.kappa))
    render.console().print(table)


@group.command("export")
def export(
    out: Annotated[
        Path, typer.Argument(help="Folder for decisions, else the file (brat: the folder) to write.")
    ] = Path("annotations"),
    form: Format = None,
    corpus: Annotated[str | None, typer.Option(help="Only this corpus (of other tools' formats).")] = None,
    database: Database = None,
) -> None:
    """Write the review decisions for git (one file per reviewer), or the claims for another annotation tool.

    Example: `claims annotations export`
    """
    from pipeline.outcomes import exchange as outcomes
    from pipeline.review import exchange, index
    from pipeline.review.exchange import decisions, gold, marks
    from pipeline.store.database import opened

    with opened(database, create=False) as engine:
        index.prepare(engine)
        if form is None:
            written = decisions.export(engine, out)
            for path, lines in written.items():
                print(f"{path}: {lines} decisions")
            told = outcomes.export(engine, out)
            for path, lines in told.items():
                print(f"{path}: {lines} outcomes")
            if not written and not told:
                print("No decisions to export yet; `claims review` makes some.")
            return
        index.catch_up(engine)
        if form == "gold":
            for path, lines in gold.write(engine, marks.reviewed_documents(engine, corpus), out).items():
                print(f"{path}: {lines} documents")
            return
        exchange.write(form, marks.annotated(engine, corpus), out)
        print(f"{out}: written for {form}")


@group.command("import")
def load(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders.", show_default="annotations")] = None,
    form: Format = None,
    reviewer: Reviewer = None,
    database: Database = None,
) -> None:
    """Take over the decisions that lie in git, or what was annotated in another tool as a reviewer's decisions.

    Example: `claims annotations import`
    """
    from pipeline.outcomes import exchange as outcomes
    from pipeline.review import exchange, index
    from pipeline.review.decisions import reviewer_name
    from pipeline.review.exchange import decisions, marks
    from pipeline.store.database import opened

    sources = paths or [Path("annotations")]
    missing = next((p for p in sources if not p.exists()), None)
    if missing is not None:
        raise InputError(f"{missing}: no such file or folder; `claims annotations export` writes annotations/")
    with opened(database, create=False) as engine:
        index.prepare(engine)
        index.catch_up(engine)
        if form is None:
            new, found = decisions.load(engine, sources)
            print(f"{new} new decisions of {found}")
            new, found = outcomes.load(engine, sources)
            if found:
                print(f"{new} new outcomes of {found}")
            return
        try:
            who = reviewer_name(reviewer) if reviewer else own_name()
        except ValueError as error:
            raise InputError(str(error)) from None
        text_of = marks.text_finder(engine)
        texts = (one for path in sources for one in exchange.read(form, path, text_of))
        made = marks.apply(engine, texts, who)
        print(f"As decisions of {who}: " + ", ".join(f"{n} {verdict}" for verdict, n in made.items()))


def own_name() -> str:
    """The name that git knows, else the user's."""
    try:
        found = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, timeout=5, check=False)
        name = found.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        name = ""
    return name or getpass.getuser()


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens; ``InputError`` where the address cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise InputError(f"{host}:{port}: cannot listen there ({error.strerror}); choose another --port") from None


def _figure(name: str, value: float | None) -> str:
    return f"{name} {value:.2f}" if value is not None else f"{name} undefined"
