"""Funnel positions against SciPy, plain sums and the laws that make them fair."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from scipy.stats.mstats import winsorize

from csatkit.stats.funnel import Funnel, FunnelUnit, funnel, funnel_limits, overdispersion

EASY, HARD = ("password", "chat"), ("billing", "email")
SIZES = st.integers(0, 30)


@st.composite
def strata(draw: st.DrawFn) -> dict[str, tuple[int, int]]:
    sizes = draw(st.dictionaries(st.sampled_from("abcd"), SIZES, min_size=1))
    return {name: (draw(st.integers(0, n)), n) for name, n in sizes.items()}


def placed(units: list[dict[tuple[str, str], tuple[int, int]]]) -> Funnel:
    result = funnel(units)
    assert result is not None
    return result


def unit(result: Funnel, place: int) -> FunnelUnit:
    found = result.units[place]
    assert found is not None
    return found


def expected_by_hand(units: list[dict[str, tuple[int, int]]], place: int) -> Fraction:
    others = [u for i, u in enumerate(units) if i != place]
    k = sum(hit for u in others for hit, _ in u.values())
    n = sum(size for u in others for _, size in u.values())
    rate = Fraction(k, n) if 0 < k < n else Fraction(2 * k + 1, 2 * (n + 1))
    total = Fraction(0)
    for name, (_, size) in units[place].items():
        hits = sum(u.get(name, (0, 0))[0] for u in others)
        sizes = sum(u.get(name, (0, 0))[1] for u in others)
        total += size * (hits + 10 * rate) / (sizes + 10)
    return total


@given(st.lists(strata(), min_size=2, max_size=6))
def test_expected_comes_from_the_others_stratum_by_stratum(
    units: list[dict[str, tuple[int, int]]],
) -> None:
    result = funnel(units)
    if sum(any(n for _, n in u.values()) for u in units) < 2:
        assert result is None
        return
    assert result is not None
    for place, found in enumerate(result.units):
        size = sum(n for _, n in units[place].values())
        assert (found is None) == (size == 0)
        if found is not None:
            by_hand = float(expected_by_hand(units, place))
            assert found.expected == pytest.approx(by_hand, rel=1e-12)
            assert found.n == size
            assert 0 < found.expected < found.n
            assert 0 <= found.adjusted_rate <= 1
            assert found.outer.low <= found.inner.low <= found.inner.high <= found.outer.high
            assert found.wide_inner.low <= found.inner.low
            assert found.wide_outer.high >= found.outer.high


def test_hard_tickets_are_no_fault() -> None:
    """An agent with hard tickets only has a low rate and stands where the others would."""
    usual = {EASY: (450, 500), HARD: (50, 100)}
    result = placed([usual, usual, usual, {HARD: (100, 200)}])
    hard = unit(result, 3)
    assert hard.k / hard.n == 0.5
    assert result.rate > 0.75
    assert hard.ratio == pytest.approx(1, abs=0.03)
    assert hard.zone == "as expected"
    assert not hard.is_flagged
    assert hard.adjusted_rate == pytest.approx(result.rate, abs=0.03)


def test_a_unit_far_below_is_flagged_and_others_are_not() -> None:
    usual = {EASY: (160, 200)}
    result = placed([*[usual] * 9, {EASY: (120, 200)}])
    low = unit(result, 9)
    assert (low.zone, low.is_flagged) == ("far below", True)
    assert low.tail == pytest.approx(binom.cdf(120, 200, 0.8), rel=1e-9)
    assert not any(unit(result, place).is_flagged for place in range(9))


@pytest.mark.parametrize(
    ("k", "zone"),
    [
        (127, "far below"),
        (145, "below"),
        (160, "as expected"),
        (173, "above"),
        (180, "far above"),
    ],
)
def test_zones(k: int, zone: str) -> None:
    usual = {EASY: (1600, 2000)}
    result = placed([*[usual] * 9, {EASY: (k, 200)}])
    assert unit(result, 9).zone == zone


@given(st.integers(1, 400), st.floats(0.02, 0.98), st.sampled_from([0.95, 0.998]), st.data())
def test_a_share_is_outside_exactly_where_its_tail_is_small(
    n: int, p: float, level: float, data: st.DataObject
) -> None:
    k = data.draw(st.integers(0, n))
    low, high = funnel_limits(n, p, level)
    tail = (1 - level) / 2
    lower, upper = binom.cdf(k, n, p), binom.sf(k - 1, n, p)
    if min(abs(lower - tail), abs(upper - tail)) > 1e-9:
        assert (k / n < low) == (lower <= tail)
        assert (k / n > high) == (upper <= tail)


@pytest.mark.parametrize(("n", "p"), [(40, 0.8), (143, 0.12), (2000, 0.5)])
def test_limits_interpolate_the_binomial(n: int, p: float) -> None:
    """(r - a) / n with r and a from SciPy's quantile and probabilities."""
    r = int(binom.ppf(0.025, n, p))
    a = (binom.cdf(r, n, p) - 0.025) / binom.pmf(r, n, p)
    assert funnel_limits(n, p, 0.95).low == pytest.approx((r - a) / n, rel=1e-9)


@given(st.lists(st.floats(-8, 8), min_size=1, max_size=60))
def test_overdispersion_winsorises_like_scipy(z_scores: list[float]) -> None:
    pulled = winsorize(np.array(z_scores), limits=(0.1, 0.1))
    expected = math.fsum(z * z for z in pulled) / len(z_scores)
    assert overdispersion(z_scores) == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_an_outlier_does_not_widen_its_own_limits() -> None:
    calm = [0.5, -0.5] * 9
    assert overdispersion([*calm, 0.5, 30.0]) == pytest.approx(0.25)


def test_spread_units_widen_the_second_column_only() -> None:
    units = [{EASY: (k, 1000)} for k in (700, 900) * 10]
    result = placed(units)
    first = unit(result, 0)
    assert result.phi > 10
    assert first.zone == "far below"
    assert first.wide_zone == "as expected"
    distance = first.expected / first.n - first.inner.low
    wide = first.expected / first.n - first.wide_inner.low
    assert wide == pytest.approx(distance * math.sqrt(result.phi))


def test_tickets_that_the_others_never_have_are_warned_of() -> None:
    result = placed([{EASY: (80, 100), HARD: (20, 30)}, {EASY: (80, 100)}, {EASY: (75, 100)}])
    alone = unit(result, 0)
    assert alone.thin_share == pytest.approx(30 / 130)
    assert alone.is_thin
    assert not unit(result, 1).is_thin


def test_others_without_any_failure_do_not_make_every_failure_impossible() -> None:
    result = placed([{EASY: (5, 5)}, {EASY: (4, 5)}])
    assert not unit(result, 1).is_flagged


def test_nothing_to_compare() -> None:
    assert funnel([]) is None
    assert funnel([{EASY: (3, 4)}, {EASY: (0, 0)}, {}]) is None


def test_impossible_arguments_are_rejected() -> None:
    with pytest.raises(ValueError, match="0 <= k <= n"):
        funnel([{EASY: (3, 2)}, {EASY: (1, 2)}])
    with pytest.raises(ValueError, match="limits need tickets"):
        funnel_limits(0, 0.5, 0.95)
    with pytest.raises(ValueError, match="at least one unit"):
        overdispersion([])
