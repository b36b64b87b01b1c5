"""Does a segment differ from the rest: p values for shares.

Small counts get an exact test. A p value says how surprising a difference is, never how large;
print the interval beside it.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from csatkit.stats._checks import check_counts
from csatkit.stats.incomplete import regularised_gamma_upper
from csatkit.stats.normal import normal_cdf

# Cochran's rule: below five expected in any cell the normal approximation isn't trusted.
MIN_EXPECTED = 5
# Cochran (1954, doi:10.2307/3001616): below one expected in any cell chi-square says nothing.
_FEWEST_EXPECTED = 1.0
# Two tables this close in probability are taken as equally likely, as R and SciPy do.
_TIE = 1 + 1e-7


class Contrast(NamedTuple):
    """A two-sided p value, 0..1, and the test it comes from."""

    p_value: float
    test: Literal["score", "exact"]


class Homogeneity(NamedTuple):
    """Pearson's statistic, its degrees of freedom, p value and smallest expected count."""

    statistic: float
    df: int
    p_value: float
    smallest_expected: float


def difference_test(k1: int, n1: int, k0: int, n0: int) -> Contrast | None:
    """Return how surprising the difference of two independent shares is if there is none.

    Fisher's exact test where an expected count is below 5, else the pooled score test,
    z = (p1 - p0) / sqrt(p (1-p) (1/n1 + 1/n0)).

    Args:
        k1: numerator of the segment, tickets.
        n1: its denominator.
        k0: numerator of the rest, without the segment.
        n0: its denominator.

    Returns:
        The two-sided p value and its test; None where a denominator is 0.

    Raises:
        ValueError: a numerator exceeds its denominator.

    Source:
        Fisher (1922), doi:10.2307/2340521; Cochran (1952), doi:10.1214/aoms/1177729380
    """
    check_counts(k1, n1)
    check_counts(k0, n0)
    if n1 == 0 or n0 == 0:
        return None
    n, k = n1 + n0, k1 + k0
    if min(n1, n0) * min(k, n - k) < MIN_EXPECTED * n:
        return Contrast(fisher_exact(k1, n1, k0, n0), "exact")
    # Whole numbers until the last step: z^2 = n (k1 n0 - k0 n1)^2 / (n1 n0 k (n-k)).
    z = abs(k1 * n0 - k0 * n1) / math.sqrt(n1 * n0 * k * (n - k) / n)
    return Contrast(min(1.0, 2 * normal_cdf(-z)), "score")


def fisher_exact(k1: int, n1: int, k0: int, n0: int) -> float:
    """Return the two-sided p value of Fisher's exact test.

    The sum of the hypergeometric probabilities of all tables with the same margins that are no
    likelier than the observed one.

    Args:
        k1: numerator of the first share, tickets.
        n1: its denominator.
        k0: numerator of the second share.
        n0: its denominator.

    Returns:
        A probability, 0..1.

    Raises:
        ValueError: a numerator exceeds its denominator.

    Source:
        Fisher (1922), doi:10.2307/2340521
    """
    check_counts(k1, n1)
    check_counts(k0, n0)
    k, n = k1 + k0, n1 + n0
    least, most = max(0, k - n0), min(k, n1)
    mode = max(least, min(most, (k + 1) * (n1 + 1) // (n + 2)))
    # Probabilities relative to the likeliest table, outwards from it, so that none overflows.
    weights = {mode: 1.0}
    for x in range(mode, most):
        weights[x + 1] = weights[x] * ((n1 - x) * (k - x)) / ((x + 1) * (n0 - k + x + 1))
    for x in range(mode, least, -1):
        weights[x - 1] = weights[x] * (x * (n0 - k + x)) / ((n1 - x + 1) * (k - x + 1))
    limit = weights[k1] * _TIE
    extreme = math.fsum(weight for weight in weights.values() if weight <= limit)
    return min(1.0, extreme / math.fsum(weights.values()))


def target_p_value(k: int, n: int, target: float) -> float | None:
    """Return how surprising a share is if the truth were the target.

    z = (k - n t) / sqrt(n t (1-t)). The test that Wilson's interval inverts: p is below 1 - level
    exactly where that interval leaves the target out, so Holm can adjust verdicts.

    Args:
        k: numerator, tickets.
        n: denominator, tickets.
        target: share under the hypothesis, between 0 and 1.

    Returns:
        The two-sided p value, 0..1; None where n is 0.

    Raises:
        ValueError: k lies outside 0..n or the target outside (0, 1).

    Source:
        Wilson (1927), doi:10.1080/01621459.1927.10502953
    """
    check_counts(k, n)
    if not 0 < target < 1:
        raise ValueError(f"target must lie between 0 and 1; got {target!r}")
    if n == 0:
        return None
    z = abs(k - n * target) / math.sqrt(n * target * (1 - target))
    return min(1.0, 2 * normal_cdf(-z))


def homogeneity_test(cells: Sequence[tuple[int, int]]) -> Homogeneity | None:
    """Return whether shares differ more than chance explains, by Pearson's chi-square.

    X^2 = sum (k_i n - n_i k)^2 / (n_i k (n-k)), compared with chi-square of (segments - 1) degrees.

    Args:
        cells: numerator and denominator of each segment, which don't overlap; those with
            denominator 0 are left out.

    Returns:
        The statistic and its p value (1 where every ticket has the same outcome); None for fewer
        than two segments.

    Raises:
        ValueError: a numerator exceeds its denominator.

    Source:
        Pearson (1900), doi:10.1080/14786440009463897
    """
    for cell in cells:
        check_counts(*cell)
    used = [(k_i, n_i) for k_i, n_i in cells if n_i]
    if len(used) < 2:
        return None
    k, n = sum(k_i for k_i, _ in used), sum(n_i for _, n_i in used)
    df = len(used) - 1
    smallest = min(n_i for _, n_i in used) * min(k, n - k) / n
    if k in (0, n):
        return Homogeneity(0.0, df, 1.0, smallest)
    both = k * (n - k)
    statistic = math.fsum((k_i * n - n_i * k) ** 2 / (n_i * both) for k_i, n_i in used)
    return Homogeneity(statistic, df, chi_square_tail(statistic, df), smallest)


def homogeneity_p_value(cells: Sequence[tuple[int, int]]) -> float | None:
    """Return the p value of `homogeneity_test` where its chi-square can be relied on.

    Args:
        cells: numerator and denominator of each segment, which don't overlap.

    Returns:
        The p value, 0..1; None for fewer than two segments, or where an expected count is below 1.

    Raises:
        ValueError: a numerator exceeds its denominator.

    Source:
        Cochran (1954), doi:10.2307/3001616
    """
    test = homogeneity_test(cells)
    return None if test is None or test.smallest_expected < _FEWEST_EXPECTED else test.p_value


def chi_square_tail(statistic: float, df: float) -> float:
    """Return P(X >= statistic) for chi-square: Q(df/2, statistic/2).

    Args:
        statistic: 0 or more.
        df: degrees of freedom, above 0.

    Returns:
        A probability, 0..1.

    Raises:
        ValueError: the statistic is negative or df isn't positive.

    Source:
        Pearson (1900), doi:10.1080/14786440009463897
    """
    return regularised_gamma_upper(df / 2, statistic / 2)
