"""The next target that can be reached and seen: 2 to 5 points a quarter, if enough ratings come in.

A goal that nobody can tell from noise is decided by luck, so none is proposed there; nor is one
that would take a leap. Where a band of the profile begins within reach, that is the step: people
know its name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from csatkit.analyses.aims import Aim
from csatkit.gate import Verdict
from csatkit.metrics import Metric
from csatkit.metrics.metric import Share
from csatkit.profiles import Band, bands
from csatkit.report import Measure
from csatkit.stats.power import LEAST_PER_QUARTER, MOST_PER_QUARTER, judge_goal

__all__ = ["Proposal", "Stands", "propose"]

_ROUNDING = 1e-9

QUARTERS: Mapping[str, float] = {"quarter": 1.0, "month": 1 / 3, "week": 7 / 91}
"""Length of a period → how much of a quarter's gain it may bring."""

GRAINS: Mapping[str, int] = {"quarter": 1, "month": 1, "week": 10}
"""Length of a period → parts of a point in which its targets are set: the range of a month is one
point wide and so holds a whole percentage, that of a week holds tenths alone."""


class Stands(Protocol):
    """Where a metric stands in one segment."""

    @property
    def metric(self) -> Metric:
        """Return the metric."""
        ...

    @property
    def measure(self) -> Measure:
        """Return its figure."""
        ...

    @property
    def aim(self) -> Aim | None:
        """Return what is asked of it, None where nothing is."""
        ...

    @property
    def verdict(self) -> Verdict | None:
        """Return the verdict on that."""
        ...

    @property
    def is_upward(self) -> bool:
        """Return whether more is better."""
        ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """A next target in percent, or why there is none.

    `needed` and `per_quarter` are the rows that a period needs to show it, and those it has.
    """

    target: float | None
    why: str
    needed: int | None = None
    per_quarter: int | None = None


def propose(
    at: Stands, profile: str | None = None, noun: str = "quarter", rows: int | None = None
) -> Proposal:
    """Return what may be asked of the next period.

    Args:
        at: where things stand.
        profile: whose bands are looked at, None for no profile.
        noun: what a period is: a shorter one than a quarter has as much less to gain.
        rows: that such a period has, None where the figures are those of one.
    """
    m = at.measure
    if m.value is None or not m.denominator:
        return Proposal(None, m.reason or f"no row in the {noun}")
    if not isinstance(at.metric.measure, Share):
        return Proposal(None, "next targets are for shares alone")
    if m.status in ("small", "skewed"):
        why = {"small": "too few rows", "skewed": "too few surveys were answered"}
        return Proposal(None, f"{why[m.status]} to build on")
    if noun not in QUARTERS:
        return Proposal(None, f"a {noun} is too short for a step that could be seen")
    n = m.denominator if rows is None else rows
    own = _own_target(at, m.value, n, noun)
    if own is not None:
        return own
    known = () if profile is None else bands(profile)
    edges = [b for b in known if b.metric == m.metric]
    return _step(at, (m.value, n), edges, noun)


def _own_target(at: Stands, value: float, n: int, noun: str) -> Proposal | None:
    """Return the declared target where it is the next step itself, None where it isn't.

    It is where it lies ahead and no further than a period's realistic gain: asking for more than
    somebody wants would be no help.
    """
    if at.aim is None or at.aim.baseline is not None:
        return None
    goal = judge_goal(
        value / 100, at.aim.threshold / 100, QUARTERS[noun], n, higher_is_better=at.is_upward
    )
    if goal.verdict in ("reached", "unrealistic"):
        return None
    why = f"the target itself, {abs(at.aim.threshold - value):.1f} points away"
    if not goal.has_enough_ratings:
        why += f"; too few {_rows(at)} in a {noun} to show the step"
    return Proposal(at.aim.threshold, why, goal.ratings_needed, n)


def _step(at: Stands, now: tuple[float, int], edges: Sequence[Band], noun: str) -> Proposal:
    """Return a round percentage within a period's realistic gain that can be seen.

    The smallest, unless a band begins at one of the others.
    """
    value, n = now
    candidates = _candidates(value, noun, is_upward=at.is_upward)
    if not candidates:
        return Proposal(None, "nothing realistic is left to gain: hold it")
    needed: dict[float, int | None] = {}
    for target in candidates:
        goal = judge_goal(value / 100, target / 100, 1.0, n, higher_is_better=at.is_upward)
        needed[target] = goal.ratings_needed
        if goal.has_enough_ratings:
            break
    else:
        last = candidates[-1]
        why = f"too few {_rows(at)} in a {noun} to show even {last:g} %: judge it over several"
        return Proposal(None, why, needed[last], n)
    # What can be seen at one step can be seen at a longer one.
    seen = candidates[candidates.index(target) :]
    band = next((b for b in edges if at.is_upward and b.start in seen), None)
    if band is not None:
        target = band.start
        goal = judge_goal(value / 100, target / 100, 1.0, n)
        why = f"the band “{band.name}” begins there"
        return Proposal(target, f"{_why(at, target, noun)}; {why}", goal.ratings_needed, n)
    return Proposal(target, _why(at, target, noun), needed[target], n)


def _rows(at: Stands) -> str:
    """Return what the metric counts."""
    return {"responses": "ratings", "surveys": "surveys"}.get(at.metric.family, "tickets")


def _candidates(value: float, noun: str, *, is_upward: bool) -> list[float]:
    """Return round percentages a period's gain better, nearest first; never all or nothing."""
    grain = GRAINS[noun]
    unit = 100 * QUARTERS[noun] * grain
    start, least, most = value * grain, unit * LEAST_PER_QUARTER, unit * MOST_PER_QUARTER
    if is_upward:
        first, last = math.ceil(start + least - _ROUNDING), math.floor(start + most + _ROUNDING)
        return [t / grain for t in range(first, last + 1) if t < 100 * grain]
    first, last = math.floor(start - least + _ROUNDING), math.ceil(start - most - _ROUNDING)
    return [t / grain for t in range(first, last - 1, -1) if t > 0]


def _why(at: Stands, target: float, noun: str) -> str:
    if at.aim is None or at.aim.baseline is not None:
        return f"a step that a {noun} can show"
    if at.verdict is not None and at.verdict.verdict == "pass":
        return "met: keep it as a guardrail, or ask for this"
    threshold = at.aim.threshold
    is_on_the_way = target < threshold if at.is_upward else target > threshold
    if is_on_the_way:
        return f"a step towards {threshold:g}, which is more than a {noun} away"
    return "met so far, though not beyond noise: this would settle it"
