"""The gate gives the verdicts of the naive oracle, and keeps the laws that a gate must keep."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from csatkit.gate import Mode, Op, Target, Verdict, exit_code, judge
from csatkit.report import Measure, Status
from csatkit.stats.intervals import mover, wilson
from tests.oracle import verdicts as oracle

RANK = {"fail": 0, "inconclusive": 1, "pass": 2}

OPS: tuple[Op, ...] = ("min", "max")
MODES: tuple[Mode, ...] = ("three-way", "point", "lower", "noninferior")


def share(seen: oracle.Seen, segment: str = "", level: float = 0.95) -> Measure:
    """Return the measure of a segment as the estimate would make it."""
    k, n = seen.k, seen.n
    found = wilson(k, n, level)
    status: Status = "ok"
    if not seen.is_available:
        status, found = "unavailable", None
    elif n == 0:
        status = "empty"
    elif seen.is_skewed:
        status = "skewed"
    has_value = seen.is_available and n > 0
    return Measure(
        metric="csat",
        label="CSAT",
        rule="top-2",
        unit="percent",
        segment={"channel": segment} if segment else {},
        period=None,
        value=100 * (k / n) if has_value else None,
        numerator=k if seen.is_available else None,
        denominator=n if seen.is_available else None,
        low=None if found is None else 100 * found.low,
        high=None if found is None else 100 * found.high,
        level=level,
        method="wilson" if has_value else None,
        status=status,
        reason=None if seen.is_available else "column score missing",
        excluded={"immature": seen.immature} if seen.immature else {},
        extra={} if seen.bounds is None else {"bounds": list(seen.bounds)},
    )


def target(asked: oracle.Asked) -> Target:
    op: Op = "min" if asked.op == "min" else "max"
    mode = next(m for m in MODES if m == asked.mode)
    margin = asked.margin if mode == "noninferior" else None
    return Target("t", "csat", op, asked.threshold, mode, margin, min_n=asked.min_n)


figures = st.integers(0, 100) | st.floats(0, 100).map(lambda x: round(x, 6))
"""Targets that somebody could write; 100 less a figure of forty digits would be another one."""


def words(asked: oracle.Asked, segments: list[oracle.Seen]) -> list[str]:
    measures = [share(s, str(i), asked.level) for i, s in enumerate(segments)]
    return [v.verdict for v in judge(target(asked), measures)]


def one(asked: oracle.Asked, seen: oracle.Seen) -> Verdict:
    (found,) = judge(target(asked), [share(seen, level=asked.level)])
    return found


@st.composite
def seens(draw: st.DrawFn, most: int = 3_000) -> oracle.Seen:
    n = draw(st.integers(0, 30) | st.integers(0, most))
    k = draw(st.integers(0, n))
    immature = draw(st.sampled_from([0, 0, 0, n // 2, n, n + 1, 3 * n + 5]))
    is_skewed = n > 0 and draw(st.integers(0, 4)) == 0
    bounds = None
    if is_skewed and draw(st.integers(0, 3)):
        r, p = draw(st.floats(0.01, 1)), k / n
        bounds = (100 * r * p, 100 * (r * p + 1 - r))
    return oracle.Seen(k, n, immature, draw(st.integers(0, 9)) > 0, is_skewed, bounds)


shares = st.integers(1, 3_000).flatmap(
    lambda n: st.integers(0, n).map(lambda k: oracle.Seen(k, n))
)  # fmt: skip


@st.composite
def askeds(draw: st.DrawFn) -> oracle.Asked:
    return oracle.Asked(
        draw(st.sampled_from(OPS)),
        draw(figures),
        draw(st.sampled_from(MODES)),
        draw(st.sampled_from([0.0, 0.5, 2.0, 10.0])),
        draw(st.sampled_from([1, 10, 30])),
        draw(st.sampled_from([0.8, 0.95, 0.99])),
    )


def is_on_edge(asked: oracle.Asked, seen: oracle.Seen) -> bool:
    """Tell whether rounding alone decides, where two correct programs may differ."""
    if not seen.n or not 0 < seen.k < seen.n:
        return False
    ends = (*oracle.interval(seen.k, seen.n, asked.level), 100 * seen.k / seen.n)
    return any(abs(end - asked.bound) < 1e-9 for end in (*ends, *(seen.bounds or ())))


@given(askeds(), seens())
def test_a_verdict_is_the_oracle_s(asked: oracle.Asked, seen: oracle.Seen) -> None:
    assume(not is_on_edge(asked, seen))
    assert words(asked, [seen]) == oracle.verdicts(asked, [seen])


@given(askeds(), st.lists(seens(), min_size=2, max_size=8))
def test_a_family_is_the_oracle_s(asked: oracle.Asked, segments: list[oracle.Seen]) -> None:
    assume(not any(is_on_edge(asked, s) for s in segments))
    assert words(asked, segments) == oracle.verdicts(asked, segments)


@given(askeds(), shares)
def test_a_floor_and_the_mirrored_cap_agree(asked: oracle.Asked, seen: oracle.Seen) -> None:
    assume(not is_on_edge(asked, seen))
    other = oracle.Seen(seen.n - seen.k, seen.n)
    mirrored = asked._replace(
        op="max" if asked.op == "min" else "min", threshold=100 - asked.threshold
    )
    assume(not is_on_edge(mirrored, other))
    assert words(asked, [seen]) == words(mirrored, [other])


@given(askeds(), st.lists(shares, min_size=1, max_size=6), st.floats(0, 100))
def test_a_higher_floor_never_turns_fail_into_pass(
    asked: oracle.Asked, segments: list[oracle.Seen], higher: float
) -> None:
    low = asked._replace(op="min", threshold=min(asked.threshold, higher))
    high = asked._replace(op="min", threshold=max(asked.threshold, higher))
    before, after = words(low, segments), words(high, segments)
    assert not any(b == "fail" and a == "pass" for b, a in zip(before, after, strict=True))
    if len(segments) == 1:
        assert RANK[after[0]] <= RANK[before[0]]


@given(askeds(), shares, st.integers(2, 50))
def test_more_rows_at_the_same_share_keep_a_decision(
    asked: oracle.Asked, seen: oracle.Seen, times: int
) -> None:
    assume(not is_on_edge(asked, seen))
    before = one(asked, seen)
    after = one(asked, oracle.Seen(seen.k * times, seen.n * times))
    if before.verdict in ("pass", "fail") and asked.mode != "lower":
        assert after.verdict == before.verdict
    if before.verdict == "pass":
        assert after.verdict == "pass"


@given(askeds(), seens())
def test_a_family_of_one_is_a_single_target(asked: oracle.Asked, seen: oracle.Seen) -> None:
    absent = oracle.Seen(0, 0)
    both = judge(target(asked), [share(seen, level=asked.level), share(absent, "x", asked.level)])
    assert both[0] == one(asked, seen)
    assert both[0].family is None


@given(askeds(), st.lists(seens(), min_size=2, max_size=6))
def test_company_never_makes_a_verdict_surer(
    asked: oracle.Asked, segments: list[oracle.Seen]
) -> None:
    for together, seen in zip(words(asked, segments), segments, strict=True):
        by_itself = one(asked, seen).verdict
        assert together in (by_itself, "inconclusive") or asked.mode == "lower"
        assert together != "pass" or by_itself == "pass"


@given(askeds(), st.integers(0, 9), st.booleans())
def test_nothing_passes_by_being_absent(asked: oracle.Asked, few: int, is_available: bool) -> None:
    asked = asked._replace(min_n=10)
    for seen in (
        oracle.Seen(0, 0, is_available=is_available),
        oracle.Seen(few, few),
        oracle.Seen(0, few),
        oracle.Seen(50, 100, immature=101),
        oracle.Seen(50, 100, is_skewed=True),
    ):
        found = one(asked, seen)
        assert found.verdict in ("inconclusive", "unavailable")
        assert found.reason
        assert exit_code([found.verdict]) == 3


@given(askeds(), st.floats(0, 1e9) | st.just(0.0))
def test_a_count_of_nothing_never_passes(asked: oracle.Asked, threshold: float) -> None:
    count = replace(
        share(oracle.Seen(0, 0)), metric="tickets", unit="count", value=0.0, status="ok"
    )
    (found,) = judge(replace(target(asked), threshold=threshold), [count])
    assert found.verdict != "pass"


@given(askeds(), shares)
def test_a_verdict_repeats_what_it_rests_on(asked: oracle.Asked, seen: oracle.Seen) -> None:
    measure, found = share(seen, "email", asked.level), None
    (found,) = judge(replace(target(asked), warn=None, action="call"), [measure])
    for name in ("segment", "value", "low", "high", "numerator", "denominator", "status"):
        assert getattr(found, name) == getattr(measure, name)
    assert (found.threshold, found.op, found.action) == (asked.threshold, asked.op, "call")
    assert (found.reason is None) == (found.verdict in ("pass", "fail")) or asked.mode == "lower"


@given(
    st.sampled_from(OPS),
    st.sampled_from([0.0, 1.0, 2.0, 10.0]),
    shares.filter(lambda s: s.n >= 10),
    shares.filter(lambda s: s.n >= 10),
)
def test_a_baseline_is_the_oracle_s(
    op: Op, margin: float, now: oracle.Seen, before: oracle.Seen
) -> None:
    word, (low, high), p = oracle.against(op, margin, (now.k, now.n), (before.k, before.n))
    bound = -margin if op == "min" else margin
    assume(min(abs(low - bound), abs(high - bound)) > 1e-9)
    asked = Target("t", "csat", op, None, "noninferior", margin)
    earlier = share(before)
    (found,) = judge(asked, [share(now)], {0: earlier})
    assert found.verdict == word
    assert found.baseline == earlier.value
    ends = [(m.low, m.high) for m in (share(now), earlier)]
    own = [wilson(s.k, s.n) for s in (now, before)]
    assert None not in own
    assert ends == [(100 * i.low, 100 * i.high) for i in own if i]
    a, b = own
    assert a is not None
    assert b is not None
    change = mover(now.k / now.n, a, before.k / before.n, b)
    assert (100 * change.low, 100 * change.high) == pytest.approx((low, high), abs=1e-6)
    # Among two alike segments each needs half the chance.
    twice = judge(asked, [share(now, "a"), share(now, "b")], {0: earlier, 1: earlier})
    assume(abs(2 * p - 0.05) > 1e-9)
    settled = word if word == "inconclusive" or 2 * p <= 0.05 else "inconclusive"
    assert [v.verdict for v in twice] == [settled, settled]


@given(st.integers(1, 99), st.integers(1, 60))
def test_a_value_on_its_target_needs_no_number(percent: int, hundreds: int) -> None:
    seen = oracle.Seen(percent * hundreds, 100 * hundreds)
    found = one(oracle.Asked("min", float(percent)), seen)
    assert (found.verdict, found.n_needed) == ("inconclusive", None)


@pytest.mark.parametrize("length", [1, 2, 3, 4])
@pytest.mark.parametrize("inconclusive", [None, "pass", "fail"])
def test_the_exit_code_of_every_combination(length: int, inconclusive: str | None) -> None:
    mapping = {} if inconclusive is None else dict.fromkeys(
        ("inconclusive", "unavailable"), inconclusive
    )  # fmt: skip
    every = ("pass", "fail", "inconclusive", "unavailable")
    for combination in itertools.product(every, repeat=length):
        code = exit_code(combination, inconclusive)  # type: ignore[arg-type]
        assert code == oracle.leave_code(combination, mapping)
        if "fail" in combination:
            assert code == 1


@pytest.mark.parametrize("inconclusive", [None, "pass", "fail"])
def test_no_verdict_has_no_exit_code(inconclusive: str | None) -> None:
    with pytest.raises(ValueError, match="a check of nothing"):
        exit_code([], inconclusive)  # type: ignore[arg-type]
