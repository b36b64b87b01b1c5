"""One function per kind of chart: what stands where, by Altair's grammar.

Rows keep their figures as they are (`value`, `low`, `high`, `n`); what is only for the eye gets a
field of its own beside them. Names are cut for the axis; the table behind a picture has them whole.
Channels are Altair's objects, never texts (`x2="high:Q"`): those it looks up in its schema, each
time anew, which took as long as all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import altair as alt

from csatkit.render.beside import give_sides
from csatkit.render.drawing import DAY, ROLES, is_of_days
from csatkit.render.text import one_line
from csatkit.render.values import number, quantity

if TYPE_CHECKING:
    from csatkit.report import Cell, Chart

__all__ = ["draw"]

NARROW = 400
"""Points below which a picture is for a phone: fewer labels."""

MOST_LETTERS = 22
"""Letters of a name on an axis."""

HEAT_STEPS = ((-10.0, "low2"), (-5.0, "low1"), (5.0, "mid"), (10.0, "high1"))
"""Points from the overall value up to which a cell has a shade; what lies above has the last."""

Row = dict[str, Any]
Drawing = Any


def draw(chart: Chart, width: int) -> Drawing:
    """Return the Altair chart of a chart, its colours still roles."""
    makers: Mapping[str, Callable[[Chart, int], Drawing]] = {
        "bars": _bars, "intervals": _intervals, "control": _control, "curve": _curve,
        "heat": _heat, "funnel": _funnel, "waterfall": _waterfall,
    }  # fmt: skip
    return makers[chart.kind](chart, width)


def _short(name: Cell) -> str:
    """Return a name that fits an axis; what has none is said to have none."""
    text = "(none)" if name is None else one_line(str(name)).strip() or "(blank)"
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _rows(chart: Chart) -> list[Row]:
    """Return the rows with a short label and a place, which keeps equal labels apart."""
    found = []
    for place, row in enumerate(chart.rows):
        found.append({**_clean(row), "short": _short(row.get("label")), "place": place})
    return found


def _clean(row: Mapping[str, Cell]) -> Row:
    """Return what a picture can hold: numbers as they are, text in one visible line."""
    return {
        k: one_line(v) if isinstance(v, str) else v
        for k, v in row.items()
        if v is None or isinstance(v, str | int | float)
    }


def _data(rows: list[Row]) -> alt.Data:
    # A list would be copied, row by row, with each layer that is put on another.
    found: alt.Data = alt.Data(values=tuple(rows))  # type: ignore[no-untyped-call]
    return found


def _at(points: float) -> alt.XValue:
    found: alt.XValue = alt.XValue(points)  # type: ignore[no-untyped-call]
    return found


def _label(rows: list[Row], name: str = "short") -> alt.Axis:
    """Return an axis that shows the label of a place."""
    words = [str(row[name]) for row in rows]
    # The labels are a literal array of the expression: JSON quotes whatever a name holds.
    import json

    return alt.Axis(
        labelExpr=f"{json.dumps(words)}[datum.value]", title=None, grid=False, ticks=False,
        domain=False, labelOverlap="greedy",
    )  # fmt: skip


def _bars(chart: Chart, width: int) -> Drawing:
    rows = _rows(chart)
    for row in rows:
        n = row.get("n")
        shown = quantity(row.get("value"), chart.unit)
        row["text"] = shown if n is None else f"{shown}, n = {number(n, 0)}"
        # Words stand behind the interval where there is one.
        row["end"] = max(row["value"] or 0.0, row.get("high") or 0.0)
    most = max((row["end"] for row in rows), default=1.0)
    base = alt.Chart(_data(rows)).encode(y=alt.Y("place:O", axis=_label(rows)))
    scale = alt.Scale(domain=[0, 1.45 * most or 1])
    x = alt.X("value:Q", scale=scale, axis=None)
    bars = base.mark_bar(color=ROLES["accent"], height={"band": 0.7}).encode(x=x)
    spans = base.mark_rule(color=ROLES["ink"], strokeWidth=2).transform_filter("isValid(datum.low)")
    spans = spans.encode(x=alt.X("low:Q", scale=scale, axis=None), x2=alt.X2("high:Q"))
    words = base.mark_text(align="left", dx=6, color=ROLES["ink"])
    words = words.encode(x=alt.X("end:Q", scale=scale, axis=None), text=alt.Text("text:N"))
    return (bars + spans + words).properties(width=width - 90, height=30 * max(1, len(rows)))


def _intervals(chart: Chart, width: int) -> Drawing:
    rows = _rows(chart)
    known = [row[k] for row in rows for k in ("low", "value", "high") if row.get(k) is not None]
    known += [chart.reference] if chart.reference is not None else []
    first, last = min(known, default=0.0), max(known, default=1.0)
    signed = chart.unit == "points"
    for row in rows:
        bounds = f"{number(row['low'], 1, signed=signed)} to {quantity(row['high'], chart.unit)}"
        value = quantity(row["value"], chart.unit)
        n = "" if row.get("n") is None else f", n = {number(row['n'], 0)}"
        row["text"] = f"{bounds}{n}" if row["value"] is None else f"{value}  ({bounds}){n}"
    domain = [first, last]
    if chart.unit == "percent":
        domain = [max(0.0, first - 5), min(100.0, last + 5)]
    axis = alt.Axis(title=None, tickCount=6, grid=False)
    x = alt.X("low:Q", scale=alt.Scale(domain=domain), axis=axis)
    base = alt.Chart(_data(rows)).encode(y=alt.Y("place:O", axis=None))
    line = base.mark_rule(strokeWidth=7, color=ROLES["band"]).encode(x=x, x2=alt.X2("high:Q"))
    dots = base.mark_point(filled=True, size=110, color=ROLES["accent"], opacity=1)
    dots = dots.encode(x=alt.X("value:Q")).transform_filter("isValid(datum.value)")
    label = base.mark_text(align="left", baseline="bottom", dy=-9, color=ROLES["dim"])
    label = label.encode(x=_at(0), text=alt.Text("short:N"))
    words = base.mark_text(align="right", baseline="bottom", dy=-9, color=ROLES["ink"])
    words = words.encode(x=_at(width - 20), text=alt.Text("text:N"))
    layers = [line, dots, label, words]
    if (centre := _centre(chart, domain)) is not None:
        mark = alt.Chart(_data([{"centre": centre}])).mark_rule(
            strokeDash=[5, 4], color=ROLES["ink"]
        )
        layers.insert(0, mark.encode(x=alt.X("centre:Q", scale=alt.Scale(domain=domain))))
    return alt.layer(*layers).properties(width=width - 20, height=56 * len(rows))


def _centre(chart: Chart, domain: list[float]) -> float | None:
    """Return what intervals are compared with: the chart's reference, or no difference."""
    if chart.reference is not None:
        return chart.reference
    spans_zero = domain[0] <= 0.0 <= domain[1]
    return 0.0 if chart.unit == "points" and spans_zero else None


