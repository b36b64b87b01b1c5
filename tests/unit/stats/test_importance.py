"""Shares of explained variance against all orders written out, with statsmodels for each model."""

from __future__ import annotations

from itertools import permutations

import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from csatkit.stats.importance import MOST_BLOCKS, lmg
from csatkit.stats.regression import Cell, cross_products, fit
from tests.unit.stats.test_regression import Made, made

BLOCKS = ((4, 5), (6,), (7,))
ALWAYS = (1, 2, 3)


def by_all_orders(data: Made) -> list[float]:
    """Return what each block adds to R squared, averaged over the orders of entering."""

    def r_squared(columns: list[int]) -> float:
        return float(sm.OLS(data.y, data.x[:, sorted({0, *columns})]).fit().rsquared)

    added = [0.0] * len(BLOCKS)
    orders = list(permutations(range(len(BLOCKS))))
    for order in orders:
        inside = [*ALWAYS]
        for b in order:
            before = r_squared(inside)
            inside += BLOCKS[b]
            added[b] += (r_squared(inside) - before) / len(orders)
    return added


@pytest.mark.parametrize("seed", range(3))
def test_shares_are_averages_over_all_orders(seed: int) -> None:
    data = made(seed)
    found = lmg(cross_products(data.cells, data.width), BLOCKS, ALWAYS)
    assert found is not None
    assert found.shares == pytest.approx(by_all_orders(data), abs=1e-12)
    first = sm.OLS(data.y, data.x[:, :4]).fit()
    assert found.always == pytest.approx(first.rsquared)


cells = st.lists(
    st.tuples(st.sets(st.integers(1, 7)), st.integers(1, 30), st.floats(0, 1)),
    min_size=2,
    max_size=12,
).map(lambda rows: [Cell(tuple(sorted(c)), n, round(n * p)) for c, n, p in rows])


@given(cells)
def test_shares_add_up_to_what_is_explained(rows: list[Cell]) -> None:
    products = cross_products(rows, 8)
    found, whole = lmg(products, BLOCKS, ALWAYS), fit(products)
    assert whole is not None
    if found is None:
        assert whole.tss == 0
        return
    assert found.always + sum(found.shares) == pytest.approx(whole.r_squared, abs=1e-9)
    assert min(found.shares) >= -1e-9
    if found.relative is not None:
        assert sum(found.relative) == pytest.approx(1)


def test_twins_share_what_neither_explains_alone() -> None:
    rows = [Cell((), 40, 30), Cell((1, 2), 30, 10)]
    found = lmg(cross_products(rows, 3), [(1,), (2,)])
    assert found is not None
    assert found.shares[0] == pytest.approx(found.shares[1])
    assert found.relative == pytest.approx((0.5, 0.5))


def test_nothing_to_share() -> None:
    assert lmg(cross_products([], 2), [(1,)]) is None
    assert lmg(cross_products([Cell((), 9, 9), Cell((1,), 3, 3)], 2), [(1,)]) is None
    unrelated = lmg(cross_products([Cell((), 10, 5), Cell((1,), 10, 5)], 2), [(1,)])
    assert unrelated is not None
    assert unrelated.relative is None


def test_too_many_blocks() -> None:
    with pytest.raises(ValueError, match="at most 12"):
        lmg(cross_products([Cell((), 2, 1)], 1), [()] * (MOST_BLOCKS + 1))
