"""Many comparisons at once: what still counts as a finding.

Scans that look for something interesting bound the share of false discoveries; declared targets
bound the chance of a single false one. Neither may be told fewer p values than were looked at.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from csatkit.stats._checks import check_level, check_shares


class Discoveries(NamedTuple):
    """For each p value, in the given order: whether it is a discovery, and its adjusted p value."""

    is_discovery: tuple[bool, ...]
    adjusted: tuple[float, ...]


def benjamini_hochberg(p_values: Sequence[float], q: float = 0.10) -> Discoveries:
    """Return which comparisons are discoveries at a false discovery rate.

    The adjusted value of the i-th smallest of m is min over j >= i of p_j m / j, at most 1; a
    discovery has one of q or less. Holds for independent and positively dependent tests.

    Args:
        p_values: all that were looked at, each 0..1.
        q: share of false ones among the discoveries that is accepted.

    Returns:
        One entry per p value, in the given order.

    Raises:
        ValueError: a p value lies outside 0..1 or q outside (0, 1).

    Source:
        Benjamini and Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x
    """
    check_shares("p value", p_values)
    check_level(q)
    m = len(p_values)
    order = sorted(range(m), key=p_values.__getitem__, reverse=True)
    scaled = [p_values[place] * (m / (m - i)) for i, place in enumerate(order)]
    adjusted = _in_given_order(order, list(accumulate(scaled, min)))
    return Discoveries(tuple(value <= q for value in adjusted), adjusted)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's adjusted p values, which bound the chance of any false finding.

    The adjusted value of the i-th smallest of m is max over j <= i of p_j (m - j + 1), at most 1.
    Holds however the tests depend on each other.

    Args:
        p_values: all of the family, each 0..1.

    Returns:
        Adjusted p values, 0..1, in the given order; at most alpha means found at that level.

    Raises:
        ValueError: a p value lies outside 0..1.

    Source:
        Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    check_shares("p value", p_values)
    m = len(p_values)
    order = sorted(range(m), key=p_values.__getitem__)
    scaled = [p_values[place] * (m - i) for i, place in enumerate(order)]
    return _in_given_order(order, list(accumulate(scaled, max)))


def _in_given_order(order: Sequence[int], values: Sequence[float]) -> tuple[float, ...]:
    placed = dict(zip(order, values, strict=True))
    return tuple(min(1.0, placed[place]) for place in range(len(order)))
