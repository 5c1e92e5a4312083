"""Draw with matplotlib, and turn its figures into SVG that lies in a page: no style rules, themed colours.

matplotlib writes the picture itself, so the page shows it without JavaScript, prints it sharp, and is the same bytes
for the same figures; a library that draws in the browser would have to be carried in every report.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import matplotlib as mpl
from lxml import etree
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

INK, DIM, LINE, BLUE = "#1c1c1e", "#5c5c66", "#d9d9e0", "#0072b2"
THEMED = {
    INK: "var(--ink)",
    DIM: "var(--dim)",
    LINE: "var(--line)",
    BLUE: "var(--blue)",
    "#d55e00": "var(--vermillion)",
    "#009e73": "var(--green)",
    "#cc79a7": "var(--purple)",
    "#e69f00": "var(--orange)",
}
"""Colours of the figures -> variables of the page's style sheet, which has them for light and for dark. The palette is
Okabe and Ito's, made to be told apart by colour-blind people (https://jfly.uni-koeln.de/color/)."""
STYLES = ((BLUE, "o"), ("#d55e00", "^"), ("#009e73", "s"), ("#cc79a7", "D"), ("#e69f00", "v"), (DIM, "X"))
"""Colour and shape of each category, the last for "other": shape alone tells them apart too."""
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.color": INK,
    "font.size": 11,
    "axes.edgecolor": DIM,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": LINE,
    "xtick.color": DIM,
    "ytick.color": DIM,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.handletextpad": 0.1,
}
WIDTH = 8.0
"""Inches; the page scales the picture to its own width."""
SCALES = ((Decimal(10) ** 12, " trillion"), (Decimal(10) ** 9, " billion"), (Decimal(10) ** 6, " million"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
SVG = "{http://www.w3.org/2000/svg}"


@contextmanager
def settings() -> Iterator[None]:
    """matplotlib's defaults and ours, whatever the user's own configuration says."""
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a glyph that matplotlib's own font lacks: the browser has one
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


@dataclass(frozen=True, slots=True)
class Canvas:
    """A figure with its axes side by side."""

    figure: Figure
    axes: tuple[Axes, ...]

    @classmethod
    def of(cls, height: float, *widths: float) -> Canvas:
        """Axes of these relative widths that share their y axis; ``height`` in inches."""
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplots(1, len(widths), sharey=True, squeeze=False, width_ratios=widths)
        return cls(figure, tuple(axes[0]))


def inline_svg(figure: Figure, name: str, title: str, description: str) -> str:
    """The figure as an SVG element for a page with a strict Content Security Policy.

    ``name`` makes its ids unique in the page; title and description are its text for those who do not see it.
    """
    out = io.BytesIO()
    mpl.rcParams["svg.hashsalt"] = name
    figure.savefig(out, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    root = etree.fromstring(out.getvalue(), etree.XMLParser(resolve_entities=False, remove_blank_text=True))
    for style in root.findall(f".//{SVG}style"):
        style.getparent().getparent().remove(style.getparent())
    for element in root.iter():
        if element.tag == f"{SVG}g":
            element.attrib.pop("id", None)
        for rule in element.attrib.pop("style", "").split(";"):
            key, _, value = (part.strip() for part in rule.partition(":"))
            if key and key != "font-family":
                element.set(key, THEMED.get(value, value))
    for key in ("width", "height", "version"):
        root.attrib.pop(key)
    root.set("role", "img")
    for i, (tag, words) in enumerate((("title", title), ("desc", description))):
        child = etree.Element(f"{SVG}{tag}", id=f"{name}-{tag}")
        child.text = words
        root.insert(i, child)
    root.set("aria-labelledby", f"{name}-title")
    root.set("aria-describedby", f"{name}-desc")
    text: str = etree.tostring(root, encoding="unicode")
    return text.replace("\n", " ")


def clean(text: str) -> str:
    """The text without characters that HTML and XML forbid; as many characters as before."""
    return UNPRINTABLE.sub("\ufffd", text)


def clip(text: str, length: int = 30) -> str:
    """A label of at most ``length`` characters on one line."""
    text = " ".join(clean(text).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def number(value: Decimal | float) -> str:
    """ "2.3 billion", "38 million", "2,300", "0.05"."""
    exact = Decimal(str(value))
    scale, word = next(((s, w) for s, w in SCALES if abs(exact) >= s), (Decimal(1), ""))
    scaled = exact / scale
    if 0 < abs(scaled) < 1:
        return f"{float(scaled):.3g}"
    return (f"{scaled:,.2f}".rstrip("0").rstrip(".") if scaled else "0") + word


def quantity(value: Decimal | float, unit: str) -> str:
    """ "2.3 billion EUR", "25 %", "10 times"."""
    return number(value) + {"percent": " %", "ratio": " times"}.get(unit, f" {unit}")


def powers_of_ten(axis: Axis, low: float, high: float, unit: str) -> None:
    """Ticks for numbers whose logarithms (base 10) run from ``low`` to ``high``."""
    first, last = int(low // 1), int(-(-high // 1))
    step = max(1, (last - first + 6) // 7)
    axis.set_major_locator(FixedLocator([float(n) for n in range(first, last + 1, step)]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(_labels(lambda n: unit + number(Decimal(10) ** round(n))))


def years(axis: Axis, low: float, high: float) -> None:
    """Ticks for times in years (2026.5: the middle of 2026); months where the span is short."""
    if high - low >= 3:
        axis.set_major_locator(MaxNLocator(8, integer=True))
        axis.set_major_formatter(_labels(lambda n: str(round(n))))
        return
    step = max(1, round((high - low) * 12 / 6))
    months = range(int(low * 12), int(high * 12) + 2)
    axis.set_major_locator(FixedLocator([m / 12 for m in months if m % step == 0]))
    axis.set_major_formatter(_labels(lambda n: f"{MONTHS[round(n * 12) % 12]} {round(n * 12) // 12}"))


def _labels(words: Callable[[float], str]) -> FuncFormatter:
    return FuncFormatter(lambda value, _: words(value))
