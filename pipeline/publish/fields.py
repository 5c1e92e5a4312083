"""The published tables and their columns: the one description that Parquet, CSV and the data package are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import pyarrow as pa

from pipeline import records
from pipeline.review.decisions import Status
from pipeline.store import schema
from pipeline.store.schema import SPAN_ROLES

ABOUT = (
    "Who said what, which amounts of money, which predictions; each row traceable to the characters of its article."
    " claims_wide has everything about a claim in one row, the other tables are joined on their ids. Every table is"
    " there as CSV and, with exact types, as Parquet."
)
"""What the dataset is, in a paragraph."""
DECIMAL = pa.decimal128(34, 12)
"""22 digits before the point, 12 after it; leaves room for sums in readers that stop at 38 digits."""
RELATIONS = ("near_copy", "supersedes")
PLACES = ("original", "exact_copy", "near_copy", "earlier_version")
TEXTS = pa.list_(pa.string())
MOMENT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Field:
    """A column: its name, type, meaning, and the values that it may take where they are few (``choices``)."""

    name: str
    type: pa.DataType
    description: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A published table; ``links`` are its foreign keys: columns -> (table, columns)."""

    name: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    links: Mapping[tuple[str, ...], tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(f.name, f.type, nullable=not f.required) for f in self.fields])


def text(name: str, description: str, *, required: bool = False) -> Field:
    return Field(name, pa.string(), description, required)


def choice(name: str, values: Any, description: str, *, required: bool = True) -> Field:
    allowed = values if isinstance(values, tuple) else get_args(values)
    return Field(name, pa.dictionary(pa.int8(), pa.string()), description, required, allowed)


def whole(name: str, description: str, *, required: bool = False) -> Field:
    return Field(name, pa.int32(), description, required)


def number(name: str, description: str) -> Field:
    return Field(name, DECIMAL, description)


def share(name: str, description: str, *, required: bool = False) -> Field:
    return Field(name, pa.float64(), description, required)


def day(name: str, description: str) -> Field:
    return Field(name, pa.date32(), description)


