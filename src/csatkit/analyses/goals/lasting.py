"""Since when a goal is met, whether it was lost, and drift in the six months after it was met.

Met is the gate's pass in a whole period; a single lucky week neither meets a goal nor loses one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from csatkit.analyses.goals.changing import sign_of
from csatkit.analyses.goals_asked import SIX_MONTHS, Goal, months_after
from csatkit.analyses.timeline import Point
from csatkit.gate import judge
from csatkit.metrics.metric import Mean, Share
from csatkit.report import Difference, Measure, Period
from csatkit.stats.intervals import Interval, mean_interval, mover, wilson

__all__ = ["Drift", "Met", "drift_of", "met_of"]


@dataclass(frozen=True, slots=True)
class Met:
    """In which periods the target was met beyond noise."""

    since: Point | None
    """The first of the latest ones, as long as none after it misses."""
    run: Point | None
    """The same, though it has been missed since."""
    first: Point | None
    """The first ever."""
    lost_in: str | None
    """The first period after `run` that misses; None where it still holds or can't be told."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What became of a met goal in the six months after it."""

    against: Period
    """In which it was met."""
    until: date
    """The last of the six months."""
    first: date | None
    last: date | None
    """Days of the whole periods that are over; None before the first is."""
    value: float | None
    n: int
    change: Difference | None
    """From the level at which it was met."""
    verdict: Literal["fallen", "held", "open"]
    """`held` is no fall beyond noise, `open` is nothing to tell by."""


def met_of(goal: Goal, points: Sequence[Point], min_n: int) -> Met:
    """Return in which judged periods the target was met beyond noise, and whether it was lost."""
    since = run = first = None
    lost_in = None
    for point in points:
        if point.mark in ("incomplete", "immature"):
            continue
        word = judge(goal.aim.target(min_n), [point.measure])[0].verdict
        if word == "pass":
            first = first or point
            if since is None:
                since = run = point
                lost_in = None
        elif word == "fail" and since is not None:
            since, lost_in = None, point.period.label
    return Met(since, run, first, lost_in)


def drift_of(goal: Goal, points: Sequence[Point], met: Met, min_n: int) -> Drift | None:
    """Return what became of the level at which a goal was met; None where it never was.

    The whole periods of the six months after it are pooled and compared with the period in which
    it was met.
    """
    if met.run is None:
        return None
    then = met.run
    until = months_after(then.period.last + timedelta(days=1), SIX_MONTHS) - timedelta(days=1)
    later = [
        p for p in points
        if p.period.first > then.period.last and p.period.last <= until and p.mark is None
    ]  # fmt: skip
    first = later[0].period.first if later else None
    last = later[-1].period.last if later else None
    value, bounds, n = _pooled(goal, later, then.measure)
    change = None
    m = then.measure
    if value is not None and m.value is not None:
        change = Difference(value - m.value, None, None, then.period.label)
        if bounds is not None and m.low is not None and m.high is not None:
            gap = mover(value, bounds, m.value, Interval(m.low, m.high))
            change = Difference(value - m.value, *gap, then.period.label)
    sign = sign_of(change, is_upward=goal.aim.is_upward) if n >= min_n else "unknown"
    verdict: Literal["fallen", "held", "open"] = (
        "open" if sign == "unknown" else "fallen" if sign == "worse" else "held"
    )
    return Drift(then.period, until, first, last, value, n, change, verdict)


def _pooled(
    goal: Goal, points: Sequence[Point], met: Measure
) -> tuple[float | None, Interval | None, int]:
    """Return value, interval and rows of several periods together."""
    n = sum(p.sums.n for p in points)
    total = math.fsum(p.sums.total for p in points)
    squares = math.fsum(p.sums.squares for p in points)
    measure, level = goal.aim.metric.measure, met.level
    if not n:
        return None, None, 0
    if isinstance(measure, Share):
        found = wilson(round(total), n, level)
        assert found is not None
        return 100 * total / n, Interval(100 * found.low, 100 * found.high), n
    if isinstance(measure, Mean) and met.unit != "percent":
        return total / n, mean_interval(n, total, squares, level), n
    return None, None, n
