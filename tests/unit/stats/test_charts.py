"""The p' chart against NumPy, its signals against plain sequences."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.stats.charts import Chart, Signal, longest_usual_run, p_chart

Periods = list[tuple[int, int]]
WAVE: Periods = [(700, 1000), (900, 1000)] * 8


def chart(periods: Periods) -> Chart:
    result = p_chart(periods)
    assert result is not None
    return result


def around(*signs: int) -> Periods:
    """Return periods a little above (1), below (-1) or on (0) 80 %, balanced at the end."""
    return [(800 + 5 * sign, 1000) for sign in signs]


@st.composite
def histories(draw: st.DrawFn) -> Periods:
    sizes = draw(st.lists(st.integers(0, 300), min_size=1, max_size=30))
    return [(draw(st.integers(0, n)), n) for n in sizes]


@given(histories())
def test_limits_agree_with_numpy(periods: Periods) -> None:
    used = np.array([(k, n) for k, n in periods if n], dtype=float).reshape(-1, 2)
    result = p_chart(periods)
    if len(used) == 0:
        assert result is None
        return
    assert result is not None
    k, n = used.T
    p = k.sum() / n.sum()
    sigma = np.sqrt(p * (1 - p) / n)
    widening = 1.0
    if len(used) > 1 and 0 < p < 1:
        z = (k / n - p) / sigma
        sigma_z = np.abs(np.diff(z)).mean() / (2 / math.sqrt(math.pi))
        assert result.sigma_z == pytest.approx(sigma_z, rel=1e-9, abs=1e-12)
        widening = max(1.0, sigma_z)
    else:
        assert result.sigma_z is None
    points = [point for point in result.points if point]
    low = np.clip(p - 3 * sigma * widening, 0, 1)
    high = np.clip(p + 3 * sigma * widening, 0, 1)
    assert [point.limits.low for point in points] == pytest.approx(list(low), abs=1e-12)
    assert [point.limits.high for point in points] == pytest.approx(list(high), abs=1e-12)
    assert [point is None for point in result.points] == [n == 0 for _, n in periods]
    assert result.is_trial == (len(used) < 12)


def test_periods_that_always_swing_widen_their_limits() -> None:
    result = chart(WAVE)
    assert result.sigma_z is not None
    assert result.sigma_z > 10
    assert result.signals == ()


def test_periods_calmer_than_chance_do_not_narrow_the_limits() -> None:
    result = chart(around(*[1, -1] * 8))
    assert result.sigma_z is not None
    assert result.sigma_z < 1
    assert result.points[0] is not None
    assert result.points[0].limits.low == pytest.approx(0.8 - 3 * math.sqrt(0.16 / 1000))


def test_a_point_beyond_its_limits() -> None:
    periods = [*around(*[1, -1] * 8), (650, 1000)]
    assert Signal("below limits", 16, 16) in chart(periods).signals
    mirrored = [(n - k, n) for k, n in periods]
    assert Signal("above limits", 16, 16) in chart(mirrored).signals


@pytest.mark.parametrize(
    ("run", "rest", "found"),
    [
        (8, [-1] * 4 + [1] + [-1] * 4 + [1] + [-1] * 3 + [1] * 2 + [-1], []),
        (9, [-1] * 4 + [1] + [-1] * 4 + [1] + [-1] * 3 + [1] + [-1], [("run above", 0, 8)]),
    ],
)
def test_a_run_longer_than_usual(
    run: int, rest: list[int], found: list[tuple[str, int, int]]
) -> None:
    periods = around(*[1] * run, *rest)
    assert (len(periods), longest_usual_run(24)) == (24, 8)
    result = chart(periods)
    assert result.centre == 0.8
    assert list(result.signals) == found


def test_points_on_the_centre_neither_break_nor_lengthen_a_run() -> None:
    periods = around(*[1] * 5, 0, 0, *[1] * 5, *[-1] * 5, 0, *[-1] * 5)
    assert chart(periods).centre == 0.8
    kinds = {(s.kind, s.first, s.last) for s in chart(periods).signals}
    assert kinds == {("run above", 0, 11), ("run below", 12, 22)}


@pytest.mark.parametrize(("length", "found"), [(6, False), (7, True), (9, True)])
def test_seven_rising_or_falling(length: int, found: bool) -> None:
    climb = [(780 + 3 * step, 1000) for step in range(length)]
    flat = [(780 + 5 * (step % 2), 1000) for step in range(10)]
    rising = chart([*flat, *climb])
    falling = chart([*reversed(climb), *flat])
    assert any(s.kind == "rising" for s in rising.signals) is found
    assert any(s.kind == "falling" for s in falling.signals) is found


def test_equal_neighbours_are_no_rise() -> None:
    climb = [(780 + 3 * (step - (step > 3)), 1000) for step in range(8)]
    assert not any(s.kind == "rising" for s in chart(climb).signals)


def test_periods_without_tickets_are_skipped() -> None:
    with_gap = chart([*WAVE[:5], (0, 0), *WAVE[5:]])
    assert with_gap.points[5] is None
    assert with_gap.sigma_z == chart(WAVE).sigma_z


@pytest.mark.parametrize("share", [0, 1])
def test_the_same_outcome_everywhere_signals_nothing(share: int) -> None:
    result = chart([(share * 50, 50)] * 20)
    assert (result.centre, result.sigma_z, result.signals) == (share, None, ())


def test_impossible_arguments_are_rejected() -> None:
    with pytest.raises(ValueError, match="0 <= k <= n"):
        p_chart([(3, 2)])
    with pytest.raises(ValueError, match="a run needs points"):
        longest_usual_run(0)
