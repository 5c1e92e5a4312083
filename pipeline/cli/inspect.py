"""Commands that look at what there is: show, diff; and bring in what is known: knowledge import."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.corpora import AsJson, Database
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.store.diff import Difference


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
            help="Number or folder of the earlier publication; id of the earlier run or article, or so much of it as is"
            " unique; or an address.",
            metavar="BEFORE",
        ),
    ],
    after: Annotated[
        str | None, typer.Argument(help="The later one; none after an address.", metavar="[AFTER]")
    ] = None,
    dataset: Annotated[Path, typer.Option(help="The dataset whose publications the numbers are.")] = Path("dataset"),
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print which claims came, went or changed, and why.

    Between two publications of the dataset (with what reviews did), two dataset folders, two runs, two articles, or the
    versions of an address.

    Examples:

    * `claims diff 1 2`
    * `claims diff 20261101 20261123T2137`
    * `claims diff https://news.example/budget`
    """
    from pipeline.cli import render

    found = _published(before, after or "", dataset)
    if found is None:
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


def _published(before: str, after: str, dataset: Path) -> list[Difference] | None:
    """What two publications do not share; ``None`` where the arguments name none."""
    if all(re.fullmatch(r"[0-9]{1,5}", name) for name in (before, after)):
        from pipeline.publish.versions import between

        return between(dataset, int(before), int(after))
    folders = [Path(name) for name in (before, after)]
    if after and all(folder.is_dir() for folder in folders):
        from pipeline.publish.changes import compare
        from pipeline.publish.versions import history

        bare = next((folder for folder in folders if not history(folder)), None)
        if bare is not None:
            raise InputError(f"{bare}: no dataset there, or one of an older program; `claims publish` writes one")
        return compare(*folders)
    return None


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
