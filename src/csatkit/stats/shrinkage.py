"""What a group's rate probably is, once its small number of tickets is taken seriously.

Each rate moves towards the pooled one, the further the fewer its tickets and the more alike the
groups. A shrunken rate is an estimate of the group, never a count: don't add or pool it.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from csatkit.stats._checks import check_counts, check_level
from csatkit.stats.binomial import beta_quantile
from csatkit.stats.intervals import Interval, wilson

# With fewer groups the variance between them is itself guesswork (metrics.md, Agents and segments).
MIN_GROUPS = 30


class ShrunkenRate(NamedTuple):
    """A shrunken share, 0..1, and between which values the group's true share probably lies."""

    rate: float
    interval: Interval


class Shrinkage(NamedTuple):
    """How alike groups are, and each group's shrunken rate, None without tickets.

    `rho` is the correlation of two tickets of one group; `prior_tickets` (M) is how many tickets at
    the pooled `rate` every group is given, None where differences are no larger than chance and
    all groups get the pooled rate.
    """

    rate: float
    rho: float
    prior_tickets: float | None
    is_approximate: bool
    groups: tuple[ShrunkenRate | None, ...]


def shrink(cells: Sequence[tuple[int, int]], level: float = 0.95) -> Shrinkage | None:
    """Return empirical-Bayes rates of groups.

    rho = (MSB - MSW) / (MSB + (n0 - 1) MSW), M = (1 - rho) / rho, rate = (k + M p) / (n + M), with
    MSB = sum n_i (p_i - p)^2 / (g - 1), MSW = sum n_i p_i (1 - p_i) / (N - g),
    n0 = (N - sum n_i^2 / N) / (g - 1). The interval is that of the beta posterior
    (k + M p, n - k + M (1 - p)), p and M taken as known; where rho is 0 or less, Wilson's interval
    of the pooled rate.

    Args:
        cells: numerator and denominator of each group.
        level: .95 for a 95 % interval.

    Returns:
        One entry per group in the given order; None where fewer than two groups have tickets.

    Raises:
        ValueError: a numerator exceeds its denominator or level lies outside (0, 1).

    Source:
        Kleinman (1973), doi:10.1080/01621459.1973.10481332; Morris (1983),
        doi:10.1080/01621459.1983.10477920
    """
    check_level(level)
    for cell in cells:
        check_counts(*cell)
    used = [(k, n) for k, n in cells if n]
    if len(used) < 2:
        return None
    k_all, n_all = sum(k for k, _ in used), sum(n for _, n in used)
    rate, rho = k_all / n_all, intraclass_correlation(used)
    is_approximate = len(used) < MIN_GROUPS
    if rho <= 0:
        pooled = wilson(k_all, n_all, level)
        alike = ShrunkenRate(rate, pooled) if pooled else None
        return Shrinkage(
            rate, rho, None, is_approximate, tuple(alike if n else None for _, n in cells)
        )
    prior = (1 - rho) / rho
    groups = tuple(_posterior(k, n, rate, prior, level) if n else None for k, n in cells)
    return Shrinkage(rate, rho, prior, is_approximate, groups)


def intraclass_correlation(cells: Sequence[tuple[int, int]]) -> float:
    """Return how alike two tickets of one group are, from the analysis of variance.

    rho = (MSB - MSW) / (MSB + (n0 - 1) MSW); 0 where every ticket has the same outcome or no group
    has two tickets, because then nothing can be told.

    Args:
        cells: numerator and denominator of each group, all with tickets, at least two.

    Returns:
        A correlation, at most 1; below 0 where groups are more alike than chance makes them.

    Raises:
        ValueError: fewer than two groups, or a group without tickets.

    Source:
        Donner (1986), doi:10.2307/1403259
    """
    if len(cells) < 2 or any(n < 1 for _, n in cells):
        raise ValueError("correlation within groups needs two groups with tickets")
    groups, n_all, k_all = len(cells), sum(n for _, n in cells), sum(k for k, _ in cells)
    if n_all == groups:
        return 0.0
    # sum n_i (p_i - p)^2 with whole numbers inside, so equal rates give exactly zero.
    between = math.fsum((k * n_all - n * k_all) ** 2 / (n * n_all**2) for k, n in cells)
    msb = between / (groups - 1)
    msw = math.fsum(k * (n - k) / n for k, n in cells) / (n_all - groups)
    typical = (n_all - math.fsum(n * n / n_all for _, n in cells)) / (groups - 1)
    spread = msb + (typical - 1) * msw
    return (msb - msw) / spread if spread > 0 else 0.0


def _posterior(k: int, n: int, rate: float, prior: float, level: float) -> ShrunkenRate:
    shrunken = (k + prior * rate) / (n + prior)
    hits, misses = k + prior * rate, n - k + prior * (1 - rate)
    if not (hits > 0 and misses > 0):
        # Each group is all or nothing, so the posterior has no spread to take quantiles of.
        own = wilson(k, n, level)
        return ShrunkenRate(shrunken, own or Interval(0.0, 1.0))
    tail = (1 - level) / 2
    low, high = beta_quantile(tail, hits, misses), beta_quantile(1 - tail, hits, misses)
    return ShrunkenRate(shrunken, Interval(min(low, shrunken), max(high, shrunken)))
