"""Whether the sped-up model gives what the stock model gives: ``python -m benchmarks.same_output TEXTS.jsonl``.

TEXTS.jsonl has one object with ``text`` a line. Every token's head, dependency, tag, part of speech, morphology and
lemma is compared, and every document's entities.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import spacy
from spacy.tokens import Doc

from pipeline.cached_rules import cache_rules
from pipeline.evaluate import read_jsonl
from pipeline.fused import fuse
from pipeline.language import default_model, use_numpy_products
from pipeline.recognition import quicken


def main(path: Path) -> None:
    """Print how many tokens and documents were compared and how many differ."""
    stock, fast = spacy.load(default_model()), spacy.load(default_model())
    use_numpy_products(fast)
    fuse(fast)
    cache_rules(fast)
    quicken(fast)
    tokens = documents = other_tokens = other_entities = 0
    largest = 0.0
    for row in read_jsonl(path):
        a, b = stock(row["text"]), fast(row["text"])
        tokens, documents = tokens + len(a), documents + 1
        other_tokens += sum(x != y for x, y in zip(analysis(a), analysis(b), strict=True))
        other_entities += entities(a) != entities(b)
        largest = max(largest, float(np.abs(a.tensor - b.tensor).max(initial=0.0)))
    print(f"{tokens:,} tokens compared, {other_tokens} differ")
    print(f"{documents:,} documents compared, {other_entities} with other entities")
    print(f"largest difference of a token vector's component: {largest:.1e}")


def analysis(doc: Doc) -> list[tuple[int, str, str, str, str, str]]:
    """What the model says of each token."""
    return [(t.head.i, t.dep_, t.tag_, t.pos_, str(t.morph), t.lemma_) for t in doc]


def entities(doc: Doc) -> list[tuple[int, int, str]]:
    """The document's entities."""
    return [(e.start, e.end, e.label_) for e in doc.ents]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
