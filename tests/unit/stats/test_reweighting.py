"""Weights against unit-level sums, and the laws of weighting."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW

from csatkit.stats.intervals import wilson
from csatkit.stats.reweighting import (
    MarginCell,
    PopulationCell,
    Reweighted,
    kish_effective_n,
    post_stratify,
    rake,
    representativity,
)

Cells = list[PopulationCell]
# Chat answers four times as often as email and is less satisfied.
BIASED: Cells = [PopulationCell(240, 400, 1000), PopulationCell(90, 100, 1000)]


@st.composite
def populations(draw: st.DrawFn) -> Cells:
    sizes = draw(st.lists(st.integers(0, 40), min_size=1, max_size=8))
    return [PopulationCell(draw(st.integers(0, n)), n, draw(st.integers(0, 300))) for n in sizes]


@st.composite
def crosses(draw: st.DrawFn) -> tuple[list[MarginCell], list[dict[object, int]]]:
    cells = []
    for row in range(draw(st.integers(1, 3))):
        for column in range(3):
            n = draw(st.integers(1, 30))
            cells.append(MarginCell((row, column), draw(st.integers(0, n)), n))
    margins: list[dict[object, int]] = [
        {value: draw(st.integers(1, 100)) for value in {cell.values[place] for cell in cells}}
        for place in range(2)
    ]
    return cells, margins


def reweighted(cells: Cells, cap: float = 5.0) -> Reweighted:
    result = post_stratify(cells, cap)
    assert result is not None
    return result


def test_planted_bias_is_removed() -> None:
    result = reweighted(BIASED)
    assert result.raw_share == 0.66
    assert result.share == pytest.approx(0.75)
    assert result.weights == pytest.approx((0.625, 2.5))
    assert result.has_converged
    assert not result.is_capped


@given(populations(), st.sampled_from([1.0, 1.5, 5.0]))
def test_weights_average_one_and_stay_below_the_cap(cells: Cells, cap: float) -> None:
    result = post_stratify(cells, cap)
    if not any(cell.n and cell.population for cell in cells):
        assert result is None
        return
    assert result is not None
    n = sum(cell.n for cell in cells)
    mass = math.fsum(w * cell.n for w, cell in zip(result.weights, cells, strict=True))
    # With ratings from outside the population alone left to raise, the mean may stay below 1.
    if all(cell.population or not cell.n for cell in cells):
        assert mass == pytest.approx(n)
    assert max(result.weights) <= cap + 1e-12
    assert 0 <= result.interval.low <= result.share <= result.interval.high <= 1
    assert 0 < result.effective_n <= n + 1e-9
    assert 0 <= result.uncovered_share < 1
    if not result.is_capped:
        assert result.has_converged


@given(populations())
def test_uncapped_share_is_the_population_average(cells: Cells) -> None:
    result = post_stratify(cells, math.inf)
    used = [cell for cell in cells if cell.n and cell.population]
    if result is not None:
        share = sum(c.population * c.k / c.n for c in used) / sum(c.population for c in used)
        assert result.share == pytest.approx(share, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(20, 40)), min_size=1, max_size=6))
def test_a_fair_sample_keeps_the_raw_share_and_wilson(sizes: list[tuple[int, int]]) -> None:
    result = reweighted([PopulationCell(k, n, 7 * n) for k, n in sizes])
    k, n = (sum(column) for column in zip(*sizes, strict=True))
    assert result.share == pytest.approx(result.raw_share) == pytest.approx(k / n)
    assert result.effective_n == pytest.approx(n)
    assert result.interval == pytest.approx(wilson(k, n), abs=1e-9)


def test_the_interval_is_that_of_the_weighted_ratings() -> None:
    """The variance against the sum over single ratings, and Wilson's formula at p (1-p) / v."""
    result = reweighted(BIASED)
    scores = np.concatenate([[1.0] * c.k + [0.0] * (c.n - c.k) for c in BIASED])
    weights = np.repeat(result.weights, [c.n for c in BIASED])
    assert result.share == pytest.approx(DescrStatsW(scores, weights).mean)
    p = result.share
    n = p * (1 - p) * weights.sum() ** 2 / (weights**2 * (scores - p) ** 2).sum()
    z = 1.959963984540054
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    assert result.interval == pytest.approx((centre - half, centre + half), rel=1e-9)


def test_a_silent_cell_is_not_covered() -> None:
    result = reweighted([*BIASED, PopulationCell(0, 0, 500)])
    assert result.uncovered_share == pytest.approx(0.2)
    assert result.weights[2] == 0


