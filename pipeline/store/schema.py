"""The tables of the store; their foreign keys and CHECKs hold the invariants whoever writes to them."""

from __future__ import annotations

from typing import Any, get_args

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    event,
    text,
)

from pipeline import records
from pipeline.store.types import ExactDecimal, Text, UtcDateTime

SCHEMA_VERSION = 2
"""Rises with every release that changes the tables; an older store is brought up to date (see ``migrations``)."""

RUN_STATUS = ("running", "completed", "failed", "interrupted")
STEPS = ("ingest", "extract")
DECISIONS = ("accept", "reject", "correct", "add", "merge", "undo")
SPAN_ROLES = ("content", "verbatim")
RELATIONS = ("same_quote", "same_figure", "revision", "conflict", "same_event")
OUTCOMES = ("open", "came_true", "failed", "unclear")

metadata = MetaData()

CURRENT = text("current")


def one_of(column: str, values: Any) -> CheckConstraint:
    """The column holds one of the values (a tuple, or a ``Literal`` of ``records``)."""
    allowed = values if isinstance(values, tuple) else get_args(values)
    return CheckConstraint(f"{quoted(column)} IN ({', '.join(repr(v) for v in allowed)})", name=f"{column}_known")


def span(start: str, end: str) -> CheckConstraint:
    """The two columns are the ends of a span, or both null (a CHECK that comes out as null would let a row pass)."""
    a, b = quoted(start), quoted(end)
    rule = f"({a} IS NULL) = ({b} IS NULL) AND ({a} IS NULL OR ({a} >= 0 AND {a} <= {b}))"
    return CheckConstraint(rule, name=f"{start}_{end}_span")


def share(column: str) -> CheckConstraint:
    """The column lies in 0..1."""
    return CheckConstraint(f"{column} >= 0 AND {column} <= 1", name=f"{column}_share")


def quoted(column: str) -> str:
    return f'"{column}"'


def claim_key() -> tuple[Column[str], Column[str], ForeignKeyConstraint]:
    """The columns that tie a detail to its claim."""
    return (
        Column("doc_id", String(64), primary_key=True),
        Column("claim_id", String(32), primary_key=True),
        ForeignKeyConstraint(["doc_id", "claim_id"], ["claims.doc_id", "claims.claim_id"], ondelete="CASCADE"),
    )


store_info = Table("store_info", metadata, Column("schema_version", Integer, primary_key=True))

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("corpus", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("pipeline_version", Text, nullable=False),
    Column("model", Text),
    Column("config_hash", Text),
    Column("prefect_run_id", Text),
    Column("host", Text),
    Column("process", Text),
    one_of("status", RUN_STATUS),
)
"""``host`` and ``process`` tell whether a run that has not ended is still going on; ``interrupted``: it was not."""

documents = Table(
    "documents",
    metadata,
    Column("doc_id", String(64), primary_key=True),
    Column("uri", Text, nullable=False),
    Column("title", Text),
    Column("byline", Text),
    Column("publisher", Text),
    Column("published", Date),
    Column("language", String(35)),
    Column("media_type", Text, nullable=False),
    Column("fetched_at", UtcDateTime),
    Column("licence", Text),
    Column("text", Text, nullable=False),
    Column("text_hash", String(64), nullable=False, index=True),
    Column("input_hash", String(32), nullable=False),
    Column("content_hash", String(64), index=True),
    CheckConstraint("length(doc_id) = 64", name="doc_id_sha256"),
)
"""``input_hash`` covers all that extraction reads: text, blocks and metadata. ``content_hash`` names the row of
``contents``; null until the document is compared with others."""

contents = Table(
    "contents",
    metadata,
    Column("content_hash", String(64), primary_key=True),
    Column("method", Text, nullable=False),
    Column("shingles", Integer, nullable=False),
    Column("signature", LargeBinary),
    Column("compared", Boolean, nullable=False),
)
"""The words of articles without boilerplate, layout and punctuation: many documents may have the same.

``signature``: their MinHash, null where they are too few; ``compared``: with all contents that were there before.
"""

