"""The split of a change against exact fractions, and the laws that make it a split."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatkit.stats.decomposition import ChangeSplit, SegmentCounts, split_change

Period = list[SegmentCounts]


@st.composite
def period(draw: st.DrawFn, size: int, known: bool) -> Period:
    found = []
    for _ in range(size):
        n = draw(st.integers(0, 40))
        sent = draw(st.integers(n, n + 60)) if known else None
        found.append(SegmentCounts(draw(st.integers(0, n)), n, sent))
    return found


@st.composite
def two_periods(draw: st.DrawFn) -> tuple[Period, Period]:
    size, known = draw(st.integers(1, 6)), draw(st.booleans())
    return draw(period(size, known)), draw(period(size, known))


def split(before: Period, after: Period) -> ChangeSplit:
    result = split_change(before, after)
    assert result is not None
    return result


def exact_terms(before: Period, after: Period) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Return the terms of metrics.md section 6 as fractions."""
    n0, n1 = (sum(c.n for c in p) for p in (before, after))
    r_all = Fraction(sum(c.k for c in before), n0) + Fraction(sum(c.k for c in after), n1)
    known = all(c.sent is not None for c in (*before, *after))
    s0, s1 = (sum(c.sent or 0 for c in p) for p in (before, after))
    found = []
    for a, b in zip(before, after, strict=True):
        ra = Fraction(a.k, a.n) if a.n else None
        rb = Fraction(b.k, b.n) if b.n else None
        r0 = ra if ra is not None else rb if rb is not None else r_all / 2
        r1 = rb if rb is not None else r0
        m0, m1 = Fraction(a.n, n0), Fraction(b.n, n1)
        q0 = q1 = Fraction(1)
        if known:
            m0, m1 = Fraction(a.sent or 0, s0), Fraction(b.sent or 0, s1)
            qa = Fraction(a.n * s0, a.sent * n0) if a.sent else None
            qb = Fraction(b.n * s1, b.sent * n1) if b.sent else None
            q0 = qa if qa is not None else qb if qb is not None else Fraction(1)
            q1 = qb if qb is not None else q0
        middle = (r0 + r1) / 2 - r_all / 2
        rate = (m0 * q0 + m1 * q1) / 2 * (r1 - r0)
        mix = middle * (q0 + q1) / 2 * (m1 - m0)
        found.append((rate, mix, middle * (m0 + m1) / 2 * (q1 - q0)))
    return found


@given(two_periods())
def test_terms_are_the_exact_ones_and_add_up(periods: tuple[Period, Period]) -> None:
    before, after = periods
    result = split_change(before, after)
    if not all(sum(c.n for c in p) for p in periods):
        assert result is None
        return
    assert result is not None
    exact = exact_terms(before, after)
    first, last = (Fraction(sum(c.k for c in p), sum(c.n for c in p)) for p in (before, after))
    assert sum(sum(terms) for terms in exact) == last - first
    for segment, terms in zip(result.segments, exact, strict=True):
        assert segment[:3] == pytest.approx([float(term) for term in terms], abs=1e-14)
    assert math.fsum((result.rate, result.mix, result.response)) == pytest.approx(
        result.change, abs=1e-14
    )
    assert math.fsum(segment.total for segment in result.segments) == pytest.approx(
        result.change, abs=1e-14
    )


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=5))
def test_equal_rates_everywhere_leave_every_term_zero(sizes: list[tuple[int, int]]) -> None:
    before = [SegmentCounts(4 * a, 5 * a, 9 * a + b) for a, b in sizes]
    after = [SegmentCounts(4 * b, 5 * b, 8 * b + a) for a, b in sizes]
    result = split(before, after)
    assert {term for segment in result.segments for term in segment[:3]} == {0.0}
    assert result.main_term is None
    assert result.change == 0


def test_the_anchor_of_the_definitions() -> None:
    """Email .70 to .50 and chat .30 to .50, rates .88 and .72 to .89 and .74."""
    before = [SegmentCounts(616, 700), SegmentCounts(216, 300)]
    after = [SegmentCounts(445, 500), SegmentCounts(370, 500)]
    result = split(before, after)
    assert (result.change, result.rate, result.mix, result.response) == pytest.approx(
        (-0.017, 0.014, -0.031, 0.0), abs=1e-12
    )
    assert [segment.mix for segment in result.segments] == pytest.approx([-0.0123, -0.0187])
    assert not result.is_response_separable
    assert result.main_term == "mix"


def test_other_people_answering_is_told_from_another_mix() -> None:
    """The same surveys go out and rates stay, but unhappy chat customers answer twice as often."""
    before = [SegmentCounts(90, 100, 500), SegmentCounts(60, 100, 500)]
    after = [SegmentCounts(90, 100, 500), SegmentCounts(120, 200, 500)]
    result = split(before, after)
    assert result.is_response_separable
    assert (result.rate, result.mix) == (0, 0)
    assert result.response == pytest.approx(-0.05)
    assert result.main_term == "response"


def test_a_new_and_a_vanished_segment_are_named_and_only_shift_the_mix() -> None:
    before = [SegmentCounts(80, 100, 400), SegmentCounts(50, 100, 300), SegmentCounts(0, 0, 0)]
    after = [SegmentCounts(80, 100, 400), SegmentCounts(0, 0, 0), SegmentCounts(90, 100, 300)]
    result = split(before, after)
    assert [segment.presence for segment in result.segments] == ["both", "vanished", "new"]
    assert all(segment[0] == segment[2] == 0 for segment in result.segments[1:])
    assert result.mix == pytest.approx(result.change) == pytest.approx(0.2)


def test_a_segment_that_was_asked_but_silent_is_not_new() -> None:
    before = [SegmentCounts(80, 100, 400), SegmentCounts(0, 0, 100)]
    after = [SegmentCounts(80, 100, 400), SegmentCounts(5, 10, 100)]
    result = split(before, after)
    assert [segment.presence for segment in result.segments] == ["both", "both"]
    assert result.mix == 0
    assert result.response == pytest.approx(result.change)


def test_ratings_without_any_survey_make_response_inseparable() -> None:
    before = [SegmentCounts(80, 100, 400), SegmentCounts(5, 10, 0)]
    after = [SegmentCounts(70, 100, 400), SegmentCounts(5, 10, 100)]
    result = split(before, after)
    assert not result.is_response_separable
    assert result.response == 0


def test_a_period_without_ratings_has_no_split() -> None:
    assert split_change([SegmentCounts(0, 0, 5)], [SegmentCounts(1, 2, 5)]) is None
    assert split_change([], []) is None


def test_impossible_arguments_are_rejected() -> None:
    with pytest.raises(ValueError, match="1 segments before, 0 after"):
        split_change([SegmentCounts(1, 2)], [])
    with pytest.raises(ValueError, match="0 <= k <= n"):
        split_change([SegmentCounts(3, 2)], [SegmentCounts(1, 2)])
