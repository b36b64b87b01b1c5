"""Crossed effects: like statsmodels where there is one, like the truth where it is known."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from csatkit.stats.components import Cell, Component, Crossed, crossed, margins

Sizes = tuple[int, ...]


def _rows(
    seed: int, rows: int, effects: tuple[list[float], ...], base: float = 0.75
) -> list[tuple[tuple[int, ...], int]]:
    """Return rows whose chance to succeed is the base plus their levels' effects."""
    source = Random(seed)
    found = []
    for _ in range(rows):
        at = tuple(source.randrange(len(e)) for e in effects)
        chance = base + sum(e[i] for e, i in zip(effects, at, strict=True))
        found.append((at, int(source.random() < chance)))
    return found


def _cells(rows: list[tuple[tuple[int, ...], int]]) -> list[Cell]:
    return [Cell(at, 1, y) for at, y in rows]


def _of(
    rows: list[tuple[tuple[int, ...], int]], sizes: Sizes, compared: int | None = None
) -> Crossed:
    found = crossed(margins(_cells(rows), sizes), compared)
    assert found is not None
    return found


def _known(share: float | None) -> float:
    assert share is not None
    return share


SIZES = (7, 5, 3)
ROWS = _rows(
    4, 900, ([-0.2, 0.1, 0.1, 0.05, 0.0, 0.0, -0.1], [0.1, 0.0, -0.1, 0.0, 0.0], [0.0] * 3)
)


def _design() -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Return dummies of all levels but the later factors' first ones, and where factors start."""
    starts = [0, 7, 11]
    x = np.zeros((len(ROWS), 13))
    for i, (at, _) in enumerate(ROWS):
        x[i, at[0]] = 1
        for f in (1, 2):
            if at[f]:
                x[i, starts[f] + at[f] - 1] = 1
    return x, np.array([float(y) for _, y in ROWS]), starts


@pytest.mark.parametrize("factor", [0, 1, 2])
def test_effects_and_errors_are_those_of_statsmodels(factor: int) -> None:
    x, y, starts = _design()
    fitted = sm.OLS(y, x).fit()
    size = SIZES[factor]
    weights = np.bincount([at[factor] for at, _ in ROWS], minlength=size) / len(ROWS)
    contrast = np.eye(size) - weights
    whole = np.zeros((size, x.shape[1]))
    if factor == 0:
        whole[:, :size] = contrast
    else:
        whole[:, starts[factor] : starts[factor] + size - 1] = contrast[:, 1:]
    expected = fitted.t_test(whole)
    component = _of(ROWS, SIZES).components[factor]
    assert [v.effect for v in component.levels] == pytest.approx(list(expected.effect), abs=1e-12)
    errors = np.sqrt(np.diag(whole @ fitted.cov_params() @ whole.T))
    assert [v.error for v in component.levels] == pytest.approx(list(errors), abs=1e-12)


@pytest.mark.parametrize("factor", [0, 1, 2])
def test_the_test_of_a_factor_is_the_f_test_of_statsmodels(factor: int) -> None:
    x, y, starts = _design()
    full = sm.OLS(y, x).fit()
    if factor == 0:
        reduced = np.column_stack([np.ones(len(y)), x[:, 7:]])
    else:
        gone = range(starts[factor], starts[factor] + SIZES[factor] - 1)
        reduced = np.delete(x, list(gone), axis=1)
    expected = full.compare_f_test(sm.OLS(y, reduced).fit())[1]
    assert _of(ROWS, SIZES).components[factor].p_value == pytest.approx(expected, rel=1e-8)


def test_a_component_is_the_variance_without_the_mean_squared_error() -> None:
    for factor, component in enumerate(_of(ROWS, SIZES).components):
        n = [sum(at[factor] == i for at, _ in ROWS) for i in range(SIZES[factor])]
        raw = sum(w * v.effect**2 for w, v in zip(n, component.levels, strict=True))
        noise = sum(w * v.error**2 for w, v in zip(n, component.levels, strict=True))
        assert component.variance == pytest.approx(max(0.0, (raw - noise) / len(ROWS)), abs=1e-12)


