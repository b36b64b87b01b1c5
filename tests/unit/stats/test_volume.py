"""Differences of volumes: Poisson where days are alike, wider where not, never by weekday."""

import math
import random

import pytest

from csatkit.stats.normal import two_sided_t
from csatkit.stats.volume import count_difference


def test_equal_days_give_poisson_s_spread() -> None:
    before, after = dict.fromkeys(range(28), 10), dict.fromkeys(range(28, 56), 12)
    found = count_difference(before, after)
    assert found is not None
    half = two_sided_t(0.95, 48) * math.sqrt(280 + 336)
    assert found == pytest.approx((56 - half, 56 + half))


def test_weekdays_don_t_widen_it() -> None:
    week = [20, 18, 17, 16, 15, 2, 0]
    before = {day: week[day % 7] for day in range(28)}
    after = {day: week[day % 7] for day in range(28, 56)}
    found = count_difference(before, after)
    half = two_sided_t(0.95, 48) * math.sqrt(2 * 4 * sum(week))
    assert found == pytest.approx((-half, half))


def test_bursts_widen_it_as_pearson_s_dispersion_does() -> None:
    before = {day: (40 if day // 7 % 2 else 10) for day in range(28)}
    after = {day: (40 if day // 7 % 2 else 10) for day in range(28, 56)}
    found = count_difference(before, after, 0.9)
    phi = 56 * (15**2 / 25) / 48
    half = two_sided_t(0.9, 48) * math.sqrt(phi * 2 * 700)
    assert found == pytest.approx((-half, half))


def test_it_covers_an_unchanged_process() -> None:
    rng = random.Random(3)
    missed = 0
    for _ in range(400):
        days = [sum(rng.random() < 0.1 for _ in range(100)) for _ in range(28)]
        found = count_difference(dict(enumerate(days[:14])), dict(enumerate(days[14:], start=14)))
        assert found is not None
        missed += not found.low <= 0 <= found.high
    assert missed <= 32


def test_two_weeks_are_enough_and_two_days_aren_t() -> None:
    assert count_difference(dict.fromkeys(range(7), 3), dict.fromkeys(range(7, 14), 4)) is not None
    assert count_difference({0: 5}, {1: 9}) is None
    assert count_difference({}, dict.fromkeys(range(20), 3)) is None
    assert count_difference(dict.fromkeys(range(14), 0), dict.fromkeys(range(14, 28), 0)) is None


def test_a_level_is_a_share() -> None:
    with pytest.raises(ValueError, match="level"):
        count_difference({0: 5}, {1: 9}, 95)
