"""Normal and Student t: how many standard errors a level asks for.

Quantiles are solved on the smaller tail, so a level of .999999 loses no digits. The neighbouring
distributions (beta, binomial) are offered here too, so that callers need one address.
"""

import math
from functools import lru_cache

from csatkit.stats._checks import check_level, check_share
from csatkit.stats._roots import solve_decreasing
from csatkit.stats.binomial import beta_quantile, binomial_lower_tail, binomial_upper_tail
from csatkit.stats.incomplete import beta_tails, regularised_beta

__all__ = [
    "beta_quantile",
    "binomial_lower_tail",
    "binomial_upper_tail",
    "normal_cdf",
    "normal_quantile",
    "regularised_beta",
    "student_t_cdf",
    "student_t_quantile",
    "two_sided_t",
    "two_sided_z",
]

_SQRT_TWO = math.sqrt(2)
_SQRT_TWO_PI = math.sqrt(2 * math.pi)
# The first guess errs by at most 4.5e-4 and each Halley step cubes that: two would do.
_HALLEY_STEPS = 3


def normal_cdf(z: float) -> float:
    """Return P(Z <= z) for a standard normal Z: erfc(-z / sqrt 2) / 2.

    Args:
        z: standard errors.

    Returns:
        A probability, 0..1.

    Source:
        Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.2.29
    """
    return 0.5 * math.erfc(-z / _SQRT_TWO)


def normal_quantile(p: float) -> float:
    """Return z with P(Z <= z) = p, accurate to 1e-13.

    A rational first guess, then Halley steps on the exact tail.

    Args:
        p: probability, 0..1; 0 and 1 give minus and plus infinity.

    Returns:
        Standard errors.

    Raises:
        ValueError: p lies outside 0..1.

    Source:
        Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.2.23
    """
    check_share("p", p)
    if p in (0, 1):
        return math.copysign(math.inf, p - 0.5)
    return -_upper_normal(p) if p < 0.5 else _upper_normal(1 - p)


@lru_cache(maxsize=64)
def two_sided_z(level: float) -> float:
    """Return z with P(-z <= Z <= z) = level, 1.959964 for .95.

    Args:
        level: share of intervals that should hold the truth, between 0 and 1.

    Returns:
        Standard errors.

    Raises:
        ValueError: level lies outside (0, 1).

    Source:
        Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.2.23
    """
    check_level(level)
    return _upper_normal((1 - level) / 2)


def student_t_cdf(t: float, df: float) -> float:
    """Return P(T <= t) for Student's t.

    The tail beyond |t| is I_x(df/2, 1/2) / 2 with x = df / (df + t^2).

    Args:
        t: standard errors.
        df: degrees of freedom, above 0, whole or not.

    Returns:
        A probability, 0..1.

    Raises:
        ValueError: df isn't positive.

    Source:
        Student (1908), doi:10.1093/biomet/6.1.1
    """
    tail = _upper_student(abs(t), df)
    return tail if t < 0 else 1 - tail


@lru_cache(maxsize=1024)
def student_t_quantile(p: float, df: float) -> float:
    """Return t with P(T <= t) = p for Student's t.

    Args:
        p: probability, 0..1; 0 and 1 give minus and plus infinity.
        df: degrees of freedom, above 0, whole or not.

    Returns:
        Standard errors.

    Raises:
        ValueError: p lies outside 0..1 or df isn't positive.

    Source:
        Student (1908), doi:10.1093/biomet/6.1.1
    """
    check_share("p", p)
    _check_df(df)
    if p in (0, 1):
        return math.copysign(math.inf, p - 0.5)
    return -_solve_student(p, df) if p < 0.5 else _solve_student(1 - p, df)


def two_sided_t(level: float, df: float) -> float:
    """Return t with P(-t <= T <= t) = level for Student's t.

    Args:
        level: share of intervals that should hold the truth, between 0 and 1.
        df: degrees of freedom, above 0.

    Returns:
        Standard errors.

    Raises:
        ValueError: level lies outside (0, 1) or df isn't positive.

    Source:
        Student (1908), doi:10.1093/biomet/6.1.1
    """
    check_level(level)
    return -student_t_quantile((1 - level) / 2, df)


def _upper_normal(tail: float) -> float:
    """Return z >= 0 with P(Z > z) = tail, for 0 < tail <= .5."""
    root = math.sqrt(-2 * math.log(tail))
    top = 2.515517 + root * (0.802853 + root * 0.010328)
    z = root - top / (1 + root * (1.432788 + root * (0.189269 + root * 0.001308)))
    for _ in range(_HALLEY_STEPS):
        density = math.exp(-z * z / 2) / _SQRT_TWO_PI
        error = (0.5 * math.erfc(z / _SQRT_TWO) - tail) / density
        z += error / (1 - z * error / 2)
    # The tail .5 may end a rounding error below zero.
    return max(z, 0.0)


def _check_df(df: float) -> None:
    if not df > 0:
        raise ValueError(f"degrees of freedom must be positive; got {df!r}")


def _upper_student(t: float, df: float) -> float:
    """Return P(T > t) for t >= 0."""
    _check_df(df)
    if math.isinf(t):
        return 0.0
    if math.isinf(df):
        return normal_cdf(-t)
    square = t * t
    return beta_tails(df / 2, 0.5, df / (df + square), square / (df + square))[0] / 2


def _solve_student(tail: float, df: float) -> float:
    """Return t >= 0 with P(T > t) = tail, for 0 < tail <= .5."""
    z = _upper_normal(tail)
    if tail == 0.5 or math.isinf(df):
        return z
    # Two terms of Fisher's expansion: within 1e-3 from ten degrees of freedom on.
    square = z * z
    start = z + z * (square + 1) / (4 * df)
    start += z * ((5 * square + 16) * square + 3) / (96 * df * df)
    # Only the slope of the search uses this constant, so its lost digits don't reach the result.
    scale = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)

    def gap(t: float) -> tuple[float, float]:
        probability = _upper_student(t, df)
        density = math.exp(scale - (df + 1) / 2 * math.log1p(t * t / df))
        return math.log(probability / tail), -density / probability

    high = max(1.0, 2 * start)
    while _upper_student(high, df) > tail:
        high *= 2
    return solve_decreasing(gap, 0.0, high, start)
