"""Words and links of the pages: what the templates need besides the records themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

import jinja2

from pipeline.records import Amount
from pipeline.review import article
from pipeline.review.decisions import Decision, substance
from pipeline.review.queue import COUNTED, Entry, Filters
from pipeline.review.service import new_id
from pipeline.review.snapshots import Snapshot
from pipeline.store.types import plain_decimal

SAID = {
    "accept": "Saved: accepted.",
    "reject": "Saved: rejected.",
    "correct": "Saved: corrected.",
    "agree": "Saved: agreed.",
    "add": "Saved: claim added.",
    "merge": "Saved: the two speakers are one now.",
    "undo": "Undone; this is the claim as it was before.",
    "redo": "Done again.",
    "no-undo": "There is nothing to undo.",
    "no-redo": "There is nothing to redo.",
}
"""What the page says after an act; the address names it by its key."""

DID = {
    "accept": "accepted",
    "reject": "rejected",
    "correct": "corrected",
    "add": "added",
    "undo": "took back a decision",
    "merge": "merged speakers",
}
VIEW_NAMES = {
    "todo": "To review",
    "disputed": "Disputed",
    "returned": "Came back",
    "accepted": "Accepted",
    "corrected": "Corrected",
    "rejected": "Rejected",
    "added": "Added",
    "all": "All claims",
}
ORDER_NAMES = {"uncertain": "Least certain first", "certain": "Most certain first", "article": "As in the article"}
STATUS_NAMES = {
    "open": "to review",
    "accepted": "accepted",
    "rejected": "rejected",
    "corrected": "corrected",
    "added": "added",
    "disputed": "disputed",
    "returned": "came back",
}


def environment(folder: Path) -> jinja2.Environment:
    """The templates; everything put into them is escaped."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "exact": article.exact,
        "moment": moment,
        "percent": percent,
        "number": number,
        "words": words,
        "words_of": even,
    }
    env.globals |= {
        "link": link,
        "sum_of": sum_of,
        "changes": changes,
        "new_id": new_id,
        "counted": counted,
        "DID": DID,
        "VIEW_NAMES": VIEW_NAMES,
        "ORDER_NAMES": ORDER_NAMES,
        "STATUS_NAMES": STATUS_NAMES,
    }
    return env


def link(path: str, filters: Filters, **more: object) -> str:
    """An address on this server that keeps the filters."""
    query = {**filters.query(), **{k: str(v) for k, v in more.items() if v not in ("", None)}}
    return path + ("?" + urlencode(query) if query else "")


def anything(filters: Filters) -> Filters:
    """The same filters, whatever the status: going back also shows what has been decided since."""
    return replace(filters, view="all")


def article_of(entries: Sequence[Entry], filters: Filters) -> str | None:
    """The title of the one article that the filters ask for."""
    return entries[0].title if filters.doc and entries else None


def counted(total: int | None) -> str:
    """A count of the queue in words."""
    if total is None:
        return "many claims"
    if total >= COUNTED:
        return f"{COUNTED:,}+ claims"
    return "1 claim" if total == 1 else f"{total:,} claims"


def moment(value: datetime) -> str:
    """A moment as people write it."""
    return f"{value:%-d %b %Y, %H:%M} UTC"


def percent(value: float) -> str:
    return f"{value:.0%}"


def words(value: str) -> str:
    """A name of the data model ("at_least") as words."""
    return value.replace("_", " ")


def even(value: str) -> str:
    """The words with single spaces, as a field of a form shows them."""
    return " ".join(value.split())


def number(value: Decimal | None) -> str:
    """A number in full, with thousands set apart; empty for none."""
    if value is None:
        return ""
    whole, _, rest = plain_decimal(value).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")


def sum_of(amount: Amount) -> str:
    """An amount in words: "at least 5 billion USD a year"."""
    low, high = (_short(v) for v in (amount.low, amount.high))
    value = {
        "exact": low,
        "about": f"about {low}",
        "at_least": f"at least {low}",
        "at_most": f"at most {high}",
        "range": f"{low} to {high}",
    }[amount.bound]
    unit = {"percent": "%", "ratio": "times", "XXX": "(currency unknown)"}.get(amount.unit, amount.unit)
    return f"{value} {unit}" + (f" per {amount.per}" if amount.per else "")


def _short(value: Decimal | None) -> str:
    for power, name in ((12, "trillion"), (9, "billion"), (6, "million")):
        if value is not None and abs(value) >= 10**power:
            return f"{number((value / 10**power).normalize())} {name}"
    return number(value)


def changes(decision: Decision) -> list[tuple[str, str, str]]:
    """What a correction changed: field, before, after."""
    if decision.decision != "correct" or not decision.before or not decision.after:
        return []
    before, after = (_flat(s) for s in (decision.before, decision.after))
    return [(k.replace("_", " "), before.get(k, ""), after.get(k, "")) for k in after if before.get(k, "") != after[k]]


def _flat(snapshot: Snapshot) -> dict[str, str]:
    out = {}
    for key, value in substance(snapshot).items():
        shown = "; ".join(map(str, value)) if isinstance(value, list) else value
        out[key] = "" if shown is None else str(shown)
    return out
