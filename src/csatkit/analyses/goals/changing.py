"""The change since a baseline: its interval, what it is, and what would tell it from noise.

Every interval is made of the intervals of its two ends, so that it agrees with the gate's verdict
against a baseline.
"""

from __future__ import annotations

import math
from typing import Literal

from csatkit.analyses.goals.standing import FIXED
from csatkit.report import Difference, Measure
from csatkit.stats.intervals import Interval, mover
from csatkit.stats.power import n_needed

__all__ = ["Sign", "change_of", "rows_to_tell", "sign_of", "untold"]

Sign = Literal["better", "worse", "noise", "unknown"]
"""What a change since the baseline is."""


def change_of(now: Measure, base: Measure) -> Difference | None:
    """Return the change with its interval, of shares Newcombe's; None without both values.

    Source:
        Newcombe (1998), as `stats.intervals.mover`.
    """
    if now.value is None or base.value is None:
        return None
    gap = now.value - base.value
    against = FIXED if base.period is None else base.period.label
    if now.low is None or now.high is None or base.low is None or base.high is None:
        return Difference(gap, None, None, against)
    low, high = mover(
        now.value, Interval(now.low, now.high), base.value, Interval(base.low, base.high)
    )
    if now.unit == "percent" and now.method == "wilson":
        low, high = max(-100.0, low), min(100.0, high)
    return Difference(gap, low, high, against)


def untold(now: Measure, base: Measure, min_n: int) -> str | None:
    """Return why nothing can be said of a change, None where something can."""
    if now.value is None:
        return now.reason or "no row to judge"
    if base.value is None:
        return base.reason or "no row in the baseline"
    if now.unit != "count" and (now.denominator or 0) < min_n:
        return f"{now.denominator or 0:,} rows, fewer than {min_n:,}"
    has_rows = base.period is not None or base.denominator is not None
    if has_rows and base.unit != "count" and (base.denominator or 0) < min_n:
        return f"the baseline rests on {base.denominator or 0:,} rows, fewer than {min_n:,}"
    if "skewed" in (now.status, base.status):
        return "too few surveys were answered"
    return None


def sign_of(change: Difference | None, *, is_upward: bool) -> Sign:
    """Return whether a change is for the better, for the worse, or can't be told from noise."""
    if change is None or change.low is None or change.high is None:
        return "unknown"
    if change.low <= 0 <= change.high:
        return "noise"
    return "better" if (change.low > 0) == is_upward else "worse"


def rows_to_tell(now: Measure, base: Measure, min_n: int) -> int | None:
    """Return how many rows of now would tell a change of this size from noise.

    The baseline keeps its own uncertainty e, so the interval of now has to end within
    sqrt(d^2 - e^2) of its value: of a share n_needed to tell it from a target as far away.

    Returns:
        Rows, at least `min_n`; None where the change is no larger than what the baseline leaves
        open, or the metric has no interval that shrinks with its rows.

    Source:
        Newcombe (1998), as `stats.intervals.newcombe`, solved for n1; Wilson (1927).
    """
    if None in (now.value, now.low, now.high, base.value, base.low, base.high, now.denominator):
        return None
    assert now.value is not None
    assert now.low is not None
    assert now.high is not None
    assert base.value is not None
    assert base.low is not None
    assert base.high is not None
    gap = now.value - base.value
    open_end = base.high - base.value if gap > 0 else base.value - base.low
    if abs(gap) <= open_end:
        return None
    reach = math.sqrt(gap * gap - open_end * open_end)
    if now.method == "wilson":
        bound = now.value / 100 - math.copysign(reach / 100, gap)
        # A percentage can't pass either end, so there one row would do.
        found = n_needed(now.value / 100, bound, now.level) if 0 < bound < 1 else 1
    elif now.method == "t" and now.denominator:
        half = now.value - now.low if gap > 0 else now.high - now.value
        found = math.ceil(now.denominator * (half / reach) ** 2)
    else:
        return None
    return None if found is None else max(min_n, found)
