"""How much first contact resolution owes to its window, and when repeat contacts come.

Links between tickets don't depend on a window, so each further one only judges them again, with its
own maturity. What looks like a better rate on young tickets is time that hasn't passed yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from csatkit.analyses.measuring import Request, Table, measures, tabulate
from csatkit.analyses.workspace import Workspace
from csatkit.facts.rewindow import with_window
from csatkit.metrics import FAMILIES, find
from csatkit.notes import note
from csatkit.periods import Span
from csatkit.report import Cell, Chart, Measure, Note, Section
from csatkit.report import Table as ShownTable
from csatkit.stats.survival import CurvePoint, kaplan_meier_curve

__all__ = ["LEFT_EDGE", "Window", "left_edge", "window_sections", "windows_of"]

LEFT_EDGE = 0.20
"""Share of tickets in the first window from which the left edge is worth a word: an export of less
than about five windows."""

MOST_POINTS = 31
"""Points of a drawn curve: one a day for a month; longer windows are drawn in wider steps."""

_RATE = "repeat_contact_rate_km"
_SIDES = {
    "fcr_resolved": "matured",
    "fcr_resolved_km": "Kaplan-Meier",
    "fcr_naive": "naive",
}
"""The same figure three ways, in the order of what they know about young tickets."""

_THREE_WAYS = (
    "Matured counts the tickets whose window has closed. Kaplan-Meier adds what younger ones have "
    "shown so far. Naive takes silence for success."
)
_BY_DAY = (
    "Share of tickets resolved now that the customer came back about, up to each day after the "
    "resolution (Kaplan-Meier); day 0 is a ticket opened before it."
)


@dataclass(frozen=True, slots=True)
class Window:
    """One window with its overall measures and its survival counts by day."""

    days: float
    measures: Mapping[str, Measure]
    cell: Mapping[str, float | int | None]

    @property
    def label(self) -> str:
        """Return how the window is written."""
        return f"{self.days:g} days" if self.days != 1 else "1 day"


def windows_of(
    ws: Workspace, table: Table, asked: Sequence[float], span: Span | None
) -> tuple[Window, ...]:
    """Return the run's own window, or those asked for, the shortest first.

    Args:
        ws: the run; first contact resolution must be available.
        table: the overall totals at the run's own window.
        asked: windows in days; empty means the run's own alone.
        span: the period asked for.
    """
    own = ws.settings.window_days
    found = []
    for days in asked or (own,):
        at, mine = ws, table
        if days != own:
            settings = replace(ws.settings, window_days=days)
            at = replace(ws, settings=settings, facts=with_window(ws.facts, days))
            (mine,) = tabulate(at, [Request(find(FAMILIES["fcr"]), (), span)])
        shown = {m.metric: m for m in measures(at, [mine])}
        if days != own:
            shown = {
                k: replace(m, extra={**m.extra, "window_days": days}) for k, m in shown.items()
            }
        found.append(Window(days, shown, mine.cells.get(_RATE, {}).get((), {})))
    return tuple(found)


def window_sections(found: Sequence[Window], level: float) -> tuple[Section, ...]:
    """Return what the windows say: a line each where several were asked for, then the pictures."""
    compared = (_lines(found),) if len(found) > 1 else ()
    return (*compared, _sides(found), _curve(found[-1], level))


def _lines(found: Sequence[Window]) -> Section:
    rows = [_line(w) for w in found]
    percent = ("fcr", "low", "high", "resolved", "km", "naive", "repeats")
    table = ShownTable(
        {
            "window": "Window", "fcr": "FCR", "low": "from", "high": "to", "n": "n",
            "immature": "Held back", "resolved": "Of resolved", "km": "Kaplan-Meier",
            "naive": "Naive", "repeats": "Repeats",
        },
        tuple(rows),
        frozenset({"n", "immature", *percent}),
        {"n": "count", "immature": "count", **dict.fromkeys(percent, "percent")},
    )  # fmt: skip
    text = (
        "Each window has its own maturity: the longer it is, the fewer tickets have had all of it."
    )
    return Section("windows", "By window", text=(text,), tables=(table,))


def _line(w: Window) -> dict[str, Cell]:
    fcr = w.measures["fcr"]
    return {
        "window": w.label,
        "fcr": fcr.value,
        "low": fcr.low,
        "high": fcr.high,
        "n": fcr.denominator,
        "immature": fcr.excluded.get("immature", 0),
        "resolved": w.measures["fcr_resolved"].value,
        "km": w.measures["fcr_resolved_km"].value,
        "naive": w.measures["fcr_naive"].value,
        "repeats": w.measures[_RATE].value,
    }


def _sides(found: Sequence[Window]) -> Section:
    """Draw the matured, the Kaplan-Meier and the naive rate of each window side by side."""
    title = "First contact resolution of resolved tickets, three ways"
    rows: list[dict[str, Cell]] = []
    for w in found:
        prefix = f"{w.label}, " if len(found) > 1 else ""
        for metric, word in _SIDES.items():
            m = w.measures[metric]
            if m.value is not None:
                label = f"{prefix}{word}" if prefix else word
                rows.append({"label": label, "value": m.value, "low": m.low, "high": m.high})
    if not rows:
        reason = found[0].measures["fcr_resolved"].reason or "no ticket was ever resolved"
        return Section("three_ways", title, missing=reason)
    text = [_THREE_WAYS]
    own = found[-1].measures
    naive, matured = own["fcr_naive"].value, own["fcr_resolved"].value
    if naive is not None and matured is not None:
        gap = naive - matured
        side = "above" if gap >= 0 else "below"
        text.append(f"At {found[-1].label} naive lies {abs(gap):.1f} points {side} matured.")
    return Section("three_ways", title, text=tuple(text),
                   charts=(Chart("intervals", tuple(rows), "percent"),))  # fmt: skip


def _curve(w: Window, level: float) -> Section:
    """Return the share of resolved tickets with a repeat up to each day, with its interval."""
    title = "Repeat contacts by day"
    days = range(sum(name.startswith("km.event.") for name in w.cell))
    events = [int(w.cell[f"km.event.{d}"] or 0) for d in days]
    censored = [int(w.cell[f"km.censored.{d}"] or 0) for d in days]
    points = kaplan_meier_curve(events, censored, level)
    if not points:
        return Section("repeats_by_day", title, missing="no resolved ticket has a known customer")
    step = -(-len(points) // MOST_POINTS)
    shown = [p for p in points if (len(points) - 1 - p.time) % step == 0]
    rows = tuple(_point(p) for p in shown)
    text = [_BY_DAY]
    last = points[-1]
    if last.survival < 1:
        half = next(p for p in points if 1 - p.survival >= (1 - last.survival) / 2)
        text.append(f"Half of the repeats within {w.label} have come by day {half.time:g}.")
    return Section(
        "repeats_by_day", title, text=tuple(text), charts=(Chart("intervals", rows, "percent"),)
    )


def _point(p: CurvePoint) -> dict[str, Cell]:
    low, high = (None, None) if p.interval is None else (1 - p.interval.high, 1 - p.interval.low)
    return {
        "label": f"day {p.time:g}",
        "value": 100 * (1 - p.survival),
        "low": None if low is None else 100 * low,
        "high": None if high is None else 100 * high,
        "n": p.at_risk,
    }


def left_edge(ws: Workspace) -> tuple[Note, ...]:
    """Say how many tickets may be repeats of ones that the export doesn't reach back to."""
    tickets = ws.facts.tickets
    if tickets is None or "created_at" not in tickets.collect_schema().names():
        return ()
    created = pl.col("created_at")
    first = ws.summed(tickets.select(first=created.min()), least=["first"]).item()
    edge = pl.lit(first, dtype=pl.Datetime("us")) + ws.facts.rules.window
    early = (created < edge).sum()
    k, n = ws.summed(tickets.select(k=early, n=created.count())).row(0)
    if not n or k <= LEFT_EDGE * n:
        return ()
    text = (
        f"{k:,} of {n:,} tickets ({100 * k / n:.0f} %) were opened in the first "
        f"{ws.settings.window_days:g} days of the export and may repeat tickets from before it; "
        "each ticket is followed forward, so first contact resolution stands, but how many tickets "
        "are repeats is a lower bound"
    )
    return (note("fcr.left_edge", text, "warning"),)
