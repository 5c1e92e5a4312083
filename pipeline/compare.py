"""The step of a run that finds near copies among all articles of the store, and how similar versions are.

An article is sketched once and compared once with all others: a run over ten new ones reads the signatures of the old
ones, but not their texts. What is found does not depend on the order in which articles came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from sqlalchemy import Engine

from pipeline.store import contents, reads
from pipeline.store.contents import Pair, parts
from pipeline.store.database import reading, writing
from pipeline.versions.similarity import Candidates, Similarity, signatures_of, similarity
from pipeline.versions.sketch import METHOD, shingles_of, sketches, words_of

BATCH = 200
"""Articles sketched in one transaction."""
NEW = 20_000
"""New articles compared in one transaction; their signatures' bands take 50 MB."""
SETS = 1000
"""Shingle sets kept while pairs are compared: some 100 MB."""


def compare(engine: Engine) -> int:
    """Sketch what is new or has changed, and compare it with everything; returns how many near copies were found."""
    with reading(engine) as connection:
        new = contents.unsketched(connection, METHOD)
    for some in parts(new, BATCH):
        with reading(engine) as connection:
            documents = reads.load_documents(connection, some)
        made = dict(zip((d.doc_id for d in documents), sketches(documents), strict=True))
        with writing(engine) as connection:
            contents.store_sketches(connection, METHOD, made)
    found = 0
    while True:
        with reading(engine) as connection:
            fresh = contents.uncompared(connection, NEW)
        if not fresh:
            break
        near = {pair: s for pair, s in similarities(engine, candidates(engine, fresh)) if s.is_near}
        with writing(engine) as connection:
            contents.store_similarities(connection, near, (content_hash for content_hash, _ in fresh))
        found += len(near)
    with reading(engine) as connection:
        updated = contents.versions_to_compare(connection)
    if updated:
        known = dict(similarities(engine, updated))
        with writing(engine) as connection:
            contents.store_similarities(connection, known, ())
    return found


def candidates(engine: Engine, fresh: Sequence[tuple[str, bytes]]) -> list[Pair]:
    """The pairs of contents, at least one of them fresh, that may be near copies by their signatures."""
    index = Candidates(signatures_of(signature for _, signature in fresh))
    found = [(fresh[a][0], fresh[b][0]) for a, b in zip(*index.within(), strict=True)]
    with reading(engine) as connection:
        for older in contents.compared(connection, NEW):
            pairs = zip(*index.among(signatures_of(signature for _, signature in older)), strict=True)
            found += [(fresh[a][0], older[b][0]) for a, b in pairs]
    return sorted(map(contents.ordered, found))


def similarities(engine: Engine, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, Similarity]]:
    """How similar the contents of each pair are, from their articles' texts; none of pairs whose article is gone."""
    if not pairs:
        return
    with reading(engine) as connection:
        having = contents.holders(connection, sorted({h for pair in pairs for h in pair}))

        @lru_cache(SETS)
        def shingles(content_hash: str) -> frozenset[str]:
            return shingles_of(words_of(reads.load_documents(connection, [having[content_hash]])[0]))

        for a, b in pairs:
            if a in having and b in having:
                yield (a, b), similarity(shingles(a), shingles(b))