def prefixed(prefix: str, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The same columns under longer names, where a row may lack them."""
    return tuple(replace(f, name=prefix + f.name, required=False) for f in fields)


def pick(table: Table, *names: str) -> tuple[Field, ...]:
    """The named columns of a table."""
    by_name = {f.name: f for f in table.fields}
    return tuple(by_name[n] for n in names)


DOC_ID = text("doc_id", "SHA-256 of the article's raw bytes", required=True)
CLAIM_ID = text("claim_id", "stable id of the claim: hash of its article's text, its kind and its span", required=True)

DOCUMENTS = Table(
    "documents",
    "One row per article, with the canonical text that all offsets refer to (Unicode code points).",
    (
        DOC_ID,
        text("uri", "address of the article", required=True),
        text("title", "title"),
        text("byline", "author as printed"),
        text("publisher", "publisher"),
        day("published", "date of publication"),
        text("language", "language (ISO 639)"),
        text("media_type", "media type of the raw bytes", required=True),
        Field("fetched_at", MOMENT, "when the article was fetched"),
        text("licence", "licence of the article"),
        text("duplicate_of", "doc_id of the article with the same text whose claims are published instead"),
        text("superseded_by", "doc_id of the newest version at the same address, whose claims are published instead"),
        text("text", "canonical text", required=True),
    ),
    key=("doc_id",),
    links={("duplicate_of",): ("", ("doc_id",)), ("superseded_by",): ("", ("doc_id",))},
)

SOURCES = Table(
    "sources",
    "Where each article was found; equal bytes found twice are one article with two sources.",
    (
        text("corpus", "name of the corpus", required=True),
        text("file", "file with the raw bytes, from the corpus folder", required=True),
        text("uri", "address", required=True),
        DOC_ID,
    ),
    key=("corpus", "file", "uri"),
    links={("doc_id",): ("documents", ("doc_id",))},
)

DOCUMENT_LINKS = Table(
    "document_links",
    "Articles that are copies or new versions of others. near_copy: nearly the same words, as in a syndicated article;"
    " supersedes: found at the same address later.",
    (
        DOC_ID,
        text("other_doc_id", "the article that was there before: the original, the older version", required=True),
        choice("relation", RELATIONS, "what doc_id is to other_doc_id"),
        share("similarity", "runs of words that both have, of all that they have (Jaccard), 0 to 1"),
        share("containment", "runs of words of the shorter article that the other has, 0 to 1"),
        text("how", "how the relation was found", required=True),
    ),
    key=("doc_id", "other_doc_id", "relation"),
    links={("doc_id",): ("documents", ("doc_id",)), ("other_doc_id",): ("documents", ("doc_id",))},
)

BLOCKS = Table(
    "blocks",
    "The structure of each article: spans of its text, in order.",
    (
        DOC_ID,
        whole("position", "number of the block in the article, from 0", required=True),
        choice("kind", records.BlockKind, "kind of block; nothing is claimed in boilerplate"),
        whole("start", "first character", required=True),
        whole("end", "character after the last", required=True),
        Field("section", TEXTS, "headings above the block, outermost first", required=True),
        whole("page", "number of the printed page that it begins on, where its source has pages"),
        text("language", "language (ISO 639-1) of a block of an English article that is not in English; boilerplate"),
    ),
    key=("doc_id", "position"),
    links={("doc_id",): ("documents", ("doc_id",))},
)

SPEAKER_FIELDS = (
    text("name", "canonical name", required=True),
    choice("kind", records.SpeakerKind, "what kind of speaker"),
    text("role", "role or office as the articles give it"),
    Field("aliases", TEXTS, "other names used", required=True),
    text("wikidata", "Wikidata id"),
    text("party", "political party"),
    Field("merged", TEXTS, "ids of the speakers that reviewers hold to be this one", required=True),
)
SPEAKERS = Table(
    "speakers",
    "One row per speaker.",
    (text("speaker_id", "id of the speaker", required=True), *SPEAKER_FIELDS),
    key=("speaker_id",),
)

MENTIONS = Table(
    "mentions",
    "Every place where a speaker is named, described or referred to, and the rule that resolved it.",
    (
        DOC_ID,
        text("speaker_id", "who is meant", required=True),
        whole("start", "first character", required=True),
        whole("end", "character after the last", required=True),
        text("text", "the words", required=True),
        text("rule", "the rule or model that resolved the mention", required=True),
        share("confidence", "how sure, 0 to 1", required=True),
    ),
    key=("doc_id", "start", "end", "speaker_id"),
    links={("doc_id",): ("documents", ("doc_id",)), ("speaker_id",): ("speakers", ("speaker_id",))},
)

REVIEW_FIELDS = (
    choice("review_status", Status, "what people hold of the claim; open: nobody has judged it"),
    text("reviewer", "whose decision stands"),
    Field("reviewed_at", MOMENT, "when it was decided"),
    Field("corrected", TEXTS, "fields in which it differs from what was extracted", required=True),
)
CLAIMS = Table(
    "claims",
    "One row per claim, as reviewers have settled it; amounts, quotes and predictions hold the details of each kind.",
    (
        CLAIM_ID,
        choice("kind", records.ClaimKind, "which detail table describes the claim"),
        DOC_ID,
        whole("start", "first character of the claim in the article's text", required=True),
        whole("end", "character after the last", required=True),
        text("text", "the claim's words: documents.text[start:end]", required=True),
        text("prefix", "up to 32 characters before the claim", required=True),
        text("suffix", "up to 32 characters after it", required=True),
        whole("sentence_start", "first character of its sentence", required=True),
        whole("sentence_end", "character after the sentence's last", required=True),
        Field("section", TEXTS, "headings above the claim, outermost first", required=True),
        whole("page", "number of the printed page, where the article has pages"),
        text("link", "address that opens the article at the claim: its words in a web page, its page in a PDF"),
        text("standalone", "the claim readable on its own; words put in stand in [brackets]", required=True),
        text("speaker_id", "who makes the claim"),
        whole("speaker_start", "first character of the words that name the speaker here"),
        whole("speaker_end", "character after the last"),
        text("cue", "the words that attribute or announce the claim"),
        whole("cue_start", "first character of the cue"),
        whole("cue_end", "character after the last"),
        text("within", "claim_id of the quote or prediction that contains this claim"),
        share("check_worthiness", "how much the claim is worth checking, 0 to 1"),
        share("confidence", "how sure the extraction is, 0 to 1", required=True),
        *REVIEW_FIELDS,
        text("extractor", "component that found the claim", required=True),
        text("extractor_version", "version of the program", required=True),
        text("model", "spaCy model and version", required=True),
        text("config_hash", "digest of rules, data, weights and configuration", required=True),
        text("run_id", "the run that extracted it", required=True),
    ),
    key=("claim_id",),
    links={
        ("doc_id",): ("documents", ("doc_id",)),
        ("speaker_id",): ("speakers", ("speaker_id",)),
        ("within",): ("", ("claim_id",)),
        ("run_id",): ("runs", ("run_id",)),
    },
)
OF_CLAIM: Mapping[tuple[str, ...], tuple[str, tuple[str, ...]]] = {("claim_id",): ("claims", ("claim_id",))}

AMOUNT_FIELDS = (
    number("low", "lower end of the amount, null if open; equal to high for a single value"),
    number("high", "upper end of the amount, null if open"),
    choice("bound", records.Bound, "how low and high are meant"),
    text("unit", "ISO 4217 currency code (XXX: unknown), percent or ratio", required=True),
    text("unit_reason", "why this unit", required=True),
    text("per", "period or thing of a rate (year, container)"),
    choice("change", records.Change, "whether the amount is an increase or a decrease"),
    number("usd_low", "low in US dollars"),
    number("usd_high", "high in US dollars"),
    number("usd_rate", "US dollars per unit"),
    day("usd_date", "date of the exchange rate"),
    text("payer", "who pays, or the clause's subject"),
    text("verb", "the clause's verb (lemma)"),
    text("object", "what the money is for, or the clause's object"),
    text("when", "time as the clause gives it"),
)
AMOUNTS = Table(
    "amounts", "Sums of money, percentages, multiples.", (CLAIM_ID, *AMOUNT_FIELDS), ("claim_id",), OF_CLAIM
)

CLAIM_SOURCES = Table(
    "claim_sources",
    "Every place where a claim stands. A claim that articles share is one row of claims and one row here for each"
    " address: count claims there, and how widely each was printed here (leave out earlier_version).",
    (
        CLAIM_ID,
        text("doc_id", "the article in which it stands", required=True),
        text("uri", "address of the article", required=True),
        choice(
            "relation",
            PLACES,
            "original: the article of claims.doc_id; exact_copy: one with the same text; near_copy: one with nearly the"
            " same; earlier_version: what was found at the address before",
        ),
        whole("start", "first character of the claim in that article's text", required=True),
        whole("end", "character after the last", required=True),
        whole("page", "number of the printed page, where the article has pages"),
        text("link", "address that opens that article at the claim"),
    ),
    key=("claim_id", "doc_id", "uri"),
    links={**OF_CLAIM, ("doc_id",): ("documents", ("doc_id",))},
)

QUOTE_FIELDS = (
    choice("quote_type", records.QuoteType, "direct: verbatim; mixed: verbatim words in the reporter's; indirect"),
    text("act", "speech act (statement, belief, demand, denial, question, ...)", required=True),
    Field("content", TEXTS, "the parts of what was said, in order", required=True),
    Field("verbatim", TEXTS, "the words inside quotation marks", required=True),
)
QUOTES = Table("quotes", "What somebody is said to have said.", (CLAIM_ID, *QUOTE_FIELDS), ("claim_id",), OF_CLAIM)

QUOTE_SPANS = Table(
    "quote_spans",
    "Where the parts of each quote stand in the article's text.",
    (
        CLAIM_ID,
        choice("role", SPAN_ROLES, "content: what was said; verbatim: what stands in quotation marks"),
        whole("position", "number of the part, from 0", required=True),
        whole("start", "first character", required=True),
        whole("end", "character after the last", required=True),
    ),
    key=("claim_id", "role", "position"),
    links=OF_CLAIM,
)

PREDICTION_FIELDS = (
    choice("type", records.PredictionType, "forecast, commitment or fixed event"),
    choice("certainty", records.Certainty, "how certain the words make it"),
    Field("negated", pa.bool_(), "whether it is said not to happen", required=True),
    text("condition", "what it depends on"),
    whole("condition_start", "first character of the condition"),
    whole("condition_end", "character after the last"),
    text("horizon", "the words that say when"),
    whole("horizon_start", "first character of the horizon"),
    whole("horizon_end", "character after the last"),
    day("horizon_from", "first day it may happen"),
    day("horizon_to", "last day it may happen"),
)
PREDICTIONS = Table(
    "predictions", "Clauses that say what will happen.", (CLAIM_ID, *PREDICTION_FIELDS), ("claim_id",), OF_CLAIM
)

REVIEWS = Table(
    "reviews",
    "What people decided, one row per judged claim; rejected claims are only here.",
    (
        text("claim_id", "claim_id of the claim that was judged", required=True),
        DOC_ID,
        choice("kind", records.ClaimKind, "kind of claim"),
        text("text", "its words as they were judged", required=True),
        choice("status", Status, "what it is by the decisions; returned: they no longer fit the article"),
        text("published_as", "claim_id of what is published of it; null if nothing is"),
        Field("corrected", TEXTS, "fields that were corrected", required=True),
        Field("reviewers", TEXTS, "who has judged it", required=True),
        Field("reviewed_at", MOMENT, "when it was decided; where nothing stands, the last word"),
        text("reason", "why it came back for review"),
    ),
    key=("doc_id", "claim_id"),
    links={("doc_id",): ("documents", ("doc_id",)), ("published_as",): ("claims", ("claim_id",))},
)

LINKS = Table(
    "links",
    "How claims relate to earlier ones: the same quote, figure or event; a revised or a contradicting figure.",
    (
        CLAIM_ID,
        text("other_claim_id", "the earlier claim", required=True),
        choice("relation", schema.RELATIONS, "revision: claim_id has the new value, other_claim_id the old one"),
        share("score", "how sure the link is, 0 to 1", required=True),
        text("reason", "why the two are linked, in words", required=True),
    ),
    key=("claim_id", "other_claim_id"),
    links={**OF_CLAIM, ("other_claim_id",): ("claims", ("claim_id",))},
)

CLUSTERS = Table(
    "clusters",
    "Claims that say the same: to count each thing once, count clusters and the claims that are in none.",
    (CLAIM_ID, text("cluster_id", "claim_id of the earliest claim of the cluster", required=True)),
    key=("claim_id",),
    links={**OF_CLAIM, ("cluster_id",): ("claims", ("claim_id",))},
)

OUTCOMES = Table(
    "outcomes",
    "What became of predictions, as people found it; predictions that are not here are open.",
    (
        CLAIM_ID,
        choice("state", schema.OUTCOMES, "what became of the prediction"),
        text("source", "address of what shows it"),
        text("note", "what shows it, in words"),
        day("happened_on", "day on which it came true or failed"),
        text("recorded_by", "who found it", required=True),
        Field("recorded_at", MOMENT, "when that was put on record", required=True),
    ),
    key=("claim_id",),
    links=OF_CLAIM,
)

RUNS = Table(
    "runs",
    "The runs that the other tables refer to.",
    (
        text("run_id", "id of the run", required=True),
        text("corpus", "corpus that it ran on", required=True),
        Field("started_at", MOMENT, "when it began", required=True),
        text("pipeline_version", "version of the program", required=True),
        text("model", "spaCy model and version"),
        text("config_hash", "digest of rules, data, weights and configuration"),
        text("prefect_run_id", "id of the Prefect flow run"),
    ),
    key=("run_id",),
)

FAILURES = Table(
    "failures",
    "Articles that could not be read or extracted.",
    (
        text("corpus", "name of the corpus", required=True),
        text("file", "file in the corpus folder", required=True),
        text("step", "step that failed", required=True),
        text("reason", "why", required=True),
        text("run_id", "the run that saw it first", required=True),
    ),
    key=("corpus", "file", "step"),
    links={("run_id",): ("runs", ("run_id",))},
)

WIDE = Table(
    "claims_wide",
    "Everything about a claim in one row, for spreadsheets and people who want a single file.",
    (
        *pick(CLAIMS, "claim_id", "kind", "text"),
        text("sentence", "the sentence around the claim", required=True),
        text("speaker", "name of who makes the claim"),
        *prefixed("speaker_", pick(SPEAKERS, "kind", "role", "wikidata", "party")),
        text("speaker_mention", "the words that name the speaker here"),
        *pick(CLAIMS, "cue"),
        *prefixed("amount_", AMOUNT_FIELDS),
        *prefixed("", pick(QUOTES, "quote_type", "act")),
        *prefixed("quote_", pick(QUOTES, "content", "verbatim")),
        *prefixed("prediction_", PREDICTION_FIELDS),
        *pick(CLAIMS, "standalone", "section", "page", "link", "within", "check_worthiness", "confidence"),
        *REVIEW_FIELDS,
        *prefixed("article_", pick(DOCUMENTS, "title", "byline", "publisher", "published", "uri")),
        Field("corpora", TEXTS, "the corpora that hold the article", required=True),
        *pick(CLAIMS, "doc_id", "start", "end", "sentence_start", "sentence_end", "prefix", "suffix"),
        *pick(CLAIMS, "speaker_id", "speaker_start", "speaker_end", "cue_start", "cue_end"),
        *pick(CLAIMS, "extractor", "extractor_version", "model", "config_hash", "run_id"),
    ),
    key=("claim_id",),
    links=OF_CLAIM,
)

TABLES = (
    CLAIMS,
    AMOUNTS,
    QUOTES,
    QUOTE_SPANS,
    PREDICTIONS,
    REVIEWS,
    LINKS,
    CLUSTERS,
    OUTCOMES,
    CLAIM_SOURCES,
    SPEAKERS,
    MENTIONS,
    DOCUMENTS,
    DOCUMENT_LINKS,
    SOURCES,
    BLOCKS,
    RUNS,
    FAILURES,
    WIDE,
)
