"""An article as flat lists of its tokens: what the search for speakers needs, read from the ``Doc`` once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np
from spacy.tokens import Doc

from pipeline.speakers.lexicon import Lexicon, lexicon

OPENING, CLOSING, STRAIGHT = ("“", "«", "„", "``"), ("”", "»"), ('"', "''")
POSSESSIVE = ("'s", "’s", "'", "’")
NOUN_PARTS = frozenset(
    {"compound", "amod", "nmod", "nummod", "poss", "det", "case", "quantmod", "advmod", "npadvmod", "punct"}
)
TITLE_CASE_SHARE = 0.75
"""Share of capitalised long words from which a sentence is taken for a headline, where capitals tell nothing."""


@dataclass(slots=True)
class Article:
    """Token ``i`` has ``words[i]``, ``lower[i]``, ``tags[i]`` (Penn tags) and so on; ``ents[i]`` is a label."""

    words: list[str]
    lower: list[str]
    starts: list[int]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    ents: list[str]
    ent_spans: list[tuple[int, int, str]]
    sentences: list[int]
    paragraphs: list[int]
    in_quotes: list[bool]
    turns: list[int]
    headline: list[bool]
    lexicon: Lexicon = field(default_factory=lexicon)

    @classmethod
    def of(cls, doc: Doc) -> Article:
        """Read a parsed ``Doc``; where a parse or tags are missing, the lists say so with empty strings."""
        strings = doc.vocab.strings
        words = [t.text for t in doc]
        parsed = doc.has_annotation("DEP")
        columns: Any = doc.to_array(["TAG", "DEP", "ENT_TYPE", "HEAD", "IDX", "SENT_START"]).reshape(len(doc), 6)
        name = {k: strings[k] if k else "" for k in np.unique(columns[:, :3]).tolist()}
        tags, deps, ents = ([name[k] for k in column] for column in columns[:, :3].T.tolist())
        heads, starts, begins = columns[:, 3:].T.astype(np.int64)
        opens = (begins == 1) & parsed
        opens[:1] = True
        sentences = (np.cumsum(opens) - 1).tolist()
        paragraphs = list(accumulate(("\n" in w for w in words[:-1]), initial=0))[: len(words)]
        article = cls(
            words=words,
            lower=[w.lower() for w in words],
            starts=starts.tolist(),
            tags=tags,
            deps=deps,
            heads=(heads + np.arange(len(doc))).tolist(),
            ents=ents,
            ent_spans=[(e.start, e.end, e.label_) for e in doc.ents],
            sentences=sentences,
            paragraphs=paragraphs,
            in_quotes=[],
            turns=[],
            headline=[],
        )
        article.unglue()
        article.in_quotes = article.quoted()
        article.turns = article.outside_quotes()
        article.headline = article.headlines()
        return article

    def __len__(self) -> int:
        return len(self.words)

    def unglue(self) -> None:
        """Take a name off the closing quotation mark it is glued to (`here,”Smith said`); tokens stay."""
        for i, word in enumerate(self.words):
            cut = max(word.rfind(mark) for mark in '"”») ') + 1 if len(word) > 4 else 0
            if 0 < cut < len(word) and word[cut].isupper():
                self.words[i] = word[cut:]
                self.lower[i] = word[cut:].lower()
                self.starts[i] += cut

    def quoted(self) -> list[bool]:
        """Whether each token stands between double quotation marks; a mark left open closes with its paragraph."""
        out, inside, paragraph = [], False, -1
        for i, word in enumerate(self.words):
            if self.paragraphs[i] != paragraph:
                inside, paragraph = False, self.paragraphs[i]
            if word in OPENING or (word in STRAIGHT and not inside):
                inside = True
                out.append(True)
            elif word in CLOSING or word in STRAIGHT:
                inside = False
                out.append(True)
            else:
                out.append(inside)
        return out

    def outside_quotes(self) -> list[int]:
        """A number for each token's sentence, not counting sentences wholly in quotes: for distances in the story."""
        told = {s for s, inside in zip(self.sentences, self.in_quotes, strict=True) if not inside}
        numbers: dict[int, int] = {}
        count = 0
        for sentence in self.sentences:
            if sentence not in numbers:
                count += sentence in told
                numbers[sentence] = count
        return [numbers[s] for s in self.sentences]

    def headlines(self) -> list[bool]:
        """Whether each token stands in a sentence in title case or capitals."""
        capitals: dict[int, int] = {}
        total: dict[int, int] = {}
        for i, word in enumerate(self.words):
            if len(word) > 3 and word[0].isalpha():
                total[self.sentences[i]] = total.get(self.sentences[i], 0) + 1
                capitals[self.sentences[i]] = capitals.get(self.sentences[i], 0) + word[0].isupper()
        share = {s: capitals[s] / n >= TITLE_CASE_SHARE and n >= 4 for s, n in total.items()}
        return [share.get(s, False) for s in self.sentences]

    def text(self, start: int, end: int) -> str:
        """The tokens' words with single blanks where the text has white space between them."""
        out: list[str] = []
        for i in range(start, end):
            if i > start and self.starts[i] > self.starts[i - 1] + len(self.words[i - 1]):
                out.append(" ")
            out.append(self.words[i])
        return " ".join("".join(out).split())

    def root(self, start: int, end: int) -> int:
        """The token of ``[start, end)`` whose head lies outside; the first noun where there are several."""
        roots = [i for i in range(start, end) if not start <= self.heads[i] < end or self.heads[i] == i]
        nominal = [i for i in roots if self.tags[i][:2] in ("NN", "PR", "CD", "WP", "DT", "WD")]
        return (nominal or roots or [end - 1])[0]

    def subtree_left(self, i: int, limit: int = 12) -> int:
        """Start of the noun phrase that token ``i`` heads: the contiguous modifiers before it."""
        start = i
        while start > 0 and i - start < limit and self.sentences[start - 1] == self.sentences[i]:
            j = start - 1
            if self.deps[j] in NOUN_PARTS and start <= self.climb(j, i) <= i and self.lower[j] not in (",", ";", ":"):
                start = j
            else:
                break
        return start

    def climb(self, j: int, top: int, steps: int = 6) -> int:
        """The first head above ``j`` at or after the following token; -1 outside of ``[j, top]``."""
        for _ in range(steps):
            head = self.heads[j]
            if head in (j, top):
                return head
            if head < j or head > top:
                return -1
            j = head
        return -1

    def is_capital(self, i: int) -> bool:
        return self.words[i][0].isupper()

    def sentence_tokens(self, i: int) -> Iterator[int]:
        """The tokens from ``i`` to the end of its sentence."""
        sentence = self.sentences[i]
        while i < len(self.words) and self.sentences[i] == sentence:
            yield i
            i += 1
