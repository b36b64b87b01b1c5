"""Did the average change: the chart of a mean, with the signals of the chart of a share.

How far the scores within a period lie apart says how far its mean may wobble by chance; sums are
enough. Only complete and mature periods belong on a chart.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from csatkit.stats.charts import (
    LIMIT_SIGMAS,
    MEAN_RANGE,
    MIN_POINTS,
    Chart,
    ChartPoint,
    beyond_limits,
    long_runs,
    monotone_stretches,
)
from csatkit.stats.intervals import Interval, Sums

__all__ = ["mean_chart"]


def mean_chart(periods: Sequence[Sums], bounds: tuple[float, float] | None = None) -> Chart | None:
    """Return the chart of a mean and its signals.

    limits = m +- 3 s / sqrt(n_i) max(1, sigma_z), m the mean of all values, s^2 = sum (ss_i -
    total_i^2 / n_i) / sum (n_i - 1) the variance within periods, sigma_z = mean |z_i - z_(i-1)| /
    1.128, z_i = (m_i - m) sqrt(n_i) / s: Laney's adjustment, as in `charts.p_chart`, with the
    same signals.

    Args:
        periods: number, sum and sum of squares of each complete period's values, in the order of
            time.
        bounds: ends of the scale, which the limits can't pass.

    Returns:
        The chart in the unit of the values, periods without values being None and skipped; None
        where no period has two values, or none that differ.

    Source:
        Shewhart (1931), Economic Control of Quality of Manufactured Product, part III;
        Laney (2002), doi:10.1081/QEN-120006555
    """
    used = [p for p in periods if p.n]
    spread = _spread_within(used)
    if spread is None:
        return None
    centre = math.fsum(p.total for p in used) / sum(p.n for p in used)
    sigma_z = _sigma_z(used, centre, spread)
    half = LIMIT_SIGMAS * spread * max(1.0, sigma_z or 0.0)
    points = tuple(_point(p, centre, half, bounds) if p.n else None for p in periods)
    means = [(place, point.rate) for place, point in enumerate(points) if point]
    signals = (*beyond_limits(points), *long_runs(means, centre), *monotone_stretches(means))
    return Chart(centre, sigma_z, len(used) < MIN_POINTS, points, signals)


def _spread_within(used: Sequence[Sums]) -> float | None:
    """Return the standard deviation of values around the mean of their own period."""
    df = sum(p.n - 1 for p in used)
    if df < 1:
        return None
    square = math.fsum(p.squares - p.total * p.total / p.n for p in used) / df
    return math.sqrt(square) if square > 0 else None


def _sigma_z(used: Sequence[Sums], centre: float, spread: float) -> float | None:
    """Return how much more neighbouring means differ than the scores within them explain."""
    if len(used) < 2:
        return None
    z_scores = [(p.total / p.n - centre) * math.sqrt(p.n) / spread for p in used]
    ranges = [abs(later - earlier) for earlier, later in pairwise(z_scores)]
    return math.fsum(ranges) / len(ranges) / MEAN_RANGE


def _point(
    period: Sums, centre: float, half: float, bounds: tuple[float, float] | None
) -> ChartPoint:
    least, most = bounds if bounds is not None else (-math.inf, math.inf)
    width = half / math.sqrt(period.n)
    limits = Interval(max(least, centre - width), min(most, centre + width))
    return ChartPoint(period.total / period.n, limits)
