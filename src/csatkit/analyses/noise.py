"""Whether differences are beyond noise, one by one and among many."""

from __future__ import annotations

from collections.abc import Sequence

from csatkit.analyses.contrasts import FALSE_DISCOVERY_RATE
from csatkit.report import Difference
from csatkit.stats.multiplicity import benjamini_hochberg
from csatkit.stats.normal import normal_cdf, two_sided_z

__all__ = ["is_beyond_noise", "p_value", "surviving"]


def is_beyond_noise(d: Difference | None) -> bool:
    """Return whether the interval of a difference leaves zero out."""
    return d is not None and d.low is not None and d.high is not None and (d.low > 0 or d.high < 0)


def p_value(d: Difference, level: float) -> float | None:
    """Return the p value that agrees with an interval: below 1 - level where zero is left out.

    The bound on the side of zero is taken as the quantile of a normal distribution; None without
    an interval.
    """
    if d.value is None or d.low is None or d.high is None:
        return None
    distance = d.value - d.low if d.value > 0 else d.high - d.value
    if distance <= 0:
        return None
    return 2 * normal_cdf(-two_sided_z(level) * abs(d.value) / distance)


def surviving(differences: Sequence[Difference | None], level: float) -> tuple[list[bool], int]:
    """Return which of many differences are beyond noise, and how many were compared.

    Benjamini-Hochberg at 10 %, and the own interval leaves zero out.
    """
    p_values = [None if d is None else p_value(d, level) for d in differences]
    tried = [p for p in p_values if p is not None]
    if not tried:
        return [False] * len(differences), 0
    picked = iter(benjamini_hochberg(tried, FALSE_DISCOVERY_RATE).is_discovery)
    found = [
        p is not None and next(picked) and is_beyond_noise(d)
        for p, d in zip(p_values, differences, strict=True)
    ]
    return found, len(tried)