def _control(chart: Chart, width: int) -> Drawing:
    rows = _rows(chart)
    for row in rows:
        # What isn't a signal says why a period isn't judged, or that a stored one is shown.
        row["state"] = _state(row)
    axis = _label(rows)
    axis.labelAngle = 0
    axis.labelPadding = 6
    base = alt.Chart(_data(rows)).encode(x=alt.X("place:O", axis=axis))
    axis_of_y = alt.Axis(title=_UNIT_WORDS[chart.unit])
    y = alt.Y("value:Q", scale=alt.Scale(zero=False, nice=True), axis=axis_of_y)
    band = base.mark_area(interpolate="step", color=ROLES["band"], opacity=0.45)
    band = band.encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")).transform_filter("isValid(datum.low)")
    spans = base.mark_rule(color=ROLES["dim"], strokeWidth=1)
    spans = spans.encode(y=alt.Y("interval_low:Q"), y2=alt.Y2("interval_high:Q"))
    line = base.mark_line(color=ROLES["accent"], strokeWidth=1.5).encode(y=y)
    layers = [band, spans, line]
    if chart.reference is not None:
        centre = alt.Chart(_data([{"centre": chart.reference}]))
        layers.append(
            centre.mark_rule(strokeDash=[5, 4], color=ROLES["ink"]).encode(y=alt.Y("centre:Q"))
        )
    for state, mark in _MARKS.items():
        own = base.mark_point(opacity=1, **mark).encode(y=y)
        layers.append(own.transform_filter(f"datum.state === '{state}'"))
    return alt.layer(*layers).properties(width=width - 60, height=250 if width > NARROW else 210)


_UNIT_WORDS: Mapping[str, str | None] = {
    "percent": "percent", "score": "score", "hours": "hours", "per ticket": "per ticket",
    "points": "points", "count": None,
}  # fmt: skip
"""What an axis says under its numbers."""

