"""The pictures of a report: amounts over time, by speaker and by unit, who speaks how, predictions on a time line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pipeline import records
from pipeline.publish.report import drawing
from pipeline.publish.report.drawing import INK, STYLES, Canvas, clip, quantity

SPEAKERS, UNITS, ACTS = 14, 10, 8
"""How many speakers, units and acts a picture shows: the most frequent."""
PERIODS = 40
"""Rows of a table over time; more months than this are put together by year."""
FEW = 400
"""Up to so many claims a picture keeps apart what can be told apart; of more it shows where they gather."""
NOBODY, OTHER, UNDATED = "no speaker", "other", "no date"
SHAPES = dict(zip(get_args(records.PredictionType), STYLES, strict=False))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, and the same in words and as a table; ``svg`` is empty where there is nothing to draw."""

    name: str
    title: str
    reading: str
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw(wide: pd.DataFrame) -> tuple[Picture, ...]:
    """All pictures of the claims (one row each, as in ``claims_wide``)."""
    amounts = _amounts(wide[wide["kind"] == "amount"])
    money = ~amounts["amount_unit"].isin(["percent", "ratio"])
    quotes = wide[wide["kind"] == "quote"]
    predictions = wide[wide["kind"] == "prediction"]
    with drawing.settings():
        return (
            amounts_over_time(amounts[amounts["usd"] > 0], int((money & ~(amounts["usd"] > 0)).sum())),
            amounts_by_speaker(amounts[amounts["usd"] > 0]),
            amounts_by_unit(amounts[amounts["value"] > 0]),
            speakers_by_act(quotes),
            predictions_by_horizon(predictions),
        )


def amounts_over_time(amounts: pd.DataFrame, left_out: int) -> Picture:
    """Amounts in US dollars by the date of their article, shaped and coloured by original unit.

    ``left_out`` is the number of sums of money that have no value in dollars.
    """
    name, title = "amounts-time", "Amounts over time"
    reading = (
        "Each mark is an amount in US dollars, at the date of its article, on a scale where each line is ten or more"
        " times the one below. Colour and shape tell the currency it was given in; a hollow mark is a rate (a year, a"
        " unit); a larger mark stands for several amounts close together."
    )
    if left_out:
        reading += f" Not here: {left_out:,} whose value in dollars is not known, for want of a date or a rate."
    months = amounts["article_published"].dt.strftime("%Y-%m")
    period = (months if months.nunique() <= PERIODS else months.str[:4]).fillna(UNDATED)
    head, rows = ("articles of", *SUMMARY), _summary(amounts, period, "usd", "USD")
    if amounts.empty:
        return Picture(name, title, reading, "", head, rows)
    units = _top(amounts["amount_unit"], len(STYLES) - 1)
    dated = amounts["article_published"].notna()
    shares = [share for share in (3.0 * dated.any(), 1.0 * (~dated).any()) if share]
    canvas = Canvas.of(4.2, *shares)
    low, high = _log(amounts["usd"]).min(), _log(amounts["usd"]).max()
    for axes, part in zip(canvas.axes, [p for p in (amounts[dated], amounts[~dated]) if len(p)], strict=True):
        times = _years(part["article_published"])
        known = bool(part["article_published"].notna().all())
        x = times if known else pd.Series(np.linspace(0.0, 1.0, len(part) + 2)[1:-1], part.index)
        _marks(axes, x, _log(part["usd"]), part, units)
        if known:
            middle, reach = (times.min() + times.max()) / 2, max(0.15, (times.max() - times.min()) * 0.55)
            axes.set_xlim(middle - reach, middle + reach)
            drawing.years(axes.xaxis, middle - reach, middle + reach)
            axes.set_xlabel("date of the article")
        else:
            axes.set_xlim(0, 1)
            axes.set_xticks([])
            axes.set_xlabel("articles without a date")
    canvas.axes[0].set_ylim(low - 0.4, high + 0.4)
    drawing.powers_of_ten(canvas.axes[0].yaxis, low - 0.4, high + 0.4, "$")
    _legend(canvas, amounts, units)
    return Picture(name, title, reading, _svg(canvas, name, title, _extremes(amounts, "usd", "USD")), head, rows)


