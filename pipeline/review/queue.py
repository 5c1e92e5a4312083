"""The queue of claims to review: filters, pages and neighbours, each answered from an index."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.records import ClaimKind
from pipeline.review.decisions import Status
from pipeline.review.index import review_documents, review_queue
from pipeline.store.schema import sources

PAGE = 50
"""Claims on one page of the queue."""
FEW = 3000
"""So many hits of a search are sorted; where there are more, the queue is walked in its order until a page is full."""
COUNTED = 1000
"""The queue is counted up to here ("1,000+"): exact figures of a million rows are not worth the wait."""
FEW_ARTICLES = 500
"""So many articles are looked up one by one; where more fit, the queue is walked in its order."""
SUGGESTIONS = 12

View = Literal["todo", "disputed", "returned", "accepted", "corrected", "rejected", "added", "all"]
VIEWS: dict[View, tuple[Status, ...]] = {
    "todo": ("open", "disputed", "returned"),
    "disputed": ("disputed",),
    "returned": ("returned",),
    "accepted": ("accepted",),
    "corrected": ("corrected",),
    "rejected": ("rejected",),
    "added": ("added",),
    "all": get_args(Status),
}
"""What the reader may ask to see, and which claims that are."""

WORDS = sa.table("review_words", sa.column("rowid", sa.Integer))
"""SQLite's index of the words of all rows (FTS5)."""

TITLES = sa.table("review_titles", sa.column("rowid", sa.Integer))
"""SQLite's index of all stretches of three characters in titles and addresses (FTS5)."""
TRIGRAM = 3

Order = Literal["uncertain", "certain", "article"]
KINDS: tuple[ClaimKind, ...] = get_args(ClaimKind)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue shows. ``article``: words of its title or address; ``doc``: its id; ``below``: confidence."""

    view: View = "todo"
    corpus: str = ""
    kind: str = ""
    speaker: str = ""
    article: str = ""
    doc: str = ""
    text: str = ""
    below: float = 1.0
    order: Order = "uncertain"

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filters:
        """The filters of an address's query; what is unknown or makes no sense there counts as not given."""
        given = {f.name: query.get(f.name, "").strip()[:200] for f in fields(cls)}
        if given["order"] == "article" and not given["doc"]:
            given["order"] = ""
        below = given["below"]
        return cls(
            view=given["view"] if given["view"] in VIEWS else "todo",
            corpus=given["corpus"],
            kind=given["kind"] if given["kind"] in KINDS else "",
            speaker=given["speaker"],
            article=given["article"],
            doc=given["doc"] if re.fullmatch("[0-9a-f]{64}", given["doc"]) else "",
            text=given["text"],
            below=int(below) / 100 if re.fullmatch("[0-9]{1,3}", below) and int(below) <= 100 else 1.0,
            order=given["order"] if given["order"] in get_args(Order) else "uncertain",  # type: ignore[arg-type]
        )

    def query(self) -> dict[str, str]:
        """The address's query that ``read`` understands, without what is not set."""
        out = {f.name: str(getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) != f.default}
        if "below" in out:
            out["below"] = str(round(self.below * 100))
        return out


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the queue."""

    claim_id: str
    doc_id: str
    kind: str
    status: Status
    confidence: float
    start: int
    text: str
    speaker: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the queue's order (keyset pagination: a page begins after it)."""

    key: float
    claim_id: str

    @classmethod
    def read(cls, text: str) -> Position | None:
        """A position as ``str`` gives it; ``None`` for anything else."""
        match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,20})?)~([0-9a-f]{32})", text)
        return cls(float(match[1]), match[2]) if match else None

    def __str__(self) -> str:
        return f"{self.key!r}~{self.claim_id}"


def position(filters: Filters, entry: Entry) -> Position:
    """Where an entry stands in the filters' order."""
    return Position(float(entry.start) if filters.order == "article" else entry.confidence, entry.claim_id)


