"""A picture on the page: for wide and narrow screens, told in words, its table behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from csatkit.render.drawing import is_of_days, svg
from csatkit.render.page.tables import cell, column
from csatkit.render.page.words import words
from csatkit.render.spelling import respelt
from csatkit.render.values import quantity

if TYPE_CHECKING:
    from csatkit.report import Cell, Chart, ChartKind

__all__ = ["LEGENDS", "WIDE", "columns_of", "figure"]

WIDE, NARROW = 720, 340
"""Points across: the page's text, and a phone of 360."""

LEGENDS: Mapping[ChartKind, str] = {
    "bars": "Bars start at zero; the line at an end is the interval, n the number of rows.",
    "intervals": "Dot: the value. Bar: where it could truly lie.",
    "control": "Filled dot: a judged week; hollow dot: not judged; diamond: a signal. Thin line: "
    "the week's interval. Shaded: where weeks lie if nothing changes. Dashed: the centre.",
    "curve": "Line: share of resolved tickets that came back by then. Shaded: its interval.",
    "heat": "Each cell has the value in percent; wide screens add n. Coloured cells lie more than "
    "5 points from the overall value, stronger ones more than 10; the figures say on which side. "
    "In brackets: not judged, mostly because there are too few. A dash or no cell: no value.",
    "funnel": "Circle: within the limits of chance. Diamond: beyond them, the clearest with their "
    "name. Dashed: "
    "19 in 20 lie inside by chance alone; solid: 998 in 1,000.",
    "waterfall": "Each step down is the share of mature tickets lost to that reason, with their "
    "number.",
}
"""How each kind is read, in words that don't need its colours."""

_HEADINGS = {
    "label": "Name", "row": "Row", "column": "Column", "value": "Value", "low": "Interval from",
    "high": "Interval to", "n": "n", "adjusted": "On its mix", "interval_low": "Interval from",
    "interval_high": "Interval to", "note": "Remark",
}  # fmt: skip


def figure(chart: Chart, name: str, section: str) -> dict[str, Any]:
    """Return a picture of a section with its words and its table."""
    title = words(chart.title or section)
    return {
        "id": name,
        "title": title,
        "alt": f"{title}: {_summary(chart)} The table below it has every figure.",
        "wide": svg(chart, WIDE, f"{name}-w"),
        "narrow": svg(chart, NARROW, f"{name}-s"),
        "legend": respelt(_legend(chart)),
        "table": _table(chart, title, name),
    }


def _legend(chart: Chart) -> str:
    """Return how a picture is read."""
    if chart.kind == "curve" and not is_of_days(chart):
        return "Dots: the values. Thin lines: their intervals."
    compared = chart.reference is not None or chart.unit == "points"
    dashed = chart.kind == "intervals" and compared
    return LEGENDS[chart.kind] + (" Dashed: what it is compared with." if dashed else "")


def _summary(chart: Chart) -> str:
    """Return the picture in a sentence: how much it shows, from where to where."""
    known = [r["value"] for r in chart.rows if isinstance(r.get("value"), int | float)]
    what = {"control": "weeks", "heat": "cells", "funnel": "points", "curve": "steps"}
    text = f"{len(chart.rows)} {what.get(chart.kind, 'rows')}"
    if known:
        low, high = min(known), max(known)  # type: ignore[type-var]
        text += f", from {quantity(low, chart.unit)} to {quantity(high, chart.unit)}"  # type: ignore[arg-type]
    if chart.reference is not None:
        text += f", around {quantity(chart.reference, chart.unit)}"
    return f"{text}."


def columns_of(chart: Chart) -> dict[str, str]:
    """Return the fields of a chart's rows that its table shows, with their headings."""
    present = {name for row in chart.rows for name, x in row.items() if x is not None}
    headings = dict(_HEADINGS)
    if "interval_low" in present or chart.kind == "control":
        headings |= {"low": "Limit from", "high": "Limit to"}
    if chart.kind == "control":
        headings["label"] = "Week"
    if chart.kind == "bars":
        headings["label"] = "Score"
    return {name: text for name, text in headings.items() if name in present}


def _table(chart: Chart, title: str, name: str) -> dict[str, Any]:
    columns = columns_of(chart)
    texts = ("label", "row", "column", "note")
    return {
        "id": f"{name}-data",
        "caption": f"{title}: the figures",
        "columns": [column(t, c not in texts) for c, t in columns.items()],
        "rows": [[_cell(row.get(c), c, chart) for c in columns] for row in chart.rows],
        "left": 0,
    }


def _cell(x: Cell, column: str, chart: Chart) -> dict[str, Any]:
    if column in ("row", "column", "label") and x is None:
        return cell("(none)", None)
    if isinstance(x, float | int) and not isinstance(x, bool):
        return cell(quantity(x, "count" if column == "n" else chart.unit), x)
    return cell("–" if x is None else str(x), None)
