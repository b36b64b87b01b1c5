"""Incomplete beta and gamma against SciPy."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from scipy.stats import binom

from csatkit.stats.incomplete import (
    beta_tails,
    binomial_point,
    regularised_beta,
    regularised_gamma_upper,
)

SHAPES = [0.1, 0.5, 1, 3, 50, 1e3, 1e6]
# SciPy's own results carry this error at shapes of a million.
CLOSE = 1e-11


@pytest.mark.parametrize("a", SHAPES)
@pytest.mark.parametrize("b", SHAPES)
def test_beta_agrees_with_scipy(a: float, b: float) -> None:
    for x in (0, 1e-9, 0.01, 0.2, a / (a + b), 0.5, 0.8, 0.99, 1):
        expected = special.betainc(a, b, x)
        assert regularised_beta(x, a, b) == pytest.approx(expected, rel=CLOSE, abs=1e-290)
        upper = beta_tails(a, b, x, 1 - x)[1]
        assert upper == pytest.approx(special.betaincc(a, b, x), rel=CLOSE, abs=1e-290)


@pytest.mark.parametrize("a", [0.5, 1, 2.5, 30, 1000, 1e6])
def test_gamma_agrees_with_scipy(a: float) -> None:
    for x in (0, 1e-3, 0.5, 1, 2, 30, 100, 0.95 * a, a, a + 1, 1.1 * a):
        expected = special.gammaincc(a, x)
        assert regularised_gamma_upper(a, x) == pytest.approx(expected, rel=CLOSE, abs=1e-290)
    assert regularised_gamma_upper(a, math.inf) == 0


@pytest.mark.parametrize("n", [1, 2, 14, 15, 16, 1000, 10**7])
@pytest.mark.parametrize("p", [0, 1e-6, 0.1, 0.5, 0.999, 1])
def test_point_probability_agrees_with_scipy(n: int, p: float) -> None:
    for k in {0, 1, n // 10, n // 2, n - 1, n}:
        expected = binom.pmf(k, n, p)
        assert binomial_point(k, n, p, 1 - p) == pytest.approx(expected, rel=1e-10, abs=1e-290)


@pytest.mark.parametrize("x", [5e-324, 1e-300, 1e-291, 1e-289])
@pytest.mark.parametrize(("a", "b"), [(0.25, 0.25), (0.5, 1e3), (1, 0.5)])
def test_limits_next_to_zero_dont_underflow(x: float, a: float, b: float) -> None:
    # The first term of the power series, x^a / (a B(a, b)); SciPy loses digits down here.
    expected = x**a / a * math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
    assert regularised_beta(x, a, b) == pytest.approx(expected, rel=1e-11, abs=5e-324)
    assert beta_tails(b, a, 1 - x, x)[1] == pytest.approx(expected, rel=1e-11, abs=5e-324)


@given(st.floats(0, 1), st.floats(0.05, 500), st.floats(0.05, 500))
def test_both_tails_make_one(x: float, a: float, b: float) -> None:
    lower, upper = beta_tails(a, b, x, 1 - x)
    assert lower + upper == pytest.approx(1, rel=1e-15)
    assert 0 <= lower <= 1


@pytest.mark.parametrize(
    ("x", "a", "b"), [(0.5, 0, 1), (0.5, 1, -1), (1.5, 1, 1), (-1, 1, 1), (0.5, math.inf, 1)]
)
def test_beta_rejects_impossible_arguments(x: float, a: float, b: float) -> None:
    with pytest.raises(ValueError, match="got"):
        regularised_beta(x, a, b)


@pytest.mark.parametrize(("a", "x"), [(0, 1), (1, -1), (math.inf, 1), (1, math.nan)])
def test_gamma_rejects_impossible_arguments(a: float, x: float) -> None:
    with pytest.raises(ValueError, match="needs a > 0 and x >= 0"):
        regularised_gamma_upper(a, x)
