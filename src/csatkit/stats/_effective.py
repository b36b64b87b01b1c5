"""Wilson's interval for a share whose spread isn't that of simple counting.

Weights and repeated raters change how many independent tickets a share is worth. That number is
rarely whole, so it can't be passed as a count; nothing here may be used where counts are known.
"""

import math

from csatkit.stats._checks import check_share
from csatkit.stats.intervals import Interval
from csatkit.stats.normal import two_sided_z


def effective_wilson(p: float, n: float, level: float) -> Interval:
    """Return Wilson's interval of a share that is worth n independent tickets.

    (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).

    Args:
        p: the share, 0..1.
        n: effective number of tickets, above 0, whole or not.
        level: .95 for a 95 % interval.

    Returns:
        Shares, 0..1.

    Raises:
        ValueError: p lies outside 0..1, n isn't positive, or level lies outside (0, 1).

    Source:
        Korn and Graubard (1998), Survey Methodology 24, 193-201, for the effective number;
        Wilson (1927), doi:10.1080/01621459.1927.10502953
    """
    check_share("p", p)
    if not n > 0:
        raise ValueError(f"effective n must be positive; got {n!r}")
    square = two_sided_z(level) ** 2 / n
    half = math.sqrt(square * (p * (1 - p) + square / 4))
    low, high = ((p + square / 2 + side) / (1 + square) for side in (-half, half))
    return Interval(max(0.0, min(low, p)), min(1.0, max(high, p)))
