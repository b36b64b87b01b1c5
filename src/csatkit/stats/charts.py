"""Did anything change, or is this how the rate always moves: the p' chart and its signals.

Limits follow the variation that the points really show, so that a million tickets a week don't turn
every wobble into news. Only complete and mature periods belong on a chart.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from csatkit.stats._checks import check_counts
from csatkit.stats.intervals import Interval

SignalKind = Literal["above limits", "below limits", "run above", "run below", "rising", "falling"]

# Shewhart's limits: they leave about one stable point in 370 outside.
LIMIT_SIGMAS = 3
# With fewer points the spread between neighbours is known to a quarter at best.
MIN_POINTS = 12
# Seven in a row upwards happen by chance once in 5,040 places (metrics.md, Change and drivers).
MONOTONE_POINTS = 7
# Mean distance of two standard normal values, 2 / sqrt(pi), by which moving ranges are scaled.
MEAN_RANGE = 2 / math.sqrt(math.pi)


class ChartPoint(NamedTuple):
    """One period: its rate and its own limits, as shares; None without tickets."""

    rate: float
    limits: Interval


class Signal(NamedTuple):
    """What a stable process hardly ever shows, from point `first` to point `last`, from 0."""

    kind: SignalKind
    first: int
    last: int


class Chart(NamedTuple):
    """Centre line, Laney's sigma_z (None where it can't be told), points and signals.

    `is_trial` marks limits from fewer than 12 points.
    """

    centre: float
    sigma_z: float | None
    is_trial: bool
    points: tuple[ChartPoint | None, ...]
    signals: tuple[Signal, ...]


def p_chart(periods: Sequence[tuple[int, int]]) -> Chart | None:
    """Return Laney's p' chart of a rate and its signals.

    limits = p +- 3 s_i max(1, sigma_z), s_i = sqrt(p (1-p) / n_i), sigma_z = mean |z_i - z_(i-1)| /
    1.128, z_i = (p_i - p) / s_i. A sigma_z below 1 is reported but doesn't narrow the limits:
    tickets vary by chance at least, so with few points it is mostly luck. Signals: a point beyond
    its limits; every run on one side of the centre longer than round(log2 n + 3), points on the
    centre left out; 7 points or more rising or falling.

    Args:
        periods: numerator and denominator of each complete period, in the order of time.

    Returns:
        The chart, periods without tickets being None and skipped; None where none has tickets.

    Raises:
        ValueError: a numerator exceeds its denominator.

    Source:
        Laney (2002), doi:10.1081/QEN-120006555; Anhøj and Olesen (2014),
        doi:10.1371/journal.pone.0113825
    """
    for period in periods:
        check_counts(*period)
    used = [(k, n) for k, n in periods if n]
    if not used:
        return None
    centre = sum(k for k, _ in used) / sum(n for _, n in used)
    sigma_z = _sigma_z(used, centre)
    spread = LIMIT_SIGMAS * max(1.0, sigma_z or 0.0) * math.sqrt(centre * (1 - centre))
    points = tuple(_point(k, n, centre, spread) if n else None for k, n in periods)
    rates = [(place, point.rate) for place, point in enumerate(points) if point]
    signals = (*beyond_limits(points), *long_runs(rates, centre), *monotone_stretches(rates))
    return Chart(centre, sigma_z, len(used) < MIN_POINTS, points, signals)


def longest_usual_run(n_points: int) -> int:
    """Return the longest run on one side of the centre that isn't a signal yet.

    round(log2 n + 3).

    Args:
        n_points: points that aren't on the centre line, 1 or more.

    Returns:
        Points.

    Raises:
        ValueError: there is no point.

    Source:
        Anhøj and Olesen (2014), doi:10.1371/journal.pone.0113825
    """
    if n_points < 1:
        raise ValueError(f"a run needs points; got {n_points!r}")
    return round(math.log2(n_points) + 3)


def _sigma_z(used: Sequence[tuple[int, int]], centre: float) -> float | None:
    """Return how much more neighbouring points differ than chance alone makes them."""
    if len(used) < 2 or centre in (0, 1):
        return None
    unit = math.sqrt(centre * (1 - centre))
    z_scores = [(k / n - centre) * math.sqrt(n) / unit for k, n in used]
    ranges = [abs(later - earlier) for earlier, later in pairwise(z_scores)]
    return math.fsum(ranges) / len(ranges) / MEAN_RANGE


def _point(k: int, n: int, centre: float, spread: float) -> ChartPoint:
    half = spread / math.sqrt(n)
    return ChartPoint(k / n, Interval(max(0.0, centre - half), min(1.0, centre + half)))


def beyond_limits(points: Sequence[ChartPoint | None]) -> Iterator[Signal]:
    """Yield every point outside its own limits."""
    for place, point in enumerate(points):
        if point and point.rate > point.limits.high:
            yield Signal("above limits", place, place)
        elif point and point.rate < point.limits.low:
            yield Signal("below limits", place, place)


def long_runs(rates: Sequence[tuple[int, float]], centre: float) -> Iterator[Signal]:
    """Yield every run on one side of the centre that is longer than usual.

    Args:
        rates: place and value of each point; those on the centre are left out.
        centre: in the unit of the values.
    """
    useful = [(place, rate) for place, rate in rates if rate != centre]
    if not useful:
        return
    usual = longest_usual_run(len(useful))

    def same_side(earlier: float, later: float) -> bool:
        return (earlier > centre) == (later > centre)

    for stretch in _stretches(useful, same_side):
        if len(stretch) > usual:
            kind: SignalKind = "run above" if stretch[0][1] > centre else "run below"
            yield Signal(kind, stretch[0][0], stretch[-1][0])


def monotone_stretches(rates: Sequence[tuple[int, float]]) -> Iterator[Signal]:
    """Yield every stretch of at least `MONOTONE_POINTS` points that rise or fall throughout."""
    rules: tuple[tuple[SignalKind, Callable[[float, float], bool]], ...] = (
        ("rising", lambda earlier, later: later > earlier),
        ("falling", lambda earlier, later: later < earlier),
    )
    for kind, goes_on in rules:
        for stretch in _stretches(rates, goes_on):
            if len(stretch) >= MONOTONE_POINTS:
                yield Signal(kind, stretch[0][0], stretch[-1][0])


def _stretches(
    rates: Sequence[tuple[int, float]], goes_on: Callable[[float, float], bool]
) -> Iterator[list[tuple[int, float]]]:
    """Yield the longest stretches within which each point goes on from the one before."""
    stretch: list[tuple[int, float]] = []
    for point in rates:
        if stretch and not goes_on(stretch[-1][1], point[1]):
            yield stretch
            stretch = []
        stretch.append(point)
    if stretch:
        yield stretch
