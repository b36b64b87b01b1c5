"""Words that all sentences about a goal share: figures, changes, what its rows are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from csatkit.analyses.goals.judging import Course
from csatkit.analyses.goals.standing import FIXED
from csatkit.render.grids import segment_words
from csatkit.render.values import change, interval, number, quantity
from csatkit.report import Difference, Measure, Unit

__all__ = [
    "GUARDED", "STATES", "by_day", "figure_of", "moved", "rows_of", "sure_of", "unit_of",
    "where_of",
]  # fmt: skip

STATES: Mapping[str, str] = {
    "met": "met",
    "on track": "on track",
    "behind": "behind",
    "open": "undecided",
    "missed": "missed",
    "lost": "met, then lost",
    "not begun": "not begun",
    "unavailable": "not computed",
}
"""Where a goal is on its way → what a reader sees."""


GUARDED: Mapping[str, str] = {
    "pass": "held",
    "fail": "got worse",
    "inconclusive": "can't be told",
    "unavailable": "not computed",
}
"""Verdict on a guardrail → what a reader sees."""


SIGNS: Mapping[str, str] = {
    "better": "better beyond noise",
    "worse": "worse beyond noise",
    "noise": "within noise",
}


def figure_of(m: Measure) -> str:
    """Return `72.4 % (70.3–74.4, n = 1,900)`."""
    if m.value is None:
        return m.reason or "no row"
    return f"{quantity(m.value, m.unit)} ({sure_of(m)})"


def sure_of(m: Measure) -> str:
    """Return interval and rows of a figure."""
    n = "" if m.denominator is None else f"n = {number(m.denominator)}"
    shown = interval(m) if m.low is not None or m.high is not None else ""
    return ", ".join(part for part in (shown, n) if part) or "no interval"


def moved(change_: Difference | None, unit: Unit, sign: str = "") -> str:
    """Return a change as the end of a sentence, and what it is where that is said."""
    if change_ is None:
        return ""
    words = change(change_, unit).replace(f" vs {FIXED}", " vs the baseline")
    return f"; {words}" + (f", {SIGNS[sign]}" if sign in SIGNS else "")


def by_day(day: date | None) -> str:
    """Return the end of a sentence that names when something will be told."""
    return "" if day is None else f"; at today's volume by {day}"


def rows_of(course: Course) -> str:
    """Return what the metric of a goal counts."""
    family = course.goal.aim.metric.family
    return {"responses": "ratings", "surveys": "surveys"}.get(family, "tickets")


def where_of(course: Course) -> str:
    """Return the tickets that a goal is about, in words; empty for all of them."""
    return segment_words(course.standing.base.segment)


def unit_of(course: Course) -> Unit:
    """Return the unit of a goal's figures."""
    return course.standing.base.unit
