"""Tests of differences against SciPy and statsmodels, and their laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest

from csatkit.stats.contrast import (
    chi_square_tail,
    difference_test,
    fisher_exact,
    homogeneity_p_value,
    homogeneity_test,
    target_p_value,
)
from csatkit.stats.intervals import wilson


@st.composite
def cells(draw: st.DrawFn, largest: int = 60) -> tuple[int, int]:
    n = draw(st.integers(1, largest))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize(
    "table", [(56, 70, 48, 80), (10, 100, 900, 8000), (10**6, 10**7, 10**6 + 1500, 10**7)]
)
def test_large_counts_use_the_pooled_score(table: tuple[int, int, int, int]) -> None:
    k1, n1, k0, n0 = table
    _, expected = proportions_ztest([k1, k0], [n1, n0])
    result = difference_test(*table)
    assert result is not None
    assert result.test == "score"
    assert result.p_value == pytest.approx(expected, rel=1e-10)


@given(cells(), cells())
def test_fisher_agrees_with_scipy(first: tuple[int, int], second: tuple[int, int]) -> None:
    rows = [[k, n - k] for k, n in (first, second)]
    expected = stats.fisher_exact(rows).pvalue
    assert fisher_exact(*first, *second) == pytest.approx(expected, rel=1e-9)


def test_rare_outcome_among_many_uses_fisher() -> None:
    result = difference_test(3, 1000, 1, 5_000_000)
    assert result is not None
    assert result.test == "exact"
    expected = stats.fisher_exact([[3, 997], [1, 4_999_999]]).pvalue
    assert result.p_value == pytest.approx(expected, rel=1e-8)


@given(cells(200), cells(200))
def test_choice_follows_the_smallest_expected_count(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    (k1, n1), (k0, n0) = first, second
    pooled = (k1 + k0) / (n1 + n0)
    expected = [n * share for n in (n1, n0) for share in (pooled, 1 - pooled)]
    result, swapped = difference_test(*first, *second), difference_test(*second, *first)
    assert result is not None
    assert swapped is not None
    if abs(min(expected) - 5) > 1e-9:
        assert result.test == ("exact" if min(expected) < 5 else "score")
    assert result.test == swapped.test
    assert result.p_value == pytest.approx(swapped.p_value, rel=1e-9)
    assert 0 <= result.p_value <= 1


def test_same_outcome_everywhere_is_no_surprise() -> None:
    assert difference_test(500, 500, 900, 900) == (1.0, "exact")
    assert difference_test(0, 5, 0, 9) == (1.0, "exact")


def test_nothing_counted_has_no_test() -> None:
    assert difference_test(0, 0, 5, 10) is None
    assert difference_test(5, 10, 0, 0) is None
    assert target_p_value(0, 0, 0.8) is None
    assert homogeneity_test([]) is None
    assert homogeneity_test([(5, 10), (0, 0)]) is None


@pytest.mark.parametrize("k", [0, 700, 760, 800, 1000])
def test_against_a_target_agrees_with_statsmodels(k: int) -> None:
    _, expected = proportions_ztest(k, 1000, 0.8, prop_var=0.8)
    assert target_p_value(k, 1000, 0.8) == pytest.approx(expected, rel=1e-10)


@given(cells(5000), st.floats(0.01, 0.99), st.sampled_from([0.8, 0.95, 0.99]))
def test_against_a_target_is_what_wilson_inverts(
    cell: tuple[int, int], target: float, level: float
) -> None:
    p, interval = target_p_value(*cell, target), wilson(*cell, level)
    assert p is not None
    assert interval is not None
    if min(abs(target - bound) for bound in interval) > 1e-9:
        assert (p > 1 - level) == (interval.low < target < interval.high)


@given(st.lists(cells(500), min_size=2, max_size=12))
def test_homogeneity_agrees_with_scipy(segments: list[tuple[int, int]]) -> None:
    result = homogeneity_test(segments)
    assert result is not None
    k, n = sum(k for k, _ in segments), sum(n for _, n in segments)
    if k in (0, n):
        assert result[:3] == (0, len(segments) - 1, 1)
        return
    rows = [[k_i for k_i, _ in segments], [n_i - k_i for k_i, n_i in segments]]
    expected = stats.chi2_contingency(rows, correction=False)
    assert result.statistic == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    assert result.df == expected.dof
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-7, abs=1e-290)
    assert result.smallest_expected == pytest.approx(expected.expected_freq.min(), rel=1e-12)


def test_empty_segments_are_left_out() -> None:
    assert homogeneity_test([(5, 10), (0, 0), (9, 11)]) == homogeneity_test([(5, 10), (9, 11)])


@given(cells(1000), cells(1000))
def test_two_segments_equal_the_score_test(first: tuple[int, int], second: tuple[int, int]) -> None:
    result, both = difference_test(*first, *second), homogeneity_test([first, second])
    assert result is not None
    assert both is not None
    if result.test == "score":
        assert both.p_value == pytest.approx(result.p_value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("df", [1, 2, 29, 4999])
def test_chi_square_tail_agrees_with_scipy(df: int) -> None:
    for statistic in (0, 0.5, df - 0.5, df, 1.2 * df, df + 60):
        assert chi_square_tail(statistic, df) == pytest.approx(
            stats.chi2.sf(statistic, df), rel=1e-11
        )


@pytest.mark.parametrize("target", [0, 1, 80, math.nan])
def test_target_must_be_a_share(target: float) -> None:
    with pytest.raises(ValueError, match="target must lie between 0 and 1"):
        target_p_value(5, 10, target)


def test_impossible_counts_are_rejected() -> None:
    with pytest.raises(ValueError, match="0 <= k <= n"):
        difference_test(3, 2, 1, 2)
    with pytest.raises(ValueError, match="0 <= k <= n"):
        homogeneity_test([(1, 2), (3, 2)])


def test_a_chi_square_on_too_few_has_no_p_value() -> None:
    cells = [(5, 10), (9, 11)]
    test = homogeneity_test(cells)
    assert test is not None
    assert homogeneity_p_value(cells) == test.p_value
    # One ticket, and a hundredth of all fail: a hundredth of a ticket is expected there.
    assert homogeneity_p_value([(1, 1), (0, 99)]) is None
    assert homogeneity_p_value([(1, 2)]) is None
