"""How far a goal has come, whether that is more than noise, and whether it will arrive in time.

Pure: measures in, words and figures out. The verdict on the target is the gate's; what can't be
told from noise is never called progress, and neither is it called failure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from csatkit.analyses.goals.changing import Sign, change_of, rows_to_tell, sign_of, untold
from csatkit.analyses.goals.lasting import Drift, Met, drift_of, met_of
from csatkit.analyses.goals.standing import Standing
from csatkit.analyses.goals_asked import Goal
from csatkit.gate import Verdict, judge
from csatkit.gate.evidence import decided
from csatkit.report import Difference, Measure

__all__ = ["Course", "Guarded", "Track", "course_of", "guarded"]

Track = Literal["met", "on track", "behind", "open", "missed", "lost", "not begun", "unavailable"]
"""Where a goal is on its way; `open` can't be told, `lost` was met in time and isn't now."""

LONGEST = 3653
"""Days ahead, ten years, beyond which no day is named: today's volume says nothing about then."""


@dataclass(frozen=True, slots=True)
class Course:
    """All that is said of one goal."""

    goal: Goal
    standing: Standing
    change: Difference | None
    sign: Sign
    unsaid: str | None
    """Why nothing is said of the change."""
    n_to_tell: int | None
    """Rows of a period that would tell a change of this size from noise."""
    told_on: date | None
    """The day on which today's volume has brought them."""
    verdict: Verdict | None
    decided_on: date | None
    """The same for the rows that would decide about the target."""
    expected: float | None
    """Where a straight line from the baseline to the target is at the end of now."""
    track: Track
    met: Met
    drift: Drift | None
    guardrails: tuple[Guarded, ...]

    @property
    def was_in_time(self) -> bool:
        """Return whether a period that ended by the due day met the target."""
        return _was_in_time(self.goal, self.met)


@dataclass(frozen=True, slots=True)
class Guarded:
    """What became of one guardrail."""

    standing: Standing
    change: Difference | None
    verdict: Verdict | None
    """None while no period since the baseline is over."""


def course_of(goal: Goal, at: Standing, guards: Sequence[Guarded], min_n: int) -> Course:
    """Return all that is said of a goal; `min_n` is the run's own."""
    min_n = goal.aim.min_n or min_n
    base, now = at.base, at.now
    verdict = None if now is None else judge(goal.aim.target(min_n), [now])[0]
    change = None if now is None else change_of(now, base)
    unsaid = None if now is None else untold(now, base, min_n)
    sign = sign_of(change, is_upward=goal.aim.is_upward) if unsaid is None else "unknown"
    to_tell = rows_to_tell(now, base, min_n) if sign == "noise" and now is not None else None
    expected = _expected_at(goal, base.value, None if now is None else at.now_last)
    to_decide = None if verdict is None or verdict.verdict != "inconclusive" else verdict.n_needed
    met = met_of(goal, at.points, min_n)
    track = _track_of(goal, at, verdict, expected, min_n)
    if track == "missed" and _was_in_time(goal, met):
        track = "lost"
    return Course(
        goal, at, change, sign, unsaid, to_tell, _day_of(at, to_tell), verdict,
        _day_of(at, to_decide), expected, track, met,
        drift_of(goal, at.points, met, min_n), tuple(guards),
    )  # fmt: skip


def guarded(at: Standing, min_n: int) -> Guarded:
    """Return whether a guardrail held: its change is no worse than its margin, interval and all."""
    if at.now is None:
        return Guarded(at, None, None)
    target = at.aim.target(at.aim.min_n or min_n)
    against: dict[int, Measure | str] = {}
    if at.base.period is not None or at.base.denominator is not None:
        # A figure with rows is as unsure as they are few; only one without is exact, a threshold.
        target = replace(target, threshold=None)
        against = {0: at.base if at.base.value is not None else _nothing(at)}
    verdict = judge(target, [at.now], against)[0]
    return Guarded(at, change_of(at.now, at.base), verdict)


def _nothing(at: Standing) -> str:
    """Return why there is no baseline."""
    assert at.base.period is not None
    if at.base.reason is not None:
        return at.base.reason
    if at.since is not None:
        return f"the export begins on {at.since}, after the baseline {at.base.period.label}"
    return f"no row in the baseline {at.base.period.label}"


def _day_of(at: Standing, rows: int | None) -> date | None:
    """Return when so many rows are there, counted from the first day of now at its volume.

    None where that is no day to come: of a past period they can't come in any more.
    """
    if rows is None or at.now is None or at.now.period is None or not at.now.denominator:
        return None
    if rows <= at.now.denominator:
        return None
    days = math.ceil(rows * at.now_covered.days / at.now.denominator)
    if days > LONGEST:
        return None
    day = at.now_covered.period.first + timedelta(days=days - 1)
    return day if day > at.today else None


# -- on the way ------------------------------------------------------------------------------------


def _was_in_time(goal: Goal, met: Met) -> bool:
    return met.first is not None and met.first.period.last <= goal.due


def _expected_at(goal: Goal, stood: float | None, day: date | None) -> float | None:
    """Return where a straight line from the baseline to the target is at the end of a day.

    None where the baseline is unknown or nothing was to be gained from it.
    """
    if stood is None or day is None:
        return None
    way = goal.aim.threshold - stood
    if (way <= 0) if goal.aim.is_upward else (way >= 0):
        return None
    share = ((day - goal.start).days + 1) / ((goal.due - goal.start).days + 1)
    return stood + way * min(1.0, max(0.0, share))


def _track_of(
    goal: Goal, at: Standing, verdict: Verdict | None, expected: float | None, min_n: int
) -> Track:
    """Return where a goal is on its way; only a whole interval tells."""
    now = at.now
    if now is None or verdict is None:
        return "not begun"
    if verdict.verdict in ("pass", "unavailable"):
        return "met" if verdict.verdict == "pass" else "unavailable"
    if at.now_last >= goal.due:
        return "missed" if verdict.verdict == "fail" else "open"
    if expected is None:
        return "behind" if verdict.verdict == "fail" and at.base.value is not None else "open"
    if now.low is None or now.high is None or (now.denominator or 0) < min_n:
        return "open"
    if now.status == "skewed" or verdict.reason == "no rows to judge":
        return "open"
    word = decided(goal.aim.target(min_n).op, now.low, now.high, expected)
    return "open" if word is None else "on track" if word == "pass" else "behind"
