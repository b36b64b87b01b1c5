"""The slope of a rate against statsmodels' weighted least squares."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from csatkit.stats.slope import Slope, weighted_slope

Points = list[tuple[float, int, int]]
SPREAD: Points = [(0, 70, 100), (1, 160, 200), (2, 60, 100), (3, 130, 150), (4, 95, 120)]
CALM: Points = [(month, 800 + 10 * month, 1000) for month in range(6)]


def slope(points: Points) -> Slope:
    result = weighted_slope(points)
    assert result is not None
    return result


def fitted(points: Points) -> object:
    x, k, n = np.array(points, dtype=float).T
    return sm.WLS(k / n, sm.add_constant(x), weights=n).fit()


def test_noisy_periods_agree_with_weighted_least_squares() -> None:
    result, fit = slope(SPREAD), fitted(SPREAD)
    assert result.phi > 1
    assert result.per_unit == pytest.approx(fit.params[1], rel=1e-10)  # type: ignore[attr-defined]
    bounds = fit.conf_int(0.05)[1]  # type: ignore[attr-defined]
    assert result.interval == pytest.approx(tuple(bounds), rel=1e-9)
    ends = fit.fittedvalues[[0, -1]]  # type: ignore[attr-defined]
    assert (result.start, result.end) == pytest.approx(tuple(ends), rel=1e-10)


def test_calm_periods_are_no_surer_than_chance_allows() -> None:
    result = slope(CALM)
    assert result.phi == 1
    p = sum(k for _, k, _ in CALM) / 6000
    half = t.ppf(0.975, 4) * math.sqrt(p * (1 - p) / (1000 * 17.5))
    assert result.per_unit == pytest.approx(0.01)
    assert result.interval == pytest.approx((0.01 - half, 0.01 + half))


def test_direction_needs_an_interval_beside_zero() -> None:
    assert slope(CALM).direction == "rising"
    assert slope([(-x, k, n) for x, k, n in CALM]).direction == "falling"
    assert slope(SPREAD).direction is None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 90)), min_size=3, max_size=9))
def test_moving_the_calendar_changes_nothing(cells: list[tuple[int, int]]) -> None:
    points: Points = [(month, k, n) for month, (k, n) in enumerate(cells)]
    later: Points = [(x + 2026, k, n) for x, k, n in points]
    here, there = weighted_slope(points), weighted_slope(later)
    assert (here is None) == (there is None)
    if here is not None and there is not None:
        assert here.per_unit == pytest.approx(there.per_unit, abs=1e-9)
        assert here.interval == pytest.approx(there.interval, abs=1e-9)


@pytest.mark.parametrize(
    "points",
    [
        [],
        SPREAD[:2],
        [*SPREAD[:2], (5, 0, 0)],
        [(1, 5, 10), (1, 6, 10), (1, 7, 10)],
        [(1, 10, 10), (2, 10, 10), (3, 10, 10)],
    ],
)
def test_too_little_has_no_slope(points: Points) -> None:
    assert weighted_slope(points) is None


def test_impossible_counts_are_rejected() -> None:
    with pytest.raises(ValueError, match="0 <= k <= n"):
        weighted_slope([(0, 3, 2)])
