"""Intervals: between which values the truth lies, given these counts.

A value without enough data has no interval (None); nothing here widens, guesses or rounds one.
"""

import math
from typing import NamedTuple

from csatkit.stats._checks import check_counts, check_level, check_share
from csatkit.stats.normal import two_sided_t, two_sided_z
from csatkit.stats.quantiles import Ranks, quantile_ranks

__all__ = [
    "MIN_VALUES_FOR_T",
    "Interval",
    "Ranks",
    "Sums",
    "events_per_ticket",
    "mean_difference",
    "mean_interval",
    "mover",
    "newcombe",
    "quantile_ranks",
    "tipping_point",
    "wilson",
    "worst_case_bounds",
]

# Scores are skewed and bounded, so fewer values get no interval (metrics.md, Intervals).
MIN_VALUES_FOR_T = 20
# Sums of floats err by less than this share of themselves; a smaller spread is rounding, not data.
_FLOAT_NOISE = 1e-12


class Interval(NamedTuple):
    """Two bounds, low <= high, in the unit of the value they surround."""

    low: float
    high: float


class Sums(NamedTuple):
    """The additive totals of a variable: how many values, their sum, the sum of their squares."""

    n: int
    total: float
    squares: float


def wilson(k: int, n: int, level: float = 0.95) -> Interval | None:
    """Return the Wilson score interval of a share.

    (2k + z^2 +- z sqrt(z^2 + 4k(n-k)/n)) / (2 (n + z^2)); the lower bound is taken from the product
    of both, k^2 / (n (n + z^2)), and the upper half mirrors the lower, so no digits cancel.

    Args:
        k: numerator, tickets.
        n: denominator, tickets.
        level: .95 for a 95 % interval.

    Returns:
        Shares, 0..1; None where n is 0.

    Raises:
        ValueError: k lies outside 0..n or level outside (0, 1).

    Source:
        Wilson (1927), doi:10.1080/01621459.1927.10502953
    """
    check_counts(k, n)
    z = two_sided_z(level)
    if n == 0:
        return None
    mirrored = 2 * k > n
    low, high = _lower_half(n - k if mirrored else k, n, z)
    if mirrored:
        low, high = 1 - high, 1 - low
    return Interval(min(low, k / n), max(high, k / n))


def newcombe(k1: int, n1: int, k0: int, n0: int, level: float = 0.95) -> Interval | None:
    """Return the interval of a difference of two independent shares, p1 - p0.

    d - sqrt((p1-l1)^2 + (u0-p0)^2) to d + sqrt((u1-p1)^2 + (p0-l0)^2), l and u being the Wilson
    bounds of each share (method 10).

    Args:
        k1: numerator of the first share, tickets.
        n1: its denominator.
        k0: numerator of the share that is subtracted.
        n0: its denominator.
        level: .95 for a 95 % interval.

    Returns:
        Differences of shares, -1..1; None where a denominator is 0.

    Raises:
        ValueError: a numerator exceeds its denominator or level lies outside (0, 1).

    Source:
        Newcombe (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    first, second = wilson(k1, n1, level), wilson(k0, n0, level)
    if first is None or second is None:
        return None
    low, high = mover(k1 / n1, first, k0 / n0, second)
    return Interval(max(-1.0, low), min(1.0, high))


def mean_interval(
    n: int,
    total: float,
    total_of_squares: float,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
) -> Interval | None:
    """Return Student's t interval of a mean from its sums.

    m +- t(n-1) sqrt(s^2 / n), s^2 = (n ss - total^2) / (n (n-1)), exact where the sums are whole.

    Args:
        n: how many values.
        total: their sum.
        total_of_squares: the sum of their squares.
        level: .95 for a 95 % interval.
        bounds: ends of the scale, which the interval can't pass.

    Returns:
        Bounds in the unit of the values; None for fewer than 20 values or without any spread.

    Raises:
        ValueError: the sums contradict each other or level lies outside (0, 1).

    Source:
        Student (1908), doi:10.1093/biomet/6.1.1
    """
    check_level(level)
    square = _squared_error(Sums(n, total, total_of_squares))
    if square is None:
        return None
    half = two_sided_t(level, n - 1) * math.sqrt(square)
    mean = total / n
    low, high = bounds if bounds is not None else (-math.inf, math.inf)
    if not low <= mean <= high:
        raise ValueError(f"mean {mean!r} lies outside its scale {low!r}..{high!r}")
    return Interval(max(low, mean - half), min(high, mean + half))


def mean_difference(first: Sums, second: Sums, level: float = 0.95) -> Interval | None:
    """Return Welch's interval of a difference of two independent means, first minus second.

    d +- t(f) sqrt(v1 + v0), v = s^2 / n, f = (v1 + v0)^2 / (v1^2/(n1-1) + v0^2/(n0-1)).

    Args:
        first: sums of the first group.
        second: sums of the group that is subtracted.
        level: .95 for a 95 % interval.

    Returns:
        Bounds in the unit of the values; None where a group has fewer than 20 values or no spread.

    Raises:
        ValueError: sums contradict each other or level lies outside (0, 1).

    Source:
        Welch (1947), doi:10.1093/biomet/34.1-2.28
    """
    check_level(level)
    v1, v0 = _squared_error(first), _squared_error(second)
    if v1 is None or v0 is None:
        return None
    df = (v1 + v0) ** 2 / (v1 * v1 / (first.n - 1) + v0 * v0 / (second.n - 1))
    half = two_sided_t(level, df) * math.sqrt(v1 + v0)
    gap = first.total / first.n - second.total / second.n
    return Interval(gap - half, gap + half)


def mover(value1: float, interval1: Interval, value0: float, interval0: Interval) -> Interval:
    """Return the interval of a difference from the intervals of its two independent parts.

    d - sqrt((v1-l1)^2 + (u0-v0)^2) to d + sqrt((u1-v1)^2 + (v0-l0)^2), d = v1 - v0. It keeps the
    level and the lopsidedness of the parts; with Wilson bounds of two shares it is Newcombe's
    method 10.

    Args:
        value1: the first estimate, in any unit.
        interval1: its bounds, which hold it.
        value0: the estimate that is subtracted, in the same unit.
        interval0: its bounds, of the same level.

    Returns:
        Bounds in the unit of the values.

    Raises:
        ValueError: a value lies outside its own interval.

    Source:
        Donner and Zou (2012), Closed-form confidence intervals for functions of the normal mean
        and standard deviation, Statistical Methods in Medical Research 21(4), 347-359; Newcombe
        (1998),
        doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    for value, (low, high) in ((value1, interval1), (value0, interval0)):
        if not low <= value <= high:
            raise ValueError(f"{value!r} lies outside its interval {low!r}..{high!r}")
    gap = value1 - value0
    below = math.hypot(value1 - interval1.low, interval0.high - value0)
    above = math.hypot(interval1.high - value1, value0 - interval0.low)
    return Interval(gap - below, gap + above)


