"""A picture on the page: for wide and narrow screens, told in words, its table behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from csatkit.render.drawing import svg
from csatkit.render.page.tables import cell
from csatkit.render.page.words import words
from csatkit.render.spelling import respelt
from csatkit.render.values import quantity

if TYPE_CHECKING:
    from csatkit.report import Cell, Chart, ChartKind

__all__ = ["LEGENDS", "WIDE", "columns_of", "figure"]

WIDE, NARROW = 720, 340
"""Points across: the page's text, and a phone of 360."""

LEGENDS: Mapping[ChartKind, str] = {
    "bars": "Bars start at zero; n is the number of ratings.",
    "intervals": "Dot: the value. Bar: where it could truly lie.",
    "control": "Filled dot: a judged week; hollow dot: not judged; diamond: a signal. Thin line: "
    "the week's interval. Shaded: where weeks lie if nothing changes. Dashed: the centre.",
    "curve": "Line: share of resolved tickets that came back by then. Shaded: its interval.",
    "heat": "Each cell has the value in percent; wide screens add n. Coloured cells lie more than "
    "5 points from the overall value, stronger ones more than 10; the figures say on which side. "
    "Blank ground: too few to judge.",
    "funnel": "Circle: within the limits of chance. Diamond with a name: beyond them. Dashed: "
    "19 in 20 lie inside by chance alone; solid: 998 in 1,000.",
    "waterfall": "Each step down is the share of mature tickets lost to that reason, with their "
    "number.",
}
"""How each kind is read, in words that don't need its colours."""

_HEADINGS = {
    "label": "Name", "row": "Row", "column": "Column", "value": "Value", "low": "From",
    "high": "To", "n": "n", "adjusted": "On its mix", "interval_low": "Interval from",
    "interval_high": "Interval to", "note": "Remark",
}  # fmt: skip


def figure(chart: Chart, name: str, section: str) -> dict[str, Any]:
    """Return a picture of a section with its words and its table."""
    title = words(chart.title or section)
    return {
        "id": name,
        "title": title,
        "alt": f"{title}: {_summary(chart)} The table below has every figure.",
        "wide": svg(chart, WIDE, f"{name}-w"),
        "narrow": svg(chart, NARROW, f"{name}-s"),
        "legend": respelt(LEGENDS[chart.kind]),
        "table": _table(chart, title, name),
    }


def _summary(chart: Chart) -> str:
    """Return the picture in a sentence: how much it shows, from where to where."""
    known = [r["value"] for r in chart.rows if isinstance(r.get("value"), int | float)]
    what = {"control": "weeks", "heat": "cells", "funnel": "points", "curve": "days"}
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
    if chart.kind == "control":
        headings |= {"label": "Week", "low": "Limit from", "high": "Limit to"}
    if chart.kind == "bars":
        headings["label"] = "Score"
    return {name: text for name, text in headings.items() if name in present}


def _table(chart: Chart, title: str, name: str) -> dict[str, Any]:
    columns = columns_of(chart)
    texts = ("label", "row", "column", "note")
    return {
        "id": f"{name}-data",
        "caption": f"{title}: the figures",
        "columns": [{"text": t, "numeric": c not in texts} for c, t in columns.items()],
        "rows": [[_cell(row.get(c), c, chart) for c in columns] for row in chart.rows],
        "left": 0,
    }


def _cell(x: Cell, column: str, chart: Chart) -> dict[str, Any]:
    if column in ("row", "column", "label") and x is None:
        return cell("(none)", None)
    if isinstance(x, float | int) and not isinstance(x, bool):
        return cell(quantity(x, "count" if column == "n" else chart.unit), x)
    return cell("–" if x is None else str(x), None)
