"""Look a span's speaker up after ``claims_speakers`` has run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import TypeAdapter
from spacy.tokens import Doc

from pipeline.records import Mention, Speaker

KEY = "claims_speaker_index"
"""Where the index lies in ``doc.user_data``: plain lists, so that the document can be stored and sent on."""

MENTION = TypeAdapter(Mention)
SPEAKER = TypeAdapter(Speaker)


def store(
    doc: Doc, found: Iterable[tuple[int, int, Mention]], speakers: Mapping[str, Speaker], listed: Iterable[str]
) -> None:
    """Keep what tokens ``[start, end)`` stand for, also those who are not ``listed`` as speakers; shorter spans win."""
    at = [-1] * len(doc)
    mentions: list[object] = []
    for start, end, mention in sorted(found, key=lambda f: f[0] - f[1]):
        at[start:end] = [len(mentions)] * (end - start)
        mentions.append(MENTION.dump_python(mention, mode="json"))
    people = {key: SPEAKER.dump_python(speaker, mode="json") for key, speaker in speakers.items()}
    doc.user_data[KEY] = {"at": at, "mentions": mentions, "speakers": people, "listed": dict.fromkeys(listed, True)}


def resolve(doc: Doc, start: int, end: int) -> Mention | None:
    """Whom or what the characters ``[start, end)`` stand for, as their head word tells; ``None`` where it is not known.

    Works on a document that ``claims_speakers`` has seen, in time that does not grow with the document. Who is not yet
    in ``doc._.claims_speakers`` (the subject of a clause, say, that is no attribution's source) is added to it.
    """
    index = doc.user_data.get(KEY)
    span = doc.char_span(start, end, alignment_mode="expand") if index and 0 <= start < end else None
    if index is None or span is None or not len(span):
        return None
    entry = index["at"][span.root.i]
    if entry < 0:
        return None
    mention = MENTION.validate_python(index["mentions"][entry])
    if mention.speaker_id not in index["listed"]:
        index["listed"][mention.speaker_id] = True
        # not append: what was a list is a tuple once the document has been stored and read back
        found = {"claims_speakers": index["speakers"][mention.speaker_id], "claims_mentions": index["mentions"][entry]}
        for name, record in found.items():
            doc.user_data[name] = [*doc.user_data.get(name, ()), record]
    return mention