def amounts_by_speaker(amounts: pd.DataFrame) -> Picture:
    """The same amounts by who names them."""
    name, title = "amounts-speaker", "Amounts by speaker"
    reading = "The amounts in US dollars by who names them; marks as above. The speakers with most amounts are shown."
    speakers = _top(amounts["speaker"].fillna(NOBODY), SPEAKERS)
    shown = amounts[amounts["speaker"].fillna(NOBODY).isin(speakers)]
    head = ("speaker", *SUMMARY)
    rows = _summary(shown, shown["speaker"].fillna(NOBODY), "usd", "USD", speakers)
    if shown.empty:
        return Picture(name, title, reading, "", head, rows)
    units = _top(amounts["amount_unit"], len(STYLES) - 1)
    canvas = Canvas.of(1.3 + 0.3 * len(speakers), 1.0)
    _strips(canvas.axes[0], shown, shown["speaker"].fillna(NOBODY), "usd", speakers, units, "$")
    _legend(canvas, shown, units)
    return Picture(name, title, reading, _svg(canvas, name, title, _extremes(shown, "usd", "USD")), head, rows)


def amounts_by_unit(amounts: pd.DataFrame) -> Picture:
    """Amounts as the articles give them, one line for each unit."""
    name, title = "amounts-unit", "Amounts in their own unit"
    reading = "The numbers as the articles give them, one line for each unit: currencies, percent, ratio (“ten times”)."
    units = _top(amounts["amount_unit"], UNITS)
    shown = amounts[amounts["amount_unit"].isin(units)]
    head, rows = ("unit", *SUMMARY), _summary(shown, shown["amount_unit"], "value", None, units)
    if shown.empty:
        return Picture(name, title, reading, "", head, rows)
    canvas = Canvas.of(1.1 + 0.3 * len(units), 1.0)
    _strips(canvas.axes[0], shown, shown["amount_unit"], "value", units, units[: len(STYLES) - 1], "")
    largest = f"{len(shown)} amounts in {len(units)} units; the most frequent is {units[0]}."
    return Picture(name, title, reading, _svg(canvas, name, title, largest), head, rows)


