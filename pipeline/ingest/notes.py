"""Footnotes of HTML pages: taken out of the page before the article is looked for, put at its end as footnotes.

The marks that refer to them ("¹", "[2]") are taken out of the sentences, where they would read as parts of words and
numbers.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.ingest.captions import words
from pipeline.ingest.reading import Piece, squeeze

MARK = re.compile(r"[\[(]?(?:note )?(?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5}|[*†‡§¶#]{1,3})[\])]?", re.IGNORECASE)
NAMED = re.compile(r"(?:^|[-_#:])(?:fn|ftn|edn|note|foot|endnote|cite|ref)", re.IGNORECASE)
"""What pages call the targets of such marks: "fn1", "_ftn1", "cite_note-3", "footnote-2"."""
BACK = re.compile(r"(?:fn|ftn|edn|note|cite)[-_]?ref|back", re.IGNORECASE)
"""What they call the marks themselves: "fnref1", "_ftnref1", "cite_ref-3"."""
ROLES = frozenset(("doc-footnote", "doc-endnote"))
RETURN = re.compile(r"[↩↑⤴^\ufe0e\ufe0f\s]+|(?:jump|go|return) (?:up|back).{0,30}|back", re.IGNORECASE)
MAX_MARK = 40
MAX_CHARS = 2000
"""More words than this are no note."""


def take_notes(tree: Any) -> list[Piece]:
    """The notes of a page, in its order; they and the marks that refer to them are no longer in the tree."""
    places = {node.get("name"): node for node in tree.iter("a") if node.get("name")}
    places |= {node.get("id"): node for node in tree.iter() if isinstance(node.tag, str) and node.get("id")}
    notes = {node for node in tree.iter("li", "aside", "p", "div") if node.get("role") in ROLES}
    for link in list(tree.iter("a")):
        page, _, place = (link.get("href") or "").partition("#")
        if page or place not in places or BACK.search(place) or any(around in notes for around in link.iterancestors()):
            continue  # from a note back to its mark
        if is_mark(link) and (note := holder(places[place], link)) is not None:
            notes.add(note)
            outer = link.getparent()
            (outer if outer.tag == "sup" and len(outer) == 1 else link).drop_tree()
    outermost = [n for n in tree.iter() if n in notes and not any(around in notes for around in n.iterancestors())]
    pieces = [Piece("footnote", words_of(note), glue="\n" if i else "\n\n") for i, note in enumerate(outermost)]
    for note in outermost:
        note.drop_tree()
    return pieces


def is_mark(link: Any) -> bool:
    """Whether a link within the page looks like the mark of a note."""
    text = words(link, MAX_MARK)
    if link.get("role") == "doc-noteref":
        return True
    if not MARK.fullmatch(text):
        return False
    raised = link.find("sup") is not None or any(node.tag == "sup" for node in ancestors(link, 2))
    return raised or bool(NAMED.search(link.get("href") or ""))


def holder(node: Any, mark: Any) -> Any:
    """The element that holds the note which a link leads to; ``None`` where that is too long, or holds the link."""
    if node is None:
        return None
    if node.tag in ("a", "span", "sup", "b", "strong", "i", "em"):
        node = next((n for n in ancestors(node, 3) if n.tag in ("li", "p", "div", "dd", "td", "aside")), None)
    if node is None or node.tag in ("body", "html", "article", "main", "h1", "h2", "h3", "table"):
        return None
    if any(n is node for n in mark.iterancestors()) or not words(node, MAX_CHARS):
        return None
    return node


def ancestors(node: Any, count: int) -> list[Any]:
    """The nearest elements around an element."""
    found: list[Any] = []
    while len(found) < count and (node := node.getparent()) is not None:
        found.append(node)
    return found


def words_of(note: Any) -> str:
    """A note's words, without its own mark and the link back to where it is referred to."""
    for link in list(note.iter("a")):
        text = words(link, MAX_MARK)
        back = (link.get("href") or "").startswith("#") and (RETURN.fullmatch(text) or MARK.fullmatch(text))
        if back or link.get("role") == "doc-backlink":
            link.drop_tree()
    return squeeze(note.text_content())
