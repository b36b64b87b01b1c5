"""How often a chart cries wolf: signals that a process without any change still gives.

Computed for the rules as they are, so that changing a rule changes the printed chance with it. It
is about a stable process; nothing here says how soon a real change is seen.
"""

import math
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from csatkit.stats.charts import LIMIT_SIGMAS, MONOTONE_POINTS, longest_usual_run
from csatkit.stats.normal import normal_cdf


class FalseAlarms(NamedTuple):
    """Chance of at least one false signal of each rule, and of any of them, 0..1."""

    limits: float
    run: float
    monotone: float
    either: float


@lru_cache(maxsize=64)
def false_alarms(n_points: int) -> FalseAlarms:
    """Return how likely a stable process is to signal at least once on a chart of n points.

    limits: 1 - (1 - 2 Phi(-3))^n. run: by the length of the run at hand, each next point being on
    the same side with chance 1/2. monotone: by the rank of the last point among all before it, all
    orders being equally likely. either: 1 minus the product of the three chances of silence, as if
    the rules were independent. For independent points whose centre and spread are known.

    Args:
        n_points: points judged in a year, 52 for weeks, 12 for months.

    Returns:
        Chances, 0..1.

    Raises:
        ValueError: n_points is below 1.

    Source:
        Feller (1968), An Introduction to Probability Theory and Its Applications, 3rd edition,
        section XIII.7, for runs; Anhøj and Olesen (2014), doi:10.1371/journal.pone.0113825
    """
    if n_points < 1:
        raise ValueError(f"a chart needs points; got {n_points!r}")
    limits = -math.expm1(n_points * math.log1p(-2 * normal_cdf(-LIMIT_SIGMAS)))
    run = 1 - _no_long_run(n_points, longest_usual_run(n_points))
    monotone = 1 - _no_monotone(n_points, MONOTONE_POINTS)
    either = 1 - (1 - limits) * (1 - run) * (1 - monotone)
    return FalseAlarms(limits, run, monotone, either)


def _no_long_run(n_points: int, longest: int) -> float:
    """Return the chance that no run on one side is longer than allowed."""
    # by_length[i] is the chance that all is well and the run at hand has i + 1 points.
    by_length = [1.0] + [0.0] * (longest - 1)
    for _ in range(n_points - 1):
        by_length = [sum(by_length) / 2, *(chance / 2 for chance in by_length[:-1])]
    return math.fsum(by_length)


def _no_monotone(n_points: int, too_many: int) -> float:
    """Return the chance that fewer than so many points in a row rise or fall.

    rising[steps][rank]: chance that all is well, the last `steps` steps went up, and the last point
    is the rank-th smallest so far. By symmetry falling is its mirror image.
    """
    steps = too_many - 2
    rising = [[0.0] for _ in range(steps + 1)]
    rising[0] = [1.0]
    for size in range(2, n_points + 1):
        started = [math.fsum(column) for column in zip(*rising, strict=True)]
        # The first point has no step yet; from then on falling mirrors rising.
        turned = list(reversed(started)) if size > 2 else started
        below = [_before(chances, size) for chances in (turned, *rising[1:-1])]
        rising = [[0.0] * size, *below] if steps else [[0.0] * size]
    silent = math.fsum(math.fsum(column) for column in rising)
    return silent if n_points == 1 else 2 * silent


def _before(chances: list[float], size: int) -> list[float]:
    """Return, for each rank of the next point, the chance that the last one lies below it."""
    return [total / size for total in accumulate(chances, initial=0.0)]
