"""Least squares from sums of products against statsmodels, and what can't be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest
import statsmodels.api as sm

from csatkit.stats.regression import (
    Cell,
    CrossProducts,
    Fit,
    cross_products,
    effect,
    fit,
    is_estimable,
    joint_test,
    meat,
)


class Made(NamedTuple):
    """Rows of dummies with an outcome, and the same as cells."""

    x: Any
    y: Any
    cells: list[Cell]

    @property
    def width(self) -> int:
        return int(self.x.shape[1])


def made(seed: int, n: int = 400, sizes: Sequence[int] = (4, 3, 2, 2)) -> Made:
    """Return rows of several categories; their first level has no column."""
    random = Random(seed)
    starts = [1 + sum(size - 1 for size in sizes[:i]) for i in range(len(sizes))]
    total, good, rows = Counter[tuple[int, ...]](), Counter[tuple[int, ...]](), []
    for _ in range(n):
        levels = [random.randrange(size) for size in sizes]
        ones = tuple(s + v - 1 for s, v in zip(starts, levels, strict=True) if v)
        y = int(random.random() < 0.8 - 0.15 * (levels[2] == 1) - 0.1 * (levels[0] == 2))
        total[ones] += 1
        good[ones] += y
        rows.append((ones, y))
    width = 1 + sum(size - 1 for size in sizes)
    x = np.zeros((n, width))
    x[:, 0] = 1
    for i, (ones, _) in enumerate(rows):
        x[i, list(ones)] = 1
    cells = [Cell(ones, total[ones], good[ones]) for ones in sorted(total)]
    return Made(x, np.array([y for _, y in rows], dtype=float), cells)


def fitted(data: Made) -> Fit:
    found = fit(cross_products(data.cells, data.width))
    assert found is not None
    return found


def one(width: int, column: int) -> list[float]:
    return [float(i == column) for i in range(width)]


@pytest.mark.parametrize("seed", range(5))
def test_classical_effects_agree_with_statsmodels(seed: int) -> None:
    data = made(seed)
    found, reference = fitted(data), sm.OLS(data.y, data.x).fit()
    assert found.coefficients == pytest.approx(reference.params)
    assert found.r_squared == pytest.approx(reference.rsquared)
    for column in range(data.width):
        e = effect(found, one(data.width, column), level=0.9)
        assert e is not None
        assert e.error == pytest.approx(reference.bse[column])
        assert e.p_value == pytest.approx(reference.pvalues[column], rel=1e-6)
        assert (e.low, e.high) == pytest.approx(reference.conf_int(0.1)[column])


@pytest.mark.parametrize("seed", range(5))
def test_the_larger_of_classical_and_hc1_errors(seed: int) -> None:
    data = made(seed)
    found = fitted(data)
    plain = sm.OLS(data.y, data.x).fit()
    robust = plain.get_robustcov_results("HC1")
    middle = meat(found, data.cells)
    larger = [
        effect(found, one(data.width, c), middle).error  # type: ignore[union-attr]
        for c in range(data.width)
    ]
    assert larger == pytest.approx(np.maximum(plain.bse, robust.bse))
    assert any(robust.bse > plain.bse)


def test_weighted_sums_agree_with_weighted_least_squares() -> None:
    random = Random(3)
    x = np.array([[1, random.gauss(0, 2), random.random()] for _ in range(60)])
    y = np.array([row @ [2, -1, 4] + random.gauss(0, 1) for row in x])
    w = np.array([random.choice([0.5, 1, 3]) for _ in x])
    products = CrossProducts(
        60, (x.T * w @ x).tolist(), (x.T * w @ y).tolist(), float((w * y * y).sum())
    )
    found = fit(products)
    assert found is not None
    reference = sm.WLS(y, x, weights=w).fit()
    assert found.coefficients == pytest.approx(reference.params)
    e = effect(found, [0, 1, -1])
    assert e is not None
    assert e.error == pytest.approx(float(reference.t_test([0, 1, -1]).sd[0][0]))


def test_products_of_parts_add_up() -> None:
    data = made(1)
    whole = cross_products(data.cells, data.width)
    parts = [cross_products(data.cells[i::2], data.width) for i in range(2)]
    assert np.array_equal(np.array(parts[0].xx) + np.array(parts[1].xx), np.array(whole.xx))
    assert np.array_equal(np.array(parts[0].xy) + np.array(parts[1].xy), np.array(whole.xy))
    assert parts[0].n + parts[1].n == whole.n


def test_joint_test_agrees_with_statsmodels() -> None:
    data = made(2)
    reduced = [Cell(tuple(c for c in cell.columns if c <= 3), *cell[1:]) for cell in data.cells]
    small = fit(cross_products(reduced, data.width))
    assert small is not None
    reference = sm.OLS(data.y, data.x).fit().compare_f_test(sm.OLS(data.y, data.x[:, :4]).fit())
    assert joint_test(fitted(data), small) == pytest.approx(reference[1], rel=1e-6)
    assert joint_test(small, small) is None


def test_twins_have_no_gap_of_their_own_and_a_joint_one() -> None:
    """Columns 1 and 2 are the same: only what they do together can be told."""
    cells = [Cell((), 40, 30), Cell((1, 2), 30, 15), Cell((3,), 20, 18), Cell((1, 2, 3), 10, 4)]
    found = fit(cross_products(cells, 4))
    assert found is not None
    assert len(found.kept) == 3
    assert not is_estimable(found, [0, 1, 0, 0])
    assert not is_estimable(found, [0, 0, 1, 0])
    assert effect(found, [0, 0, 1, 0]) is None
    both = effect(found, [0, 1, 1, 0])
    alone = fit(cross_products([c._replace(columns=tuple(set(c.columns) - {2})) for c in cells], 4))
    assert alone is not None
    assert both is not None
    assert both.value == pytest.approx(alone.coefficients[1])
    assert effect(found, [0, 0, 0, 1]) is not None


def test_one_gap_stays_where_another_column_is_a_sum() -> None:
    """The unknowns of two columns coincide; their known levels can still be told apart."""
    cells = [Cell((), 40, 30), Cell((1,), 30, 15), Cell((3,), 25, 20), Cell((2, 4), 20, 11)]
    found = fit(cross_products([*cells, Cell((1, 3), 9, 2)], 5))
    assert found is not None
    assert len(found.null) == 1
    assert effect(found, one(5, 1)) is not None
    assert effect(found, one(5, 3)) is not None
    assert effect(found, one(5, 4)) is None


def test_equal_answers_of_a_few_are_no_certainty() -> None:
    """Five of five satisfied have no spread of their own; the classical error holds."""
    cells = [Cell((), 200, 160), Cell((1,), 5, 5)]
    found = fit(cross_products(cells, 2))
    assert found is not None
    e = effect(found, [0, 1], meat(found, cells))
    assert e is not None
    assert e.value == pytest.approx(0.2)
    assert e.p_value > 0.2


def test_nothing_to_tell() -> None:
    assert fit(cross_products([], 3)) is None
    saturated = fit(cross_products([Cell((), 1, 1), Cell((1,), 1, 0)], 2))
    assert saturated is not None
    assert effect(saturated, [0, 1]) is None
    alike = fit(cross_products([Cell((), 9, 9), Cell((1,), 5, 5)], 2))
    assert alike is not None
    assert alike.r_squared == 0
    e = effect(alike, [0, 1])
    assert e is not None
    assert e.value == pytest.approx(0)
    assert e.p_value == pytest.approx(1)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_level_is_a_share(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        effect(fitted(made(0)), one(8, 1), level=level)