def test_known_components_are_found_on_average() -> None:
    agents = [-0.15, -0.05, 0.0, 0.05, 0.15, 0.0]
    types = [-0.1, 0.1, 0.0, 0.0]
    found: list[tuple[Component, ...]] = [
        _of(_rows(seed, 800, (agents, types, [0.0, 0.0])), (6, 4, 2)).components
        for seed in range(30)
    ]
    truth = [sum(e * e for e in es) / len(es) for es in (agents, types)]
    for factor, expected in enumerate(truth):
        mean = sum(c[factor].variance for c in found) / len(found)
        assert mean == pytest.approx(expected, rel=0.2)
    assert sum(c[2].variance for c in found) / len(found) < 0.0006  # the floor lifts it a little


def test_a_share_that_is_clear_is_sure_and_one_that_isnt_stays_open() -> None:
    clear = _of(_rows(1, 3000, ([-0.3, 0.2, 0.0, 0.1], [0.0] * 4, [0.0] * 2)), (4, 4, 2))
    assert _known(clear.components[0].half) > 0.99
    assert _known(clear.components[0].low) > 0.8
    alike = [-0.1, 0.1, 0.0]
    even = _of(_rows(2, 3000, (alike, alike, alike), base=0.6), (3, 3, 3))
    assert all(_known(c.half) < 0.8 for c in even.components)


def test_shares_add_up_over_the_compared_factors_alone() -> None:
    found = _of(ROWS, SIZES, compared=2)
    assert sum(_known(c.share) for c in found.components[:2]) == pytest.approx(1)
    last = found.components[2]
    assert (last.share, last.low, last.high, last.half) == (None, None, None, None)
    assert 0 <= last.p_value <= 1


def test_the_same_counts_give_the_same_numbers() -> None:
    shuffled = ROWS[:]
    Random(3).shuffle(shuffled)
    assert _of(shuffled, SIZES) == _of(ROWS, SIZES)


def test_factors_that_go_together_are_told() -> None:
    # Every agent has a type of their own: nobody can say whose the difference is.
    cells = [Cell((i, i, j), 20, 10 + i) for i in range(3) for j in range(2)]
    found = crossed(margins(cells, (3, 3, 2)))
    assert found == Crossed((), (1,))


def test_two_islands_are_not_connected() -> None:
    pairs = [(0, 0), (0, 1), (1, 0), (2, 2), (3, 2), (3, 3), (2, 3)]
    cells = [Cell((a, b), 10, 5) for a, b in pairs]
    assert crossed(margins(cells, (4, 4))) == Crossed((), (1,))


def test_without_degrees_of_freedom_there_is_no_answer() -> None:
    cells = [Cell((0, 0), 1, 1), Cell((0, 1), 1, 0), Cell((1, 0), 1, 1)]
    assert crossed(margins(cells, (2, 2))) is None


def test_without_any_difference_nothing_is_left() -> None:
    cells = [Cell((a, b), 10, 10) for a in range(3) for b in range(3)]
    found = crossed(margins(cells, (3, 3)))
    assert found is not None
    assert [(c.variance, c.share, c.p_value, c.half) for c in found.components] == [
        (0.0, None, 1.0, 0.0)
    ] * 2


@pytest.mark.parametrize("sizes", [(3,), (1, 3), (4, 3)])
def test_what_has_no_effects_is_refused(sizes: Sizes) -> None:
    cells = [Cell(tuple(min(i, s - 1, 2) for s in sizes), 5, 2) for i in range(3)]
    with pytest.raises(ValueError, match="two factors with two levels"):
        crossed(margins(cells, sizes))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(1, 9), st.integers(0, 9)),
        min_size=6, max_size=40,
    )
)  # fmt: skip
def test_any_counts_give_finite_numbers(given_cells: list[tuple[int, int, int, int]]) -> None:
    cells = [Cell((a, b), n, min(k, n)) for a, b, n, k in given_cells]
    cells += [Cell((i % 4, i % 3), 1, i % 2) for i in range(12)]
    found = crossed(margins(cells, (4, 3)), draws=20)
    assert found is not None
    for component in found.components:
        assert component.variance >= 0
        assert 0 <= component.p_value <= 1
        assert all(math.isfinite(v.effect) and v.error >= 0 for v in component.levels)
        assert component.half is not None
        assert 0 <= component.half <= 1
