"""Ranges of places against the pairwise intervals they are defined by."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.stats.intervals import newcombe
from csatkit.stats.ranks import rank_ranges

Cells = list[tuple[int, int]]


@st.composite
def groups(draw: st.DrawFn) -> Cells:
    sizes = draw(st.lists(st.integers(0, 200), max_size=12))
    return [(draw(st.integers(0, n)), n) for n in sizes]


def by_definition(cells: Cells, place: int) -> tuple[int, int, int] | None:
    k, n = cells[place]
    if n == 0:
        return None
    rivals = [cell for i, cell in enumerate(cells) if i != place and cell[1]]
    differences = [newcombe(*rival, k, n) for rival in rivals]
    above = sum(d is not None and d.low > 0 for d in differences)
    below = sum(d is not None and d.high < 0 for d in differences)
    return 1 + above, len(rivals) + 1 - below, len(rivals) + 1


@given(groups())
def test_ranges_follow_the_definition(cells: Cells) -> None:
    assert list(rank_ranges(cells)) == [by_definition(cells, i) for i in range(len(cells))]


@given(groups())
def test_low_rates_may_be_the_good_ones(cells: Cells) -> None:
    mirrored = [(n - k, n) for k, n in cells]
    turned = rank_ranges(mirrored, higher_is_better=False)
    for mine, other in zip(rank_ranges(cells), turned, strict=True):
        assert mine == other


def test_identical_groups_share_every_place() -> None:
    assert set(rank_ranges([(32, 40)] * 20)) == {(1, 20, 20)}


def test_clear_differences_give_clear_places() -> None:
    assert rank_ranges([(50, 1000), (950, 1000), (500, 1000)]) == (
        (3, 3, 3),
        (1, 1, 3),
        (2, 2, 3),
    )


def test_a_group_without_tickets_counts_nowhere() -> None:
    assert rank_ranges([(8, 10), (0, 0)]) == ((1, 1, 1), None)


def test_five_hundred_groups_take_less_than_a_second() -> None:
    cells = [(300 + i % 100, 400 + i % 50) for i in range(500)]
    start = time.perf_counter()
    assert len(rank_ranges(cells)) == 500
    assert time.perf_counter() - start < 1


def test_impossible_counts_are_rejected() -> None:
    with pytest.raises(ValueError, match="0 <= k <= n"):
        rank_ranges([(3, 2)])
