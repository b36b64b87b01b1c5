"""Before and after a goal: whether it can be planned on, and what to ask when it is met.

A plan is judged by its own baseline, so that it reads the same on every day of its way.
"""

from __future__ import annotations

from dataclasses import dataclass

from csatkit.analyses.aims import Aim
from csatkit.analyses.goals.judging import Course
from csatkit.analyses.goals.next_target import Proposal, propose
from csatkit.analyses.goals.standing import Standing, volume
from csatkit.analyses.goals_asked import Goal
from csatkit.gate import Verdict
from csatkit.metrics import Metric
from csatkit.metrics.metric import Share
from csatkit.report import Measure
from csatkit.stats.power import GoalClass, judge_goal

__all__ = ["Plan", "next_of", "plan_of"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a goal asks for as a plan (metrics.md §9)."""

    verdict: GoalClass
    gain_per_quarter: float
    """In points."""
    needed: int | None
    """Rows that each of two periods needs to show the whole gain."""
    per_period: int
    """Rows that a period has at the volume of the latest figure."""
    has_enough: bool | None


def plan_of(goal: Goal, at: Standing, noun: str) -> Plan | None:
    """Return whether a goal is a plan, a dream or noise; None where that can't be said.

    Args:
        goal: what is asked.
        at: where its metric stood and stands.
        noun: what a period is, one of `EVERY`, however long the one that was asked for.
    """
    base = at.base
    if not isinstance(goal.aim.metric.measure, Share) or base.value is None:
        return None
    latest, days = (at.now, at.now_covered) if at.now is not None else (base, at.base_covered)
    if not latest.denominator or days is None:
        return None
    per_period = volume(latest.denominator, days, noun)
    found = judge_goal(
        base.value / 100, goal.aim.threshold / 100, goal.quarters, per_period,
        higher_is_better=goal.aim.is_upward,
    )  # fmt: skip
    return Plan(
        found.verdict,
        100 * found.gain_per_quarter,
        found.ratings_needed,
        per_period,
        found.has_enough_ratings,
    )


@dataclass(frozen=True, slots=True)
class _Now:
    """Where a goal stands, as the next target is proposed from."""

    metric: Metric
    measure: Measure
    aim: Aim | None
    verdict: Verdict | None
    is_upward: bool


def next_of(course: Course, profile: str, noun: str) -> Proposal | None:
    """Return the next achievable target; None while the way hasn't begun."""
    now = course.standing.now
    if now is None:
        return None
    aim = course.goal.aim
    rows = volume(now.denominator or 0, course.standing.now_covered, noun)
    return propose(_Now(aim.metric, now, aim, course.verdict, aim.is_upward), profile, noun, rows)
