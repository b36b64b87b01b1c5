"""Where the metric of a goal or guardrail stood, where it stands, and every period in between.

Measured and nothing more: no verdict is reached here. Periods that the export no longer covers come
from a history where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from csatkit import periods
from csatkit.analyses.aiming import labelled, narrowed
from csatkit.analyses.aims import Aim
from csatkit.analyses.goals_asked import Known
from csatkit.analyses.maturing import latest_judged
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.timeline import EVERY, Line, Point, lines
from csatkit.analyses.wording import rule
from csatkit.analyses.workspace import Workspace
from csatkit.periods import Kind, Span
from csatkit.report import Measure
from csatkit.stats.intervals import wilson

if TYPE_CHECKING:
    from csatkit.analyses.history import History

__all__ = ["FIXED", "Standing", "Way", "calendar_of", "covered", "standing_of", "volume"]

FIXED = "fixed"
"""How a baseline is called that is no period."""


@dataclass(frozen=True, slots=True)
class Way:
    """The time between a baseline and now."""

    start: date
    """The first day that counts."""
    every: str
    """Length of the periods, one of `EVERY`."""
    history: History | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One metric of some tickets over the way of a goal."""

    aim: Aim
    base: Measure
    """Where it stood; its period is None where it is known from elsewhere."""
    base_covered: Span | None
    """The days of the baseline that its figure is about; None where it is known from elsewhere."""
    now: Measure | None
    """Where it stands; None while no period since the baseline is over."""
    now_covered: Span
    """The days of now that its figure is about."""
    today: date
    """The day on which the data end."""
    first: Span
    """The first period that counts."""
    points: tuple[Point, ...]
    """Every period from the first to now; those that can't be judged carry their mark."""
    since: date | None
    """The day on which the export begins, where it leaves out days of the baseline."""

    @property
    def now_last(self) -> date:
        """Return the last day of now."""
        assert self.now is not None
        assert self.now.period is not None
        return self.now.period.last


def standing_of(ws: Workspace, aim: Aim, baseline: Span | Known, way: Way) -> Standing:
    """Return where a metric stood and stands.

    Args:
        ws: the run; its period, if any, says what now is.
        aim: the metric and its tickets.
        baseline: where it stood.
        way: from when on, and in which periods.
    """
    at = narrowed(ws, aim)
    now = _now(at, aim, way.every)
    first = _first(way, ws.week_start)
    has_begun = now.period.first >= first.period.first
    dated = baseline if isinstance(baseline, Span) else None
    begin = dated if dated is not None and dated.kind == way.every else first
    last = now if has_begun else begin
    line = _line(at, aim, (begin, last), way)
    shown = {p.period.first: p for p in line.points} if line is not None else {}
    base = _known(at, aim, baseline) if isinstance(baseline, Known) else None
    if dated is not None:
        base = _of(at, aim, dated, shown)
    assert base is not None
    current = _of(at, aim, now, shown) if has_begun else None
    points = [
        p for p in shown.values()
        if first.period.first <= p.period.first and p.period.last <= now.period.last
    ]  # fmt: skip
    base, *rest = labelled(ws, at, [base, *([current] if current is not None else [])])
    return Standing(
        aim,
        base,
        None if dated is None else covered(ws, dated, shown),
        rest[0] if rest else None,
        covered(ws, now, shown),
        _today(ws),
        first,
        tuple(points),
        None if dated is None else _since(at, dated, shown),
    )


def _now(ws: Workspace, aim: Aim, every: str) -> Span:
    """Return the period that says where things stand: the one asked for, else the latest over."""
    assert ws.data_end is not None
    asked = ws.span
    if asked is None:
        asked = periods.named(f"last-{every}", ws.data_end, ws.zone, ws.week_start)
    if asked.relative:
        asked = latest_judged(ws, aim.metric, asked, ws.data_end)
    return replace(asked, relative=False)


def _first(way: Way, week_start: int) -> Span:
    """Return the first whole period that begins on or after the first day."""
    found = periods.containing(way.start, cast("Kind", way.every), week_start)
    return found if found.period.first >= way.start else periods.following(found, week_start)


def _line(ws: Workspace, aim: Aim, ends: tuple[Span, Span], way: Way) -> Line | None:
    """Return the periods from one to another; None where nothing can be measured."""
    begin, last = ends
    if ws.lacks(aim.metric) is not None:
        return None
    days = {"first_day": begin.period.first, "last_day": last.period.last}
    at = replace(ws, settings=replace(ws.settings, period=None, **cast("Any", days)))
    found = lines(at, [aim.metric], way.every, (), way.history)
    return found[0] if found else None


def _of(ws: Workspace, aim: Aim, span: Span, shown: Mapping[date, Point]) -> Measure:
    """Return the figure of one period, a history's where that stands instead of the export's."""
    point = shown.get(span.period.first)
    if point is not None and point.computed is not None and point.period == span.period:
        return replace(point.measure, segment={}, period=point.period)
    request = Request((aim.metric,), (), replace(span, relative=False))
    (found,) = measures(ws, tabulate(ws, [request]))
    return found


def _known(ws: Workspace, aim: Aim, known: Known) -> Measure:
    """Return a baseline from elsewhere as a measure; without its rows it is exact."""
    level, metric = ws.settings.level, aim.metric
    k = None if known.n is None else round(known.value / 100 * known.n)
    low = high = known.value
    if k is not None and known.n is not None:
        found = wilson(k, known.n, level)
        assert found is not None
        low, high = min(100 * found.low, known.value), max(100 * found.high, known.value)
    return Measure(
        metric=metric.id, label=metric.label, rule=rule(metric, ws), unit=metric.unit, segment={},
        period=None, value=known.value, numerator=k, denominator=known.n, low=low, high=high,
        level=level, method=None if known.n is None else "wilson", status="ok",
    )  # fmt: skip


def _since(ws: Workspace, baseline: Span, shown: Mapping[date, Point]) -> date | None:
    """Return the day on which the export begins, where that is later than the baseline does."""
    point = shown.get(baseline.period.first)
    if ws.canonical.earliest is None or (point is not None and point.computed is not None):
        return None
    first = periods.local_date(ws.canonical.earliest, ws.zone)
    return first if first > baseline.period.first else None


def _today(ws: Workspace) -> date:
    assert ws.data_end is not None
    return periods.local_date(ws.data_end, ws.zone)


def covered(ws: Workspace, span: Span, shown: Mapping[date, Point] | None = None) -> Span:
    """Return the days of a period from which there can be rows: neither before nor after the data.

    Args:
        ws: the run.
        span: the period.
        shown: points by first day; what a history kept of a period is about all of it.
    """
    point = (shown or {}).get(span.period.first)
    if ws.canonical.earliest is None or (
        point is not None and point.computed is not None and point.period == span.period
    ):
        return span
    first = max(span.period.first, periods.local_date(ws.canonical.earliest, ws.zone))
    last = min(span.period.last, _today(ws))
    if last < first or (first, last) == (span.period.first, span.period.last):
        return span
    return periods.days(first, last)


def volume(rows: int, days: Span, noun: str) -> int:
    """Return how many rows a whole period of the calendar has, at the volume of some days.

    Args:
        rows: of those days.
        days: which they are; the period that holds the last of them says how long one is.
        noun: its length, one of `EVERY`.
    """
    return round(rows * periods.containing(days.period.last, cast("Kind", noun)).days / days.days)


def calendar_of(span: Span | None, otherwise: str) -> str:
    """Return the length of the periods that go with the one asked for."""
    return span.kind if span is not None and span.kind in EVERY else otherwise
