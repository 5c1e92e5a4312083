"""Short forms that an article uses for its organisations: acronyms it explains, and single words of longer names."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.speakers.article import POSSESSIVE, Article

SMALL = frozenset({"of", "the", "for", "and", "on", "in", "&", "to"})


@dataclass(frozen=True, slots=True)
class Shortenings:
    """``acronyms``: as explained in brackets. ``parts``: first or last word -> the one longer name that has it."""

    acronyms: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, article: Article) -> Shortenings:
        """Collect the short forms of a whole article."""
        return cls(acronyms(article), parts(article))

    def full(self, name: str) -> str:
        """The long form; an empty string where there is none."""
        return self.acronyms.get(name) or self.parts.get(name, "")


def parts(article: Article) -> dict[str, str]:
    """Single capitalised words that begin or end just one of the article's longer names of organisations."""
    names: dict[str, set[str]] = {}
    for start, end, label in article.ent_spans:
        while start < end and article.lower[start] in ("the", "a", "an"):
            start += 1
        while end > start and article.lower[end - 1] in POSSESSIVE:
            end -= 1
        if label == "ORG" and end - start > 1 and not article.headline[start]:
            for word in (article.words[start], article.words[end - 1]):
                names.setdefault(word, set()).add(article.text(start, end))
    lex = article.lexicon
    return {
        word: next(iter(full))
        for word, full in names.items()
        if len(full) == 1
        and word[0].isupper()
        and word.lower() not in lex.first_names
        and word.lower() not in lex.regions
    }


def acronyms(article: Article) -> dict[str, str]:
    """Acronyms that the article explains: "National Audit Office (NAO)" -> the words before the bracket."""
    found: dict[str, str] = {}
    for i in range(2, len(article) - 1):
        word = article.words[i]
        if article.words[i - 1] == "(" and article.words[i + 1] == ")" and word.isupper() and word.isalpha():
            start = long_form(article, i - 1, word) if 2 <= len(word) <= 8 else -1
            if start >= 0:
                found[word] = article.text(start, i - 1)
    return found


def long_form(article: Article, end: int, acronym: str) -> int:
    """Where the words before token ``end`` begin whose initials the acronym is; -1 where they are not.

    Small words may give a letter ("Bank of Tiree", BOT) or none ("Office for Budget Responsibility", OBR).
    """
    for small_words_count in (False, True):
        letters, k = list(acronym), end - 1
        while letters and k >= max(0, end - 16):
            small = article.lower[k] in SMALL and not article.words[k][0].isupper()
            if article.words[k][0].upper() == letters[-1] and (small_words_count or not small):
                letters.pop()
            elif not small and article.words[k] not in ("-", *POSSESSIVE):
                break
            k -= 1
        if not letters:
            return k + 1
    return -1
