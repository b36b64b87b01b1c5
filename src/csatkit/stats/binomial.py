"""Binomial tails and the beta quantile: exact answers about counts of any size.

Tails come from the incomplete beta function, never from a sum over the counts, so ten million
tickets cost no more than ten thousand.
"""

import math

from csatkit.stats._checks import check_counts, check_share
from csatkit.stats._roots import solve_decreasing
from csatkit.stats.incomplete import beta_tails, binomial_point

# exp(709) is the largest a double holds; 700 still reaches shares of 1e-304.
_MAX_LOGIT = 700.0
# Two point probabilities this close are taken as equal, as R and SciPy do, so that the mirror
# image of the observed count isn't lost to rounding.
_TIE = 1 + 1e-7


def binomial_upper_tail(k: int, n: int, p: float) -> float:
    """Return P(X >= k) = I_p(k, n-k+1).

    Args:
        k: successes, any whole number.
        n: trials, 0 or more.
        p: chance of a success, 0..1.

    Returns:
        A probability, 0..1.

    Raises:
        ValueError: n is negative or p outside 0..1.

    Source:
        Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404
    """
    check_counts(0, n)
    check_share("p", p)
    if k <= 0 or k > n:
        return 1.0 if k <= 0 else 0.0
    return beta_tails(k, n - k + 1, p, 1 - p)[0]


def binomial_lower_tail(k: int, n: int, p: float) -> float:
    """Return P(X <= k) = 1 - I_p(k+1, n-k).

    Args:
        k: successes, any whole number.
        n: trials, 0 or more.
        p: chance of a success, 0..1.

    Returns:
        A probability, 0..1.

    Raises:
        ValueError: n is negative or p outside 0..1.

    Source:
        Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404
    """
    check_counts(0, n)
    check_share("p", p)
    if k < 0 or k >= n:
        return 0.0 if k < 0 else 1.0
    return beta_tails(k + 1, n - k, p, 1 - p)[1]


def binomial_test(k: int, n: int, p: float) -> float | None:
    """Return the exact two-sided p value of k successes in n where each had chance p.

    The sum of P(X = j) over every j no likelier than k. Whether a segment holds more of the low
    scores than its share of the responses is this question.

    Args:
        k: successes.
        n: trials.
        p: chance of a success under the hypothesis, 0..1.

    Returns:
        A probability, 0..1; None where n is 0.

    Raises:
        ValueError: k lies outside 0..n or p outside 0..1.

    Source:
        Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404
    """
    check_counts(k, n)
    check_share("p", p)
    if n == 0:
        return None
    if k > n * p:
        return _two_tails(n - k, n, 1 - p, p)
    return _two_tails(k, n, p, 1 - p)


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = p.

    Solved on the logit of x, where both ends are infinitely far away, by the smaller tail.

    Args:
        p: probability, 0..1.
        a: first shape, above 0.
        b: second shape, above 0.

    Returns:
        A share, 0..1.

    Raises:
        ValueError: p lies outside 0..1 or a shape isn't positive.

    Source:
        DiDonato and Morris (1992), doi:10.1145/131766.131776
    """
    check_share("p", p)
    if not (a > 0 and b > 0):
        raise ValueError(f"shapes must be positive; got a={a!r}, b={b!r}")
    if p in (0, 1):
        return float(p)
    mean = a / (a + b)
    if p <= beta_tails(a, b, mean, b / (a + b))[0]:
        return 1 / (1 + math.exp(_solve_logit(p, a, b)))
    # The upper tail of (a, b) is the lower tail of (b, a).
    return 1 / (1 + math.exp(-_solve_logit(1 - p, b, a)))


def _two_tails(k: int, n: int, p: float, q: float) -> float:
    """Return P(X <= k) plus the part of the other tail no likelier than k, for k <= np."""
    limit = binomial_point(k, n, p, q) * _TIE
    # The first count above the mean that is no likelier than k; the pmf falls from there on.
    low, high = math.floor(n * p) + 1, n + 1
    low = max(low, k + 1)
    while low < high:
        middle = (low + high) // 2
        if binomial_point(middle, n, p, q) <= limit:
            high = middle
        else:
            low = middle + 1
    lower = beta_tails(k + 1, n - k, p, q)[1] if k < n else 1.0
    upper = beta_tails(low, n - low + 1, p, q)[0] if low <= n else 0.0
    return min(1.0, lower + upper)


def _solve_logit(tail: float, a: float, b: float) -> float:
    """Return log((1-x)/x) where I_x(a, b) = tail."""

    def gap(u: float) -> tuple[float, float]:
        x, y = 1 / (1 + math.exp(u)), 1 / (1 + math.exp(-u))
        lower = beta_tails(a, b, x, y)[0]
        if lower == 0:
            return -math.inf, 0.0
        # x y times the beta density, from the same point probability as the tail itself.
        density = binomial_point(a, a + b, x, y) * a * b / (a + b)
        return math.log(lower / tail), -density / lower

    return solve_decreasing(gap, -_MAX_LOGIT, _MAX_LOGIT, math.log(b / a))