def page(
    connection: Connection,
    filters: Filters,
    after: Position | None = None,
    *,
    backwards: bool = False,
    limit: int = PAGE,
) -> list[Entry]:
    """The next entries after a position, or the ones just before it (in the queue's order either way)."""
    plan = _plan(connection, filters)
    if plan is None:
        return []
    in_article = filters.order == "article"
    column = review_queue.c.start if in_article else review_queue.c.confidence
    falling = (filters.order == "certain") != backwards
    where = list(plan.where)
    if after is not None:
        where.append(_beyond(column, after, falling, backwards))
    ends = (column.desc() if falling else column.asc(), _id_order(backwards))
    found: list[Entry] = []
    for part in plan.parts:
        query = _columns().where(*where, *part).order_by(*ends).limit(limit)
        found += [Entry(*row) for row in connection.execute(query)]
    found.sort(key=lambda e: e.claim_id, reverse=backwards)
    found.sort(key=lambda e: e.start if in_article else e.confidence, reverse=falling)
    found = found[:limit]
    return found[::-1] if backwards else found


def count(connection: Connection, filters: Filters) -> int | None:
    """How many entries there are, at most ``COUNTED``; ``None`` where finding out would take long."""
    plan = _plan(connection, filters)
    if plan is None:
        return 0
    if plan.walks:
        return None
    total = 0
    for part in plan.parts:
        rows = sa.select(sa.literal(1)).select_from(review_queue).where(*plan.where, *part).limit(COUNTED)
        total += connection.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
    return min(total, COUNTED)


def entry(connection: Connection, claim_id: str) -> Entry | None:
    """The queue's entry of a claim."""
    row = connection.execute(
        _columns().where(review_queue.c.claim_id == claim_id, _aside(review_queue.c.first) == sa.true())
    ).one_or_none()
    return Entry(*row) if row else None


def corpora(connection: Connection) -> list[str]:
    """The names of all corpora."""
    return list(_distinct(connection, sources.c.corpus, "", 1000))


def speaker_names(connection: Connection, prefix: str) -> list[str]:
    """Some speakers whose names begin so, whatever their case."""
    keys = list(_distinct(connection, review_queue.c.speaker_key, prefix.casefold(), SUGGESTIONS))
    names = sa.select(review_queue.c.speaker).limit(1)
    return [connection.scalars(names.where(review_queue.c.speaker_key == k)).one() or "" for k in keys]


def article_titles(connection: Connection, words: str) -> list[str]:
    """Some articles whose title or address contains the words."""
    some = _of_titles(connection, words, review_documents.c.title).limit(FEW_ARTICLES)
    return sorted(set(connection.scalars(some).all()))[:SUGGESTIONS]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Conditions, and stretches of the queue that are each in order; ``walks``: few of their rows may fit."""

    where: tuple[sa.ColumnElement[bool], ...]
    parts: tuple[tuple[sa.ColumnElement[bool], ...], ...]
    walks: bool


def _plan(connection: Connection, filters: Filters) -> _Plan | None:
    """How to answer from an index, whatever the mix of filters; ``None`` where nothing can fit them.

    Each kind with each status is one stretch of the scope's index (all, a corpus, an article, a speaker). A search
    with few hits is the scope itself.
    """
    q = review_queue.c
    where: list[sa.ColumnElement[bool]] = []
    narrow = walks = False
    if filters.below < 1.0:
        where.append(q.confidence <= filters.below)
    if filters.doc:
        narrow = True
        where.append(q.doc_id == filters.doc)
    if filters.speaker:
        key = filters.speaker.casefold()
        known = list(_distinct(connection, q.speaker_key, key, SUGGESTIONS))
        if not known:
            return None
        narrow = True
        where.append(q.speaker_key == key if key in known else q.speaker_key.in_(known))
    if filters.article:
        ids = connection.scalars(
            _of_titles(connection, filters.article, review_documents.c.doc_id).limit(FEW_ARTICLES + 1)
        ).all()
        if not ids:
            return None
        if len(ids) <= FEW_ARTICLES and not narrow:
            narrow = True
            where.append(q.doc_id.in_(ids))
        else:
            walks = not narrow
            here = sa.select(sa.literal(1)).where(review_documents.c.doc_id == q.doc_id, _titled(filters.article))
            where.append(here.correlate(review_queue).exists())
    kinds: tuple[str, ...] = (filters.kind,) if filters.kind else KINDS
    parts = tuple((q.kind == k, q.status == s) for k in kinds for s in VIEWS[filters.view])
    words = filters.text.split()
    if words:
        rows = connection.scalars(_hits(connection, words).limit(FEW + 1)).all()
        if not rows:
            return None
        if len(rows) <= FEW:
            narrow, walks = True, False
            where.append(q.row.in_(rows))
            parts = ((_aside(q.kind).in_(kinds), _aside(q.status).in_(VIEWS[filters.view])),)
        else:
            walks = True
            where.append(_hit(connection, words))
    scope = q.corpus == filters.corpus if filters.corpus else q.first == sa.true()
    if narrow:
        scope = _aside(q.corpus) == filters.corpus if filters.corpus else _aside(q.first) == sa.true()
    return _Plan((scope, *where), parts, walks)


def _aside(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The column's value in a form that keeps a database from taking an index for it in place of the scope's."""
    return sa.func.coalesce(column, sa.null())


