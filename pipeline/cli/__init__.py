"""The ``claims`` command. What a command needs is imported when it is called, so that each starts fast."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import cast

import typer

from pipeline.cli import corpora, extract, inspect, learn, report
from pipeline.errors import ClaimsError, InputError
from pipeline.outcomes import commands as outcomes
from pipeline.review import commands as review

BAD_INPUT, FAILED, INTERRUPTED, PIPE_CLOSED = 2, 1, 130, 141
UsageError = cast(type[Exception], typer.BadParameter.__mro__[1])
"""Raised for a wrong command line; typer carries the class with it, but exports only this subclass by name."""

app = typer.Typer(
    name="claims",
    help="Policy articles in, a claims dataset out: who said what, how much, what they predict.",
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
knowledge = typer.Typer(help="Who is who: bring a file of known people and organisations.")

app.command()(corpora.run)
app.command()(corpora.ingest)
app.command()(extract.extract)
app.command()(corpora.publish)
app.command()(report.report)
app.command()(inspect.show)
app.command()(inspect.diff)
app.command()(learn.evaluate)
app.command()(learn.train)
app.command()(review.review)
app.command()(review.agreement)
app.add_typer(review.group, name="annotations")
app.add_typer(outcomes.group, name="outcomes")
knowledge.command("import")(inspect.import_knowledge)
app.add_typer(knowledge, name="knowledge")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 done, 1 failed, 2 bad input, 130 interrupted, 141 reader gone.

    An error is one line on standard error that says what is wrong and how to mend it.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(list(sys.argv[1:] if arguments is None else arguments) or ["--help"], standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:  # typer's own answer to Ctrl-C
            return fail("interrupted; run the same command again to go on where it stopped", INTERRUPTED)
        return code if isinstance(code, int) else 0
    except UsageError as error:
        context = getattr(error, "ctx", None)
        message: str = error.format_message()  # type: ignore[attr-defined]
        return fail(f"{message.rstrip('.')}; see {context.command_path if context else 'claims'} --help", BAD_INPUT)
    except InputError as error:
        return fail(str(error), BAD_INPUT)
    except ClaimsError as error:
        return fail(str(error), FAILED)
    except (BrokenPipeError, SystemExit):  # typer leaves by SystemExit when whoever read the output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else Python flushes it at exit, and fails
        return PIPE_CLOSED


def fail(message: str, code: int) -> int:
    """Say what is wrong in one line."""
    print("error:", " ".join(message.split()), file=sys.stderr)
    return code
