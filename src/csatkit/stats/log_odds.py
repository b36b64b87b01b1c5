"""Which words one group of texts uses unusually often, the smallness of counts taken seriously.

Every word starts from how often both groups together use it; only the distance from there counts,
so that common words need no list and rare ones no threshold.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["LogOdds", "log_odds"]

# Monroe, Colaresi and Quinn's own choice: as much as some two pages of text.
PRIOR = 500.0


class LogOdds(NamedTuple):
    """A word's log-odds ratio, shrunken, and that in units of its standard error."""

    value: float
    z: float


def log_odds(
    counts: Sequence[tuple[int, int]], totals: tuple[int, int], prior: float = PRIOR
) -> tuple[LogOdds, ...]:
    """Return log-odds ratios with an informative Dirichlet prior.

    With a_w = prior x (share of the word in both groups together): delta_w =
    log((y1 + a_w) / (n1 + prior - y1 - a_w)) - log((y0 + a_w) / (n0 + prior - y0 - a_w)), variance
    1/(y1 + a_w) + 1/(y0 + a_w).

    Args:
        counts: of each word in the first and in the second group; not both 0.
        totals: of all words in the first and in the second group.
        prior: how many words the prior is worth.

    Returns:
        One entry per word; above 0 where the first group uses it more.

    Raises:
        ValueError: a word without a count, more of one than there are words, or a prior of 0.

    Source:
        Monroe, Colaresi and Quinn (2008), doi:10.1093/pan/mpn018, equations 15, 16, 19, 22
    """
    n1, n0 = totals
    if prior <= 0:
        raise ValueError(f"prior must be positive; got {prior!r}")
    found = []
    for y1, y0 in counts:
        if y1 + y0 <= 0 or y1 > n1 or y0 > n0 or min(y1, y0) < 0:
            raise ValueError(f"counts {y1}, {y0} don't fit totals {n1}, {n0}")
        own = prior * (y1 + y0) / (n1 + n0)
        more, less = y1 + own, y0 + own
        rest1, rest0 = n1 + prior - more, n0 + prior - less
        if rest1 <= 0 or rest0 <= 0:  # the only word there is
            found.append(LogOdds(0.0, 0.0))
            continue
        delta = math.log(more / rest1) - math.log(less / rest0)
        found.append(LogOdds(delta, delta / math.sqrt(1 / more + 1 / less)))
    return tuple(found)
