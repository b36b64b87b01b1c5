"""One line over time, judged: its chart, its signals, and where it is heading.

Only judged points enter; the arithmetic is the statistics', the words are `trend_words`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from csatkit.analyses.timeline import Line, Point
from csatkit.metrics.metric import Mean, Share
from csatkit.report import Measure
from csatkit.stats.charts import Chart, Signal, p_chart
from csatkit.stats.mean_chart import mean_chart
from csatkit.stats.slope import Slope, weighted_slope

__all__ = ["Followed", "follow", "measures_of"]

FEWEST = 3
"""Judged periods below which there is no chart: two points are always as far apart as they are."""

SIX_MONTHS = timedelta(days=183)
"""Over which the slope is taken (metrics.md, Change and drivers)."""

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Followed:
    """A line with its chart over the judged points, and its slope in shares per month."""

    line: Line
    chart: Chart | None
    slope: Slope | None
    n_slope: int
    """Periods behind the slope."""
    direction: str | None
    """`rising` or `falling` where the slope is beyond noise, however many slopes are looked at."""

    @property
    def factor(self) -> float:
        """Return what turns the chart's numbers into the unit of the measures."""
        return 100.0 if self.line.metric.unit == "percent" else 1.0

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Return the chart's signals; their places count judged points."""
        return () if self.chart is None else self.chart.signals


def follow(
    lines: Sequence[Line], level: float, bounds: tuple[float, float] | None
) -> list[Followed]:
    """Judge every line.

    Args:
        lines: of one or several metrics.
        level: of the intervals of slopes. A direction is named only where an interval that is
            widened for the number of slopes (Bonferroni) leaves zero out.
        bounds: ends of the scale of scores.
    """
    recent = [_recent(line) for line in lines]
    slopes = [_slope(line, points, level) for line, points in zip(lines, recent, strict=True)]
    strict_level = 1 - (1 - level) / max(1, sum(s is not None for s in slopes))
    found = []
    for line, points, slope in zip(lines, recent, slopes, strict=True):
        strict = _slope(line, points, strict_level)
        direction = None if strict is None else strict.direction
        found.append(Followed(line, _chart(line, bounds), slope, len(points), direction))
    return found


def _recent(line: Line) -> list[Point]:
    """Return the judged points of the last six months."""
    judged = [p for p in line.judged if p.sums.n]
    if not judged:
        return []
    since = judged[-1].period.last - SIX_MONTHS
    return [p for p in judged if p.period.first > since]


def _slope(line: Line, points: Sequence[Point], level: float) -> Slope | None:
    if not isinstance(line.metric.measure, Share):
        return None
    middles = [p.period.first.toordinal() + p.period.last.toordinal() for p in points]
    return weighted_slope(
        [
            (middle / 2 / DAYS_PER_MONTH, int(p.sums.total), p.sums.n)
            for middle, p in zip(middles, points, strict=True)
        ],
        level,
    )


def _chart(line: Line, bounds: tuple[float, float] | None) -> Chart | None:
    sums = [p.sums for p in line.judged]
    if sum(s.n > 0 for s in sums) < FEWEST:
        return None
    measure = line.metric.measure
    if isinstance(measure, Share):
        return p_chart([(int(s.total), s.n) for s in sums])
    if isinstance(measure, Mean) and isinstance(measure.clip, str) and measure.spread is None:
        return mean_chart(sums, bounds if measure.clip == "scale" else (0.0, float("inf")))
    return None


def measures_of(found: Followed) -> list[Measure]:
    """Return the measures of a line with its limits, signals and marks."""
    places = iter(range(len(found.line.judged)))
    shown = []
    for point in found.line.points:
        extra: dict[str, object] = {}
        if point.mark is not None:
            extra["not_judged"] = point.mark
        else:
            place = next(places)
            chart_point = None if found.chart is None else found.chart.points[place]
            if chart_point is not None:
                extra["limits"] = [found.factor * x for x in chart_point.limits]
            kinds = [s.kind for s in found.signals if s.first <= place <= s.last]
            if kinds:
                extra["signal"] = ", ".join(kinds)
        shown.append(replace(point.measure, extra={**point.measure.extra, **extra}))
    return shown
