"""What there is to review in a document: its claims as extracted now, and what people decided on them so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline import records
from pipeline.records import Claim, Document, Speaker
from pipeline.review import decisions as log
from pipeline.review.anchoring import Place, locate
from pipeline.review.decisions import Decision, Outcome, Status
from pipeline.review.snapshots import Snapshot, claim_of, move, speaker_of

MIN_OVERLAP = 0.3
"""Of the characters that two spans cover together, the share both cover, for one to be the successor of the other."""


@dataclass(frozen=True, slots=True)
class Item:
    """A claim to review. ``extracted``: this version of the pipeline finds it. ``reason``: why it came back."""

    claim: Claim
    extracted: bool
    outcome: Outcome
    status: Status
    history: tuple[Decision, ...]
    reason: str | None = None

    @property
    def settled(self) -> Claim | None:
        """The claim as people have settled it; ``None`` where it is open, disputed, come back or rejected."""
        final = self.outcome.final
        if final is None or self.status in ("open", "disputed", "returned", "rejected"):
            return None
        return claim_of(final.record)


@dataclass(frozen=True, slots=True)
class Returned:
    """Earlier decisions that do not settle what stands there now, and why."""

    group: tuple[Decision, ...]
    reason: str


def survey(document: Document, claims: Sequence[Claim], decisions: Sequence[Decision]) -> list[Item]:
    """All there is to review in a document, in the order of its characters.

    ``decisions`` are all those on the document, on others with the same text, or on what stood at its address before,
    oldest first.
    """
    history: dict[str, list[Decision]] = defaultdict(list)
    for d in decisions:
        history[d.claim_id].append(d)
    standing = [d for d in log.standing(decisions) if d.decision != "merge"]
    groups: dict[str, list[Decision]] = defaultdict(list)
    for d in standing:
        groups[d.claim_id].append(d)
    kept_elsewhere = {d.before["claim_id"] for d in standing if d.decision == "add" and d.before} - {
        d.claim_id for d in standing if d.decision == "add"
    }
    anchor = _Anchor(document, claims)
    for claim_id in sorted(groups, key=lambda i: i not in anchor.extracted):
        if claim_id not in kept_elsewhere:
            anchor.place(claim_id, groups[claim_id])
    items = []
    for claim in anchor.claims.values():
        carried = sorted(anchor.carried[claim.claim_id], key=lambda d: (d.decided_at, d.review_id))
        back = anchor.returned.get(claim.claim_id)
        outcome = log.outcome(carried)
        status: Status = "returned" if back and outcome.status == "open" else outcome.status
        ids = {claim.claim_id, *(d.claim_id for d in carried), *(d.claim_id for d in (back.group if back else ()))}
        told = sorted((d for i in ids for d in history[i]), key=lambda d: (d.decided_at, d.review_id))
        items.append(
            Item(
                claim=claim,
                extracted=claim.claim_id in anchor.extracted,
                outcome=outcome,
                status=status,
                history=tuple(told),
                reason=back.reason if back and status == "returned" else None,
            )
        )
    return sorted(items, key=lambda i: (i.claim.start, -i.claim.end, i.claim.kind, i.claim.claim_id))


class _Anchor:
    """Ties groups of decisions, each on one former claim, to the claims that there are now."""

    def __init__(self, document: Document, claims: Sequence[Claim]) -> None:
        self.document = document
        self.hash = records.text_hash(document.text)
        self.extracted = {c.claim_id: c for c in claims}
        self.claims = dict(self.extracted)
        self.carried: dict[str, list[Decision]] = defaultdict(list)
        self.returned: dict[str, Returned] = {}

    def place(self, claim_id: str, group: Sequence[Decision]) -> None:
        """Carry the decisions over to where their claim is now, or bring them back for review."""
        if claim_id in self.extracted:
            self.carried[claim_id] += group
            return
        last = group[-1]
        added = next((d for d in group if d.decision == "add"), None)
        record = (added or last).record
        unchanged = any(self._id(r, r["start"], r["end"]) == r["claim_id"] for r in (record, last.before or record))
        if unchanged:
            place: Place | None = Place(record["start"], record["end"], True, True)
        else:
            place = locate(record, self.document.text)
        target = self.extracted.get(self._id(record, place.start, place.end)) if place and place.exact else None
        if target is not None:
            self._carry_over(target, group, place is not None and place.same_context)
        elif place and place.exact and added:
            claim = self._respan(record, place)
            self.claims[claim.claim_id] = claim
            self.carried[claim.claim_id] += group
        elif last.decision == "reject":
            return  # it was no claim, and is none any more
        else:
            self._bring_back(group, place, unchanged)

    def _carry_over(self, target: Claim, group: Sequence[Decision], same_context: bool) -> None:
        """The same words are a claim again: only where source and extraction both changed is there a new question."""
        same_reading = log.substance(target.to_dict()) == log.substance(group[-1].before or group[-1].record)
        if same_context or same_reading or group[-1].decision in ("correct", "add"):
            self.carried[target.claim_id] += group
        else:
            reason = "Both the article around it and what is extracted from it have changed."
            self.returned[target.claim_id] = Returned(tuple(group), reason)

    def _bring_back(self, group: Sequence[Decision], place: Place | None, unchanged: bool) -> None:
        last = group[-1]
        record = last.record
        successor = self._successor(record, place) if place else None
        if successor is not None:
            changed = (
                "Another span is extracted here now" if unchanged else "Article and extraction have both changed here"
            )
            self.returned[successor.claim_id] = Returned(tuple(group), f"{changed}; it was: “{record['text']}”")
            return
        if unchanged:
            reason = "This claim is no longer extracted."
        elif place and place.exact:
            reason = "The article has changed, and this claim is no longer extracted."
        elif place:
            now = self.document.text[place.start : place.end]
            reason = f"The article has changed: it now reads “{now}” here, and no claim is extracted."
        else:
            reason = "The article has changed, and these words are no longer in it."
        claim = self._respan(record, place) if place and place.exact else claim_of(record)
        gone = replace(claim, claim_id=last.claim_id)
        self.claims[gone.claim_id] = gone
        self.returned[gone.claim_id] = Returned(tuple(group), reason)

    def _successor(self, record: Snapshot, place: Place) -> Claim | None:
        """The undecided claim of the kind that covers most of the place."""
        best, most = None, MIN_OVERLAP
        for claim in self.extracted.values():
            both = min(claim.end, place.end) - max(claim.start, place.start)
            if claim.kind == record["kind"] and both > 0 and not self.carried.get(claim.claim_id):
                share = both / (max(claim.end, place.end) - min(claim.start, place.start))
                if share > most:
                    best, most = claim, share
        return best

    def _respan(self, record: Snapshot, place: Place) -> Claim:
        claim = move(claim_of(record), self.document.text, place.start, place.end)
        return replace(claim, doc_id=self.document.doc_id)

    def _id(self, record: Snapshot, start: int, end: int) -> str:
        return records.claim_id(self.hash, record["kind"], start, end)


def merged_speakers(decisions: Iterable[Decision]) -> dict[str, Speaker]:
    """For each speaker that was merged into another one: who that is, through chains of mergers."""
    into: dict[str, Speaker] = {}
    for d in log.standing(list(decisions)):
        if d.decision == "merge" and d.before and d.after:
            into[d.before["speaker_id"]] = speaker_of(d.after)
    out = {}
    for speaker_id, speaker in into.items():
        seen = {speaker_id}
        while speaker.speaker_id in into and speaker.speaker_id not in seen:
            seen.add(speaker.speaker_id)
            speaker = into[speaker.speaker_id]
        if speaker.speaker_id != speaker_id:
            out[speaker_id] = speaker
    return out
