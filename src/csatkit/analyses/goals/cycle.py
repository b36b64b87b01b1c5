"""The goal cycle: every `[[goal]]` measured, judged and told, with its guardrails.

One goal after the other; nothing compares goals with each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from csatkit.analyses.goals.fields import goal_fields
from csatkit.analyses.goals.judging import Course, course_of, guarded
from csatkit.analyses.goals.next_target import Proposal
from csatkit.analyses.goals.phrases import STATES, where_of
from csatkit.analyses.goals.planning import Plan, next_of, plan_of
from csatkit.analyses.goals.standing import Way, calendar_of, standing_of
from csatkit.analyses.goals.telling import told
from csatkit.analyses.goals_asked import Goal, goal_of
from csatkit.analyses.history import open_history
from csatkit.analyses.maturing import matured
from csatkit.analyses.timeline import Line
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate
from csatkit.render.values import change_cell, quantity
from csatkit.report import Cell, Chart, Difference, Measure, Note, Section, Table

__all__ = ["Cycle", "cycle"]


@dataclass(frozen=True, slots=True)
class Cycle:
    """What there is to show of all goals."""

    courses: tuple[Course, ...]
    sections: tuple[Section, ...]
    measures: tuple[Measure, ...]
    fields: tuple[Mapping[str, object], ...]
    notes: tuple[Note, ...]

    @property
    def is_empty(self) -> bool:
        """Return whether no goal has a row, in its baseline or now.

        One that waits for its first period with a baseline known from elsewhere has something to
        say already.
        """
        if any(c.standing.now is None and _is_known(c.standing.base) for c in self.courses):
            return False
        shown = [m for c in self.courses for m in (c.standing.base, c.standing.now) if m]
        return all(m.status != "unavailable" and not m.denominator for m in shown)

    @property
    def present(self) -> list[Measure]:
        """Return where the metrics of goals and guardrails stand, or stood before they began."""
        found = [s for c in self.courses for s in (c.standing, *(g.standing for g in c.guardrails))]
        return [s.base if s.now is None else s.now for s in found if s.now or s.base.period]

    @property
    def short(self) -> list[str]:
        """Return the metrics of goals and guardrails that are short of what is asked, or lost."""
        found = []
        for course in self.courses:
            is_lost = course.met.lost_in is not None or _is_fallen(course)
            if is_lost or course.track in ("behind", "missed", "lost"):
                found.append(course.goal.aim.metric.id)
            failed = [g for g in course.guardrails if g.verdict and g.verdict.verdict == "fail"]
            found += [g.standing.aim.metric.id for g in failed]
        return found


def _is_known(base: Measure) -> bool:
    return base.period is None and base.value is not None


def _is_fallen(course: Course) -> bool:
    return course.drift is not None and course.drift.verdict == "fallen"


def cycle(
    ws: Workspace,
    tables: Sequence[Mapping[str, object]],
    every: str = "quarter",
    history: str | None = None,
) -> Cycle:
    """Return how every goal stands.

    Args:
        ws: the run; the metrics of goals and guardrails must have been asked for.
        tables: `[[goal]]` tables.
        every: length of the periods where none is asked for.
        history: the file in which figures of past periods are kept.

    Raises:
        InputError: the history can't be used.
        NothingToEvaluate: no row carries an instant.
        UsageError: a goal makes no sense.
    """
    if ws.data_end is None:
        raise NothingToEvaluate("no row carries an instant, so no period can be counted")
    noun = calendar_of(ws.span, every)
    kept = None if history is None else open_history(history)
    found: list[tuple[Course, Plan | None, Proposal | None]] = []
    for goal in (goal_of(table, ws.week_start) for table in tables):
        course = _course(ws, goal, Way(goal.start, noun, kept))
        plan = plan_of(goal, course.standing, noun)
        found.append((course, plan, next_of(course, ws.settings.profile, noun)))
    courses = tuple(course for course, _, _ in found)
    sections = [Section("goal_cycle", "Goals", tables=(_overview(courses),))] if courses else []
    sections += [
        _section(number, course, tuple(told(course, plan, following, noun)))
        for number, (course, plan, following) in enumerate(found, 1)
    ]
    lines = [
        Line(s.aim.metric, s.base.segment, s.points)
        for c in courses
        for s in (c.standing, *(g.standing for g in c.guardrails))
    ]
    return Cycle(
        courses,
        tuple(sections),
        tuple(m for c in courses for m in _measures(c)),
        tuple(goal_fields(*entry) for entry in found),
        tuple(kept.notes(lines)) if kept is not None else (),
    )


def _course(ws: Workspace, goal: Goal, way: Way) -> Course:
    goal = _matured(goal)
    at = standing_of(ws, goal.aim, goal.baseline, way)
    min_n = ws.settings.min_n
    guards = [
        guarded(standing_of(ws, g.aim, g.baseline, way), min_n) for g in goal.guardrails
    ]  # fmt: skip
    return course_of(goal, at, guards, min_n)


def _matured(goal: Goal) -> Goal:
    """Return a goal whose metrics are those that can be compared over time."""
    guards = (replace(g, aim=replace(g.aim, metric=matured(g.aim.metric))) for g in goal.guardrails)
    aim = replace(goal.aim, metric=matured(goal.aim.metric))
    return replace(goal, aim=aim, guardrails=tuple(guards))


def _measures(course: Course) -> list[Measure]:
    """Return baseline and present of a goal and of its guardrails, with the changes."""
    found: list[Measure] = []
    pairs = [(course.standing, course.change)]
    pairs += [(g.standing, g.change) for g in course.guardrails]
    for at, change in pairs:
        if at.now is not None:
            found.append(replace(at.now, difference=change))
        if at.base.period is not None:
            found.append(at.base)
    return found


# -- what is shown ---------------------------------------------------------------------------------


def _overview(courses: Sequence[Course]) -> Table:
    """Return one row per goal; intervals and reasons stand in the goal's own section."""
    columns = {
        "name": "Goal", "was": "Was", "now": "Now", "change": "Change", "target": "Target",
        "due": "Due", "state": "State", "guardrails": "Held",
    }  # fmt: skip
    if not any(c.guardrails for c in courses):
        del columns["guardrails"]
    rows = tuple({name: _row(course)[name] for name in columns} for course in courses)
    return Table(columns, rows, frozenset({"was", "now", "change", "target"}))


