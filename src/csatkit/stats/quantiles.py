"""Which order statistics enclose a quantile, whatever the distribution.

The interval of a median time is two of the times themselves; a rank that doesn't exist is None,
never the extreme of the data.
"""

from collections.abc import Callable
from typing import NamedTuple

from csatkit.stats._checks import check_counts, check_level
from csatkit.stats.binomial import binomial_lower_tail, binomial_upper_tail


class Ranks(NamedTuple):
    """Ranks of the enclosing values in ascending order, the smallest being 1."""

    low: int | None
    high: int | None


def quantile_ranks(n: int, q: float, level: float = 0.95) -> Ranks | None:
    """Return the ranks whose values enclose the q quantile.

    With B binomial (n, q): low is the greatest l with P(B < l) <= (1 - level) / 2, high the
    smallest u with P(B >= u) <= (1 - level) / 2. The true level is never below the asked one.

    Args:
        n: how many values.
        q: the quantile as a share, .5 for the median.
        level: .95 for a 95 % interval.

    Returns:
        Ranks from 1 to n, None on a side that too few values leave open; None where n is 0.

    Raises:
        ValueError: n is negative, or q or level lies outside (0, 1).

    Source:
        David and Nagaraja (2003), Order Statistics, section 7.1, doi:10.1002/0471722162
    """
    check_counts(0, n)
    check_level(level)
    if not 0 < q < 1:
        raise ValueError(f"q must lie between 0 and 1; got {q!r}")
    if n == 0:
        return None
    tail = (1 - level) / 2
    first_too_high = _first(n + 1, lambda rank: binomial_lower_tail(rank - 1, n, q) > tail)
    high = _first(n + 1, lambda rank: binomial_upper_tail(rank, n, q) <= tail)
    return Ranks(
        first_too_high - 1 if first_too_high > 1 else None,
        high if high <= n else None,
    )


def _first(stop: int, holds: Callable[[int], bool]) -> int:
    """Return the first rank from 1 for which a condition holds, which then holds for all later."""
    low, high = 1, stop
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
