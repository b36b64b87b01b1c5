"""What a page shows as pictures beside the short read, as data: points, cells, steps.

Asked for only by formats that can draw, because each picture costs further totals. The figures are
the same estimates as everywhere; nothing here is computed in another way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.trend import trend
from csatkit.analyses.units import UnitTable
from csatkit.analyses.windows import window_sections, windows_of
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.facts.clocks import bucket_label
from csatkit.metrics import CATALOG, FAMILIES, Metric, find
from csatkit.periods import BUCKETS
from csatkit.report import Cell, Chart, Measure, Section
from csatkit.settings import FAILURE_REASONS
from csatkit.stats.funnel import INNER_LEVEL, OUTER_LEVEL, funnel_limits
from csatkit.stats.intervals import wilson

__all__ = ["FAILURES", "with_pictures"]

HALF_YEAR = timedelta(weeks=26)
"""How far back a trend reaches from the end of the period asked for: what `trend` shows."""

MOST_ROWS = 14
"""Rows and columns of a map; more have too few tickets each to be read as a picture."""

GUIDE_POINTS = 40
"""Points of a drawn limit: enough for a smooth line."""

FAILURES = {
    "unresolved": "Never resolved",
    "not_confirmed": "Not confirmed",
    "reopened": "Reopened",
    "repeat": "Came back",
    "multiple_contacts": "More contacts",
    "transferred": "Transferred",
}
"""A failure reason in a word or two, for the axis of a picture."""

_SHARES = ("csat", "fcr")


def with_pictures(
    ws: Workspace,
    sections: Sequence[Section],
    headline: Sequence[Measure],
    units: Sequence[UnitTable],
) -> tuple[Section, ...]:
    """Return the sections of the short read with the pictures among them.

    Args:
        ws: the run.
        sections: of the report.
        headline: its overall measures.
        units: agents and teams among each other.
    """
    followed = next((CATALOG[n] for n in _SHARES if ws.lacks(CATALOG[n]) is None), None)
    overall = {m.metric: m for m in headline}
    after: dict[str, list[Section]] = {}
    if followed is not None:
        after["validity"] = [_trend(ws, followed)]
        after["distribution"] = _maps(ws, followed, overall.get(followed.id))
        after["segments"] = [_funnel(followed, units)]
    after["failures"] = [_repeats(ws)]
    found: list[Section] = []
    for section in sections:
        found.append(_drawn(section, overall))
        found += after.get(section.key, [])
    return tuple(found)


def _drawn(section: Section, overall: Mapping[str, Measure]) -> Section:
    """Return a section of the short read with the picture of its own figures."""
    if section.missing is not None:
        return section
    if section.key == "validity":
        return replace(section, charts=_validity(overall["csat"]))
    if section.key == "failures":
        return replace(section, charts=(_waterfall(overall["fcr"]),))
    return section


def _validity(csat: Measure) -> tuple[Chart, ...]:
    """Return what is known of those who answered beside what those who didn't could do to it."""
    bounds = csat.extra.get("bounds")
    if not isinstance(bounds, list) or csat.value is None:
        return ()
    seen = csat.extra.get("response")
    asked = seen.get("surveyed_tickets") if isinstance(seen, dict) else None
    rows: tuple[Mapping[str, Cell], ...] = (
        {"label": "Those who answered", "value": csat.value, "low": csat.low, "high": csat.high,
         "n": csat.denominator},
        {"label": "Had everybody answered", "value": None, "low": bounds[0], "high": bounds[1],
         "n": asked},
    )  # fmt: skip
    return (Chart("intervals", rows, "percent", title="CSAT and its worst case"),)


def _trend(ws: Workspace, metric: Metric) -> Section:
    """Return the control chart of the half year that ends with the period asked for."""
    title = f"{metric.label} over time"
    settings = replace(ws.settings, by=(), period=None, first_day=None, last_day=None)
    span = ws.span
    if span is not None:
        last = span.period.last
        first = min(span.period.first, last - HALF_YEAR + timedelta(days=1))
        settings = replace(settings, first_day=first, last_day=last)
    try:
        whole = trend(replace(ws, settings=settings, by=()), (metric.id,), None)
    except NothingToEvaluate as nothing:
        return Section("trend", title, missing=nothing.message)
    found = next(s for s in whole.sections if s.key == f"trend_{metric.id}")
    if found.missing is not None:
        return Section("trend", title, missing=found.missing)
    charts = tuple(replace(c, title=f"{metric.label} by week") for c in found.charts)
    return Section("trend", title, text=found.text[:-1], charts=charts)


