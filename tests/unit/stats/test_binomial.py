"""Binomial tails, exact test and beta quantile against SciPy and against plain sums."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from scipy.stats import beta, binom, binomtest

from csatkit.stats.binomial import (
    beta_quantile,
    binomial_lower_tail,
    binomial_test,
    binomial_upper_tail,
)
from csatkit.stats.incomplete import binomial_point

SHAPES = [0.5, 1, 3, 50, 1e3]


def exact_pmf(k: int, n: int, p: Fraction) -> Fraction:
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


@pytest.mark.parametrize("n", [1, 5, 20, 1000, 10**7])
@pytest.mark.parametrize("p", [0.001, 0.1, 0.5, 0.9])
def test_tails_agree_with_scipy(n: int, p: float) -> None:
    for k in {0, 1, n // 10, n // 2, n - 1, n}:
        upper, lower = binom.sf(k - 1, n, p), binom.cdf(k, n, p)
        assert binomial_upper_tail(k, n, p) == pytest.approx(upper, rel=1e-11, abs=1e-290)
        assert binomial_lower_tail(k, n, p) == pytest.approx(lower, rel=1e-11, abs=1e-290)


@given(st.integers(0, 25), st.integers(0, 100), st.data())
def test_small_counts_agree_with_exact_sums(n: int, percent: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    p = Fraction(percent, 100)
    points = [exact_pmf(j, n, p) for j in range(n + 1)]
    if n:
        point = binomial_point(k, n, float(p), 1 - float(p))
        assert point == pytest.approx(float(points[k]), rel=1e-11)
    upper = float(sum(points[k:]))
    assert binomial_upper_tail(k, n, float(p)) == pytest.approx(upper, rel=1e-11)
    lower = float(sum(points[: k + 1]))
    assert binomial_lower_tail(k, n, float(p)) == pytest.approx(lower, rel=1e-11)
    if n:
        two_sided = float(sum(point for point in points if point <= points[k]))
        assert binomial_test(k, n, float(p)) == pytest.approx(two_sided, rel=1e-10)


def test_tails_outside_the_counts() -> None:
    assert (binomial_upper_tail(-1, 5, 0.3), binomial_upper_tail(6, 5, 0.3)) == (1, 0)
    assert (binomial_lower_tail(-1, 5, 0.3), binomial_lower_tail(6, 5, 0.3)) == (0, 1)


@pytest.mark.parametrize("n", [1, 5, 20, 1000, 10**6])
@pytest.mark.parametrize("p", [0, 0.001, 0.1, 0.15, 0.5, 0.9, 1])
def test_exact_test_agrees_with_scipy(n: int, p: float) -> None:
    for k in {0, 1, n // 10, n // 10 + n // 100, n // 2, n - 1, n}:
        expected = binomtest(k, n, p).pvalue
        assert binomial_test(k, n, p) == pytest.approx(expected, rel=1e-10, abs=1e-290)


def test_exact_test_needs_counts() -> None:
    assert binomial_test(0, 0, 0.3) is None


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("b", SHAPES)
def test_beta_quantile_agrees_with_scipy(a: float, b: float) -> None:
    for p in (0.001, 0.025, 0.5, 0.975, 0.999):
        assert beta_quantile(p, a, b) == pytest.approx(beta.ppf(p, a, b), rel=1e-11)


@pytest.mark.parametrize(("a", "b"), [(1e3, 1e6), (1e6, 1e3), (1e6, 1e6)])
def test_beta_quantile_undoes_the_cdf(a: float, b: float) -> None:
    for p in (0.001, 0.025, 0.5):
        assert special.betainc(a, b, beta_quantile(p, a, b)) == pytest.approx(p, rel=1e-8)
        assert special.betaincc(a, b, beta_quantile(1 - p, a, b)) == pytest.approx(p, rel=1e-8)


def test_beta_quantile_of_the_ends() -> None:
    assert (beta_quantile(0, 2, 3), beta_quantile(1, 2, 3)) == (0, 1)


@pytest.mark.parametrize(
    ("k", "n", "p"), [(6, 5, 0.5), (-1, 5, 0.5), (1, 5, 1.5), (1, 5, math.nan)]
)
def test_impossible_arguments_are_rejected(k: int, n: int, p: float) -> None:
    with pytest.raises(ValueError, match="got"):
        binomial_test(k, n, p)


def test_beta_quantile_rejects_impossible_shapes() -> None:
    with pytest.raises(ValueError, match="shapes must be positive"):
        beta_quantile(0.5, 0, 1)
