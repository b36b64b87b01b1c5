"""Ranks around a quantile hold their level, and no narrower pair does on either side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from csatkit.stats.intervals import quantile_ranks


@given(st.integers(1, 3000), st.floats(0.05, 0.95), st.sampled_from([0.8, 0.95, 0.99]))
def test_each_side_is_the_tightest_that_holds(n: int, q: float, level: float) -> None:
    ranks = quantile_ranks(n, q, level)
    assert ranks is not None
    tail = (1 - level) / 2
    low, high = ranks.low or 0, ranks.high or n + 1
    assert 0 <= low <= high <= n + 1
    assert binom.cdf(low - 1, n, q) <= tail < binom.cdf(low, n, q)
    assert binom.sf(high - 1, n, q) <= tail < binom.sf(high - 2, n, q)


@pytest.mark.parametrize("n", range(1, 6))
def test_median_of_five_has_no_interval(n: int) -> None:
    assert quantile_ranks(n, 0.5) == (None, None)


def test_ninetieth_percentile_of_twenty_is_open_above() -> None:
    assert quantile_ranks(20, 0.9) == (15, None)


def test_no_values_no_ranks() -> None:
    assert quantile_ranks(0, 0.5) is None


@pytest.mark.parametrize("n", [7, 40, 1001])
def test_median_ranks_mirror(n: int) -> None:
    ranks = quantile_ranks(n, 0.5)
    assert ranks is not None
    assert ranks.low is not None
    assert ranks.high == n + 1 - ranks.low


def test_ten_million_values() -> None:
    # Half the level's z times sqrt(n), around the middle.
    ranks = quantile_ranks(10**7, 0.5)
    assert ranks is not None
    assert ranks.low == pytest.approx(5_000_000 - 1.959964 / 2 * 10**3.5, abs=2)


@pytest.mark.parametrize(
    ("n", "q", "level"), [(-1, 0.5, 0.95), (5, 0, 0.95), (5, 50, 0.95), (5, 0.5, 95)]
)
def test_impossible_arguments_are_rejected(n: int, q: float, level: float) -> None:
    with pytest.raises(ValueError, match="got"):
        quantile_ranks(n, q, level)
