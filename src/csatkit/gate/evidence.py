"""What speaks for and against a target: an interval, a bound and how surprising the value is.

Or why nothing may be said: too few rows, a skewed response, windows that haven't closed.
"""

from __future__ import annotations

from typing import NamedTuple

from csatkit.gate.target import Op, Target, Word
from csatkit.report import Measure
from csatkit.stats.contrast import target_p_value
from csatkit.stats.intervals import Interval, mover, tipping_point
from csatkit.stats.normal import normal_cdf, student_t_cdf, two_sided_t, two_sided_z
from csatkit.stats.power import n_needed

__all__ = ["Evidence", "decided", "evidence_of", "needed", "withheld"]

MATURE_SHARE = 0.5
"""Less than this share of a period's tickets with a closed window decides nothing."""

ON_THE_BOUND = 1e-9
"""57 % isn't .57 in binary; a share this near to the bound is on it, and no number decides."""


class Evidence(NamedTuple):
    """What is compared with what: a value, or its distance from a baseline."""

    value: float
    low: float | None
    high: float | None
    bound: float
    p: float | None
    """How surprising the value is if the truth lay on the bound, two-sided; None where nothing is
    tested, because chance has no part in it."""


def decided(op: Op, low: float, high: float, bound: float) -> Word | None:
    """Return the verdict of an interval that clears or misses a bound, None where it holds it."""
    if op == "min":
        return "pass" if low >= bound else "fail" if high < bound else None
    return "pass" if high <= bound else "fail" if low > bound else None


def withheld(target: Target, m: Measure, baseline: Measure | None) -> str | None:
    """Return why no verdict may be reached, None where one may."""
    if m.value is None:
        return "no rows to judge"
    if m.unit == "count":
        return None
    n = m.denominator or 0
    if n < target.min_n:
        return f"{n:,} rows, fewer than {target.min_n:,}"
    young = m.excluded.get("immature", 0)
    if young and n < MATURE_SHARE * (n + young):
        return f"only {n:,} of {n + young:,} tickets have a closed window"
    if m.status == "skewed" and _by_bounds(target, m) is None:
        return "too few surveys were answered" + _silent(target, m)
    return None if baseline is None else _weak(target, baseline)


def _weak(target: Target, baseline: Measure) -> str | None:
    """Return why nothing can be told against a baseline."""
    n = baseline.denominator or 0
    if n < target.min_n:
        return f"the baseline rests on {n:,} rows, fewer than {target.min_n:,}"
    if baseline.status == "skewed":
        return "too few surveys of the baseline were answered"
    return None


def _by_bounds(target: Target, m: Measure) -> Word | None:
    """Return the verdict that stands whatever the silent customers think, None where none does."""
    bounds = _worst_case(m)
    if bounds is None or target.threshold is None:
        return None
    return decided(target.op, *bounds, target.bound)


def _worst_case(m: Measure) -> Interval | None:
    bounds = m.extra.get("bounds")
    return Interval(*bounds) if isinstance(bounds, list) else None


def _silent(target: Target, m: Measure) -> str:
    """Return how satisfied the silent would have to be, in words; empty where it isn't known."""
    seen = m.extra.get("response")
    if not isinstance(seen, dict) or target.threshold is None or m.value is None:
        return ""
    if not seen.get("surveyed_tickets") or not 0 <= target.bound <= 100:
        return ""
    share = min(1.0, seen["rated_tickets"] / seen["surveyed_tickets"])
    tip = tipping_point(target.bound / 100, share, m.value / 100)
    if tip is None or not 0 <= tip <= 1:
        return ""
    side = "at least" if target.op == "min" else "at most"
    return f"; {side} {100 * tip:.1f} % of the silent would have to be satisfied"


def evidence_of(target: Target, m: Measure, baseline: Measure | None) -> Evidence:
    """Return what the verdict on a measure with a value rests on."""
    assert m.value is not None
    if target.threshold is None:
        assert baseline is not None
        return _against(target, m, baseline)
    bound = target.bound
    if m.unit == "count":
        return Evidence(m.value, m.value, m.value, bound, None)
    bounds = _worst_case(m)
    if m.status == "skewed" and bounds is not None:
        return Evidence(m.value, bounds.low, bounds.high, bound, None)
    if _cannot_miss(target, m):
        return Evidence(m.value, m.low, m.high, bound, None)
    return Evidence(m.value, m.low, m.high, bound, _p_value(m, bound))


def _cannot_miss(target: Target, m: Measure) -> bool:
    """Tell whether a percentage is asked for that every share reaches, so that none is tested."""
    if m.unit != "percent":
        return False
    # More surveys than tickets is possible, and the only percentage above 100.
    return target.bound <= 0 if target.op == "min" else m.method != "t" and target.bound >= 100


def _against(target: Target, m: Measure, baseline: Measure) -> Evidence:
    """Return the distance from a baseline, which has an interval of its own."""
    assert m.value is not None
    assert baseline.value is not None
    gap, bound = m.value - baseline.value, target.bound
    if m.unit == "count":
        return Evidence(gap, gap, gap, bound, None)
    if m.low is None or m.high is None or baseline.low is None or baseline.high is None:
        return Evidence(gap, None, None, bound, None)
    change = mover(
        m.value, Interval(m.low, m.high), baseline.value, Interval(baseline.low, baseline.high)
    )
    return Evidence(gap, *change, bound, _from_interval(gap, change, bound, m.level))


def _p_value(m: Measure, bound: float) -> float | None:
    """Return how surprising a measure is if the truth lay on the bound.

    Of a share the score test that Wilson's interval inverts; of anything else the test that its
    interval amounts to, by Student's t where the interval is one.
    """
    assert m.value is not None
    if m.method == "wilson" and m.denominator:
        if 0 < bound / 100 < 1:
            return target_p_value(int(m.numerator or 0), m.denominator, bound / 100)
        # A single ticket on the wrong side refutes "all" and "none".
        return 1.0 if m.value == bound else 0.0
    if m.low is None or m.high is None:
        return None
    df = m.denominator - 1 if m.method == "t" and m.denominator else None
    return _from_interval(m.value, Interval(m.low, m.high), bound, m.level, df)


def _from_interval(
    value: float, interval: Interval, bound: float, level: float, df: int | None = None
) -> float:
    half = value - interval.low if bound < value else interval.high - value
    if half <= 0:
        return 1.0 if value == bound else 0.0
    halves = abs(value - bound) / half
    if df is not None:
        return 2 * student_t_cdf(-two_sided_t(level, df) * halves, df)
    return 2 * normal_cdf(-two_sided_z(level) * halves)


def needed(target: Target, m: Measure, family: int | None) -> int | None:
    """Return how many rows would decide about a share.

    Args:
        target: what is asked.
        m: what was found.
        family: how many segments are tested together, each of which then needs more.

    Returns:
        Rows; None where the value lies on the bound or the metric is no share.
    """
    if target.threshold is None or m.method != "wilson" or m.value is None or not m.denominator:
        return None
    share, bound = m.value / 100, target.bound / 100
    if not 0 < bound < 1 or abs(share - bound) < ON_THE_BOUND:
        return None
    level = m.level if family is None else 1 - (1 - m.level) / family
    return n_needed(share, bound, level)