_MARKS: Mapping[str, dict[str, Any]] = {
    "judged": {"shape": "circle", "size": 55, "fill": ROLES["accent"], "stroke": ROLES["accent"]},
    "not judged": {"shape": "circle", "size": 55, "fill": ROLES["paper"], "stroke": ROLES["dim"]},
    "signal": {"shape": "diamond", "size": 190, "fill": ROLES["alarm"], "stroke": ROLES["alarm"]},
}
"""State → mark: a different shape for each, so that colour only repeats it."""

_NOT_JUDGED = ("incomplete", "immature", "skewed", "too few", "empty", "unavailable", "stored")


def _state(row: Row) -> str:
    note = row.get("note")
    if row.get("low") is None:
        return "not judged"
    said = [w for w in str(note or "").split(", ") if w]
    return "signal" if any(w not in (*_NOT_JUDGED, "caution") for w in said) else "judged"


def _curve(chart: Chart, width: int) -> Drawing:
    rows = _rows(chart)
    days = is_of_days(chart)
    if days:
        for row in rows:
            row["short"] = str(row["short"]).removeprefix(DAY)
    axis = _label(rows)
    axis.labelAngle = 0
    axis.title = "days after the resolution" if days else None
    axis_of_y = alt.Axis(title="percent came back" if days else _UNIT_WORDS[chart.unit])
    base = alt.Chart(_data(rows)).encode(x=alt.X("place:O", axis=axis))
    y = alt.Y("low:Q", scale=alt.Scale(zero=True), axis=axis_of_y)
    line = alt.Y("value:Q", axis=axis_of_y)
    if days:
        band = base.mark_area(color=ROLES["band"], opacity=0.6, interpolate="step-after")
        path = base.mark_line(color=ROLES["accent"], strokeWidth=2, interpolate="step-after")
        layers = [band.encode(y=y, y2=alt.Y2("high:Q")), path.encode(y=line)]
    else:
        spans = base.mark_rule(color=ROLES["dim"], strokeWidth=1.5)
        spans = spans.encode(y=y, y2=alt.Y2("high:Q")).transform_filter("isValid(datum.low)")
        path = base.mark_line(color=ROLES["accent"], strokeWidth=2)
        dots = base.mark_point(filled=True, size=70, color=ROLES["accent"], opacity=1)
        layers = [spans, path.encode(y=line), dots.encode(y=line)]
    return alt.layer(*layers).properties(width=width - 60, height=200)


def _shade(row: Row, reference: float | None) -> str:
    if row.get("value") is None or row.get("note") or reference is None:
        return "paper"
    away = row["value"] - reference
    return next((role for most, role in HEAT_STEPS if away <= most), "high2")


def _heat(chart: Chart, width: int) -> Drawing:
    downs = list(dict.fromkeys(row["row"] for row in chart.rows))
    acrosses = list(dict.fromkeys(row["column"] for row in chart.rows))
    rows: list[Row] = []
    for row in chart.rows:
        found: Row = {
            **row,
            "down": downs.index(row["row"]),
            "role": _shade(dict(row), chart.reference),
        }
        found["across"] = acrosses.index(row["column"])
        shown = number(row["value"], 0) if isinstance(row["value"], float | int) else "–"
        # Brackets say without colour that a figure isn't judged.
        found["text"] = f"({shown})" if row.get("note") and row["value"] is not None else shown
        found["size"] = f"n={number(row['n'], 0)}" if isinstance(row["n"], int) and row["n"] else ""
        rows.append(found)
    narrow = width <= NARROW
    names = [{"short": _short(a)} for a in acrosses]
    across = _label(names)
    across.labelAngle = -45 if narrow or max(len(n["short"]) for n in names) > 9 else 0
    across.labelOverlap = False
    down = _label([{"short": _short(d)} for d in downs])
    down.labelOverlap = False
    if narrow:
        down.labelLimit = 70
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("across:O", axis=across), y=alt.Y("down:O", axis=down)
    )
    roles = ["paper", "low2", "low1", "mid", "high1", "high2"]
    shade = alt.Color(
        "role:N", legend=None, scale=alt.Scale(domain=roles, range=[ROLES[r] for r in roles])
    )
    cells = base.mark_rect(stroke=ROLES["rule"]).encode(color=shade)
    words = base.mark_text(dy=0 if narrow else -6, color=ROLES["ink"], fontSize=13)
    layers = [cells, words.encode(text=alt.Text("text:N"))]
    if not narrow:
        sizes = base.mark_text(dy=9, color=ROLES["ink"], fontSize=10)
        layers.append(sizes.encode(text=alt.Text("size:N")))
    height = (26 if narrow else 40) * len(downs)
    return alt.layer(*layers).properties(width=width - (80 if narrow else 110), height=height)