def _maps(ws: Workspace, metric: Metric, overall: Measure | None) -> list[Section]:
    """Return the two maps: what is asked where, and when."""
    cuts = {
        "channels": ("Channel and issue type", ("channel", "issue_type")),
        "hours": ("Weekday and time of day", ("weekday", "daypart")),
    }
    names = {key: f"{title}: {metric.label}" for key, (title, _) in cuts.items()}
    lacks = {key: ws.lacks_dimension(metric.family, dims) for key, (_, dims) in cuts.items()}
    usable = [key for key in cuts if lacks[key] is None]
    tables = tabulate(ws, [Request((metric,), cuts[key][1], ws.span) for key in usable])
    cells = {
        key: [m for m in measures(ws, [table]) if m.segment]
        for key, table in zip(usable, tables, strict=True)
    }
    return [
        _map(ws, key, names[key], cells[key], overall)
        if cells.get(key)
        else Section(key, names[key], missing=lacks[key] or "no rows")
        for key in cuts
    ]


def _map(
    ws: Workspace, key: str, title: str, cells: Sequence[Measure], overall: Measure | None
) -> Section:
    down, across = cells[0].segment
    rows, columns = (_places(ws, dim, cells) for dim in (down, across))
    placed = {
        (rows.index(m.segment[down]), columns.index(m.segment[across])): m
        for m in cells
        if m.segment[down] in rows and m.segment[across] in columns
    }
    # Every place has a cell, so that rows and columns are drawn in their order.
    drawn = tuple(
        _cell(placed[i, j], down, across)
        if (i, j) in placed
        else {"row": row, "column": column, **_NO_CELL}
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
    )
    reference = None if overall is None else overall.value
    text = []
    if reference is not None:
        text.append(f"Shaded by the distance from {reference:.1f} % overall.")
    if left := len(cells) - len(placed):
        text.append(f"{left:,} cells beyond the {MOST_ROWS} largest rows and columns aren't drawn.")
    judged = sum(cell["note"] is None for cell in drawn)
    text.append(_by_chance(judged) if judged else "No cell has enough to be judged.")
    chart = Chart("heat", drawn, cells[0].unit, reference=reference, title=title)
    return Section(key, title, text=tuple(text), charts=(chart,))


def _by_chance(judged: int) -> str:
    cells = "Of the 1 cell with enough" if judged == 1 else f"Of the {judged} cells with enough"
    return (
        f"{cells} rows about one in 20 misses the overall value by chance alone; what differs "
        "beyond noise is named under the segments."
    )


def _places(ws: Workspace, dim: str, cells: Sequence[Measure]) -> list[str | None]:
    """Return the values of a dimension: in time order, else the largest first, none last."""
    sizes: dict[str | None, int] = {}
    for m in cells:
        name = m.segment[dim]
        sizes[name] = sizes.get(name, 0) + (m.denominator or 0)
    if dim in BUCKETS:
        numbers = [(i + ws.week_start) % 7 for i in range(7)] if dim == "weekday" else range(4)
        return [bucket_label(dim, number, ws.week_start) for number in numbers]
    named = sorted((n for n in sizes if n is not None), key=lambda n: (-sizes[n], n))
    return [*named[:MOST_ROWS], *((None,) if None in sizes else ())]


_NO_CELL: Mapping[str, Cell] = {"value": None, "low": None, "high": None, "n": 0, "note": "empty"}


def _cell(m: Measure, down: str, across: str) -> dict[str, Cell]:
    return {
        "row": m.segment[down], "column": m.segment[across], "value": m.value, "low": m.low,
        "high": m.high, "n": m.denominator, "note": _note(m),
    }  # fmt: skip


def _note(m: Measure) -> str | None:
    """Return why a figure isn't judged, None where it is."""
    return {"small": "too few", "skewed": "skewed", "empty": "empty"}.get(m.status)


