"""How surely blocks in other languages are told from English ones: ``python -m benchmarks.languages [TEXTS.jsonl]``.

The foreign sentences are the examples that spaCy has of each of its languages. TEXTS, if given, holds English articles,
one ``{"text": ...}`` a line; each of their paragraphs that is called foreign is wrong.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path

import spacy.lang

from pipeline.ingest.language import MIN_BYTES, foreign, size, words_of


def main() -> None:
    """Print how many were found in each language, and what was found that is English."""
    found = asked = right = 0
    examples = sentences()
    for language, texts in examples.items():
        told = [foreign(text) for text in texts]
        found += sum(1 for code in told if code)
        right += told.count(language)
        asked += len(told)
    print(f"{found} of {asked} sentences in {len(examples)} languages are called foreign, {right} by their own code")
    if len(sys.argv) > 1:
        lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
        paragraphs = [p for line in lines for p in json.loads(line)["text"].split("\n") if is_long(p)]
        wrong = [(code, p) for p in paragraphs if (code := foreign(p))]
        print(f"{len(wrong)} of {len(paragraphs)} paragraphs of English articles are called foreign")
        for code, text in wrong:
            print(f"  {code}: {text[:100]}")


def sentences() -> dict[str, list[str]]:
    """Language -> example sentences that are long enough to judge."""
    out: dict[str, list[str]] = {}
    for module in pkgutil.iter_modules(spacy.lang.__path__):
        try:
            examples = importlib.import_module(f"spacy.lang.{module.name}.examples").sentences
        except ModuleNotFoundError:
            continue
        if module.name != "en":
            out[module.name] = [text for text in examples if isinstance(text, str) and is_long(text)]
    return out


def is_long(text: str) -> bool:
    """Whether the text is long enough to judge."""
    return size(words_of(text)) >= MIN_BYTES


if __name__ == "__main__":
    main()
