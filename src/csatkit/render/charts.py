"""Charts as blocks: numbers become positions on one scale, whatever draws them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from csatkit.render.blocks import Bar, Bars, Grid, Range, Ranges
from csatkit.render.values import MISSING, cell, number, quantity, span

if TYPE_CHECKING:
    from csatkit.report import Cell, Chart

__all__ = ["chart_block", "count_bars"]


def chart_block(chart: Chart) -> Bars | Ranges | Grid:
    """Return the block for a chart of any kind."""
    match chart.kind:
        case "bars" | "waterfall":
            return _bars(chart)
        case "intervals" | "curve" | "funnel":
            return _ranges(chart)
        case "control":
            return _control(chart)
        case "heat":
            return _heat(chart)


def _heat(chart: Chart) -> Grid:
    """Return the map as a table: value and number in each cell, a dash where there is none."""
    columns = list(dict.fromkeys(row.get("column") for row in chart.rows))
    cells: dict[Cell, dict[Cell, str]] = {}
    for row in chart.rows:
        value = quantity(_number(row.get("value")), chart.unit)
        n = number(_number(row.get("n")), 0)
        note = f", {row['note']}" if row.get("note") else ""
        cells.setdefault(row.get("row"), {})[row.get("column")] = f"{value} (n={n}{note})"
    return Grid(
        ("", *("(none)" if c is None else cell(c) for c in columns)),
        tuple(
            ("(none)" if r is None else cell(r), *(found.get(c, MISSING) for c in columns))
            for r, found in cells.items()
        ),
        frozenset(range(1, len(columns) + 1)),
    )


def count_bars(counts: Mapping[str, int]) -> Bars:
    """Return one bar per count, each with its share of the sum."""
    total = sum(counts.values())
    most = max(counts.values(), default=0)
    return Bars(
        tuple(
            Bar(
                name,
                count / most if most else None,
                (quantity(100 * count / total if total else None, "percent"), number(count)),
            )
            for name, count in counts.items()
        )
    )


def _bars(chart: Chart) -> Bars:
    values = [_number(row.get("value")) for row in chart.rows]
    longest = max((abs(v) for v in values if v is not None), default=0.0)
    has_n = any(row.get("n") is not None for row in chart.rows)
    bars = []
    for row, v in zip(chart.rows, values, strict=True):
        # The steps of a waterfall go down; bars show how far.
        drawn = abs(v or 0.0) if chart.kind == "waterfall" else max(v or 0.0, 0.0)
        length = None if v is None or not longest else drawn / longest
        n = (f"n={number(_number(row.get('n')), 0)}",) if has_n else ()
        bars.append(Bar(cell(row.get("label")), length, (quantity(v, chart.unit), *n)))
    return Bars(tuple(bars))


def _control(chart: Chart) -> Ranges:
    """Return one line per period: its limits as a range, its value, and what is said of it."""
    drawn = _ranges(chart)
    texts = []
    for row in chart.rows:
        low, high = (_number(row.get(name)) for name in ("interval_low", "interval_high"))
        bounds = "" if low is None and high is None else f"({span(low, high, chart.unit)})"
        n = _number(row.get("n"))
        size = "" if n is None else f"n={number(n, 0)}"
        texts.append((quantity(_number(row.get("value")), chart.unit), bounds, size, row["note"]))
    widths = [max((len(str(text[i])) for text in texts), default=0) for i in range(3)]
    lines = []
    for line, (value, bounds, size, note) in zip(drawn.rows, texts, strict=True):
        figures = [value.rjust(widths[0]), bounds.ljust(widths[1]), size.ljust(widths[2])]
        text = "  ".join([f for f in figures if f.strip()] + ([str(note)] if note else []))
        lines.append(replace(line, text=text.rstrip()))
    return replace(
        drawn, rows=tuple(lines), scale=f"brackets are limits; {drawn.scale}", is_series=True
    )


def _ranges(chart: Chart) -> Ranges:
    names = ("low", "value", "high")
    rows = [[_number(row.get(name)) for name in names] for row in chart.rows]
    known = [x for row in rows for x in row if x is not None]
    if chart.reference is not None:
        known.append(chart.reference)
    first, last = min(known, default=0.0), max(known, default=0.0)

    def position(x: float | None) -> float | None:
        if x is None:
            return None
        # A scale of one point has its only value in the middle.
        return (x - first) / (last - first) if last > first else 0.5

    shown = []
    for row, (low, value, high) in zip(chart.rows, rows, strict=True):
        text = quantity(value, chart.unit)
        if low is not None or high is not None:
            text += f"  ({span(low, high, chart.unit)})"
        label = cell(row.get("label"))
        shown.append(Range(label, position(low), position(value), position(high), text))
    return Ranges(tuple(shown), position(chart.reference), _scale(chart, first, last))


def _scale(chart: Chart, first: float, last: float) -> str:
    """Return what the drawing spans, and where its reference stands."""
    text = f"from {quantity(first, chart.unit)} to {quantity(last, chart.unit)}"
    if chart.reference is not None:
        word = "centre" if chart.kind == "control" else "reference"
        text += f", {word} {quantity(chart.reference, chart.unit)}"
    return text


def _number(x: Cell) -> float | None:
    return float(x) if isinstance(x, int | float) and not isinstance(x, bool) else None
