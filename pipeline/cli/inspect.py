"""Commands that look at what there is: show, diff; and bring in what is known: knowledge import."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.corpora import AsJson, Database
from pipeline.errors import InputError


def show(
    claim_id: Annotated[
        str, typer.Argument(help="Id of the claim, or so much of its beginning as is unique.", metavar="CLAIM_ID")
    ],
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print one claim in its passage, and where it comes from.

    Example: `claims show 3fa9c1`
    """
    from pipeline.cli import render
    from pipeline.linking.stored import of_claim
    from pipeline.outcomes.log import history
    from pipeline.store.database import opened, reading
    from pipeline.store.reads import find_claim

    with opened(database, create=False) as store, reading(store) as connection:
        origin = find_claim(connection, claim_id)
        links, cluster = of_claim(connection, origin.claim.claim_id)
        told = history(connection, origin.claim)
    if as_json:
        more = {"links": [asdict(link) for link in links], "cluster_id": cluster}
        more["outcomes"] = [{k: str(v) for k, v in asdict(o).items() if k != "claim" and v is not None} for o in told]
        print(json.dumps(origin.to_dict() | more, ensure_ascii=False, indent=1))
    else:
        render.origin(origin, links, told)


def diff(
    before: Annotated[
        str,
        typer.Argument(
            help="Id of the earlier run or article, or so much of it as is unique; or an address.", metavar="RUN"
        ),
    ],
    after: Annotated[
        str | None, typer.Argument(help="Id of the later run or article; none after an address.", metavar="[RUN]")
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print which claims came, went or changed between two runs, two articles, or the versions of an address, and why.

    Examples:

    * `claims diff 20261101 20261123T2137`
    * `claims diff https://news.example/budget`
    """
    from pipeline.cli import render
    from pipeline.store.database import opened, reading
    from pipeline.store.diff import diff as compare
    from pipeline.store.versions import diff_versions, find_versions

    with opened(database, create=False) as store, reading(store) as connection:
        versions = find_versions(connection, before, after)
        found = diff_versions(connection, *versions) if versions else compare(connection, before, str(after))
    if as_json:
        print(json.dumps([d.to_dict() for d in found], ensure_ascii=False, indent=1))
    else:
        render.differences(found)


def import_knowledge(
    path: Annotated[
        Path, typer.Argument(help="CSV, JSONL, JSON or YAML file of people and organisations.", metavar="PATH")
    ],
    out: Annotated[Path, typer.Option(help="Where to write the checked file.")] = Path("knowledge.csv"),
) -> None:
    """Check a file of known people and organisations, and write it in the form that claims_speakers reads.

    The columns are name, aliases, wikidata, party, office, ...; the public congress-legislators YAML is read too.

    Example: `claims knowledge import legislators.yaml --out knowledge.csv`
    """
    from pipeline.speakers.knowledge import KnowledgeError
    from pipeline.speakers.knowledge import import_knowledge as bring_in

    try:
        known = bring_in(path, out)
    except (KnowledgeError, OSError) as error:
        raise InputError(f"{path}: {error}") from None
    print(f"{known} entries in {out}; runs use it where CLAIMS_KNOWLEDGE={out} is set")
