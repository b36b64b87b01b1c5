"""Where is it heading: the slope of a rate over time, with its interval.

A slope says more about next month than a level does, if its interval leaves zero out. It is a line
through what happened; it must never be drawn on into the future.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from csatkit.stats._checks import check_counts
from csatkit.stats.intervals import Interval
from csatkit.stats.normal import two_sided_t

# Two points always lie on a line, so they say nothing about their own noise.
MIN_POINTS = 3


class Slope(NamedTuple):
    """Change of a share per unit of time, its interval, overdispersion, and the line's two ends."""

    per_unit: float
    interval: Interval
    phi: float
    start: float
    end: float

    @property
    def direction(self) -> Literal["rising", "falling"] | None:
        """Return which way the rate is heading, None where the interval holds zero."""
        if self.interval.low > 0:
            return "rising"
        return "falling" if self.interval.high < 0 else None


def weighted_slope(points: Sequence[tuple[float, int, int]], level: float = 0.95) -> Slope | None:
    """Return the slope of a share over time by weighted least squares.

    b = sum n (x - X)(y - Y) / S, S = sum n (x - X)^2, y = k/n, X and Y weighted means;
    var(b) = phi P (1-P) / S with P the pooled share and
    phi = max(1, sum n (y - line)^2 / ((m - 2) P (1-P))); b +- t(m-2) sqrt(var).

    Args:
        points: time in any unit, numerator and denominator of each period; those without tickets
            are left out.
        level: .95 for a 95 % interval.

    Returns:
        Shares per unit of time; None for fewer than three periods, a single time, or where every
        ticket has the same outcome.

    Raises:
        ValueError: a numerator exceeds its denominator or level lies outside (0, 1).

    Source:
        McCullagh and Nelder (1989), Generalized Linear Models, 2nd edition, section 4.5
    """
    for _, k, n in points:
        check_counts(k, n)
    used = [(x, k, n) for x, k, n in points if n]
    n_all, k_all = sum(n for _, _, n in used), sum(k for _, k, _ in used)
    if len(used) < MIN_POINTS or k_all in (0, n_all):
        return None
    centre = math.fsum(n * x for x, _, n in used) / n_all
    pooled = k_all / n_all
    spread = math.fsum(n * (x - centre) ** 2 for x, _, n in used)
    if spread == 0:
        return None
    slope = math.fsum((k - n * pooled) * (x - centre) for x, k, n in used) / spread
    residual = math.fsum(n * (k / n - pooled - slope * (x - centre)) ** 2 for x, k, n in used)
    df, chance = len(used) - 2, pooled * (1 - pooled)
    phi = max(1.0, residual / (df * chance))
    half = two_sided_t(level, df) * math.sqrt(phi * chance / spread)
    start, end = (pooled + slope * (x - centre) for x in (used[0][0], used[-1][0]))
    return Slope(slope, Interval(slope - half, slope + half), phi, start, end)
