"""How many ratings a goal needs before anybody can tell whether it was reached.

A goal smaller than its own noise is decided by luck. These numbers are plans made before looking;
they must never be used to explain a result afterwards.
"""

import math
from typing import Literal, NamedTuple

from csatkit.stats._checks import check_level, check_share
from csatkit.stats.normal import normal_quantile, two_sided_z

GoalClass = Literal["unrealistic", "realistic", "within noise", "reached"]

# Chance to see a real change that is usually asked for, Cohen (1988), section 2.4.
POWER = 0.80
# A quarter's rise of more than five points is a leap that no programme can be planned on, one of
# two to five can (metrics.md, Goals and checks).
MOST_PER_QUARTER = 0.05
LEAST_PER_QUARTER = 0.02
# .76 - .72 isn't .04 in binary; gains within this of a boundary are on it.
_ROUNDING = 1e-9


class Goal(NamedTuple):
    """How a goal is judged.

    `gain_per_quarter` is a share, `ratings_needed` per period (None where nothing is to be gained),
    `has_enough_ratings` None where the number of ratings isn't known.
    """

    verdict: GoalClass
    gain_per_quarter: float
    ratings_needed: int | None
    has_enough_ratings: bool | None


def n_needed(p: float, target: float, level: float = 0.95) -> int | None:
    """Return how many tickets decide between a share and a target.

    ceil(z^2 t (1-t) / (p - t)^2). If the truth is p, the chance to decide at that n is one half.

    Args:
        p: share as seen, 0..1.
        target: share that is asked for, 0..1.
        level: .95 for a 95 % interval.

    Returns:
        Tickets, at least 1; None where p equals the target.

    Raises:
        ValueError: a share lies outside 0..1 or level outside (0, 1).

    Source:
        Wilson (1927), doi:10.1080/01621459.1927.10502953
    """
    check_share("p", p)
    check_share("target", target)
    z = two_sided_z(level)
    if p == target:
        return None
    return max(1, math.ceil(z * z * target * (1 - target) / (p - target) ** 2))


def ratings_per_period(
    before: float, after: float, power: float = POWER, level: float = 0.95
) -> int | None:
    """Return the ratings each of two periods needs for a change to be seen.

    ceil((z sqrt(2 P (1-P)) + z_b sqrt(p0 (1-p0) + p1 (1-p1)))^2 / (p1 - p0)^2), P = (p0 + p1) / 2,
    z two-sided at the level, z_b the quantile of the power.

    Args:
        before: share today, 0..1.
        after: share to be reached, 0..1.
        power: chance to see the change if it is real.
        level: .95 for a two-sided test at 5 %.

    Returns:
        Ratings per period, at least 1; None where the shares are equal.

    Raises:
        ValueError: a share lies outside 0..1, or power or level outside (0, 1).

    Source:
        Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, 3rd edition,
        section 4.2, doi:10.1002/0471445428
    """
    check_share("before", before)
    check_share("after", after)
    _check_power(power)
    z = two_sided_z(level)
    if before == after:
        return None
    middle = (before + after) / 2
    own = before * (1 - before) + after * (1 - after)
    reach = z * math.sqrt(2 * middle * (1 - middle)) + normal_quantile(power) * math.sqrt(own)
    return max(1, math.ceil(reach * reach / (after - before) ** 2))


def months_until_visible(
    before: float,
    after: float,
    ratings_per_month: float,
    power: float = POWER,
    level: float = 0.95,
) -> int | None:
    """Return for how many months ratings must be collected until a change can be seen.

    The ratings that one period needs, at today's volume, compared with as long a time before.

    Args:
        before: share today, 0..1.
        after: share to be reached, 0..1.
        ratings_per_month: today's volume, 0 or more.
        power: chance to see the change if it is real.
        level: .95 for a two-sided test at 5 %.

    Returns:
        Whole months, at least 1; None where nothing comes in or the shares are equal.

    Raises:
        ValueError: the volume is negative, a share lies outside 0..1, or power or level outside
            (0, 1).

    Source:
        As `ratings_per_period`.
    """
    if not ratings_per_month >= 0:
        raise ValueError(f"ratings per month can't be negative; got {ratings_per_month!r}")
    needed = ratings_per_period(before, after, power, level)
    if needed is None or ratings_per_month == 0:
        return None
    return math.ceil(needed / ratings_per_month)


def judge_goal(
    before: float,
    after: float,
    quarters: float = 1.0,
    ratings: int | None = None,
    *,
    higher_is_better: bool = True,
) -> Goal:
    """Return whether a goal is a plan, a dream, or noise.

    More than 5 points a quarter is unrealistic, 2 to 5 realistic; below 2 is within noise, unless
    the ratings of a period suffice to see the whole change, which makes it realistic.

    Args:
        before: share today, 0..1.
        after: share to be reached, 0..1.
        quarters: time for it, above 0.
        ratings: ratings per period, None where unknown.
        higher_is_better: False for rates that should fall.

    Returns:
        The verdict with its numbers; "reached" where nothing is left to gain.

    Raises:
        ValueError: a share lies outside 0..1, quarters isn't positive or ratings are negative.

    Source:
        As `ratings_per_period`.
    """
    if not quarters > 0:
        raise ValueError(f"quarters must be positive; got {quarters!r}")
    if ratings is not None and ratings < 0:
        raise ValueError(f"ratings can't be negative; got {ratings!r}")
    needed = ratings_per_period(before, after)
    gain = (after - before if higher_is_better else before - after) / quarters
    if gain <= 0 or needed is None:
        return Goal("reached", gain, None, None)
    enough = ratings >= needed if ratings is not None else None
    if gain > MOST_PER_QUARTER + _ROUNDING:
        verdict: GoalClass = "unrealistic"
    else:
        is_plain = gain >= LEAST_PER_QUARTER - _ROUNDING
        verdict = "realistic" if is_plain or enough else "within noise"
    return Goal(verdict, gain, needed, enough)


def _check_power(power: float) -> None:
    try:
        check_level(power)
    except ValueError:
        raise ValueError(f"power must lie between 0 and 1, such as 0.8; got {power!r}") from None
