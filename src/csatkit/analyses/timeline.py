"""Metrics by calendar period: one point each, without gaps, marked where it can't be judged.

A period is not judged while it lacks rows (the running one, the first of the data) or while its
rows lack time (a window that hasn't closed), or where too few surveys were answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from csatkit import periods
from csatkit.analyses.maturing import lag_of
from csatkit.analyses.measuring import Request, Table, measures, tabulate
from csatkit.analyses.workspace import Workspace
from csatkit.errors import UsageError
from csatkit.facts.clocks import bucket_label
from csatkit.metrics.metric import Metric
from csatkit.report import Measure, Period
from csatkit.stats.intervals import Sums

__all__ = ["EVERY", "PER_YEAR", "Line", "Point", "lines", "refuse_calendar"]

PER_YEAR: Mapping[str, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4}
EVERY = tuple(PER_YEAR)
"""Calendar periods, by which `--every` cuts."""

SHOWN: Mapping[str, int] = {"day": 56, "week": 26, "month": 24, "quarter": 12}
"""Latest periods that are shown where none is asked for: half a year of weeks. Older ones describe
another process, and each one more is a further chance of a false alarm."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Point:
    """One period of one metric in one segment."""

    period: Period
    measure: Measure
    sums: Sums
    """Number, numerator (or sum) and, of a mean, sum of squares."""
    mark: str | None
    """Why it isn't judged: `incomplete`, `immature`, `skewed`; None where it is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One metric in one segment over time."""

    metric: Metric
    segment: Mapping[str, str | None]
    points: tuple[Point, ...]

    @property
    def judged(self) -> tuple[Point, ...]:
        """Return the points that are judged."""
        return tuple(p for p in self.points if p.mark is None)

    @property
    def n(self) -> int:
        """Return the rows behind all points."""
        return sum(p.sums.n for p in self.points)


def refuse_calendar(cuts: Iterable[Sequence[str]], instead: str) -> None:
    """Refuse a breakdown by calendar period, where the periods are the question itself.

    Raises:
        UsageError: a breakdown names one.
    """
    for dims in cuts:
        for dim in dims:
            if dim in EVERY:
                raise UsageError(f"--by {dim} means nothing here", f"{instead.capitalize()}.")


def lines(
    ws: Workspace, metrics: Sequence[Metric], every: str, cuts: Sequence[tuple[str, ...]]
) -> list[Line]:
    """Return the lines of every metric that can be computed: overall, then the largest segments.

    Args:
        ws: the run.
        metrics: what is followed.
        every: one of `EVERY`.
        cuts: breakdowns without calendar periods.
    """
    # A line over an asked-for period isn't moved back: its immature points are marked instead.
    span = ws.span and replace(ws.span, relative=False)
    requests = [Request(tuple(metrics), (*dims, every), span) for dims in ((), *cuts)]
    tables = tabulate(ws, requests)
    shown = _shown(ws, tables[0], every, is_asked=span is not None)
    return [
        line
        for metric in metrics
        for table in tables
        if metric.id in table.cells
        for line in _lines(ws, metric, table, shown)
    ]


@dataclass(frozen=True, slots=True)
class _Slot:
    """One period that is shown, and whether all of its rows can be there."""

    number: int
    period: Period
    is_complete: bool


def _shown(ws: Workspace, table: Table, every: str, *, is_asked: bool) -> list[_Slot]:
    """Return the periods that are shown, those without a row among them."""
    keys = (key for cells in table.cells.values() for key in cells)
    seen = [int(key[0]) for key in keys if key[0] is not None]
    if not seen or ws.data_end is None:
        return []
    first, last = min(seen), max(seen)
    first = first if is_asked else max(first, last - SHOWN[every] + 1)
    start = _first_day(ws)
    slots = []
    for number in range(first, last + 1):
        days = Period(
            bucket_label(every, number, ws.week_start) or "",
            _starts(every, number, ws.week_start),
            _starts(every, number + 1, ws.week_start) - timedelta(days=1),
        )
        within = ws.span is None or (
            ws.span.period.first <= days.first and days.last <= ws.span.period.last
        )
        over = periods.span_of(days, ws.zone)[1] <= ws.data_end
        slots.append(_Slot(number, days, within and over and start <= days.first))
    return slots


def _starts(every: str, number: int, week_start: int) -> date:
    """Return the first day of a period; the reverse of `facts.clocks.bucket`."""
    match every:
        case "day":
            return _EPOCH + timedelta(days=number)
        case "week":
            return _EPOCH + timedelta(days=7 * number - (3 - week_start))
        case "month":
            return date(number // 12, number % 12 + 1, 1)
    return date(number // 4, 3 * (number % 4) + 1, 1)


def _first_day(ws: Workspace) -> date:
    """Return the day of the earliest instant of the data."""
    rows = [r.frame for r in (ws.canonical.tickets, ws.canonical.surveys) if r is not None]
    earliest = [f.select(pl.col(pl.Datetime).min()).row(0) for f in rows if f.height]
    return periods.local_date(min(v for row in earliest for v in row if v is not None), ws.zone)


def _lines(ws: Workspace, metric: Metric, table: Table, shown: Sequence[_Slot]) -> list[Line]:
    """Return the lines of one metric in one table, periods without a row included."""
    cells = table.cells[metric.id]
    nothing = {name: _zero(name) for cell in cells.values() for name in cell}
    dims = table.request.dims
    found = []
    for segment in dict.fromkeys(key[:-1] for key in cells if key[-1] is not None):
        own = {(*segment, s.number): cells.get((*segment, s.number), nothing) for s in shown}
        one = replace(table.request, metrics=(metric,))
        rows = measures(ws, [replace(table, request=one, cells={metric.id: own})])
        points = tuple(
            Point(slot.period, m, _sums(metric, cell), _mark(ws, metric, slot, m))
            for slot, m, cell in zip(shown, rows, own.values(), strict=True)
        )
        found.append(Line(metric, ws.label(dims[:-1], segment), points))
    return sorted(found, key=lambda line: (-line.n, str(tuple(line.segment.values()))))


def _zero(name: str) -> int | None:
    """Return what a period without a row has under this name: no median, but a count of 0."""
    return None if name.rpartition(".")[2] in ("p50", "p90", "low", "high") else 0


def _sums(metric: Metric, cell: Mapping[str, float | int | None]) -> Sums:
    """Return number, numerator or sum, and sum of squares (0 of a share)."""
    n, k, s, ss = (cell.get(f"{metric.id}.{part}") or 0 for part in ("n", "k", "s", "ss"))
    return Sums(int(n), k or s, ss)


def _mark(ws: Workspace, metric: Metric, slot: _Slot, measure: Measure) -> str | None:
    assert ws.data_end is not None
    if not slot.is_complete:
        return "incomplete"
    if periods.span_of(slot.period, ws.zone)[1] + lag_of(ws, metric) > ws.data_end:
        return "immature"
    return "skewed" if measure.status == "skewed" else None
