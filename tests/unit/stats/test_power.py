"""Ratings needed against statsmodels and against Wilson's own interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from csatkit.stats.intervals import wilson
from csatkit.stats.power import judge_goal, months_until_visible, n_needed, ratings_per_period


def test_the_anchors_of_the_definitions() -> None:
    assert n_needed(0.82, 0.80) == 1537
    assert ratings_per_period(0.72, 0.76) == 1887
    assert ratings_per_period(0.72, 0.78) == 817


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.sampled_from([0.5, 0.8, 0.9]))
def test_ratings_agree_with_statsmodels(before: float, after: float, power: float) -> None:
    if abs(after - before) < 0.005:
        return
    needed = ratings_per_period(before, after, power)
    low, high = sorted((before, after))
    expected = samplesize_proportions_2indep_onetail(high - low, low, power, 1, 0.05)
    assert needed is not None
    assert needed - 1 <= expected * (1 + 1e-9)
    assert needed >= expected * (1 - 1e-9)


@pytest.mark.parametrize(("percent", "target"), [(82, 0.8), (75, 0.8), (60, 0.65), (96, 0.95)])
def test_at_the_n_needed_the_interval_leaves_the_target_out(percent: int, target: float) -> None:
    needed = n_needed(percent / 100, target)
    assert needed is not None
    for n, decided in ((needed // 100 * 100 - 100, False), (needed // 100 * 100 + 100, True)):
        interval = wilson(n * percent // 100, n)
        assert interval is not None
        assert (not interval.low <= target <= interval.high) is decided


def test_nothing_to_see() -> None:
    assert n_needed(0.8, 0.8) is None
    assert ratings_per_period(0.8, 0.8) is None
    assert months_until_visible(0.8, 0.8, 100) is None
    assert months_until_visible(0.7, 0.8, 0) is None


@pytest.mark.parametrize(("volume", "months"), [(1887, 1), (1886, 2), (100, 19), (5000, 1)])
def test_months_until_a_change_can_be_seen(volume: int, months: int) -> None:
    assert months_until_visible(0.72, 0.76, volume) == months


@pytest.mark.parametrize(
    ("before", "after", "quarters", "ratings", "verdict"),
    [
        (0.72, 0.78, 1, 10_000, "unrealistic"),
        (0.72, 0.78, 2, None, "realistic"),
        (0.72, 0.77, 1, None, "realistic"),
        (0.72, 0.74, 1, 50, "realistic"),
        (0.72, 0.73, 1, None, "within noise"),
        (0.72, 0.73, 1, 500, "within noise"),
        (0.72, 0.73, 1, 40_000, "realistic"),
        (0.72, 0.72, 1, 500, "reached"),
        (0.80, 0.72, 1, 500, "reached"),
    ],
)
def test_goals(
    before: float, after: float, quarters: float, ratings: int | None, verdict: str
) -> None:
    goal = judge_goal(before, after, quarters, ratings)
    assert goal.verdict == verdict
    assert goal.gain_per_quarter == pytest.approx((after - before) / quarters)
    if verdict != "reached":
        assert goal.ratings_needed == ratings_per_period(before, after)


def test_a_rate_that_should_fall() -> None:
    assert judge_goal(0.15, 0.12, higher_is_better=False).verdict == "realistic"
    assert judge_goal(0.15, 0.18, higher_is_better=False).verdict == "reached"


def test_impossible_arguments_are_rejected() -> None:
    with pytest.raises(ValueError, match="share from 0 to 1"):
        n_needed(82, 80)
    with pytest.raises(ValueError, match="power must lie"):
        ratings_per_period(0.7, 0.8, 80)
    with pytest.raises(ValueError, match="quarters must be positive"):
        judge_goal(0.7, 0.8, 0)
    with pytest.raises(ValueError, match="ratings can't be negative"):
        judge_goal(0.7, 0.8, 1, -1)
    with pytest.raises(ValueError, match="per month can't be negative"):
        months_until_visible(0.7, 0.8, -1)
