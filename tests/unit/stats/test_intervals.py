"""Intervals: anchors of the specification, independent libraries, laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from csatkit.stats.intervals import (
    MIN_VALUES_FOR_T,
    Interval,
    Sums,
    events_per_ticket,
    mean_difference,
    mean_interval,
    mover,
    newcombe,
    tipping_point,
    wilson,
    worst_case_bounds,
)

SHARES = [
    *((k, n) for n in (1, 2, 5, 10, 100, 997) for k in {0, 1, n // 3, n - 1, n}),
    *((k, 10**7) for k in (0, 1, 3_333_333, 9_999_999, 10**7)),
]
SCORES = st.lists(st.integers(1, 5), min_size=1, max_size=60)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 10**7))
    return draw(st.integers(0, n)), n


def sums(values: list[int] | list[float]) -> Sums:
    return Sums(len(values), sum(values), sum(value * value for value in values))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (82, 100, 73.33, 88.30),
        (5, 5, 56.55, 100),
        (0, 5, 0, 43.45),
        (4, 5, 37.55, 96.38),
    ],
)
def test_wilson_anchors(k: int, n: int, low: float, high: float) -> None:
    interval = wilson(k, n)
    assert interval is not None
    assert (round(100 * interval.low, 2), round(100 * interval.high, 2)) == (low, high)


@pytest.mark.parametrize(("k", "n"), SHARES)
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_wilson_agrees_with_statsmodels(k: int, n: int, level: float) -> None:
    expected = proportion_confint(k, n, alpha=1 - level, method="wilson")
    assert wilson(k, n, level) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@given(shares(), st.floats(0.01, 0.999999))
def test_wilson_encloses_its_share(share: tuple[int, int], level: float) -> None:
    k, n = share
    interval = wilson(k, n, level)
    assert interval is not None
    assert 0 <= interval.low <= k / n <= interval.high <= 1
    assert (interval.low == 0) == (k == 0)
    assert (interval.high == 1) == (k == n)


@given(shares(), st.floats(0.01, 0.99))
def test_wilson_is_symmetric(share: tuple[int, int], level: float) -> None:
    k, n = share
    interval, mirrored = wilson(k, n, level), wilson(n - k, n, level)
    assert interval is not None
    assert mirrored is not None
    assert (1 - interval.high, 1 - interval.low) == pytest.approx(mirrored, rel=1e-9, abs=1e-15)


@given(shares(), st.floats(0.01, 0.98))
def test_wilson_widens_with_the_level(share: tuple[int, int], level: float) -> None:
    narrow, wide = wilson(*share, level), wilson(*share, level + 0.01)
    assert narrow is not None
    assert wide is not None
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high
    assert wide != narrow


@given(shares())
def test_wilson_rises_with_the_numerator(share: tuple[int, int]) -> None:
    k, n = share
    interval, above = wilson(k, n), wilson(min(k + 1, n), n)
    assert interval is not None
    assert above is not None
    assert interval.low <= above.low
    assert interval.high <= above.high


def test_nothing_counted_has_no_interval() -> None:
    assert wilson(0, 0) is None
    assert newcombe(0, 0, 1, 2) is None
    assert newcombe(1, 2, 0, 0) is None
    assert mean_interval(0, 0, 0) is None
    assert mean_difference(Sums(0, 0, 0), sums([1, 2] * 20)) is None
    assert events_per_ticket(0, 0, 0) is None


@pytest.mark.parametrize(("k", "n"), [(2, 1), (-1, 5), (0, -1)])
def test_impossible_counts_are_rejected(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="0 <= k <= n"):
        wilson(k, n)


def test_level_in_percent_is_rejected() -> None:
    nothing, message = Sums(0, 0, 0), "level must lie between 0 and 1"
    with pytest.raises(ValueError, match=message):
        wilson(0, 0, 95)
    with pytest.raises(ValueError, match=message):
        newcombe(1, 2, 1, 2, 95)
    with pytest.raises(ValueError, match=message):
        mean_interval(*nothing, 95)
    with pytest.raises(ValueError, match=message):
        mean_difference(nothing, nothing, 95)


def test_newcombe_anchor() -> None:
    interval = newcombe(56, 70, 48, 80)
    assert interval is not None
    assert (round(100 * interval.low, 2), round(100 * interval.high, 2)) == (5.24, 33.39)


@pytest.mark.parametrize("first", [(0, 1), (1, 1), (0, 20), (7, 20), (20, 20), (123456, 10**7)])
@pytest.mark.parametrize("second", [(0, 1), (1, 1), (0, 35), (30, 35), (35, 35), (654321, 10**7)])
def test_newcombe_agrees_with_statsmodels(first: tuple[int, int], second: tuple[int, int]) -> None:
    expected = confint_proportions_2indep(*first, *second, method="newcomb", alpha=0.1)
    assert newcombe(*first, *second, 0.9) == pytest.approx(expected, rel=1e-10, abs=1e-12)


@given(shares(), shares())
def test_newcombe_turns_with_its_groups(first: tuple[int, int], second: tuple[int, int]) -> None:
    forth, back = newcombe(*first, *second), newcombe(*second, *first)
    assert forth is not None
    assert back is not None
    assert forth == pytest.approx((-back.high, -back.low), abs=1e-15)
    assert -1 <= forth.low <= first[0] / first[1] - second[0] / second[1] <= forth.high <= 1


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
@pytest.mark.parametrize("size", [20, 21, 500])
def test_mean_agrees_with_scipy(size: int, level: float) -> None:
    scores = [1 + (7 * i * i + i) % 5 for i in range(size)]
    expected = stats.t.interval(
        level, size - 1, loc=sum(scores) / size, scale=stats.sem(scores, ddof=1)
    )
    assert mean_interval(*sums(scores), level) == pytest.approx(expected, rel=1e-12)


def test_mean_of_ten_million_keeps_its_digits() -> None:
    n = 10**7
    interval = mean_interval(n, 4 * n, 16 * n + 2)
    assert interval is not None
    # Variance 2 / (n - 1): one score a point above, one a point below four.
    half = 1.959964 * math.sqrt(2 / (n - 1) / n)
    assert interval.high - 4 == pytest.approx(half, rel=1e-3)


def test_mean_is_clipped_to_its_scale() -> None:
    scores = [5] * 39 + [4]
    interval = mean_interval(*sums(scores), 0.999, (1, 5))
    free = mean_interval(*sums(scores), 0.999)
    assert interval is not None
    assert free is not None
    assert interval.high == 5 < free.high
    assert interval.low == free.low


def test_mean_outside_its_scale_is_rejected() -> None:
    with pytest.raises(ValueError, match="outside its scale"):
        mean_interval(*sums([1, 9] * 20), 0.95, (1, 4))


@given(SCORES)
def test_mean_needs_twenty_values_and_spread(scores: list[int]) -> None:
    has_interval = mean_interval(*sums(scores)) is not None
    assert has_interval == (len(scores) >= MIN_VALUES_FOR_T and len(set(scores)) > 1)


@given(st.floats(0.01, 10**6), st.integers(20, 2000))
def test_equal_floats_have_no_spread(value: float, size: int) -> None:
    assert mean_interval(*sums([value] * size)) is None


@pytest.mark.parametrize("wrong", [(20, 80, 319), (-1, 0, 0), (0, 1, 1), (20, 80.0, 319.0)])
def test_impossible_sums_are_rejected(wrong: tuple[int, float, float]) -> None:
    with pytest.raises(ValueError, match="sum"):
        mean_interval(*wrong)


def test_difference_of_means_agrees_with_scipy() -> None:
    first = [1 + (3 * i * i) % 5 for i in range(40)]
    second = [2 + (i * i) % 3 for i in range(23)]
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.9)
    assert mean_difference(sums(first), sums(second), 0.9) == pytest.approx(
        (expected.low, expected.high), rel=1e-12
    )


def test_difference_of_means_needs_spread_in_both() -> None:
    spread = sums([1, 5] * 20)
    assert mean_difference(spread, sums([3] * 30)) is None
    assert mean_difference(sums([1, 5] * 9), spread) is None


def test_events_stop_at_zero() -> None:
    interval = events_per_ticket(40, 3, 9)
    assert interval is not None
    assert interval.low == 0
    assert interval.high > 3 / 40


def test_events_use_the_spread_between_tickets() -> None:
    reopened = [0] * 80 + [1] * 15 + [4] * 5
    expected = stats.t.interval(0.95, 99, loc=0.35, scale=stats.sem(reopened))
    assert events_per_ticket(100, 35, 95) == pytest.approx(expected, rel=1e-12)


def test_worst_case_and_tipping_point_anchor() -> None:
    # Response 15 %, CSAT 88 %, target 80 %.
    assert worst_case_bounds(0.15, 0.88) == pytest.approx((0.132, 0.982))
    assert tipping_point(0.80, 0.15, 0.88) == pytest.approx(0.786, abs=5e-4)


@given(st.floats(0, 1), st.floats(0, 0.99), st.floats(0, 1))
def test_tipping_point_meets_the_target(target: float, r: float, p: float) -> None:
    silent = tipping_point(target, r, p)
    assert silent is not None
    assert r * p + (1 - r) * silent == pytest.approx(target, abs=1e-12)
    low, high = worst_case_bounds(r, p)
    assert 0 <= low <= high <= 1
    assert (silent > 1 + 1e-9) <= (target > high)
    assert (silent < -1e-9) <= (target < low)


def test_nobody_silent() -> None:
    assert tipping_point(0.8, 1, 0.7) is None
    assert worst_case_bounds(1, 0.7) == (0.7, 0.7)


@pytest.mark.parametrize("wrong", [(15, 0.88), (0.15, 88), (-0.1, 0.5)])
def test_percentages_are_rejected(wrong: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="share from 0 to 1"):
        worst_case_bounds(*wrong)
    with pytest.raises(ValueError, match="share from 0 to 1"):
        tipping_point(0.8, *wrong)


@given(shares(), shares())
def test_mover_of_two_wilson_intervals_is_newcombe(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    parts = [(k / n, wilson(k, n)) for k, n in (first, second)]
    (p1, w1), (p0, w0) = parts
    assert w1 is not None
    assert w0 is not None
    low, high = mover(p1, w1, p0, w0)
    assert newcombe(*first, *second) == (max(-1, low), min(1, high))


def test_mover_by_hand() -> None:
    found = mover(7.0, Interval(4, 9), 5.0, Interval(1, 8))
    assert found == pytest.approx((2 - math.hypot(3, 3), 2 + math.hypot(2, 4)))
    # Of symmetric intervals it is the usual sum of squares.
    assert mover(7.0, Interval(4, 10), 5.0, Interval(1, 9)) == pytest.approx((-3, 7))


@pytest.mark.parametrize("value", [3.9, 9.1])
def test_mover_refuses_a_value_outside_its_interval(value: float) -> None:
    with pytest.raises(ValueError, match="outside"):
        mover(value, Interval(4, 9), 5.0, Interval(1, 8))
