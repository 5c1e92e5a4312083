"""Serve the pipeline: look at a folder and at feeds on a schedule, and run over what is new.

    python -m flows.deploy corpora/us-korea --feed https://example.org/news.rss --every 15m

Runs until it is stopped. Where ``PREFECT_API_URL`` names a server the deployment appears there, and runs can also be
started by hand; else a temporary server starts with it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from prefect.types.entrypoint import EntrypointType

from flows.run import absolute, run
from flows.server import server
from pipeline.errors import ClaimsError, InputError
from pipeline.records import digest
from pipeline.store import default_url
from pipeline.store.database import without_password

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def deploy(
    corpus: Path, every: timedelta, database: str, out: Path, feeds: Sequence[str] = (), allow_private: bool = False
) -> None:
    """Run the pipeline over a corpus folder and feeds again and again; one run at a time."""
    if not corpus.is_dir():
        raise InputError(f"{corpus} is no folder: name the one where new articles arrive")
    parameters = {"corpus": str(corpus.resolve()), "database": database, "out": str(out.resolve())}
    followed = {"feeds": list(feeds), "allow_private": allow_private}
    with server(schedules=True) as address:
        print(
            f"Watching {corpus} every {every}; Prefect at {address.removesuffix('/api')}. Stop with Ctrl-C.", flush=True
        )
        run.serve(
            name=f"{corpus.resolve().name}-{digest(corpus.resolve(), length=6)}",  # two folders may have one name
            interval=every,
            parameters=parameters | followed,
            limit=1,
            print_starting_message=False,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )


def interval(text: str) -> timedelta:
    """The time that "30s", "15m", "2h" or "1d" means."""
    found = re.fullmatch(r"([1-9][0-9]*)([smhd])", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no interval; write 30s, 15m, 2h or 1d")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m flows.deploy", description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path, help="folder where new articles arrive")
    parser.add_argument("--feed", action="append", default=[], help="address of a feed to follow, too; may be repeated")
    parser.add_argument("--allow-private", action="store_true", help="follow feeds inside your network, too")
    parser.add_argument("--every", type=interval, default=interval("15m"), help="30s, 15m, 2h, 1d (default: 15m)")
    parser.add_argument("--database", default=default_url(), help="store (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("dataset"), help="folder for the dataset")
    given = parser.parse_args(arguments)
    try:
        database = absolute(without_password(given.database))
        deploy(given.corpus, given.every, database, given.out, given.feed, given.allow_private)
    except InputError as error:
        parser.error(str(error))
    except ClaimsError as error:
        print("error:", error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
