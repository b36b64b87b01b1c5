"""Differences of shares over the same rows."""

from __future__ import annotations

import random

import pytest

from csatkit.stats.intervals import newcombe
from csatkit.stats.paired import correlated_difference, paired_correlation


def test_without_correlation_it_is_the_interval_of_independent_shares() -> None:
    assert correlated_difference((56, 70), (48, 80), 0.0) == pytest.approx(newcombe(56, 70, 48, 80))


def test_the_same_rows_under_the_same_rule_differ_by_nothing() -> None:
    found = correlated_difference((30, 100), (30, 100), 1.0)
    assert found is not None
    assert found.low < 0 < found.high
    apart = newcombe(30, 100, 30, 100)
    assert apart is not None
    assert found.high - found.low < 0.35 * (apart.high - apart.low)


@pytest.mark.parametrize("cells", [(5, 0, 0, 0), (0, 0, 0, 5), (0, 5, 0, 0)])
def test_an_empty_margin_has_no_correlation(cells: tuple[int, int, int, int]) -> None:
    assert paired_correlation(*cells) == 0.0


def test_the_correlation_is_corrected_towards_nothing_and_no_further() -> None:
    assert paired_correlation(2, 2, 1, 1) == 0.0
    assert paired_correlation(10, 90, 90, 10) == pytest.approx(-0.8)
    assert 0 < paired_correlation(90, 10, 10, 90) < 0.8


def test_nothing_follows_from_an_empty_denominator() -> None:
    assert correlated_difference((0, 0), (3, 4), 0.0) is None
    assert correlated_difference((3, 4), (0, 0), 0.0) is None


@pytest.mark.parametrize("correlation", [-1.1, 1.1])
def test_no_correlation_lies_beyond_one(correlation: float) -> None:
    with pytest.raises(ValueError, match="correlation"):
        correlated_difference((1, 2), (1, 2), correlation)


def test_nineteen_in_twenty_intervals_hold_the_truth() -> None:
    chance = random.Random(1)
    weights = (0.5, 0.15, 0.05, 0.3)
    hits, rounds = 0, 800
    for _ in range(rounds):
        drawn = chance.choices(range(4), weights, k=80)
        a, b, c, d = (drawn.count(i) for i in range(4))
        found = correlated_difference((a + b, 80), (a + c, 80), paired_correlation(a, b, c, d))
        assert found is not None
        hits += found.low <= 0.10 <= found.high
    assert 0.93 <= hits / rounds <= 0.98
