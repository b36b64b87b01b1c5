"""Kaplan-Meier: anchors of the specification, lifelines, laws."""

import math
import random
import warnings
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from csatkit.stats.intervals import wilson
from csatkit.stats.survival import (
    kaplan_meier_curve,
    kaplan_meier_grid,
    kaplan_meier_times,
    product_share_survival,
)

WINDOW = 14
# Share, its denominator, survival, variance: the truth is .8 x .7.
MADE_UP = (80, 100, 0.7, 0.002)


def fitted(times: Sequence[float], events: Sequence[int]) -> KaplanMeierFitter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return KaplanMeierFitter().fit(list(times), list(events))


def grid(times: Sequence[int], events: Sequence[int]) -> tuple[list[int], list[int]]:
    counts = [[0] * (WINDOW + 1), [0] * (WINDOW + 1)]
    for time, event in zip(times, events, strict=True):
        counts[event][time] += 1
    return counts[1], counts[0]


def day_grid_anchor() -> tuple[list[int], list[int]]:
    repeats = [-1, 0.5, 3.2, 7, 13.99, 14, 14.001]
    follow_ups = [3.6, 9.9, 13.5, 20, 30]
    days = [max(0, math.ceil(time)) for time in repeats]
    in_window = [day for day in days if day <= WINDOW]
    seen = [WINDOW] * (len(days) - len(in_window)) + [min(int(t), WINDOW) for t in follow_ups]
    times = in_window + seen
    return grid(times, [1] * len(in_window) + [0] * len(seen))


observations = st.lists(
    st.tuples(st.integers(0, WINDOW), st.integers(0, 1)), min_size=1, max_size=60
)


def test_day_grid_anchor() -> None:
    point = kaplan_meier_grid(*day_grid_anchor())
    assert point is not None
    assert round(point.survival, 6) == 0.388889
    assert (point.time, point.at_risk, point.n_events, point.n_censored) == (14, 5, 2, 3)


def test_individual_times_anchor() -> None:
    times = [1, 2, 2, 3, 5, 7, 7, 10, 14, 14, 14, 4, 6, 9]
    events = [1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0]
    point = kaplan_meier_times(times, events, 14)
    assert point is not None
    assert point.interval is not None
    assert round(point.survival, 6) == 0.487013
    assert tuple(round(bound, 6) for bound in point.interval) == (0.187628, 0.733926)


@pytest.mark.parametrize("seed", range(4))
def test_every_day_agrees_with_lifelines(seed: int) -> None:
    draw = random.Random(seed)
    times = [draw.randint(0, WINDOW) for _ in range(200)] + [WINDOW] * 20
    events = [int(draw.random() < 0.3) for _ in range(200)] + [0] * 20
    expected = fitted(times, events)
    bounds = expected.confidence_interval_
    for point in kaplan_meier_curve(*grid(times, events)):
        assert point.survival == pytest.approx(expected.predict(point.time), rel=1e-12)
        assert point.interval is not None
        assert point.interval == pytest.approx(tuple(bounds.loc[point.time]), rel=1e-10)


@pytest.mark.parametrize("at", [0.1, 2, 7.3, 13])
def test_individual_times_agree_with_lifelines(at: float) -> None:
    draw = random.Random(1)
    times = [round(draw.expovariate(0.1), 2) for _ in range(300)]
    events = [int(draw.random() < 0.5) for _ in range(300)]
    point = kaplan_meier_times(times, events, at)
    assert point is not None
    assert point.survival == pytest.approx(fitted(times, events).predict(at), rel=1e-12)


@given(observations)
def test_grid_equals_individual_times(pairs: list[tuple[int, int]]) -> None:
    times, events = [time for time, _ in pairs], [event for _, event in pairs]
    by_day = kaplan_meier_grid(*grid(times, events))
    by_time = kaplan_meier_times(times, events, WINDOW)
    assert (by_day is None) == (by_time is None)
    if by_day is not None and by_time is not None:
        assert by_day.survival == by_time.survival
        assert by_day.variance == by_time.variance
        assert by_day.interval == by_time.interval


@given(observations)
def test_curve_falls_and_stays_in_its_interval(pairs: list[tuple[int, int]]) -> None:
    curve = kaplan_meier_curve(*grid(*zip(*pairs, strict=True)))
    survival = 1.0
    for point in curve:
        assert 0 <= point.survival <= survival
        assert point.at_risk >= point.n_events + point.n_censored
        assert (point.interval is None) == (point.survival in (0, 1))
        if point.interval is not None:
            assert 0 <= point.interval.low < point.survival < point.interval.high <= 1
        survival = point.survival
    assert sum(point.n_events + point.n_censored for point in curve) == len(pairs)


