"""When a horizon such as "by the end of next year" begins and ends, counted from the article's date.

A period is a pair of days, both inclusive; ``None`` is an open end. What lies in the article's past is cut off: "this
year" begins on the article's date. Without that date only absolute horizons ("by 2030") have days. What the words leave
open ("soon", "after the summit") stays open. Seasons are the meteorological ones of the northern hemisphere; "early",
"mid" and "late" are the thirds of a month or year; weeks begin on Monday (ISO 8601).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import MAXYEAR, date, timedelta

Period = tuple[date | None, date | None]
OPEN: Period = (None, None)

MONTH_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS = {name[:3]: i for i, name in enumerate(MONTH_NAMES, 1)}
WEEKDAYS = {name: i for i, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "last": 4,
    "final": 4,
}
COUNTS = {
    w: i
    for i, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {
    "a": 1,
    "an": 1,
    "a couple of": 2,
    "a couple": 2,
    "couple of": 2,
    "a dozen": 12,
}

MONTH = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?"
    r"|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?![a-z])"
)
WEEKDAY = (
    r"(?:mon(?:day|\.)|tue(?:s?\.|sday)|wed(?:\.|nesday)|thu(?:r?s?\.|rsday)|fri(?:day|\.)"
    r"|sat(?:urday|\.)|sun(?:day|\.))"
)
SEASON = r"(?:spring|summer|fall|autumn|winter)"
UNIT = r"(?:day|week|month|quarter|year|decade|century)"
YEAR = r"(?:20\d\d|21\d\d)(?!\d)"
COUNT = r"(?:\d{1,3}|a couple of|couple of|a dozen|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|an?)"
THIRD = (
    r"(?:(?:the )?(?:very )?(?P<third>early|mid|late|beginning|start|middle|end|close)(?:(?: part)? of)?(?: the)?[- ])"
)

BEFORE = re.compile(r"^(?:before|ahead of|prior to)\b")
UNTIL = re.compile(r"^(?:by|until|till|through|no later than|not later than|up to|to)\b")
AFTER = re.compile(r"^(?:after|following|beyond)\b")
FROM = re.compile(r"^(?:from|as of|starting|beginning|effective|since)\b")
COMING = re.compile(
    r"^(?:over|within|during|in|through|throughout|for) the (?:next|coming|following) "
    rf"(?P<count>)(?P<unit>{UNIT})(?P<plural>)\b"
)
LEAD = re.compile(
    r"^(?:(?:as early as|as soon as|as late as|no later than|not later than|some ?time|at some point|ahead of|prior to"
    r"|up to"
    r"|as of|at|by|before|after|following|beyond|until|till|in|on|within|during|over|through|throughout|from|for|around"
    r"|about|starting|beginning|effective|since|to|(?:evening|morning|afternoon|night) of)\s+(?:the\s+)?)+"
)


def resolve(words: str, published: date | None) -> Period:
    """The first and last day of the horizon's words; ``(None, None)`` where they leave them open."""
    text = re.sub(r"\s+", " ", words.lower().replace("’", "'")).strip(" ,.;")
    try:
        lead = LEAD.match(text)
        core = text[lead.end() :] if lead else text
        period = core_period(core, text, published)
        return bounded(period, text, published) if period is not None else OPEN
    except (ValueError, OverflowError):
        return OPEN


def core_period(core: str, text: str, published: date | None) -> Period | None:
    """The period that the words after the prepositions name."""
    ahead = COMING.match(text)
    if ahead:
        return coming_span(ahead, published)
    for candidate in dict.fromkeys((core, re.sub(r"^(?:early|later) ", "", text), text)):
        for pattern, rule in RULES:
            match = pattern.match(candidate)
            if match:
                return rule(match, published)
    return None


def bounded(period: Period, text: str, published: date | None) -> Period:
    """The period as its preposition means it, without what lies before the article."""
    start, end = period
    if BEFORE.match(text):
        start, end = published, end if " end " in text else start - timedelta(1) if start else None
    elif UNTIL.match(text):
        start = published
    elif AFTER.match(text):
        start, end = (end + timedelta(1) if end else None), None
    elif FROM.match(text) and "to " not in text:
        end = None
    if published is not None and end is not None and end < published:
        return OPEN
    if published is not None and start is not None and start < published:
        start = published
    return start, end


def month_end(year: int, month: int) -> date:
    """The last day of the month."""
    return date(year, month, monthrange(year, month)[1])