def speakers_by_act(quotes: pd.DataFrame) -> Picture:
    """Who is quoted, with how many words, and in which speech act."""
    name, title = "acts", "Who speaks how much, and in which act"
    reading = (
        "Left: the words quoted from each speaker, directly or indirectly. Right: the number of quotes by what is done"
        " with them. The speakers with most quotes are shown."
    )
    who = quotes["speaker"].fillna(NOBODY)
    speakers, acts = _top(who, SPEAKERS), _top(quotes["act"], ACTS)
    act = quotes["act"].where(quotes["act"].isin(acts), OTHER)
    acts += [OTHER] if (act == OTHER).any() and OTHER not in acts else []
    counts = pd.crosstab(who, act).reindex(index=speakers, columns=acts, fill_value=0)
    words = quotes["quote_content"].map(lambda parts: sum(len(p.split()) for p in parts)).astype(int)
    said = words.groupby(who).sum().reindex(speakers, fill_value=0)
    head = ("speaker", "quotes", "words", *acts)
    rows = tuple(
        (clip(s, 80), f"{sum(row):,}", f"{w:,}", *(f"{n:,}" if n else "" for n in row))
        for s, w, row in zip(speakers, said.tolist(), counts.to_numpy().tolist(), strict=True)
    )
    if quotes.empty:
        return Picture(name, title, reading, "", head, rows)
    canvas = Canvas.of(1.2 + 0.34 * len(speakers), 1.0, 0.34 * len(acts))
    bars, matrix = canvas.axes
    places = range(len(speakers))
    bars.barh(list(places), said.tolist(), color=drawing.BLUE, height=0.6)
    for place, count in zip(places, said.tolist(), strict=True):
        bars.annotate(f"{count:,}", (count, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=9)
    bars.set_xlim(0, max(1, int(said.max())) * 1.35)
    bars.set_xticks([])
    bars.grid(visible=False)
    bars.set_xlabel("words quoted")
    _lines(bars, [clip(s) for s in speakers])
    most = max(1, int(counts.to_numpy().max()))
    for i, row in enumerate(counts.to_numpy().tolist()):
        for j, n in enumerate(row):
            if n:
                matrix.scatter([j], [i], s=130 + 200 * n / most, facecolor="none", edgecolor=drawing.BLUE)
                matrix.annotate(f"{n:,}", (j, i), ha="center", va="center", fontsize=9)
    matrix.set_xlim(-0.6, len(acts) - 0.4)
    matrix.set_xticks(range(len(acts)), [clip(a, 16) for a in acts], rotation=35, ha="right", rotation_mode="anchor")
    matrix.tick_params(axis="y", length=0)
    described = f"{clip(speakers[0])} is quoted most: {rows[0][1]} quotes, {rows[0][2]} words."
    return Picture(name, title, reading, _svg(canvas, name, title, described), head, rows)


def predictions_by_horizon(predictions: pd.DataFrame) -> Picture:
    """Predictions by the day they are due, one lane for each certainty."""
    name, title = "predictions", "Predictions on a time line"
    reading = (
        "Each mark is a prediction at the last day it may come true, with a line from the first where the words name a"
        " period; the lanes tell how certain the words make it. Shape and colour tell the type, a hollow mark says that"
        " it will not happen, a larger mark stands for several."
    )
    lanes = list(get_args(records.Certainty))
    due = predictions[predictions["prediction_horizon_to"].notna()]
    year = predictions["prediction_horizon_to"].dt.strftime("%Y").fillna(UNDATED)
    table = pd.crosstab(year, predictions["prediction_certainty"]).reindex(columns=lanes, fill_value=0)
    rows = tuple(
        (str(y), *(f"{n:,}" if n else "" for n in row)) for y, row in zip(table.index, table.to_numpy(), strict=True)
    )
    if due.empty:
        return Picture(name, title, reading, "", ("due by", *lanes), rows)
    canvas = Canvas.of(3.6, 1.0)
    axes = canvas.axes[0]
    last = _years(due["prediction_horizon_to"])
    first = _years(due["prediction_horizon_from"]).fillna(last)
    low, high = float(min(first.min(), last.min())), float(last.max())
    margin = max(0.15, (high - low) * 0.05)
    cells = pd.DataFrame(
        {
            "lane": due["prediction_certainty"].astype(str).map({c: float(i) for i, c in enumerate(lanes)}),
            "bin": ((last - low) / max(high - low, 0.3) * (60 if len(due) <= FEW else 24)).round(),
            "type": due["prediction_type"].astype(str),
            "negated": due["prediction_negated"].astype(bool),
            "first": first,
            "last": last,
        }
    )
    marks = (
        cells.groupby(["lane", "bin", "type", "negated"], sort=True)
        .agg(first=("first", "min"), last=("last", "mean"), count=("last", "size"))
        .reset_index()
    )
    marks["area"] = _areas(marks["count"])
    marks["step"] = marks.groupby(["lane", "bin"]).cumcount()
    for mark in marks.to_dict("records"):
        colour, shape = SHAPES[mark["type"]]
        y = mark["lane"] - 0.12 * mark["step"]
        if mark["count"] == 1 and mark["last"] - mark["first"] > margin / 10:
            axes.plot([mark["first"], mark["last"]], [y, y], color=colour, linewidth=1.2)
        face = "none" if mark["negated"] else colour
        axes.scatter([mark["last"]], [y], s=mark["area"], marker=shape, facecolor=face, edgecolor=colour, zorder=3)
    axes.set_xlim(low - margin, high + margin)
    drawing.years(axes.xaxis, low - margin, high + margin)
    _lines(axes, [f"{c}\n{n:,} due, {m:,} undated" for c, n, m in _lane_counts(predictions, lanes)])
    used = [t for t in SHAPES if (due["prediction_type"] == t).any()]
    handles = [Line2D([], [], color=SHAPES[t][0], marker=SHAPES[t][1], linestyle="", label=t) for t in used]
    if (due["prediction_negated"].astype(bool)).any():
        handles.append(_hollow("will not happen"))
    canvas.figure.legend(handles=handles, loc="outside upper left", ncols=4)
    described = f"{len(due):,} of {len(predictions):,} predictions name a time, from {int(low)} to {int(high)}."
    return Picture(name, title, reading, _svg(canvas, name, title, described), ("due by", *lanes), rows)


SUMMARY = ("amounts", "smallest", "median", "largest")


def _amounts(amounts: pd.DataFrame) -> pd.DataFrame:
    """The amounts with a number each: the middle of a range, the known end of an open one."""
    ends = {c: amounts[f"amount_{c}"].astype("float64") for c in ("low", "high", "usd_low", "usd_high")}
    return amounts.assign(
        value=pd.concat([ends["low"], ends["high"]], axis=1).mean(axis=1),
        usd=pd.concat([ends["usd_low"], ends["usd_high"]], axis=1).mean(axis=1),
        rate=amounts["amount_per"].notna(),
    )


def _top(values: pd.Series, most: int) -> list[str]:
    """The most frequent values, the most frequent first, equally frequent ones by alphabet."""
    counts = values.astype(str).value_counts()
    return sorted(counts.index, key=lambda v: (-int(counts[v]), v))[:most]


def _summary(
    amounts: pd.DataFrame, by: pd.Series, column: str, unit: str | None, order: Sequence[str] | None = None
) -> tuple[tuple[str, ...], ...]:
    """A row for each group: how many amounts, the smallest, the median, the largest (in ``unit``, or the group's)."""
    groups = {str(key): part[column] for key, part in amounts.groupby(by, sort=True)}
    out = []
    for key in order if order is not None else groups:
        values = groups[key]
        numbers = (float(values.min()), float(values.median()), float(values.max()))
        out.append((clip(key, 80), f"{len(values):,}", *(quantity(n, unit or key) for n in numbers)))
    return tuple(out)


def _marks(axes: Axes, x: pd.Series, y: pd.Series, amounts: pd.DataFrame, units: Sequence[str]) -> None:
    """A mark for each amount; those that would lie on each other become one that is larger."""
    unit = amounts["amount_unit"].where(amounts["amount_unit"].isin(units), OTHER)
    width = max(float(x.max() - x.min()), 1e-9)
    across, up = (90, 10) if len(amounts) <= FEW else (30, 3)
    keys = [((x - x.min()) / width * across).round(), (y * up).round(), unit, amounts["rate"]]
    cells = pd.DataFrame({"x": x, "y": y}).groupby([k.rename(str(i)) for i, k in enumerate(keys)], sort=True)
    merged = cells.agg(x=("x", "mean"), y=("y", "mean"), count=("x", "size")).reset_index()
    merged["area"] = _areas(merged["count"])
    for (kind, rate), part in sorted(merged.groupby(["2", "3"]), key=lambda found: (-len(found[1]), found[0])):
        colour, shape = STYLES[units.index(kind)] if kind in units else STYLES[-1]
        axes.scatter(
            part["x"].tolist(),
            part["y"].tolist(),
            s=part["area"].tolist(),
            marker=shape,
            facecolor="none" if rate else colour,
            edgecolor=colour,
            linewidth=1.2,
        )


def _strips(
    axes: Axes, shown: pd.DataFrame, by: pd.Series, column: str, lines: Sequence[str], units: Sequence[str], sign: str
) -> None:
    """The amounts along one line for each group."""
    place = by.astype(str).map({line: float(i) for i, line in enumerate(lines)})
    logs = _log(shown[column])
    _marks(axes, logs, place, shown, units)
    low, high = float(logs.min()) - 0.3, float(logs.max()) + 0.3
    axes.set_xlim(low, high)
    drawing.powers_of_ten(axes.xaxis, low, high, sign)
    _lines(axes, [clip(line) for line in lines])


def _lines(axes: Axes, labels: Sequence[str]) -> None:
    """One labelled line for each, the first on top."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _legend(canvas: Canvas, amounts: pd.DataFrame, units: Sequence[str]) -> None:
    """What colour and shape stand for."""
    others, rates = not amounts["amount_unit"].isin(units).all(), amounts["rate"].any()
    styles = dict(zip(units, STYLES, strict=False)) | ({OTHER: STYLES[-1]} if others else {})
    handles = [Line2D([], [], color=c, marker=m, linestyle="", label=u) for u, (c, m) in styles.items()]
    canvas.figure.legend(handles=[*handles, *([_hollow("a rate")] if rates else [])], loc="outside upper left", ncols=7)


def _hollow(label: str) -> Line2D:
    return Line2D([], [], color=INK, marker="o", markerfacecolor="none", linestyle="", label=label)


def _lane_counts(predictions: pd.DataFrame, lanes: Sequence[str]) -> list[tuple[str, int, int]]:
    """For each certainty, how many predictions have a date and how many have none."""
    dated = predictions["prediction_horizon_to"].notna()
    of = predictions["prediction_certainty"]
    return [(c, int(((of == c) & dated).sum()), int(((of == c) & ~dated).sum())) for c in lanes]


def _extremes(amounts: pd.DataFrame, column: str, unit: str) -> str:
    ends = amounts.sort_values(column, kind="stable")[[column, "text"]].iloc[[0, -1]].to_numpy().tolist()
    told = [f"{quantity(value, unit)} ({clip(text)})" for value, text in ends]
    return f"{len(amounts):,} amounts, from {told[0]} to {told[1]}."


def _svg(canvas: Canvas, name: str, title: str, description: str) -> str:
    return drawing.inline_svg(canvas.figure, name, title, drawing.clean(description))


def _log(values: pd.Series) -> pd.Series:
    return pd.Series(np.log10(values.to_numpy("float64")), values.index)


def _years(dates: pd.Series) -> pd.Series:
    """Dates as years with a fraction."""
    return pd.Series(dates.dt.year + (dates.dt.dayofyear - 1) / 366, dates.index, "float64")


def _areas(counts: pd.Series) -> pd.Series:
    """The areas of marks for so many claims each, in square points: what one takes shrinks where many lie together."""
    return counts.astype("float64") * (120 / max(5.0, float(counts.max()))) + 10