def _funnel(metric: Metric, tables: Sequence[UnitTable]) -> Section:
    """Return the funnel plot of agents, or of teams where agents aren't shown."""
    mine = {t.dim: t for t in tables if t.metric.id == metric.id}
    table = mine.get("agent") or mine.get("team")
    title = f"{metric.label}: agents against chance"
    if table is None:
        return Section("funnel", title, missing="fewer than two agents or teams with tickets")
    if not table.is_people:
        title = f"{metric.label}: {table.dim}s against chance"
    rows = []
    for unit in table.units:
        m, place = unit.measure, unit.place
        if place is None or not m.denominator:
            continue
        is_flagged = unit.flag in ("below", "above")
        where = _note(m) or (f"{unit.flag}, beyond chance" if is_flagged else "within chance")
        rows.append(
            {"label": m.segment[table.dim], "value": m.value, "low": m.low, "high": m.high,
             "n": m.denominator, "adjusted": 100 * place.adjusted_rate, "note": where,
             "flagged": is_flagged}
        )  # fmt: skip
    how = (
        f"Each point is one {table.dim}. Small numbers scatter widely, so the limits open to the "
        "left: inside them, chance explains the difference. This is no ranking."
    )
    text = [how]
    if table.mix:
        mix = " and ".join(c.replace("_", " ") for c in table.mix)
        text.append(f"The height allows for the mix of tickets by {mix}.")
    flagged = sum(bool(row["flagged"]) for row in rows)
    text.append(f"{flagged} of {len(rows)} stand out beyond chance.")
    chart = Chart(
        "funnel", tuple(rows), metric.unit, reference=100 * table.funnel.rate, title=title,
        guide=_limits(table.funnel.rate, [int(row["n"] or 0) for row in rows]),
    )  # fmt: skip
    return Section("funnel", title, text=tuple(text), charts=(chart,))


def _limits(rate: float, sizes: Sequence[int]) -> tuple[Mapping[str, Cell], ...]:
    """Return the limits around the pooled rate from the smallest to the largest unit."""
    first, last = min(sizes, default=1), max(sizes, default=1)
    steps = range(GUIDE_POINTS + 1)
    # Even steps of the square root: limits change with it.
    roots = [first**0.5 + (last**0.5 - first**0.5) * i / GUIDE_POINTS for i in steps]
    numbers = sorted({min(last, max(first, round(root**2))) for root in roots})
    found = []
    for n in numbers:
        inner, outer = (funnel_limits(n, rate, level) for level in (INNER_LEVEL, OUTER_LEVEL))
        found.append(
            {"n": n, "inner_low": 100 * inner.low, "inner_high": 100 * inner.high,
             "outer_low": 100 * outer.low, "outer_high": 100 * outer.high}
        )  # fmt: skip
    return tuple(found)


def _repeats(ws: Workspace) -> Section:
    """Return when customers come back."""
    title = "When customers come back"
    lacks = ws.lacks_fcr
    if lacks is not None:
        return Section("repeats", title, missing=lacks)
    (table,) = tabulate(ws, [Request(find(FAMILIES["fcr"]), (), ws.span)])
    *_, curve = window_sections(windows_of(ws, table, (), ws.span), ws.settings.level)
    charts = tuple(replace(c, kind="curve", title="Repeat contacts by day") for c in curve.charts)
    return replace(curve, key="repeats", title=title, charts=charts)


def _waterfall(fcr: Measure) -> Chart:
    """Return the way from all mature tickets to those resolved on first contact, in percent."""
    counts, n = fcr.extra["failures"], fcr.denominator
    assert isinstance(counts, dict)
    assert n is not None
    rows: list[Mapping[str, Cell]] = [
        {"label": "Mature tickets", "value": 100.0, "low": None, "high": None, "n": n,
         "total": True}
    ]  # fmt: skip
    for reason in FAILURE_REASONS:
        if k := counts.get(reason):
            span = wilson(k, n, fcr.level)
            assert span is not None
            rows.append(
                {"label": FAILURES[reason], "value": -100 * k / n, "low": -100 * span.high,
                 "high": -100 * span.low, "n": k, "total": False}
            )  # fmt: skip
    rows.append(
        {"label": "First contact", "value": fcr.value, "low": fcr.low, "high": fcr.high,
         "n": int(fcr.numerator or 0), "total": True}
    )  # fmt: skip
    return Chart("waterfall", tuple(rows), "percent", title="From all tickets to first contact")
