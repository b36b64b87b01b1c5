"""Design effects against statsmodels' cluster-robust errors."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from csatkit.stats.clustering import CustomerSums, clustering
from csatkit.stats.intervals import wilson

Customers = list[tuple[int, int]]
FAITHFUL: Customers = [(9, 10), (1, 8), (1, 1), (1, 1), (0, 1), (3, 4), (2, 2), (0, 5)]


def totals(customers: Customers) -> CustomerSums:
    return CustomerSums(
        len(customers),
        sum(k for k, _ in customers),
        sum(n for _, n in customers),
        sum(k * k for k, _ in customers),
        sum(k * n for k, n in customers),
        sum(n * n for _, n in customers),
    )


@st.composite
def raters(draw: st.DrawFn) -> Customers:
    sizes = draw(st.lists(st.integers(1, 12), min_size=1, max_size=30))
    return [(draw(st.integers(0, n)), n) for n in sizes]


def test_design_effect_is_that_of_cluster_robust_errors() -> None:
    scores = np.concatenate([[1.0] * k + [0.0] * (n - k) for k, n in FAITHFUL])
    owner = np.repeat(np.arange(len(FAITHFUL)), [n for _, n in FAITHFUL])
    fit = sm.OLS(scores, np.ones(len(scores)))
    robust = fit.fit(cov_type="cluster", cov_kwds={"groups": owner}).bse[0] ** 2
    plain = fit.fit().bse[0] ** 2
    result = clustering(totals(FAITHFUL))
    assert result is not None
    assert result.design_effect == pytest.approx(robust / plain, rel=1e-10)
    assert result.effective_n == pytest.approx(len(scores) * plain / robust, rel=1e-10)


@given(st.integers(1, 200), st.integers(1, 200))
def test_one_rating_each_is_worth_one_each(k: int, others: int) -> None:
    result = clustering(totals([(1, 1)] * k + [(0, 1)] * others))
    assert result is not None
    assert result.design_effect == pytest.approx(1, abs=1e-12)
    assert result.effective_n == pytest.approx(k + others)
    assert result.interval == pytest.approx(wilson(k, k + others), abs=1e-12)


def test_customers_who_always_say_the_same_count_once() -> None:
    result = clustering(totals([(10, 10)] * 50 + [(0, 10)] * 50))
    assert result is not None
    assert result.effective_n == pytest.approx(100, rel=0.02)


@given(raters())
def test_ratings_are_never_worth_more_than_they_are(customers: Customers) -> None:
    sums = totals(customers)
    result = clustering(sums)
    if len(customers) < 2 or sums.k in (0, sums.n):
        assert result is None
        return
    plain = wilson(sums.k, sums.n)
    assert result is not None
    assert plain is not None
    assert 0 < result.effective_n <= sums.n
    assert result.interval.low <= plain.low + 1e-12
    assert result.interval.high >= plain.high - 1e-12


@pytest.mark.parametrize(
    "sums",
    [
        CustomerSums(2, 3, 2, 5, 5, 5),
        CustomerSums(9, 3, 5, 3, 4, 9),
        CustomerSums(2, 3, 5, 9, 4, 13),
    ],
)
def test_sums_that_contradict_each_other_are_rejected(sums: CustomerSums) -> None:
    with pytest.raises(ValueError, match=r"contradict|0 <= k <= n"):
        clustering(sums)
