"""Which claims came, went or changed between two versions of an article, or two articles that say nearly the same."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.errors import InputError
from pipeline.store.diff import PROVENANCE, Claims, Difference
from pipeline.store.reads import load_claims
from pipeline.store.schema import documents, sources
from pipeline.store.stated import stated
from pipeline.versions.claims import changed, shared

ID = re.compile("[0-9a-f]{8,64}")
PLACE = frozenset(
    {"claim_id", "doc_id", "start", "end", "prefix", "suffix", "within", "sentence", "section", "check_worthiness"}
) | {"confidence", "standalone"}
"""Fields that differ wherever a claim stands in another text: no change of the claim."""


def find_versions(connection: Connection, before: str, after: str | None = None) -> tuple[str, str] | None:
    """The ids of two articles named by their beginnings, or of the newest at an address and the one before it.

    ``None`` where these are no articles. Raises ``InputError`` for an address with a single version, and for a
    beginning that several articles share.
    """
    if after is not None:
        found = [find_document(connection, name) for name in (before, after)]
        return (found[0], found[1]) if found[0] and found[1] else None
    s = sources.c
    rows = connection.execute(sa.select(s.doc_id, s.supersedes).where(s.uri == before)).all()
    if not rows:
        raise InputError(f"{before}: no article is known from this address; name one, or two runs or articles")
    old = {row.supersedes for row in rows}
    newest = sorted((row.doc_id, row.supersedes) for row in rows if row.supersedes and row.doc_id not in old)
    if not newest:
        raise InputError(f"{before}: only one version of it is known")
    return newest[-1][1], newest[-1][0]


def find_document(connection: Connection, prefix: str) -> str | None:
    """The id of the article that begins so; ``None`` where there is none."""
    if not ID.fullmatch(prefix):
        return None
    begins = documents.c.doc_id.startswith(prefix, autoescape=True)
    found = connection.scalars(sa.select(documents.c.doc_id).where(begins).limit(2)).all()
    if len(found) > 1:
        raise InputError(f"{prefix!r} begins the ids of several articles; give more of it")
    return found[0] if found else None


def diff_versions(connection: Connection, before: str, after: str) -> list[Difference]:
    """What the claims of two articles (ids) do not share, in the order of the later one, then of the earlier one.

    A claim that has other words, numbers or another speaker in about the same sentence has changed.
    """
    claims = stated(connection, [before, after])
    same = shared(claims[before], claims[after])
    rest = [
        [c for c in claims[d] if c.claim_id not in known] for d, known in ((before, {*same.values()}), (after, same))
    ]
    now = same | changed(*rest)
    old, new = by_id(connection, before), by_id(connection, after)
    uri = connection.scalars(sa.select(documents.c.uri).where(documents.c.doc_id == after)).one()
    why = f"version {after[:8]} after {before[:8]}"
    out: list[Difference] = []
    for c in claims[after]:
        if c.claim_id not in now:
            out.append(Difference("came", c.claim_id, c.kind, c.text, uri, why))
            continue
        was = old[now[c.claim_id]]
        if fields := differing(was, new[c.claim_id]):
            out.append(Difference("changed", c.claim_id, c.kind, c.text, uri, why, fields, was["text"]))
    gone = {c.claim_id for c in claims[before]} - set(now.values())
    return out + [
        Difference("went", c.claim_id, c.kind, c.text, uri, why) for c in claims[before] if c.claim_id in gone
    ]


def by_id(connection: Connection, doc_id: str) -> Claims:
    """An article's claims in their JSON form."""
    return {c.claim_id: c.to_dict() for c in load_claims(connection, doc_id)}


def differing(old: object, new: object) -> tuple[str, ...]:
    """The fields in which two claims do not say the same, wherever they stand."""
    a, b = bare(old), bare(new)
    assert isinstance(a, dict) and isinstance(b, dict)
    return tuple(k for k in b if k not in PLACE | PROVENANCE and a.get(k) != b[k])


def bare(value: object) -> object:
    """A value of a claim in JSON form without offsets; spans are their words, speakers their names."""
    if isinstance(value, dict):
        if set(value) == {"start", "end", "text"}:
            return bare(value["text"])
        if "speaker_id" in value:
            return value["name"]
        return {k: bare(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [bare(v) for v in value]
    return " ".join(value.split()) if isinstance(value, str) else value