def _hits(connection: Connection, words: list[str]) -> sa.Select[tuple[int]]:
    """The rows whose text has all the words."""
    if connection.dialect.name == "sqlite":
        return sa.select(WORDS.c.rowid).where(sa.text("review_words MATCH :words").bindparams(words=_expression(words)))
    return sa.select(review_queue.c.row).where(_hit(connection, words))


def _hit(connection: Connection, words: list[str]) -> sa.ColumnElement[bool]:
    """Whether a row's text has all the words."""
    if connection.dialect.name == "sqlite":
        return _hits(connection, words).where(WORDS.c.rowid == review_queue.c.row).correlate(review_queue).exists()
    vector = sa.func.to_tsvector(sa.literal_column("'simple'"), review_queue.c.text)
    return vector.bool_op("@@")(sa.func.plainto_tsquery(sa.literal_column("'simple'"), " ".join(words)))


def _expression(words: list[str]) -> str:
    """An FTS5 expression that asks for all words, each as it is (none of its operators)."""
    return " ".join('"' + w.replace('"', '""') + '"' for w in words)


def _of_titles(connection: Connection, words: str, column: sa.Column[str]) -> sa.Select[str]:
    """A column of the articles whose title or address contains the words."""
    if connection.dialect.name == "sqlite" and len(words) >= TRIGRAM:
        quoted = '"' + words.casefold().replace('"', '""') + '"'
        found = TITLES.join(review_documents, review_documents.c.row == TITLES.c.rowid)
        return sa.select(column).select_from(found).where(sa.text("review_titles MATCH :w").bindparams(w=quoted))
    return sa.select(column).where(_titled(words))


def _titled(words: str) -> sa.ColumnElement[bool]:
    """Whether an article's title or address contains the words."""
    title, uri = review_documents.c.title_key, review_documents.c.uri
    return sa.or_(title.contains(words.casefold(), autoescape=True), uri.contains(words, autoescape=True))


def _beyond(column: sa.ColumnElement[Any], after: Position, falling: bool, backwards: bool) -> sa.ColumnElement[bool]:
    """The rows after a position in the order of the column, then of the ids."""
    q = review_queue.c
    further = column < after.key if falling else column > after.key
    same = q.claim_id < after.claim_id if backwards else q.claim_id > after.claim_id
    edge = column <= after.key if falling else column >= after.key
    return sa.and_(edge, sa.or_(further, same))


def _id_order(backwards: bool) -> sa.UnaryExpression[Any]:
    return review_queue.c.claim_id.desc() if backwards else review_queue.c.claim_id.asc()


def _columns() -> sa.Select[Any]:
    q = review_queue.c
    title = sa.select(review_documents.c.title).where(review_documents.c.doc_id == q.doc_id).scalar_subquery()
    return sa.select(q.claim_id, q.doc_id, q.kind, q.status, q.confidence, q.start, q.text, q.speaker, title)


def _distinct(connection: Connection, column: sa.ColumnElement[Any], prefix: str, limit: int) -> Iterator[str]:
    """The column's different values that begin so, each found by one step through its index."""
    least, strict = prefix, False
    for _ in range(limit):
        bound = column > least if strict else column >= least
        value = connection.scalar(sa.select(sa.func.min(column)).where(bound))
        if value is None or not value.startswith(prefix):
            return
        yield value
        least, strict = value, True
