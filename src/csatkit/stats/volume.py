"""Did the volume change, or do days just differ: the difference of two counts of tickets.

Tickets come in bursts and by weekday, so chance is read from the days themselves. A volume is a
fact; its interval says what the same process might have brought, never how many came.
"""

import math
from collections import Counter
from collections.abc import Mapping

from csatkit.stats._checks import check_level
from csatkit.stats.intervals import Interval
from csatkit.stats.normal import two_sided_t

__all__ = ["count_difference"]

# With fewer the spread between days is known to a factor of two at best, so no interval is given.
MIN_DF = 5


def count_difference(
    before: Mapping[int, int], after: Mapping[int, int], level: float = 0.95
) -> Interval | None:
    """Return the interval of a difference of two volumes, after minus before.

    d +- t(df) sqrt(phi (N1 + N0)), phi = max(1, sum (n - e)^2 / e / df) over days, e = the
    period's share of all tickets times the weekday's, per day of that weekday in the period;
    df = days - weekdays - 1: a Poisson rate per weekday and period whose variance is phi times
    its mean.

    Args:
        before: tickets by number of the day, any day being 0; days without tickets count too.
        after: the same of the later period.
        level: .95 for a 95 % interval.

    Returns:
        Tickets; None for too few days, or where none has a ticket.

    Raises:
        ValueError: level lies outside (0, 1).

    Source:
        McCullagh and Nelder (1989), Generalized Linear Models, 2nd edition, section 6.2
    """
    check_level(level)
    periods = (before, after)
    weekdays = {day % 7 for days in periods for day in days}
    df = len(before) + len(after) - len(weekdays) - 1
    sizes = [sum(days.values()) for days in periods]
    if df < MIN_DF or not all(periods) or not sum(sizes):
        return None
    of_weekday = Counter[int]()
    for days in periods:
        for day, n in days.items():
            of_weekday[day % 7] += n
    distance = math.fsum(
        _distance(days, size / sum(sizes), of_weekday)
        for days, size in zip(periods, sizes, strict=True)
    )
    phi = max(1.0, distance / df)
    gap, half = sizes[1] - sizes[0], two_sided_t(level, df) * math.sqrt(phi * sum(sizes))
    return Interval(gap - half, gap + half)


def _distance(days: Mapping[int, int], share: float, of_weekday: Mapping[int, int]) -> float:
    """Return the sum of (n - e)^2 / e over one period's days."""
    repeats = Counter(day % 7 for day in days)
    expected = {w: share * of_weekday[w] / n for w, n in repeats.items()}
    return math.fsum(
        (n - expected[day % 7]) ** 2 / expected[day % 7]
        for day, n in days.items()
        if expected[day % 7]
    )