similarities = Table(
    "similarities",
    metadata,
    Column("content_hash", String(64), primary_key=True),
    Column("other_hash", String(64), primary_key=True, index=True),
    Column("jaccard", Float, nullable=False),
    Column("containment", Float, nullable=False),
    CheckConstraint("content_hash < other_hash", name="each_pair_once"),
    share("jaccard"),
    share("containment"),
)
"""How much two contents share, exactly counted: of near copies, and of versions of one address."""

sources = Table(
    "sources",
    metadata,
    Column("corpus", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    Column("uri", Text, primary_key=True),
    Column("doc_id", ForeignKey("documents.doc_id"), nullable=False, index=True),
    Column("supersedes", String(64)),
)
"""Where a document was found: corpus, file in it with the raw bytes, each address. Equal bytes are one document.

``supersedes``: the document that was found at the same address before.
"""

files = Table(
    "files",
    metadata,
    Column("corpus", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("stamp", Text),
    Column("fingerprint", String(32), nullable=False),
)
"""Every file of a corpus that was read, whatever came of it: the hash of its bytes, and its size, times and inode then.

A file whose ``stamp`` is still the same need not be hashed again; one without has to be. ``fingerprint`` covers the
bytes, the corpus entry and the code that read them: as long as it is the same the file need not be read again.
"""

blocks = Table(
    "blocks",
    metadata,
    Column("doc_id", ForeignKey("documents.doc_id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("section", JSON, nullable=False),
    Column("page", Integer),
    Column("language", String(3)),
    one_of("kind", records.BlockKind),
    span("start", "end"),
)

extractions = Table(
    "extractions",
    metadata,
    Column("doc_id", ForeignKey("documents.doc_id"), primary_key=True),
    Column("run_id", ForeignKey("runs.run_id"), primary_key=True),
    Column("current", Boolean, nullable=False),
    Column("pipeline_version", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("config_hash", Text, nullable=False),
    Column("input_hash", String(32), nullable=False),
    Column("replaced", LargeBinary),
    Index("one_current_extraction", "doc_id", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),
    CheckConstraint("(current AND replaced IS NULL) OR (NOT current AND replaced IS NOT NULL)", name="current_or_kept"),
)
"""Which run extracted which document from which input. Of one that a later run replaced, ``replaced`` keeps the claims
(zlib-compressed JSON, the form of ``Claim.to_dict``)."""

speakers = Table(
    "speakers",
    metadata,
    Column("doc_id", ForeignKey("documents.doc_id"), primary_key=True),
    Column("speaker_id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("role", Text),
    Column("aliases", JSON, nullable=False),
    Column("wikidata", Text),
    Column("party", Text),
    one_of("kind", records.SpeakerKind),
)
"""Who speaks in a document, as that document names them."""

mentions = Table(
    "mentions",
    metadata,
    Column("doc_id", String(64), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("speaker_id", String(32), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    ForeignKeyConstraint(["doc_id", "speaker_id"], ["speakers.doc_id", "speakers.speaker_id"], ondelete="CASCADE"),
    span("start", "end"),
    share("confidence"),
)

claims = Table(
    "claims",
    metadata,
    Column("doc_id", String(64), primary_key=True),
    Column("claim_id", String(32), primary_key=True, index=True),
    Column("kind", String(16), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("sentence_start", Integer, nullable=False),
    Column("sentence_end", Integer, nullable=False),
    Column("section", JSON, nullable=False),
    Column("standalone", Text, nullable=False),
    Column("speaker_id", String(32)),
    Column("speaker_start", Integer),
    Column("speaker_end", Integer),
    Column("cue_start", Integer),
    Column("cue_end", Integer),
    Column("within", String(32)),
    Column("check_worthiness", Float),
    Column("confidence", Float, nullable=False),
    Column("extractor", Text, nullable=False),
    Column("extractor_version", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("config_hash", Text, nullable=False),
    Column("run_id", String(32), nullable=False),
    ForeignKeyConstraint(["doc_id", "run_id"], ["extractions.doc_id", "extractions.run_id"]),
    ForeignKeyConstraint(["doc_id", "speaker_id"], ["speakers.doc_id", "speakers.speaker_id"]),
    ForeignKeyConstraint(
        ["doc_id", "within"], ["claims.doc_id", "claims.claim_id"], deferrable=True, initially="DEFERRED"
    ),
    one_of("kind", records.ClaimKind),
    span("start", "end"),
    span("sentence_start", "sentence_end"),
    span("speaker_start", "speaker_end"),
    span("cue_start", "cue_end"),
    CheckConstraint('sentence_start <= "start" AND "end" <= sentence_end', name="in_its_sentence"),
    CheckConstraint("length(claim_id) = 32", name="claim_id_digest"),
    CheckConstraint("within <> claim_id", name="not_within_itself"),
    share("check_worthiness"),
    share("confidence"),
    Index("claims_by_speaker", "speaker_id"),
)

amounts = Table(
    "amounts",
    metadata,
    *claim_key(),
    Column("low", ExactDecimal),
    Column("high", ExactDecimal),
    Column("bound", String(16), nullable=False),
    Column("unit", String(16), nullable=False),
    Column("unit_reason", Text, nullable=False),
    Column("per", Text),
    Column("change", String(16), nullable=False),
    Column("usd_low", ExactDecimal),
    Column("usd_high", ExactDecimal),
    Column("usd_rate", ExactDecimal),
    Column("usd_date", Date),
    Column("payer", Text),
    Column("verb", Text),
    Column("object", Text),
    Column("when", Text),
    one_of("bound", records.Bound),
    one_of("change", records.Change),
    CheckConstraint("unit IN ('percent', 'ratio') OR (length(unit) = 3 AND unit = upper(unit))", name="unit_known"),
    CheckConstraint(
        "(bound IN ('exact', 'about') AND low IS NOT NULL AND high IS NOT NULL AND low = high)"
        " OR (bound = 'at_least' AND low IS NOT NULL AND high IS NULL)"
        " OR (bound = 'at_most' AND low IS NULL AND high IS NOT NULL)"
        " OR (bound = 'range' AND low IS NOT NULL AND high IS NOT NULL AND CAST(low AS REAL) <= CAST(high AS REAL))",
        name="bound_fits_values",
    ),
)

quotes = Table(
    "quotes",
    metadata,
    *claim_key(),
    Column("quote_type", String(16), nullable=False),
    Column("act", Text, nullable=False),
    one_of("quote_type", records.QuoteType),
)

quote_spans = Table(
    "quote_spans",
    metadata,
    Column("doc_id", String(64), primary_key=True),
    Column("claim_id", String(32), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    ForeignKeyConstraint(["doc_id", "claim_id"], ["quotes.doc_id", "quotes.claim_id"], ondelete="CASCADE"),
    one_of("role", SPAN_ROLES),
    span("start", "end"),
)
"""The parts of a quote: ``content`` (several where the cue interrupts it) and the words in quotation marks."""

predictions = Table(
    "predictions",
    metadata,
    *claim_key(),
    Column("type", String(16), nullable=False),
    Column("certainty", String(16), nullable=False),
    Column("negated", Boolean, nullable=False),
    Column("condition_start", Integer),
    Column("condition_end", Integer),
    Column("horizon_start", Integer),
    Column("horizon_end", Integer),
    Column("horizon_from", Date),
    Column("horizon_to", Date),
    one_of("type", records.PredictionType),
    one_of("certainty", records.Certainty),
    span("condition_start", "condition_end"),
    span("horizon_start", "horizon_end"),
    CheckConstraint("horizon_from IS NULL OR horizon_to IS NULL OR horizon_from <= horizon_to", name="horizon_order"),
)

failures = Table(
    "failures",
    metadata,
    Column("corpus", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    Column("step", String(16), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("run_id", ForeignKey("runs.run_id"), nullable=False),
    Column("mended_by", ForeignKey("runs.run_id")),
    one_of("step", STEPS),
)
"""Which article of a corpus failed at which step and why, since which run; ``mended_by``: the run where it passed."""

claim_links = Table(
    "claim_links",
    metadata,
    Column("doc_id", String(64), primary_key=True),
    Column("claim_id", String(32), primary_key=True, index=True),
    Column("other_doc_id", String(64), primary_key=True),
    Column("other_claim_id", String(32), primary_key=True, index=True),
    Column("relation", String(16), nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["doc_id", "claim_id"], ["claims.doc_id", "claims.claim_id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["other_doc_id", "other_claim_id"], ["claims.doc_id", "claims.claim_id"], ondelete="CASCADE"),
    Index("claim_links_by_other", "other_doc_id", "other_claim_id"),
    one_of("relation", RELATIONS),
    share("score"),
)
"""How claims relate to earlier ones."""

claim_clusters = Table(
    "claim_clusters",
    metadata,
    *claim_key(),
    Column("cluster_id", String(32), nullable=False, index=True),
)
"""Claims that say the same, under the id of the earliest of them."""

link_state = Table(
    "link_state",
    metadata,
    Column("state_id", Integer, primary_key=True),
    Column("fingerprint", String(32), nullable=False),
)
"""From which claims the links were made; one row."""

outcomes = Table(
    "outcomes",
    metadata,
    Column("outcome_id", String(32), primary_key=True),
    Column("claim_id", String(32), nullable=False, index=True),
    Column("doc_id", String(64), nullable=False, index=True),
    Column("uri", Text, nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("source", Text),
    Column("note", Text),
    Column("happened_on", Date),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("claim", JSON, nullable=False),
    one_of("state", OUTCOMES),
    CheckConstraint("state = 'open' OR source IS NOT NULL OR note IS NOT NULL", name="told_by_what"),
)
"""What became of predictions, as people found it; append-only. The last word on a claim counts.

``claim``: the prediction as it was, in the form of ``Claim.to_dict``, to find it again after a new extraction.
"""

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", String(32), primary_key=True),
    Column("claim_id", String(32), nullable=False, index=True),
    Column("doc_id", String(64), nullable=False, index=True),
    Column("uri", Text, nullable=False, index=True),
    Column("reviewer", Text, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("before", JSON),
    Column("after", JSON),
    Column("pipeline_version", Text, nullable=False),
    Column("refers_to", String(32)),
    Column("adjudicates", Boolean, nullable=False),
    one_of("decision", DECISIONS),
    Index("reviews_by_reviewer", "reviewer", "decided_at"),
)
"""What people decided; append-only. No foreign key to the claim, which a later extraction may no longer find.

``uri``: the article's address when it was judged; ``refers_to``: the decision that an undo takes back;
``adjudicates``: the decision settles a disagreement of others.
"""

REFUSALS = {
    "sqlite": [
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}"
        " BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN"
        " RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' are append-only',"
        " ERRCODE = 'integrity_constraint_violation'; END $$"
        " LANGUAGE plpgsql",
        "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ],
}


@event.listens_for(reviews, "after_create")
@event.listens_for(outcomes, "after_create")
def _made(table: Table, connection: Connection, **_options: Any) -> None:
    append_only(connection, table)


def append_only(connection: Connection, table: Table) -> None:
    """Have the database refuse every change of what people decided."""
    for statement in REFUSALS[connection.dialect.name]:
        for verb in ("update", "delete"):
            made = statement.replace("{table}", table.name).replace("{verb}", verb)
            connection.exec_driver_sql(made)
