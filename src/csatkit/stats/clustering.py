"""Customers who rate often: how many independent ratings the ratings are worth.

Thirty ratings of one customer say less than one each of thirty customers. Totals over customers are
enough to tell how much less; no customer is ever named here.
"""

from typing import NamedTuple

from csatkit.stats._checks import check_counts
from csatkit.stats._effective import effective_wilson
from csatkit.stats.intervals import Interval


class CustomerSums(NamedTuple):
    """Totals over customers, n_i ratings of which k_i satisfied each.

    `customers` their number, `k` = sum k_i, `n` = sum n_i, `kk` = sum k_i^2, `kn` = sum k_i n_i,
    `nn` = sum n_i^2. All add over disjoint customers.
    """

    customers: int
    k: int
    n: int
    kk: int
    kn: int
    nn: int


class Clustering(NamedTuple):
    """Design effect, effective number of ratings, and the interval of the share with it."""

    design_effect: float
    effective_n: float
    interval: Interval


def clustering(sums: CustomerSums, level: float = 0.95) -> Clustering | None:
    """Return what ratings are worth, from the variance between customers.

    v = c/(c-1) sum (k_i - p n_i)^2 / n^2, the variance of a ratio of totals over c customers;
    design effect = v (n-1) / (p (1-p)), exactly 1 where everyone rated once; effective n =
    n / max(1, design effect), because nobody's ratings can be worth more than they are.

    Args:
        sums: totals over customers.
        level: .95 for a 95 % interval.

    Returns:
        The design effect as found, effective n, and Wilson's interval with it; None for fewer than
        two customers or where all ratings are alike.

    Raises:
        ValueError: the sums contradict each other or level lies outside (0, 1).

    Source:
        Rao and Scott (1992), doi:10.2307/2532311, with n - 1 for n; Kish (1965), Survey Sampling,
        section 8.2
    """
    customers, k, n, kk, kn, nn = sums
    check_counts(k, n)
    # sum (k_i n - k n_i)^2, whole numbers, so that no digits cancel.
    spread = kk * n * n - 2 * k * n * kn + k * k * nn
    if customers > n or spread < 0 or not kk <= kn <= nn:
        raise ValueError(f"sums over customers contradict each other: {sums!r}")
    if customers < 2 or k in (0, n):
        return None
    effect = customers * spread * (n - 1) / ((customers - 1) * n * n * k * (n - k))
    effective = n / max(1.0, effect)
    return Clustering(effect, effective, effective_wilson(k / n, effective, level))