def _row(course: Course) -> dict[str, Cell]:
    aim, at = course.goal.aim, course.standing
    where = where_of(course)
    unit = at.base.unit
    gap = None if course.change is None else course.change.value
    return {
        "name": f"{aim.name} ({where})" if where and where not in aim.name else aim.name,
        "was": quantity(at.base.value, unit),
        "now": None if at.now is None else quantity(at.now.value, unit),
        "change": None if gap is None else change_cell(Difference(gap, None, None, ""), unit,
                                                       against=False),
        "target": f"{'≥' if aim.is_upward else '≤'} {quantity(aim.threshold, unit)}",
        "due": course.goal.due,
        "state": STATES[course.track],
        "guardrails": _kept(course),
    }  # fmt: skip


def _kept(course: Course) -> str | None:
    """Return how many guardrails held, or got worse where any did."""
    words = [g.verdict.verdict for g in course.guardrails if g.verdict is not None]
    if not course.guardrails:
        return None
    if not words:
        return STATES["not begun"]
    worse = words.count("fail")
    held = f"{words.count('pass')} of {len(words)}"
    return f"{held}, {worse} worse" if worse else held


def _section(number: int, course: Course, text: tuple[str, ...]) -> Section:
    chart = _chart(course)
    return Section(
        f"goal_{number}", course.goal.aim.name, text, charts=() if chart is None else (chart,)
    )


def _chart(course: Course) -> Chart | None:
    """Return the way so far, period by period, beside the target."""
    at = course.standing
    rows: list[dict[str, Cell]] = []
    if at.base.low is not None:
        label = "baseline" if at.base.period is None else at.base.period.label
        rows.append(_bar(label, at.base))
    rows += [_bar(p.period.label, p.measure) for p in at.points if p.mark is None]
    drawn = tuple(r for r in rows if r["low"] is not None and r["value"] is not None)
    if len(drawn) < 2:
        return None
    return Chart("intervals", drawn, at.base.unit, course.goal.aim.threshold)


def _bar(label: str, m: Measure) -> dict[str, Cell]:
    return {"label": label, "value": m.value, "low": m.low, "high": m.high, "n": m.denominator}