def shift_months(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shift(day: date, count: int, unit: str) -> date:
    """The day so many units later."""
    if unit == "day":
        return day + timedelta(count)
    if unit == "week":
        return day + timedelta(7 * count)
    return shift_months(day, count * {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit])


def third_of(period: tuple[date, date], part: str | None) -> Period:
    """The early, middle or late third of a month, quarter, year or longer period."""
    start, end = period
    if part is None:
        return start, end
    days = (end - start).days + 1
    which = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1}.get(part, 2)
    if days > 31:
        months = round(days / 30.44)
        first = shift_months(start, which * months // 3)
        return first, shift_months(start, (which + 1) * months // 3) - timedelta(1)
    size = days // 3
    return start + timedelta(which * size), end if which == 2 else start + timedelta((which + 1) * size - 1)


def current(unit: str, day: date, ahead: int = 0) -> tuple[date, date]:
    """The calendar week, month, quarter, year, decade or century that the day lies in, or a later one."""
    if unit == "day":
        return day + timedelta(ahead), day + timedelta(ahead)
    if unit == "week":
        start = day - timedelta(day.weekday()) + timedelta(7 * ahead)
        return start, start + timedelta(6)
    if unit in ("month", "quarter"):
        size = 1 if unit == "month" else 3
        start = shift_months(date(day.year, (day.month - 1) // size * size + 1, 1), ahead * size)
        return start, shift_months(start, size) - timedelta(1)
    size = {"year": 1, "decade": 10, "century": 100}[unit]
    year = day.year // size * size + ahead * size
    return date(year, 1, 1), date(min(year + size - 1, MAXYEAR), 12, 31)


def season_period(name: str, day: date, ahead: int, year: int | None = None) -> tuple[date, date]:
    """The season that the day lies in or that comes next, or one a year later; winter ends in the following year."""
    first = SEASONS[name]
    start = date(year if year is not None else day.year - 1, first, 1)
    while year is None and shift_months(start, 3) <= day:
        start = shift_months(start, 12)
    start = shift_months(start, 12 * ahead)
    return start, shift_months(start, 3) - timedelta(1)


def whole_date(m: re.Match[str], published: date | None) -> Period | None:
    """ "June 7, 2027", "7 June", "Friday, April 1"."""
    month, day = MONTHS[m["month"][:3]], int(m["day"])
    if m["year"]:
        known = date(int(m["year"]), month, day)
    elif published is not None:
        known = date(published.year, month, day)
        if known < published - timedelta(1):
            known = date(published.year + 1, month, day)
    else:
        return None
    return known, known


def month_or_year(m: re.Match[str], published: date | None) -> Period | None:
    """ "November 2027", "late November", "mid-2026", "the end of 2030"."""
    groups = m.groupdict()
    month = MONTHS[groups["month"][:3]] if groups.get("month") else None
    if groups.get("year"):
        year = int(groups["year"])
    elif published is not None and month is not None:
        year = published.year + (month < published.month)
    else:
        return None
    span = (date(year, month, 1), month_end(year, month)) if month else (date(year, 1, 1), date(year, 12, 31))
    return third_of(span, groups.get("third"))


def relative_unit(m: re.Match[str], published: date | None) -> Period | None:
    """ "next year", "this month", "the end of the decade", "year's end"."""
    if published is None:
        return None
    ahead = {"next": 1, "following": 1}.get(m.groupdict().get("which") or "", 0)
    return third_of(current(m["unit"], published, ahead), m.groupdict().get("third"))


def year_end(m: re.Match[str], published: date | None) -> Period | None:
    """ "year-end", "year's end", "the end of the year"."""
    return third_of(current(m["unit"], published), "end") if published else None


def rest_of_unit(m: re.Match[str], published: date | None) -> Period | None:
    """ "the rest of the year": from now to its end."""
    return (published, current(m["unit"], published)[1]) if published else None


def short_year(m: re.Match[str], published: date | None) -> Period | None:
    """ "'27": the year 2027."""
    year = 2000 + int(m["year"])
    return date(year, 1, 1), date(year, 12, 31)


def coming_span(m: re.Match[str], published: date | None) -> Period | None:
    """ "the next two years", "three months", "the coming weeks": from now on, open where the number is."""
    if published is None:
        return None
    count = counted(m["count"]) if m["count"] else 1 if not m["plural"] else None
    return published, shift(published, count, m["unit"]) if count is not None else None


def point_ahead(m: re.Match[str], published: date | None) -> Period | None:
    """ "in two weeks", "a year from now": the day itself, or for longer units the calendar unit around it."""
    if published is None:
        return None
    day = shift(published, counted(m["count"]), m["unit"])
    return (day, day) if m["unit"] == "day" else current(m["unit"], day)


def counted(word: str) -> int:
    """The number that a figure or number word says."""
    return int(word) if word.isdigit() else COUNTS[word]


def weekday(m: re.Match[str], published: date | None) -> Period | None:
    """ "Monday" and "this Monday": the first on or after the article's day; "next Monday": the first after it."""
    if published is None:
        return None
    days = (WEEKDAYS[m["day"][:3]] - published.weekday()) % 7
    day = published + timedelta(days if days or m["which"] != "next" else 7)
    return day, day


def weekend(m: re.Match[str], published: date | None) -> Period | None:
    """Saturday and Sunday of this week or the next."""
    if published is None:
        return None
    start = current("week", published, 1 if m["which"] == "next" else 0)[0] + timedelta(5)
    return start, start + timedelta(1)


def near_day(m: re.Match[str], published: date | None) -> Period | None:
    """ "today", "tonight", "tomorrow morning"."""
    if published is None:
        return None
    ahead = {"tomorrow": 1}.get(m["word"], 2 if m["word"].startswith("day") else 0)
    return published + timedelta(ahead), published + timedelta(ahead)


def season(m: re.Match[str], published: date | None) -> Period | None:
    """ "this winter", "next summer", "the fall of 2027"."""
    groups = m.groupdict()
    year = int(groups["year"]) if groups.get("year") else None
    if published is None and year is None:
        return None
    span = season_period(m["season"], published or date(1, 1, 1), int(groups.get("which") == "next"), year)
    return third_of(span, groups.get("third"))


def quarter(m: re.Match[str], published: date | None) -> Period | None:
    """ "the third quarter", "the first half of 2027"."""
    size = 3 if m["size"] == "quarter" else 6
    number = min(ORDINALS[m["number"]], 12 // size)
    year = int(m["year"]) if m["year"] else None
    if year is None:
        if published is None:
            return None
        year = published.year + (1 if m["which"] in ("next", "next year") else 0)
        if m["which"] is None and shift_months(date(year, 1, 1), number * size) <= published:
            year += 1
    start = shift_months(date(year, 1, 1), (number - 1) * size)
    return start, shift_months(start, size) - timedelta(1)


def decade(m: re.Match[str], published: date | None) -> Period | None:
    """ "the 2030s", "the late 2030s"."""
    start = int(m["year"])
    return third_of((date(start, 1, 1), date(start + 9, 12, 31)), m["third"])


def mid_century(m: re.Match[str], published: date | None) -> Period | None:
    """ "mid-century": the year 50 of the article's century."""
    return current("year", date(published.year // 100 * 100 + 50, 1, 1)) if published else None


Rule = Callable[[re.Match[str], date | None], Period | None]


def rule(pattern: str, function: Rule) -> tuple[re.Pattern[str], Rule]:
    return re.compile(pattern), function


DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    rule(rf"(?:{WEEKDAY},? )?(?P<month>{MONTH}) {DAY}(?:,? (?P<year>{YEAR}))?", whole_date),
    rule(rf"(?:{WEEKDAY},? )?{DAY} (?:of )?(?P<month>{MONTH})(?:,? (?P<year>{YEAR}))?", whole_date),
    rule(rf"(?:the )?{THIRD}?(?P<year>20\d0)s", decade),
    rule(
        rf"(?:the )?(?P<number>{'|'.join(ORDINALS)}) (?P<size>quarter|half)(?: of)?"
        rf"(?: (?P<which>this year|next year|the year)| (?P<year>{YEAR}))?",
        quarter,
    ),
    rule(
        rf"(?:the )?{THIRD}?(?:next |this )?(?P<month>{MONTH})(?:(?: of|,)? (?P<year>{YEAR}))?(?!'| \w)", month_or_year
    ),
    rule(rf"(?:the )?{THIRD}?(?P<season>{SEASON})(?: of)? (?P<year>{YEAR})", season),
    rule(rf"(?:the )?{THIRD}?(?:(?:later )?(?P<which>this|next|coming) )?(?P<season>{SEASON})\b", season),
    rule(rf"(?:the )?{THIRD}?(?:the year )?(?P<year>{YEAR})", month_or_year),
    rule(rf"(?:the )?(?:rest|remainder) of (?:the|this) (?P<unit>{UNIT})\b", rest_of_unit),
    rule(r"'(?P<year>\d\d)\b", short_year),
    rule(r"(?:the )?(?:mid-?century|middle of the century)", mid_century),
    rule(rf"(?:the )?(?P<unit>{UNIT})(?:'s |-| )end\b", year_end),
    rule(rf"(?:the )?(?:(?P<which>this|next) )?(?:{THIRD})?weekend", weekend),
    rule(
        rf"(?:the )?(?:next|coming|following) (?P<count>{COUNT}|few|several|couple of)? ?(?P<unit>{UNIT})"
        r"(?P<plural>s)\b",
        lambda m, p: (p, None) if p and m["count"] in ("few", "several") else coming_span(m, p),
    ),
    rule(
        rf"(?:{THIRD})?(?:later |earlier )?(?P<which>this|next|coming|current|following) (?P<unit>{UNIT})\b",
        relative_unit,
    ),
    rule(rf"{THIRD}(?P<unit>{UNIT})\b", relative_unit),
    rule(rf"(?:the )?(?:(?P<which>this|next|coming) )?(?P<day>{WEEKDAY})", weekday),
    rule(r"(?P<word>today|tonight|tomorrow|this morning|this afternoon|this evening|day after tomorrow)", near_day),
    rule(rf"(?P<count>{COUNT}) (?P<unit>{UNIT})s? (?:from now|hence)", point_ahead),
    rule(rf"within (?:the )?(?:next )?(?P<count>{COUNT}) ?(?P<unit>{UNIT})(?P<plural>s?)", coming_span),
    rule(rf"(?:over|for|during|through) (?:the )?(?P<count>{COUNT}) ?(?P<unit>{UNIT})(?P<plural>s?)", coming_span),
    rule(rf"in (?P<count>{COUNT}) (?P<unit>{UNIT})s?\b", point_ahead),
)
