"""Between which places a group can truthfully be put.

A place counts only the groups that are clearly better or clearly worse; the rest may stand in any
order. A single rank is never returned, because ties of chance would be read as an order.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from csatkit.stats._checks import check_counts
from csatkit.stats.intervals import wilson


class RankRange(NamedTuple):
    """Best and worst place that a group may hold, 1 being the best, among `of` groups."""

    best: int
    worst: int
    of: int


class _Group(NamedTuple):
    place: int
    share: float
    below: float
    above: float


def rank_ranges(
    cells: Sequence[tuple[int, int]], level: float = 0.95, *, higher_is_better: bool = True
) -> tuple[RankRange | None, ...]:
    """Return the range of places of each group.

    best = 1 + the number whose difference to it lies wholly above 0, worst = groups - the number
    whose difference lies wholly below 0, by Newcombe's interval of the difference of shares. No
    correction for the number of pairs is made: the range is about one group, not the whole order.

    Args:
        cells: numerator and denominator of each group, which don't overlap.
        level: .95 for a 95 % interval of each difference.
        higher_is_better: False for rates that should be low.

    Returns:
        One range per group in the given order, None for a group without tickets, which counts
        nowhere.

    Raises:
        ValueError: a numerator exceeds its denominator or level lies outside (0, 1).

    Source:
        Goldstein and Spiegelhalter (1996), doi:10.2307/2983325; Newcombe (1998),
        doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    groups = sorted(_groups(cells, level), key=lambda group: group.share)
    higher, lower = [0] * len(cells), [0] * len(cells)
    for i, group in enumerate(groups):
        for rival in groups[i + 1 :]:
            # Newcombe's lower bound, in the same order of operations.
            distance = rival.share - group.share
            if distance - math.hypot(rival.below, group.above) > 0:
                higher[group.place] += 1
                lower[rival.place] += 1
    if not higher_is_better:
        higher, lower = lower, higher
    count = len(groups)
    return tuple(
        RankRange(1 + higher[place], count - lower[place], count) if n else None
        for place, (_, n) in enumerate(cells)
    )


def _groups(cells: Sequence[tuple[int, int]], level: float) -> list[_Group]:
    """Return the groups with tickets and how far their Wilson bounds lie from their share."""
    found = []
    for place, (k, n) in enumerate(cells):
        check_counts(k, n)
        bounds = wilson(k, n, level)
        if bounds is not None:
            share = k / n
            found.append(_Group(place, share, share - bounds.low, bounds.high - share))
    return found
