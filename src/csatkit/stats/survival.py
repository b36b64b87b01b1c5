"""Kaplan-Meier: the share still without a repeat, when some tickets were watched too briefly.

Events come before censorings of the same time. The curve ends where nobody is watched any more; it
must never be carried on beyond that.
"""

import math
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from csatkit.stats._checks import check_counts, check_share
from csatkit.stats.intervals import Interval, wilson
from csatkit.stats.normal import two_sided_z


class CurvePoint(NamedTuple):
    """The curve just after one time.

    `at_risk` counts who was still watched just before it, `survival` is the share of 0..1 without
    an event up to and including it, `variance` is Greenwood's, `interval` is None where survival is
    0 or 1.
    """

    time: float
    at_risk: int
    n_events: int
    n_censored: int
    survival: float
    variance: float
    interval: Interval | None


def kaplan_meier_curve(
    events_by_day: Sequence[int], censored_by_day: Sequence[int], level: float = 0.95
) -> tuple[CurvePoint, ...]:
    """Return the Kaplan-Meier curve of a day grid.

    S(t) = product over days up to t of (1 - d/r); var = S^2 sum d / (r (r - d)); the interval is
    S^exp(+-z sqrt(sum) / |log S|), symmetric on the log-log scale, so it stays inside 0..1.

    Args:
        events_by_day: tickets with their event on day 0, 1, ...
        censored_by_day: tickets last seen without event on day 0, 1, ..., as many days.
        level: .95 for a 95 % interval.

    Returns:
        One point per day, up to the last day on which anybody was at risk.

    Raises:
        ValueError: the two differ in length, a count is negative, or level lies outside (0, 1).

    Source:
        Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452
    """
    n_days = len(events_by_day)
    if n_days != len(censored_by_day):
        raise ValueError(f"{n_days} days of events, {len(censored_by_day)} of censoring")
    steps = list(zip(range(n_days), events_by_day, censored_by_day, strict=True))
    return _curve(steps, level)


def kaplan_meier_grid(
    events_by_day: Sequence[int], censored_by_day: Sequence[int], level: float = 0.95
) -> CurvePoint | None:
    """Return the Kaplan-Meier survival at the last day of a grid.

    With a grid of days 0..window, 1 - survival is the share that repeats within the window.

    Args:
        events_by_day: tickets with their event on day 0, 1, ...
        censored_by_day: tickets last seen without event on day 0, 1, ..., as many days.
        level: .95 for a 95 % interval.

    Returns:
        The point of the last day; None without tickets, or where nobody was watched until that
        day and some had no event before.

    Raises:
        ValueError: the two differ in length, a count is negative, or level lies outside (0, 1).

    Source:
        Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452
    """
    curve = kaplan_meier_curve(events_by_day, censored_by_day, level)
    return _at(curve, len(events_by_day) - 1)


def kaplan_meier_times(
    times: Sequence[float], events: Sequence[bool | int], at: float, level: float = 0.95
) -> CurvePoint | None:
    """Return the Kaplan-Meier survival at a time, from each ticket's own time.

    Args:
        times: time to the event, or to the last sight of the ticket.
        events: whether the time ended with the event (true or 1) or was cut off (false or 0).
        at: the time asked for, in the unit of `times`.
        level: .95 for a 95 % interval.

    Returns:
        The point, its counts those of the last observed time up to `at`; None without tickets, or
        where nobody was watched until `at` and some had no event before.

    Raises:
        ValueError: the two differ in length, a time isn't a number, or level lies outside (0, 1).

    Source:
        Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452
    """
    if len(times) != len(events):
        raise ValueError(f"{len(times)} times, {len(events)} event marks")
    if any(math.isnan(time) for time in times):
        raise ValueError("times must be numbers; got nan")
    steps = []
    pairs = sorted(zip(times, map(bool, events), strict=True))
    for time, group in groupby(pairs, key=itemgetter(0)):
        marks = [is_event for _, is_event in group]
        steps.append((time, sum(marks), len(marks) - sum(marks)))
    curve = _curve(steps, level)
    return _at(curve, at)


def product_share_survival(
    k: int, n: int, survival: float, variance: float, level: float = 0.95
) -> Interval | None:
    """Return the interval of a share times a survival, p S.

    p S exp(+-z sqrt(var(p)/p^2 + var(S)/S^2)), var(p) = p(1-p)/n, clipped to 0..1: the delta method
    on the log scale, taking both as independent. Two edges replace it: k = 0 gives 0 to Wilson's
    upper bound of p, since S is at most 1; k = n takes the spread of log p downwards from Wilson's
    lower bound, since p(1-p) = 0 would claim certainty.

    Args:
        k: numerator of the share, tickets.
        n: its denominator.
        survival: Kaplan-Meier survival, 0..1.
        variance: its Greenwood variance.
        level: .95 for a 95 % interval.

    Returns:
        Shares, 0..1; None where n is 0, or where survival is 0 or 1 and so has no spread to use.

    Raises:
        ValueError: k lies outside 0..n, survival outside 0..1, level outside (0, 1), or the
            variance is negative.

    Source:
        Oehlert (1992), A note on the delta method, doi:10.1080/00031305.1992.10475842
    """
    check_counts(k, n)
    check_share("survival", survival)
    if not variance >= 0:
        raise ValueError(f"variance can't be negative; got {variance!r}")
    z = two_sided_z(level)
    share = wilson(k, n, level)
    if share is None or survival in (0, 1):
        return None
    if k == 0:
        return share
    of_survival = z * math.sqrt(variance) / survival
    above = below = z * math.sqrt((n - k) / (k * n))
    if k == n:
        below = -math.log(share.low)
    value = k / n * survival
    low = value * math.exp(-math.hypot(below, of_survival))
    return Interval(low, min(1.0, value * math.exp(math.hypot(above, of_survival))))


def _curve(steps: Sequence[tuple[float, int, int]], level: float) -> tuple[CurvePoint, ...]:
    """Return the points of (time, events, censored) in the order of time."""
    z = two_sided_z(level)
    if any(events < 0 or censored < 0 for _, events, censored in steps):
        raise ValueError("counts of events and censorings can't be negative")
    at_risk = sum(events + censored for _, events, censored in steps)
    survival, greenwood = 1.0, 0.0
    points = []
    for time, events, censored in steps:
        if at_risk == 0:
            break
        survival *= (at_risk - events) / at_risk
        if events < at_risk:
            greenwood += events / (at_risk * (at_risk - events))
        points.append(
            CurvePoint(
                time,
                at_risk,
                events,
                censored,
                survival,
                survival * survival * greenwood,
                _log_log(survival, greenwood, z),
            )
        )
        at_risk -= events + censored
    return tuple(points)


def _at(curve: Sequence[CurvePoint], time: float) -> CurvePoint | None:
    """Return the curve at a time, or None where it isn't known there."""
    if not curve:
        return None
    reached = [point for point in curve if point.time <= time]
    if not reached:
        return CurvePoint(time, curve[0].at_risk, 0, 0, 1.0, 0.0, None)
    last = reached[-1]
    if time > curve[-1].time and last.survival > 0:
        return None
    return last._replace(time=time)


def _log_log(survival: float, greenwood: float, z: float) -> Interval | None:
    """Return the interval that is symmetric for log(-log S).

    Source:
        Kalbfleisch and Prentice (2002), section 1.4.1, doi:10.1002/9781118032985
    """
    if not 0 < survival < 1:
        return None
    ratio = math.exp(z * math.sqrt(greenwood) / -math.log(survival))
    return Interval(survival**ratio, survival ** (1 / ratio))