def _funnel(chart: Chart, width: int) -> Drawing:
    rows = [row for row in _rows(chart) if row.get("adjusted") is not None]
    values = [row["adjusted"] for row in rows]
    guide = [dict(g) for g in chart.guide]
    seen = [*values, *(g[k] for g in guide for k in ("inner_low", "inner_high"))]
    domain = [max(0.0, min(seen, default=0.0) - 4), min(100.0, max(seen, default=100.0) + 4)]
    scale = alt.Scale(domain=domain, nice=False)
    y = alt.Y("adjusted:Q", scale=scale, axis=alt.Axis(title=_UNIT_WORDS[chart.unit]))
    sizes = [row["n"] for row in rows]
    spread = [0.9 * min(sizes, default=0), 1.05 * max(sizes, default=1)]
    across = alt.Scale(type="sqrt", domain=spread, nice=False)
    x = alt.X("n:Q", scale=across, axis=alt.Axis(title="n", tickCount=6))
    layers = []
    lines = alt.Chart(_data(guide)).encode(x=x)
    for field, dash in (("outer", [1, 0]), ("inner", [5, 4])):
        for side in ("low", "high"):
            line = lines.mark_line(color=ROLES["dim"], strokeWidth=1, strokeDash=dash, clip=True)
            layers.append(line.encode(y=alt.Y(f"{field}_{side}:Q", scale=scale)))
    if chart.reference is not None:
        centre = alt.Chart(_data([{"centre": chart.reference}]))
        layers.append(centre.mark_rule(color=ROLES["ink"]).encode(y=alt.Y("centre:Q")))
    base = alt.Chart(_data(rows)).encode(x=x, y=y)
    inside = base.mark_point(
        shape="circle", size=45, filled=True, color=ROLES["accent"], opacity=0.9
    )
    layers.append(inside.transform_filter("!datum.flagged"))
    outside = base.mark_point(
        shape="diamond", size=170, filled=True, color=ROLES["alarm"], opacity=1
    )
    layers.append(outside.transform_filter("datum.flagged"))
    size = (width - 60, 280 if width > NARROW else 240)
    give_sides(rows, chart.reference or 0.0, (spread, domain), size)
    text: dict[str, Any] = {"color": ROLES["ink"], "fontSize": 12}
    right = base.mark_text(align="left", dx=10, **text).encode(text=alt.Text("short:N"))
    left = base.mark_text(align="right", dx=-10, **text).encode(text=alt.Text("short:N"))
    layers.append(right.transform_filter("datum.side === 'right'"))
    layers.append(left.transform_filter("datum.side === 'left'"))
    return alt.layer(*layers).properties(width=size[0], height=size[1])


def _waterfall(chart: Chart, width: int) -> Drawing:
    rows = _rows(chart)
    ground = 0.0
    for row in rows:
        if row["total"]:
            row["start"], row["end"] = 0.0, row["value"]
            ground = row["value"]
        else:
            row["start"], row["end"] = ground + row["value"], ground
            ground = row["start"]
        shown = quantity(row["value"], chart.unit)
        row["text"] = f"{shown}, {number(row['n'], 0)}"
    base = alt.Chart(_data(rows)).encode(y=alt.Y("place:O", axis=_label(rows)))
    x = alt.X("start:Q", scale=alt.Scale(domain=[0, 145]), axis=None)
    end = alt.X2("end:Q")
    totals = base.mark_bar(color=ROLES["accent"], height={"band": 0.7}).encode(x=x, x2=end)
    steps = base.mark_bar(color=ROLES["alarm"], height={"band": 0.7}).encode(x=x, x2=end)
    words = base.mark_text(align="left", dx=6, color=ROLES["ink"])
    words = words.encode(x=alt.X("end:Q"), text=alt.Text("text:N"))
    layers = [totals.transform_filter("datum.total"), steps.transform_filter("!datum.total"), words]
    return alt.layer(*layers).properties(width=width - 110, height=30 * len(rows))