def events_per_ticket(
    n: int, events: int, events_squared: int, level: float = 0.95
) -> Interval | None:
    """Return the interval of events per ticket from the spread between tickets.

    The t interval of the mean, its lower bound no less than 0. A Poisson interval would be too
    narrow: a ticket reopened once is likelier to be reopened again.

    Args:
        n: tickets.
        events: events of all of them.
        events_squared: the sum over tickets of the squared number of events.
        level: .95 for a 95 % interval.

    Returns:
        Events per ticket; None for fewer than 20 tickets or where all have the same number.

    Raises:
        ValueError: the sums contradict each other or level lies outside (0, 1).

    Source:
        Student (1908), doi:10.1093/biomet/6.1.1
    """
    return mean_interval(n, events, events_squared, level, (0, math.inf))


def worst_case_bounds(r: float, p: float) -> Interval:
    """Return what the share could be if nobody, or everybody, among the silent were satisfied.

    [r p, r p + 1 - r].

    Args:
        r: share of surveyed tickets that were rated, 0..1.
        p: share of the rated ones that are satisfied, 0..1.

    Returns:
        Shares of all surveyed tickets, 0..1.

    Raises:
        ValueError: r or p lies outside 0..1.

    Source:
        Cochran (1977), Sampling Techniques, 3rd edition, section 13.2
    """
    check_share("r", r)
    check_share("p", p)
    return Interval(r * p, min(1.0, r * p + (1 - r)))


def tipping_point(target: float, r: float, p: float) -> float | None:
    """Return how satisfied the silent must be for all surveyed tickets to reach the target.

    (T - r p) / (1 - r). Zero or less: the target is met whatever the silent think; above 1: out of
    reach.

    Args:
        target: share to be reached, 0..1.
        r: share of surveyed tickets that were rated, 0..1.
        p: share of the rated ones that are satisfied, 0..1.

    Returns:
        A share, outside 0..1 where the silent can't decide; None where nobody is silent.

    Raises:
        ValueError: an argument lies outside 0..1.

    Source:
        Cochran (1977), Sampling Techniques, 3rd edition, section 13.2
    """
    for name, value in (("target", target), ("r", r), ("p", p)):
        check_share(name, value)
    return None if r == 1 else (target - r * p) / (1 - r)


def _lower_half(k: int, n: int, z: float) -> tuple[float, float]:
    """Return the Wilson bounds for k <= n/2."""
    square = z * z
    spread = z * math.sqrt(square + 4 * k * (n - k) / n)
    high = (2 * k + square + spread) / (2 * (n + square))
    return k * k / (n * (n + square) * high), high


def _squared_error(sums: Sums) -> float | None:
    """Return s^2 / n, or None where a t interval isn't to be trusted."""
    n, total, squares = sums
    if n < 0 or (n == 0 and (total or squares)):
        raise ValueError(f"sums of {n!r} values can't be {total!r} and {squares!r}")
    spread = n * squares - total * total
    noise = 0 if isinstance(spread, int) else _FLOAT_NOISE * n * squares
    if spread < -noise:
        raise ValueError(f"squares of {n!r} values that sum to {total!r} can't sum to {squares!r}")
    if n < MIN_VALUES_FOR_T or spread <= noise:
        return None
    return spread / (n * n * (n - 1))
