"""The difference of two shares that look at the same rows, and so aren't independent."""

from __future__ import annotations

import math

from csatkit.stats._checks import check_level
from csatkit.stats.intervals import Interval, wilson

__all__ = ["correlated_difference", "paired_correlation"]


def paired_correlation(both: int, first_only: int, second_only: int, neither: int) -> float:
    """Return the correlation of two shares over the same rows, corrected for continuity.

    (ad - bc) / sqrt(product of the margins); where ad > bc, n / 2 is taken off ad - bc, though not
    beyond 0. 0 where a margin is empty.

    Args:
        both: rows that count under both rules.
        first_only: rows that count under the first alone.
        second_only: rows that count under the second alone.
        neither: rows that count under neither.

    Source:
        Newcombe (1998), doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C,
        method 10
    """
    a, b, c, d = both, first_only, second_only, neither
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 0.0
    excess = float(a * d - b * c)
    if excess > 0:
        excess = max(excess - (a + b + c + d) / 2, 0.0)
    return excess / math.sqrt(margins)


def correlated_difference(
    first: tuple[int, int], second: tuple[int, int], correlation: float, level: float = 0.95
) -> Interval | None:
    """Return the interval of a difference of two correlated shares, p1 - p0.

    d - sqrt((p1-l1)^2 - 2 f (p1-l1)(u0-p0) + (u0-p0)^2) and its mirror image, l and u being the
    Wilson bounds of each share and f their correlation; with f = 0 that of independent shares.

    Args:
        first: numerator and denominator of the first share.
        second: those of the share that is subtracted.
        correlation: of the two estimates, -1..1.
        level: .95 for a 95 % interval.

    Returns:
        Differences of shares, -1..1; None where a denominator is 0.

    Raises:
        ValueError: a numerator exceeds its denominator, or level or correlation is out of range.

    Source:
        Newcombe (1998), doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C;
        for shares of different rows Zou & Donner (2008), doi:10.1002/sim.3095
    """
    check_level(level)
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation {correlation} lies outside -1..1")
    one, other = wilson(*first, level), wilson(*second, level)
    if one is None or other is None:
        return None
    p1, p0 = first[0] / first[1], second[0] / second[1]
    below = _distance(p1 - one.low, other.high - p0, correlation)
    above = _distance(one.high - p1, p0 - other.low, correlation)
    return Interval(max(-1.0, p1 - p0 - below), min(1.0, p1 - p0 + above))


def _distance(a: float, b: float, correlation: float) -> float:
    # Rounding may take a difference of equal parts below 0.
    return math.sqrt(max(0.0, a * a - 2 * correlation * a * b + b * b))
