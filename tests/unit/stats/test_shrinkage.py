"""Shrunken rates against SciPy's analysis of variance and beta quantiles, and their laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, f_oneway

from csatkit.stats.intervals import wilson
from csatkit.stats.shrinkage import Shrinkage, intraclass_correlation, shrink

Cells = list[tuple[int, int]]
UNEQUAL: Cells = [(30, 60), (45, 50), (80, 100), (12, 40), (66, 70)]


@st.composite
def groups(draw: st.DrawFn) -> Cells:
    sizes = draw(st.lists(st.integers(0, 60), min_size=2, max_size=12))
    return [(draw(st.integers(0, n)), n) for n in sizes]


def shrunken(cells: Cells) -> Shrinkage:
    result = shrink(cells)
    assert result is not None
    return result


def test_correlation_agrees_with_the_analysis_of_variance() -> None:
    rows = [[1] * k + [0] * (n - k) for k, n in UNEQUAL]
    total = sum(n for _, n in UNEQUAL)
    n0 = (total - sum(n * n for _, n in UNEQUAL) / total) / (len(UNEQUAL) - 1)
    f = f_oneway(*rows).statistic
    # Numerator and denominator of rho, both divided by MSW.
    assert intraclass_correlation(UNEQUAL) == pytest.approx((f - 1) / (f + n0 - 1), rel=1e-10)


def test_rates_and_intervals_are_those_of_the_beta_posterior() -> None:
    result = shrunken(UNEQUAL)
    m = result.prior_tickets
    assert m == pytest.approx((1 - result.rho) / result.rho)
    assert m is not None
    for (k, n), group in zip(UNEQUAL, result.groups, strict=True):
        a, b = k + m * result.rate, n - k + m * (1 - result.rate)
        assert group is not None
        assert group.rate == pytest.approx(a / (a + b), rel=1e-12)
        assert group.interval == pytest.approx(beta.interval(0.95, a, b), rel=1e-9)


@given(groups())
def test_a_rate_moves_towards_the_pooled_one_and_no_further(cells: Cells) -> None:
    result = shrink(cells)
    if sum(n > 0 for _, n in cells) < 2:
        assert result is None
        return
    assert result is not None
    assert result.rho <= 1
    for (k, n), group in zip(cells, result.groups, strict=True):
        assert (group is None) == (n == 0)
        if group is not None:
            low, high = sorted((k / n, result.rate))
            assert low - 1e-12 <= group.rate <= high + 1e-12
            assert 0 <= group.interval.low <= group.rate <= group.interval.high <= 1


@given(groups())
def test_groups_no_further_apart_than_chance_get_one_rate(cells: Cells) -> None:
    result = shrink(cells)
    if result is None or result.rho > 0:
        return
    k, n = (sum(column) for column in zip(*cells, strict=True))
    assert result.prior_tickets is None
    for group, (_, size) in zip(result.groups, cells, strict=True):
        assert group == ((k / n, wilson(k, n)) if size else None)


def test_equal_rates_are_alike() -> None:
    result = shrunken([(8, 10), (80, 100), (40, 50)])
    assert result.rho < 0
    assert {group.rate for group in result.groups if group} == {0.8}


def test_few_tickets_move_further_than_many() -> None:
    small, large = shrunken([*UNEQUAL, (1, 4), (100, 400)]).groups[-2:]
    assert small is not None
    assert large is not None
    assert small.rate > large.rate + 0.05


def test_all_or_nothing_groups_stay_where_they_are() -> None:
    result = shrunken([(20, 20), (0, 20)])
    assert result.rho == 1
    assert [group.rate for group in result.groups if group] == [1, 0]
    assert result.groups[0] is not None
    assert result.groups[0].interval == wilson(20, 20)


@pytest.mark.parametrize("cells", [[(5, 5), (9, 9)], [(0, 5), (0, 9)], [(1, 1), (0, 1)]])
def test_without_any_spread_to_measure_nothing_is_claimed(cells: Cells) -> None:
    result = shrunken(cells)
    assert (result.rho, result.prior_tickets) == (0, None)


@pytest.mark.parametrize(("count", "is_approximate"), [(29, True), (30, False)])
def test_few_groups_are_marked(count: int, is_approximate: bool) -> None:
    assert shrunken([(8, 10)] * count).is_approximate is is_approximate


def test_impossible_arguments_are_rejected() -> None:
    with pytest.raises(ValueError, match="0 <= k <= n"):
        shrink([(3, 2), (1, 2)])
    with pytest.raises(ValueError, match="level"):
        shrink([(1, 2), (1, 2)], 95)
    with pytest.raises(ValueError, match="two groups with tickets"):
        intraclass_correlation([(1, 2), (0, 0)])
