"""Metrics by calendar period: one point each, without gaps, marked where it can't be judged.

A period is not judged while it lacks rows (the running one, the first of the data) or while its
rows lack time (a window that hasn't closed), or where too few surveys were answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from csatkit import periods
from csatkit.analyses.history import Cell, total_names, zero
from csatkit.analyses.maturing import lag_of
from csatkit.analyses.measuring import Request, Table, tabulate
from csatkit.analyses.wording import rule
from csatkit.analyses.workspace import Workspace
from csatkit.errors import UsageError
from csatkit.estimate import estimate
from csatkit.facts.clocks import bucket_label
from csatkit.metrics.metric import Metric
from csatkit.render.document import instant
from csatkit.report import Measure, Period
from csatkit.stats.intervals import Sums

if TYPE_CHECKING:
    from csatkit.analyses.history import Figures, History, Memory
    from csatkit.totals import Key

__all__ = ["EVERY", "PER_YEAR", "SHOWN", "Line", "Point", "Slot", "lines", "refuse_calendar"]

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
    computed: datetime | None = None
    """Data end for which a history's figures were computed, naive UTC; None for the export's."""


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
    ws: Workspace,
    metrics: Sequence[Metric],
    every: str,
    cuts: Sequence[tuple[str, ...]],
    history: History | None = None,
) -> list[Line]:
    """Return the lines of every metric that can be computed: overall, then the largest segments.

    Args:
        ws: the run.
        metrics: what is followed.
        every: one of `EVERY`.
        cuts: breakdowns without calendar periods.
        history: where the figures of complete periods are kept; it is brought up to date, and
            gives those that the export doesn't cover.
    """
    # A line over an asked-for period isn't moved back: its immature points are marked instead.
    span = ws.span and replace(ws.span, relative=False)
    requests = [Request(tuple(metrics), (*dims, every), span) for dims in ((), *cuts)]
    tables = tabulate(ws, requests)
    if ws.data_end is None:
        return []
    seen = _seen(tables[0])
    memory = None
    if history is not None:
        whole = [s for s in _slots(ws, every, seen) if s.is_complete]
        memory = history.remember(ws, every, tables, whole)
        seen = [*seen, *_remembered(ws, every, memory)]
    if seen and span is None:
        seen = [max(min(seen), max(seen) - SHOWN[every] + 1), max(seen)]
    shown = _slots(ws, every, seen)
    return [
        line
        for metric in metrics
        for table in tables
        if metric.id in table.cells
        for line in _lines(ws, metric, table, shown, memory)
    ]


@dataclass(frozen=True, slots=True)
class Slot:
    """One period, and whether all of its rows can be there."""

    number: int
    period: Period
    is_complete: bool


def _seen(table: Table) -> list[int]:
    """Return the numbers of the periods that hold a row."""
    keys = (key for cells in table.cells.values() for key in cells)
    return [int(key[0]) for key in keys if key[0] is not None]


def _remembered(ws: Workspace, every: str, memory: Memory) -> list[int]:
    """Return the numbers of the periods that a history knows, inside what was asked for."""
    asked = None if ws.span is None else ws.span.period
    return [
        _number(every, first, ws.week_start)
        for first, last in memory.days()
        if asked is None or (asked.first <= first and last <= asked.last)
    ]


def _slots(ws: Workspace, every: str, seen: Sequence[int]) -> list[Slot]:
    """Return the periods from the first to the last of some, those without a row among them."""
    if not seen or ws.data_end is None:
        return []
    start = _first_day(ws)
    slots = []
    for number in range(min(seen), max(seen) + 1):
        days = Period(
            bucket_label(every, number, ws.week_start) or "",
            _starts(every, number, ws.week_start),
            _starts(every, number + 1, ws.week_start) - timedelta(days=1),
        )
        within = ws.span is None or (
            ws.span.period.first <= days.first and days.last <= ws.span.period.last
        )
        over = periods.span_of(days, ws.zone)[1] <= ws.data_end
        slots.append(Slot(number, days, within and over and start <= days.first))
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


def _number(every: str, first: date, week_start: int) -> int:
    """Return the number of the period that begins on a day; the reverse of `_starts`."""
    match every:
        case "day":
            return (first - _EPOCH).days
        case "week":
            return ((first - _EPOCH).days + 3 - week_start) // 7
        case "month":
            return first.year * 12 + first.month - 1
    return first.year * 4 + (first.month - 1) // 3


def _first_day(ws: Workspace) -> date:
    """Return the day of the earliest instant of the data."""
    earliest = ws.canonical.earliest
    assert earliest is not None
    return periods.local_date(earliest, ws.zone)


@dataclass(frozen=True, slots=True)
class _Row:
    """One metric under one breakdown: what its points have in common."""

    ws: Workspace
    metric: Metric
    table: Table
    rule: str
    nothing: Mapping[str, int | None]
    """Totals of a period without a row."""


def _lines(
    ws: Workspace, metric: Metric, table: Table, shown: Sequence[Slot], memory: Memory | None
) -> list[Line]:
    """Return the lines of one metric in one table, periods without a row included."""
    *dims, every = table.request.dims
    nothing = {name: zero(name) for name in total_names(ws, metric)}
    row = _Row(ws, metric, table, rule(metric, ws), nothing)
    stored = [
        None if memory is None else memory.figures(metric.id, dims, slot.period.first)
        for slot in shown
    ]
    found = []
    for segment, key in _segments(row, stored).items():
        named = dict(zip(dims, segment, strict=True))
        points = []
        for slot, figures in zip(shown, stored, strict=True):
            where = {**named, every: slot.period.label}
            if figures is None:
                points.append(_point(row, slot, where, _cell(row, key, slot.number)))
            else:
                points.append(_stored_point(row, slot, where, segment, figures))
        found.append(Line(metric, named, tuple(points)))
    return sorted(found, key=lambda line: (-line.n, str(tuple(line.segment.values()))))


def _segments(
    row: _Row, stored: Sequence[Figures | None]
) -> dict[tuple[str | None, ...], Key | None]:
    """Return each segment as it is shown → its key in the export, None where only stored."""
    dims = row.table.request.dims[:-1]
    cells = row.table.cells[row.metric.id]
    keys = dict.fromkeys(key[:-1] for key in cells if key[-1] is not None)
    found: dict[tuple[str | None, ...], Key | None] = {
        tuple(row.ws.label(dims, key).values()): key for key in keys
    }
    for figures in stored:
        for segment in () if figures is None else figures.cells:
            found.setdefault(segment, None)
    return found


def _cell(row: _Row, key: Key | None, number: int) -> Cell:
    """Return what the export at hand has for a segment in a period."""
    if key is None:
        return Cell(row.nothing, None)
    place = (*key, number)
    surveys = row.table.surveys.get(row.metric.id, {}).get(place)
    return Cell(row.table.cells[row.metric.id].get(place, row.nothing), surveys)


def _measure(row: _Row, segment: Mapping[str, str | None], cell: Cell) -> Measure:
    span = row.table.spans[row.metric.id]
    period = None if span is None else span.period
    context = row.ws.context(row.rule, segment, period, cell.surveys)
    return estimate(row.metric, cell.totals, context)  # type: ignore[arg-type]


def _point(row: _Row, slot: Slot, segment: Mapping[str, str | None], cell: Cell) -> Point:
    """Return a period as the export at hand has it."""
    assert row.ws.data_end is not None
    measure = _measure(row, segment, cell)
    mark = _mark(row, slot, measure, row.ws.data_end)
    return Point(slot.period, measure, _sums(row.metric, cell.totals), mark)


def _stored_point(
    row: _Row,
    slot: Slot,
    where: Mapping[str, str | None],
    segment: tuple[str | None, ...],
    figures: Figures,
) -> Point:
    """Return a period as a history has it: only complete ones are kept there."""
    cell = figures.cells.get(segment, Cell(row.nothing, None))
    measure = _measure(row, where, cell)
    measure = replace(measure, extra={**measure.extra, "from_history": instant(figures.data_end)})
    mark = _mark(row, replace(slot, is_complete=True), measure, figures.data_end)
    sums = _sums(row.metric, cell.totals)
    return Point(slot.period, measure, sums, mark, figures.data_end)


def _sums(metric: Metric, cell: Mapping[str, float | int | None]) -> Sums:
    """Return number, numerator or sum, and sum of squares (0 of a share)."""
    n, k, s, ss = (cell.get(f"{metric.id}.{part}") or 0 for part in ("n", "k", "s", "ss"))
    return Sums(int(n), k or s, ss)


def _mark(row: _Row, slot: Slot, measure: Measure, data_end: datetime) -> str | None:
    """Return why a period isn't judged, as of the data end of its figures."""
    if not slot.is_complete:
        return "incomplete"
    if periods.span_of(slot.period, row.ws.zone)[1] + lag_of(row.ws, row.metric) > data_end:
        return "immature"
    return "skewed" if measure.status == "skewed" else None