def test_a_capped_weight_is_said_and_its_miss_measured() -> None:
    result = reweighted([PopulationCell(50, 99, 100), PopulationCell(1, 1, 900)])
    assert result.is_capped
    assert not result.has_converged
    assert result.weights[1] == 5
    assert result.largest_gap == pytest.approx(0.85)


@given(crosses())
def test_raking_meets_every_margin(
    cross: tuple[list[MarginCell], list[dict[object, int]]],
) -> None:
    cells, margins = cross
    result = rake(cells, margins, math.inf)
    assert result is not None
    assert result.has_converged
    mass = math.fsum(w * c.n for w, c in zip(result.weights, cells, strict=True))
    assert mass == pytest.approx(sum(c.n for c in cells))
    for place, margin in enumerate(margins):
        for value, tickets in margin.items():
            part = math.fsum(
                w * c.n
                for w, c in zip(result.weights, cells, strict=True)
                if c.values[place] == value
            )
            assert part / mass == pytest.approx(tickets / sum(margin.values()), abs=2e-6)


@given(crosses())
def test_raking_keeps_the_cells_own_pattern(
    cross: tuple[list[MarginCell], list[dict[object, int]]],
) -> None:
    """Weights are a product of one factor per margin, so odds ratios between cells stay."""
    cells, margins = cross
    result = rake(cells, margins, math.inf)
    assert result is not None
    weight = {cell.values: w for cell, w in zip(cells, result.weights, strict=True)}
    for (row, column), own in weight.items():
        crossed = weight[row, 0] * weight[0, column]
        assert own * weight[0, 0] == pytest.approx(crossed, rel=1e-9)


def test_one_margin_is_post_stratification() -> None:
    raked = rake(
        [MarginCell(("chat",), 240, 400), MarginCell(("email",), 90, 100)],
        [{"chat": 1000, "email": 1000}],
    )
    assert raked is not None
    assert raked.share == pytest.approx(reweighted(BIASED).share)
    assert raked.weights == pytest.approx(reweighted(BIASED).weights)
    assert raked.interval == pytest.approx(reweighted(BIASED).interval)


def test_raking_under_a_cap_says_that_it_misses() -> None:
    cells = [MarginCell(("a", "x"), 50, 98), MarginCell(("b", "x"), 1, 1)]
    cells.append(MarginCell(("a", "y"), 1, 1))
    result = rake(cells, [{"a": 10, "b": 90}, {"x": 50, "y": 50}])
    assert result is not None
    assert result.is_capped
    assert not result.has_converged
    assert max(result.weights) <= 5
    assert result.largest_gap > 0.1


def test_raking_leaves_out_values_without_ratings() -> None:
    result = rake([MarginCell(("a",), 5, 10), MarginCell(("b",), 0, 0)], [{"a": 60, "b": 40}])
    assert result is not None
    assert result.uncovered_share == pytest.approx(0.4)
    assert result.weights == (1, 0)


def test_nothing_to_weight() -> None:
    assert post_stratify([]) is None
    assert post_stratify([PopulationCell(0, 0, 10), PopulationCell(1, 2, 0)]) is None
    assert rake([MarginCell(("a",), 0, 0)], [{"a": 3}]) is None
    assert rake([MarginCell(("a",), 1, 2)], [{"b": 3}]) is None


def test_representativity() -> None:
    assert representativity([(400, 1000), (100, 1000)]) == pytest.approx((1.6, 0.4))
    assert representativity([(5, 0), (0, 10)]) == (None, 0)
    assert representativity([]) == ()


def test_kish() -> None:
    assert kish_effective_n([1, 1], [30, 70]) == pytest.approx(100)
    assert kish_effective_n([1, 3], [50, 50]) == pytest.approx(80)
    assert kish_effective_n([0], [5]) == 0


def test_impossible_arguments_are_rejected() -> None:
    with pytest.raises(ValueError, match="cap must be at least 1"):
        post_stratify(BIASED, 0.5)
    with pytest.raises(ValueError, match="0 <= k <= n"):
        post_stratify([PopulationCell(3, 2, 5)])
    with pytest.raises(ValueError, match="negative"):
        post_stratify([PopulationCell(1, 2, -5)])
    with pytest.raises(ValueError, match="negative"):
        representativity([(1, -2)])
    with pytest.raises(ValueError, match="negative"):
        rake([MarginCell(("a",), 1, 2)], [{"a": -3}])
    with pytest.raises(ValueError, match="1 margins, but a cell has 2"):
        rake([MarginCell(("a", "b"), 1, 2)], [{"a": 3}])
