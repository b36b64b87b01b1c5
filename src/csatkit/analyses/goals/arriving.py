"""What becomes of a goal, in sentences: is it met, will it be, was it bought, does it last.

One sentence each, and each names the figures that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator

from csatkit.analyses.goals.judging import Course, Guarded
from csatkit.analyses.goals.lasting import Drift
from csatkit.analyses.goals.next_target import Proposal
from csatkit.analyses.goals.phrases import GUARDED, by_day, figure_of, moved, rows_of, unit_of
from csatkit.render.grids import segment_words
from csatkit.render.values import number, quantity

__all__ = ["arrival_of", "drift_words", "guardrail_of", "next_words"]


def arrival_of(course: Course) -> Iterator[str]:
    """Yield whether the target is met, and if not, whether it will be in time."""
    verdict = course.verdict
    if verdict is None:
        return
    if verdict.verdict == "unavailable":
        yield f"Not computed: {verdict.reason}."
        return
    met, aim = course.met, course.goal.aim
    if verdict.verdict == "pass":
        since = "" if met.since is None else f" since {met.since.period.label}"
        yield f"The target is met{since}{_in_time(course)}."
        return
    if verdict.verdict == "fail":
        yield f"The target isn't met{_lost(course)}."
    else:
        yield _undecided(course)
    yield _on_the_way(course, quantity(aim.threshold, unit_of(course)))


def _in_time(course: Course) -> str:
    """Return whether the run that lasts began in time, and else whether an earlier one did."""
    met, due = course.met, course.goal.due
    if met.since is None:
        return ""
    if met.since.period.last <= due:
        return f", in time for {due}"
    if course.was_in_time and met.first is not None:
        first = met.first.period.label
        return f", again: it was in {first}, in time for {due}, and was lost in between"
    return f", later than {due}"


def _lost(course: Course) -> str:
    run = course.met.run
    return "" if run is None else f": it was in {run.period.label}, and has been lost since"


def _undecided(course: Course) -> str:
    verdict, now = course.verdict, course.standing.now
    assert verdict is not None
    assert now is not None
    aim = course.goal.aim
    is_there = now.value is not None and (
        now.value >= aim.threshold if aim.is_upward else now.value <= aim.threshold
    )
    start = "The target is reached, though not beyond noise" if is_there else (
        "Whether the target is met can't be told"
    )  # fmt: skip
    if course.met.run is not None:
        start += f" (it was met in {course.met.run.period.label})"
    more = ""
    if verdict.n_needed is not None and verdict.n_needed > (now.denominator or 0):
        rows = rows_of(course)
        more = f"; about {number(verdict.n_needed)} {rows} would decide{by_day(course.decided_on)}"
    return f"{start}: {verdict.reason}{more}."


def _on_the_way(course: Course, target: str) -> str:
    """Return whether the goal will be reached in time, judged by a straight line."""
    at, due = course.standing, course.goal.due
    if at.now_last >= due:
        return f"The day it was due, {due}, is past: {_ended(course)}."
    if course.expected is None:
        lacks = "baseline" if at.base.value is None else "gain to make"
        return f"Without a {lacks} there is no way to be on."
    unit = unit_of(course)
    line = (
        f"A straight line to {target} on {due} would be at {quantity(course.expected, unit)} by "
        f"{at.now_last}"
    )
    ends = {
        "on track": "on track, the whole interval is there",
        "behind": "behind, the whole interval is short of it",
        "open": "on track or behind can't be told",
    }
    return f"{line}: {ends[course.track]}."


def _ended(course: Course) -> str:
    """Return what became of a goal that isn't met now, after its due day."""
    if not course.was_in_time:
        return "missed" if course.track == "missed" else "over, and undecided"
    lost = course.met.lost_in
    if course.track == "lost":
        return "met in time, lost " + ("since" if lost is None else f"in {lost}")
    return "met in time" + ("" if lost is None else f", lost in {lost}") + ", undecided now"


def guardrail_of(found: Guarded, noun: str) -> str:
    """Return what became of a guardrail."""
    at = found.standing
    aim = at.aim
    where = segment_words(at.base.segment)
    name = f"Guardrail {aim.name}" + (f" ({where})" if where else "")
    margin = quantity(aim.margin or 0.0, at.base.unit).removesuffix(" %")
    unit = " points" if at.base.unit == "percent" else ""
    may = f"may get worse by {margin}{unit}"
    if found.verdict is None or at.now is None:
        return f"{name}, {may}: no whole {noun} since its baseline is judged yet."
    word = GUARDED[found.verdict.verdict]
    why = f", {found.verdict.reason}" if found.verdict.reason else ""
    if found.change is None:
        return f"{name}, {may}: {word}{why}."
    assert at.now.period is not None
    change = moved(found.change, at.now.unit, "")
    return f"{name}, {may}: {word}, {figure_of(at.now)} in {at.now.period.label}{change}{why}."


# -- after it was met, and next --------------------------------------------------------------------


def drift_words(course: Course, drift: Drift, noun: str) -> str:
    """Return what became of the level at which the goal was met."""
    unit = unit_of(course)
    start = f"Watched for six months after {drift.against.label}, until {drift.until}"
    if drift.n and drift.value is None:
        return f"{start}: periods of this metric can't be pooled, so no drift is told."
    if drift.value is None or drift.change is None:
        return f"{start}: no whole {noun} of them is over and judged yet."
    days = f"{drift.first} to {drift.last}"
    figure = f"{quantity(drift.value, unit)} (n = {number(drift.n)}) in {days}"
    change = moved(drift.change, unit, "")
    meaning = {
        "fallen": "it has drifted, worse beyond noise than when it was met",
        "held": "no drift beyond noise",
        "open": "too little to tell a drift by",
    }[drift.verdict]
    return f"{start}: {figure}{change}; {meaning}."


def next_words(course: Course, following: Proposal, noun: str) -> str:
    """Return the next target in reach, or why there is none."""
    if following.target is None:
        return f"Next: no other target is proposed; {following.why}."
    unit = unit_of(course)
    side = "at least" if course.goal.aim.is_upward else "at most"
    target = quantity(following.target, unit)
    now = course.standing.now
    enough = ""
    if following.needed is not None and following.per_quarter is not None and now is not None:
        rows = rows_of(course)
        enough = (
            f" {number(following.needed)} {rows} a {noun} would show the step, there are "
            f"{number(following.per_quarter)}."
        )
    return f"Next: {side} {target}; {following.why}.{enough}"
