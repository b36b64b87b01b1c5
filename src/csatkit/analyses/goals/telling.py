"""A goal's course in sentences: first what was asked, then what is known, then what comes next.

Progress, arrival and loss are claimed beyond noise alone; what would settle an open question is
named in rows and a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csatkit.analyses.goals.arriving import arrival_of, drift_words, guardrail_of, next_words
from csatkit.analyses.goals.judging import Course
from csatkit.analyses.goals.next_target import Proposal
from csatkit.analyses.goals.phrases import by_day, figure_of, moved, rows_of, sure_of, where_of
from csatkit.analyses.goals.planning import Plan
from csatkit.render.values import number, quantity
from csatkit.report import Measure
from csatkit.stats.power import LEAST_PER_QUARTER

__all__ = ["told"]

SHRINKING = ("wilson", "t")
"""Intervals of which it is known how they shrink with the rows."""


def told(course: Course, plan: Plan | None, following: Proposal | None, noun: str) -> Iterator[str]:
    """Yield all that is said of a goal, in reading order."""
    yield from _asked(course)
    yield from _plan(course, plan, noun)
    yield from _progress(course)
    yield from arrival_of(course)
    yield from (guardrail_of(g, noun) for g in course.guardrails)
    if course.drift is not None:
        yield drift_words(course, course.drift, noun)
    if following is not None:
        yield next_words(course, following, noun)


# -- what was asked --------------------------------------------------------------------------------


def _asked(course: Course) -> Iterator[str]:
    goal, base = course.goal, course.standing.base
    where = where_of(course)
    side = "at least" if goal.aim.is_upward else "at most"
    what = f"{base.label} of {where}" if where else base.label
    aim = quantity(goal.aim.threshold, base.unit)
    yield f"Asked: {what} {side} {aim} by {goal.due}, from {_stood(course)}."
    if course.standing.since is not None and base.value is not None:
        yield (
            f"The export begins on {course.standing.since}, so the baseline rests on the part of "
            "its period from then on; --history keeps whole periods."
        )
    if goal.aim.action:
        yield f"Action: {goal.aim.action}."
    else:
        yield "No action is named: a goal without one is a wish."


def _stood(course: Course) -> str:
    """Return the baseline in words."""
    at = course.standing
    base = at.base
    if base.value is None:
        return f"a baseline that isn't known ({_missing(course)})"
    if base.period is None:
        sure = sure_of(base) if base.denominator else "taken as exact"
        return f"{quantity(base.value, base.unit)} ({sure}), a figure from elsewhere"
    return f"{figure_of(base)} in {base.period.label}"


def _missing(course: Course) -> str:
    at = course.standing
    assert at.base.period is not None
    if at.base.reason not in (None, "no rows"):
        return str(at.base.reason)
    label = at.base.period.label
    if at.since is not None and at.since > at.base.period.last:
        return (
            f"the export begins on {at.since}, after {label}: write the figure as baseline, or "
            "keep a --history"
        )
    return f"no row in {label}"


def _plan(course: Course, plan: Plan | None, noun: str) -> Iterator[str]:
    """Yield whether the goal can be planned on, by the rule of `goals`."""
    if plan is None:
        return
    if plan.verdict == "reached":
        yield "As a plan: nothing was to be gained; the baseline already is where the target is."
        return
    rows = rows_of(course)
    words = f"As a plan: {_gain(plan)} points a quarter, {_judged(plan, rows)}"
    if plan.needed is not None:
        enough = "enough" if plan.has_enough else "too few"
        words += (
            f"; {number(plan.needed)} {rows} in each of two {noun}s would show the whole gain, "
            f"a {noun} has {number(plan.per_period)}: {enough}"
        )
    yield f"{words}."


def _gain(plan: Plan) -> str:
    gain = abs(plan.gain_per_quarter)
    # One decimal is shown; a gain that it would show as none is one all the same.
    return "less than 0.1" if gain < 0.05 else quantity(gain, "percent").removesuffix(" %")


def _judged(plan: Plan, rows: str) -> str:
    """Return what a plan is; one below 2 points a quarter is realistic by its rows alone."""
    if plan.verdict == "realistic" and abs(plan.gain_per_quarter) < 100 * LEAST_PER_QUARTER - 1e-9:
        return f"{_PLANS['within noise']}, but enough {rows} come in to show it"
    return _PLANS[plan.verdict]


_PLANS: Mapping[str, str] = {
    "unrealistic": "more than the 5 that can be planned on",
    "realistic": "which is realistic",
    "within noise": "less than the 2 that stand out from noise",
}


# -- what is known ---------------------------------------------------------------------------------


def _progress(course: Course) -> Iterator[str]:
    at = course.standing
    if at.now is None:
        first = at.first.period
        yield (
            f"No whole period since the baseline is over and judged; the first, {first.label}, "
            f"ends on {first.last}."
        )
        return
    assert at.now.period is not None
    start = f"Now: {figure_of(at.now)} in {at.now.period.label}"
    if course.change is None or course.sign == "unknown":
        why = f"; nothing is said of the change: {course.unsaid}" if course.unsaid else ""
        yield f"{start}{moved(course.change, at.now.unit, course.sign)}{why}."
        return
    yield f"{start}{moved(course.change, at.now.unit, course.sign)}."
    if course.sign == "noise" and at.now.method in SHRINKING:
        yield _would_tell(course, at.now)


def _would_tell(course: Course, now: Measure) -> str:
    """Return what it would take to tell the change from noise."""
    rows = rows_of(course)
    if course.change is not None and not course.change.value:
        return "Nothing has changed that could be told from noise."
    if course.n_to_tell is None:
        return (
            f"The baseline alone is too uncertain for a change as small as this, however many "
            f"{rows} come in."
        )
    more = max(0, course.n_to_tell - (now.denominator or 0))
    return (
        f"A change of this size would be told by about {number(course.n_to_tell)} {rows}, "
        f"{number(more)} more{by_day(course.told_on)}."
    )
