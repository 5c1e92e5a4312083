"""What the article says a named person is: before the name, after it in apposition, in "who heads ..."."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.speakers.article import POSSESSIVE, Article
from pipeline.speakers.lexicon import Gender
from pipeline.speakers.names import NameMention, touching

PARTY_NOTE = re.compile(r"\s*[(,]\s*(?:([RDI])(?:\s?[-–—]\s?([A-Z][\w. ]{1,14}?))?|([A-Z][\w. ]{1,8}\.))\s*[),]")
PARTY_NAMES = {"R": "Republican", "D": "Democratic", "I": "Independent"}
BEFORE_TAGS = ("NN", "NNS", "NNP", "NNPS", "JJ", "JJR", "JJS", "HYPH", "CD", "POS", "VBN")
COURTESY = frozenset(
    {"mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "dr", "dr.", "sir", "madam", "brother", "sister"}
)
LONGEST_ROLE = 24
"""Tokens of the longest role looked for."""
STOP_TAGS = ("VBD", "VBZ", "VBP", "MD", "WP", "WP$", "WDT", "WRB", "''", "``", ":", ".")


@dataclass(frozen=True, slots=True)
class Description:
    """What stands with one mention of a name: the role as worded, party, region, gender by form of address."""

    role: str = ""
    party: str | None = None
    region: str | None = None
    gender: Gender = ""


def describe(article: Article, mention: NameMention, text: str) -> Description:
    """Read what is said of the person at this mention; ``text`` is the document's text."""
    lex = article.lexicon
    end_char = article.starts[mention.end - 1] + len(article.words[mention.end - 1])
    note = PARTY_NOTE.match(text, end_char, end_char + 32)
    party = PARTY_NAMES[note[1]] if note and note[1] else None
    place = (note[2] or note[3] or "").strip().lower() if note else ""
    region = lex.regions.get(place) or lex.regions.get(place.rstrip(".")) or lex.regions.get(place + ".")
    role = after(article, mention) or before(article, mention) or heads(article, mention)
    return Description(role, party, region, lex.title_gender.get(mention.title, ""))


def before(article: Article, mention: NameMention) -> str:
    """The role before the name: "former Trump campaign spokesman", "Secretary of State", "House Speaker"."""
    lex, i = article.lexicon, mention.start
    sentence = article.sentences[i]
    begin = i
    while begin > 0 and i - begin < LONGEST_ROLE and article.sentences[begin - 1] == sentence:
        j = begin - 1
        word = article.lower[j]
        linked = word == "of" and begin < i and j > 0 and article.lower[j - 1] in lex.titles
        linked = linked and not lex.is_role(article.lower[begin])
        if (
            linked
            or lex.is_role(word)
            or (article.tags[j] in BEFORE_TAGS and word[-1:].isalnum())
            or word in POSSESSIVE
            or (word == "-" and touching(article, j))
        ):
            begin = j
        else:
            break
    while begin < i and (
        article.lower[begin] in POSSESSIVE or article.tags[begin] in ("CD", "RB") or article.lower[begin] in COURTESY
    ):
        begin += 1
    if begin == i or not any(lex.is_role(article.lower[k]) for k in range(max(begin, i - 4), i)):
        return apposition_head(article, mention)
    while i > begin and article.lower[i - 1] in COURTESY:
        i -= 1
    return article.text(begin, i)


def apposition_head(article: Article, mention: NameMention) -> str:
    """The role noun that the name stands in apposition to: "the former national security adviser, John Bolton,"."""
    root = article.root(mention.start, mention.end)
    head = article.heads[root]
    if article.deps[root] != "appos" or not head < mention.start or not article.lexicon.is_role(article.lower[head]):
        return ""
    begin = article.subtree_left(head)
    end = mention.start
    while end > head + 1 and article.lower[end - 1] in (",", ":", "-", "–", "—", *COURTESY):
        end -= 1
    return without_article(article, begin, end)


def after(article: Article, mention: NameMention) -> str:
    """The role after the name: ", an analyst at the Cato Institute,"; an age before it is passed over."""
    lex, n, i = article.lexicon, len(article), mention.end
    if i < n and article.words[i] == "(":
        i = next((k + 1 for k in range(i, min(n, i + 10)) if article.words[k] == ")"), i)
    if i >= n or article.words[i] not in (",", "–", "—", "-", "("):
        return ""
    i += 1
    if i + 1 < n and article.words[i].isdigit() and article.words[i + 1] == ",":
        i += 2
    if i < n and article.lower[i] == "who":
        return relative(article, i)
    begin, sentence = i, article.sentences[mention.end - 1]
    if i < n and article.tags[i] == "PRP$":
        return ""
    role_seen = False
    while i < n and i - begin < LONGEST_ROLE and article.sentences[i] == sentence:
        word, tag = article.lower[i], article.tags[i]
        if word in (",", ";", ")", "(", ":", ".", "–", "—") or tag in ("WP", "WP$", "WDT", "WRB") or "\n" in word:
            break
        if tag in STOP_TAGS:
            return ""
        if tag == "IN" and not role_seen:
            return ""
        role_seen = role_seen or (lex.is_role(word) and tag != "VB")
        i += 1
    return without_article(article, begin, i) if role_seen and i < n else ""


def relative(article: Article, i: int) -> str:
    """What "X, who heads Y," says, from the verb on."""
    lex, n = article.lexicon, len(article)
    if i + 1 >= n or article.lower[i + 1] not in lex.role_verbs:
        return ""
    end, sentence = i + 1, article.sentences[i]
    while (
        end < n
        and end - i < LONGEST_ROLE
        and article.sentences[end] == sentence
        and article.words[end] not in (",", ";", ".", ")", "\n")
    ):
        end += 1
    return article.text(i + 1, end)


def heads(article: Article, mention: NameMention) -> str:
    """The role in "X is the president of Y"."""
    root = article.root(mention.start, mention.end)
    verb = article.heads[root]
    if article.deps[root] != "nsubj" or article.lower[verb] not in ("is", "was") or verb != mention.end:
        return ""
    i = verb + 1
    while i < len(article) and article.tags[i] in ("DT", "JJ", "NNP", "NN", "RB") and i - verb < 8:
        if article.lexicon.is_role(article.lower[i]) and article.heads[i] == verb and article.deps[i] == "attr":
            return without_article(article, verb + 1, i + 1)
        i += 1
    return ""


def without_article(article: Article, begin: int, end: int) -> str:
    while begin < end and article.lower[begin] in ("the", "a", "an", "also", "then", "now"):
        begin += 1
    return article.text(begin, end)
