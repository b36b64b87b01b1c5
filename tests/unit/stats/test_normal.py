"""Normal and Student t against SciPy, far into both tails."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from csatkit.stats.normal import (
    normal_cdf,
    normal_quantile,
    student_t_cdf,
    student_t_quantile,
    two_sided_t,
    two_sided_z,
)

TAILS = [1e-300, 1e-20, 1e-8, 0.0005, 0.025, 0.3, 0.4999, 0.5, 0.500001, 0.7, 0.975, 1 - 1e-10]
DEGREES = [1, 1.5, 2, 3, 7.7, 19, 100, 1234.5, 1e5, 1e7]


@pytest.mark.parametrize("p", TAILS)
def test_normal_quantile_agrees_with_scipy(p: float) -> None:
    assert normal_quantile(p) == pytest.approx(stats.norm.ppf(p), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("z", [-37, -8, -1.96, -1e-9, 0, 0.3, 1.64, 5, 8.2])
def test_normal_cdf_agrees_with_scipy(z: float) -> None:
    assert normal_cdf(z) == pytest.approx(stats.norm.cdf(z), rel=1e-12)


@given(st.floats(-8, 5))
def test_normal_quantile_undoes_the_cdf(z: float) -> None:
    # Near 5 a share close to 1 keeps only about nine digits of its tail.
    assert normal_quantile(normal_cdf(z)) == pytest.approx(z, abs=1e-10)


@given(st.floats(1e-12, 0.5))
def test_normal_quantile_is_symmetric(p: float) -> None:
    assert normal_quantile(1 - p) == pytest.approx(-normal_quantile(1 - (1 - p)), abs=1e-13)


@pytest.mark.parametrize("df", DEGREES)
@pytest.mark.parametrize("p", [1e-10, 1e-4, 0.025, 0.2, 0.4, 0.5, 0.6, 0.975, 0.9995])
def test_t_quantile_agrees_with_scipy(p: float, df: float) -> None:
    assert student_t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("df", DEGREES)
@pytest.mark.parametrize("t", [-40, -5, -2, -1, -0.1, 0, 0.1, 1, 3])
def test_t_cdf_agrees_with_scipy(t: float, df: float) -> None:
    assert student_t_cdf(t, df) == pytest.approx(stats.t.cdf(t, df), rel=1e-12)


def test_t_with_endless_degrees_is_normal() -> None:
    assert student_t_quantile(0.975, math.inf) == normal_quantile(0.975)
    assert student_t_cdf(1.3, math.inf) == pytest.approx(normal_cdf(1.3), rel=1e-15)


@pytest.mark.parametrize("quantile", [normal_quantile, lambda p: student_t_quantile(p, 5)])
def test_ends_are_infinite(quantile: object) -> None:
    assert callable(quantile)
    assert (quantile(0), quantile(1)) == (-math.inf, math.inf)


def test_infinite_t_leaves_no_tail() -> None:
    assert (student_t_cdf(-math.inf, 3), student_t_cdf(math.inf, 3)) == (0, 1)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999, 1 - 1e-9])
def test_two_sided_values_enclose_their_level(level: float) -> None:
    z, t = two_sided_z(level), two_sided_t(level, 19)
    assert normal_cdf(z) - normal_cdf(-z) == pytest.approx(level, rel=1e-13)
    assert student_t_cdf(t, 19) - student_t_cdf(-t, 19) == pytest.approx(level, rel=1e-13)
    assert t > z


@pytest.mark.parametrize("level", [0, 1, -0.1, 95, math.nan])
def test_level_must_be_a_share(level: float) -> None:
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        two_sided_z(level)
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        two_sided_t(level, 10)


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_probability_must_be_a_share(p: float) -> None:
    with pytest.raises(ValueError, match="p must be a share"):
        normal_quantile(p)


@pytest.mark.parametrize("df", [0, -1, math.nan])
def test_degrees_must_be_positive(df: float) -> None:
    with pytest.raises(ValueError, match="degrees of freedom must be positive"):
        student_t_quantile(0.9, df)
    with pytest.raises(ValueError, match="degrees of freedom must be positive"):
        student_t_cdf(1, df)
