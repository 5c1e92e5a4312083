"""Texts and documents in, claims out: the core that the command, the flows and Python users call."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from weakref import WeakKeyDictionary

from spacy.language import Language
from spacy.tokens import Doc

from pipeline import check_worthiness, models, records
from pipeline.assembly import EXTRACTORS, Extraction, assemble
from pipeline.errors import InputError
from pipeline.language import load
from pipeline.records import Claim, ClaimKind, Document, Provenance

SURROGATE = re.compile("[\ud800-\udfff]")
PACKAGE = Path(__file__).parent
DOWNSTREAM = frozenset(
    {
        "cli",
        "compare",
        "dataset",
        "evaluate",
        "learning",
        "linking",
        "links",
        "outcomes",
        "progress",
        "publish",
        "review",
        "steps",
        "store",
        "versions",
        "workers",
    }
)
"""Parts of the package that come after extraction: a change in them asks for no new extraction."""


@cache
def default_pipeline() -> Language:
    """The pipeline on the default model, loaded once.

    It uses the knowledge file that ``CLAIMS_KNOWLEDGE`` names, and the trained weights in the folder ``CLAIMS_MODELS``.
    """
    return pipeline_with(os.environ.get("CLAIMS_MODELS") or None)


def pipeline_with(trained: str | None) -> Language:
    """The pipeline on the default model with the trained weights of a folder, else with the package's."""
    return load(knowledge=os.environ.get("CLAIMS_KNOWLEDGE") or None, models=trained)


def extract(text: str, nlp: Language | None = None) -> list[Claim]:
    """The claims of a plain text; offsets count the code points of ``text`` exactly as given, whatever is in it."""
    raw = text.encode("utf-8", "surrogatepass")
    document = Document(doc_id=records.digest_bytes(raw), uri="text", text=text, blocks=())
    return list(next(extract_documents([document], nlp)).claims)


def extract_documents(documents: Iterable[Document], nlp: Language | None = None) -> Iterator[Extraction]:
    """The claims of each document, in the order given.

    Documents are processed one at a time, so a result never depends on what else is in the batch. Raises
    ``InputError`` at a document that is not in English.
    """
    return map(extractor(nlp), documents)


def extractor(nlp: Language | None = None) -> Callable[[Document], Extraction]:
    """What gives the claims of one document after another, as ``extract_documents`` does."""
    nlp = nlp or default_pipeline()
    provenance, worth = provenances(nlp), trained(nlp).worth

    def extracted(document: Document) -> Extraction:
        if document.language not in (None, "en"):
            raise InputError(
                f"{document.uri} is written in {document.language!r}: only English articles can be extracted"
            )
        return assemble(nlp(to_doc(document, nlp)), document, provenance, worth)

    return extracted


def to_doc(document: Document, nlp: Language) -> Doc:
    """A tokenised ``Doc`` that carries the document's metadata and blocks.

    Lone surrogates, which spaCy cannot hold, become U+FFFD one for one: offsets stay what they are.
    """
    doc = nlp.make_doc(SURROGATE.sub("\ufffd", document.text))
    doc._.claims_context = document.context
    if document.blocks:
        doc._.claims_blocks = document.blocks
    return doc


def provenances(nlp: Language, run_id: str | None = None) -> dict[ClaimKind, Provenance]:
    """For each kind of claim, which code, model and configuration makes it."""
    model, hashed = model_name(nlp), config_hash(nlp)
    return {kind: Provenance(name, pipeline_version(), model, hashed, run_id) for kind, name in EXTRACTORS.items()}


def model_name(nlp: Language) -> str:
    """The spaCy model's language, name and version ("en_core_web_sm-3.8.0")."""
    return f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}"


@cache
def pipeline_version() -> str:
    """The installed package's version."""
    return version("policy-claims")


def config_hash(nlp: Language) -> str:
    """Changes whenever the model, the pipeline's configuration, an extraction rule, a weight or a data file does."""
    config = nlp.config.copy()
    contents = [trained(nlp).digest]
    for settings in config["components"].values():  # what the files hold counts, not where they lie
        if settings.get("models") is not None:
            settings["models"] = "own"
        if settings.get("knowledge") is not None:
            contents.append(records.digest_bytes(Path(settings["knowledge"]).read_bytes()))
            settings["knowledge"] = "own"
    return records.digest(model_name(nlp), config.to_str(), code_hash(), *contents, length=16)


@dataclass(frozen=True, slots=True)
class Trained:
    """What a pipeline takes from its folder of trained weights besides its components' models."""

    digest: str
    worth: check_worthiness.Model


_TRAINED: WeakKeyDictionary[Language, Trained] = WeakKeyDictionary()


def trained_folder(nlp: Language) -> str | None:
    """The folder of trained weights that a pipeline uses in place of the package's."""
    folder = nlp.config["components"].get("claims_attributions", {}).get("models")
    return None if folder is None else str(folder)


def trained(nlp: Language) -> Trained:
    """The digest of the pipeline's own weights and its check-worthiness model; read once for each pipeline."""
    if nlp not in _TRAINED:
        folder = trained_folder(nlp)
        worth = check_worthiness.load() if folder is None else check_worthiness.read(folder)
        _TRAINED[nlp] = Trained(models.digest(folder), worth)
    return _TRAINED[nlp]


@cache
def code_hash() -> str:
    """A digest of every file of the package that takes part in extraction."""
    files = sorted(p for p in PACKAGE.rglob("*") if p.is_file() and p.suffix not in {".pyc", ".md"})
    parts: list[str] = []
    for path in files:
        inside = path.relative_to(PACKAGE)
        part = inside.parts[inside.parts[0] == "knowledge"].removesuffix(".py")
        if part not in DOWNSTREAM:
            parts += [inside.as_posix(), records.digest_bytes(path.read_bytes())]
    return records.digest(*parts)