@given(observations.map(lambda pairs: [(time, 1) for time, _ in pairs]))
def test_without_censoring_it_is_a_share(pairs: list[tuple[int, int]]) -> None:
    n = len(pairs)
    for point in kaplan_meier_curve(*grid(*zip(*pairs, strict=True))):
        share = sum(time > point.time for time, _ in pairs) / n
        assert point.survival == pytest.approx(share, abs=1e-12)
        assert point.variance == pytest.approx(share * (1 - share) / n, abs=1e-12)


def test_events_precede_censorings_of_the_day() -> None:
    # One of four at risk, although one leaves the same day.
    point = kaplan_meier_grid([0, 1, 0], [0, 1, 2])
    assert point is not None
    assert point.survival == 0.75


def test_nobody_watched_to_the_end() -> None:
    assert kaplan_meier_grid([0, 1, 0], [0, 3, 0]) is None
    assert kaplan_meier_times([1, 2], [1, 0], 3) is None


def test_all_events_settle_it_early() -> None:
    point = kaplan_meier_grid([0, 2, 0], [0, 0, 0])
    assert point is not None
    assert (point.time, point.survival, point.variance, point.interval) == (2, 0, 0, None)


def test_before_the_first_time_all_survive() -> None:
    point = kaplan_meier_times([2, 3], [1, 0], 1)
    assert point is not None
    assert (point.at_risk, point.survival, point.interval) == (2, 1, None)


def test_no_tickets_no_curve() -> None:
    assert kaplan_meier_grid([0, 0], [0, 0]) is None
    assert kaplan_meier_grid([], []) is None
    assert kaplan_meier_times([], [], 3) is None
    assert kaplan_meier_curve([0], [0]) == ()


def test_impossible_input_is_rejected() -> None:
    with pytest.raises(ValueError, match="2 days of events, 1 of censoring"):
        kaplan_meier_grid([1, 0], [1])
    with pytest.raises(ValueError, match="can't be negative"):
        kaplan_meier_grid([1, -1], [1, 3])
    with pytest.raises(ValueError, match="1 times, 2 event marks"):
        kaplan_meier_times([1], [1, 0], 1)
    with pytest.raises(ValueError, match="times must be numbers"):
        kaplan_meier_times([math.nan], [1], 1)
    with pytest.raises(ValueError, match="level must lie"):
        kaplan_meier_grid([1], [1], 95)


def test_product_interval_encloses_the_product() -> None:
    interval = product_share_survival(*MADE_UP)
    assert interval is not None
    # 1.959964 sqrt(.2/80 + .002/.49) = .159007 on the log scale.
    assert interval == pytest.approx(
        (0.56 / math.exp(0.159007), 0.56 * math.exp(0.159007)), rel=1e-5
    )


@pytest.mark.slow
def test_product_interval_holds_its_level() -> None:
    draw = random.Random(7)
    hits, rounds = 0, 1500
    for _ in range(rounds):
        k = sum(draw.random() < 0.8 for _ in range(150))
        kept = sum(draw.random() < 0.7 for _ in range(200))
        survival = kept / 200
        interval = product_share_survival(k, 150, survival, survival * (1 - survival) / 200)
        assert interval is not None
        hits += interval.low <= 0.56 <= interval.high
    assert 0.935 <= hits / rounds <= 0.965


def test_product_at_the_edges() -> None:
    assert product_share_survival(0, 10, 0.7, 0.002) == wilson(0, 10)
    full = product_share_survival(10, 10, 0.7, 0.002)
    assert full is not None
    low = wilson(10, 10)
    assert low is not None
    assert full.low < 0.7 * low.low
    assert full.high == pytest.approx(0.7 * math.exp(1.959964 * math.sqrt(0.002) / 0.7), rel=1e-6)
    assert product_share_survival(0, 0, 0.7, 0.002) is None
    assert product_share_survival(5, 10, 1, 0) is None
    assert product_share_survival(5, 10, 0, 0) is None


@given(st.integers(1, 500), st.data(), st.floats(0.01, 0.99), st.floats(0, 0.01))
def test_product_stays_in_range(n: int, data: st.DataObject, s: float, variance: float) -> None:
    k = data.draw(st.integers(0, n))
    interval = product_share_survival(k, n, s, variance)
    assert interval is not None
    assert 0 <= interval.low <= k / n * s <= interval.high <= 1


def test_product_rejects_a_negative_variance() -> None:
    with pytest.raises(ValueError, match="variance can't be negative"):
        product_share_survival(5, 10, 0.5, -1)
