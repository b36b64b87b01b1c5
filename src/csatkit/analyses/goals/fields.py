"""A goal's course as the fields of the JSON: in a fixed order, null where nothing is known."""

from __future__ import annotations

from csatkit.analyses.goals.judging import Course, Guarded
from csatkit.analyses.goals.lasting import Drift
from csatkit.analyses.goals.next_target import Proposal
from csatkit.analyses.goals.planning import Plan
from csatkit.analyses.goals.standing import Standing
from csatkit.gate import Verdict
from csatkit.report import Measure

__all__ = ["goal_fields"]

Fields = dict[str, object]


def goal_fields(course: Course, plan: Plan | None, following: Proposal | None) -> Fields:
    """Return one entry of `goals`."""
    goal, at = course.goal, course.standing
    return {
        "name": goal.aim.name,
        "metric": goal.aim.metric.id,
        "segment": dict(at.base.segment),
        "op": goal.aim.op,
        "target": goal.aim.threshold,
        "start": goal.start,
        "due": goal.due,
        "action": goal.aim.action,
        "track": course.track,
        "baseline": _baseline(at),
        "now": None if at.now is None else _figure(at.now),
        "change": course.change,
        "progress": course.sign,
        "n_to_tell": course.n_to_tell,
        "told_on": course.told_on,
        **_verdict(course.verdict),
        "decided_on": course.decided_on,
        "expected": course.expected,
        "met_since": None if course.met.since is None else course.met.since.period,
        "met_first": None if course.met.first is None else course.met.first.period,
        "lost_in": course.met.lost_in,
        "drift": None if course.drift is None else _drift(course.drift),
        "plan": None if plan is None else _plan(plan),
        "next": None if following is None else _next(following),
        "guardrails": [_guardrail(g) for g in course.guardrails],
    }


def _figure(m: Measure) -> Fields:
    return {
        "period": m.period,
        "value": m.value,
        "low": m.low,
        "high": m.high,
        "numerator": m.numerator,
        "denominator": m.denominator,
        "status": m.status,
        "reason": m.reason,
    }


def _baseline(at: Standing) -> Fields:
    """Return where it stood; `since` is the export's first day where it lacks days of it."""
    return {**_figure(at.base), "since": at.since}


def _verdict(v: Verdict | None) -> Fields:
    """Return the verdict on the target, as `check` reaches it."""
    if v is None:
        return {"verdict": None, "reason": None, "n_needed": None}
    return {"verdict": v.verdict, "reason": v.reason, "n_needed": v.n_needed}


def _drift(drift: Drift) -> Fields:
    return {
        "against": drift.against,
        "until": drift.until,
        "from": drift.first,
        "to": drift.last,
        "value": drift.value,
        "denominator": drift.n,
        "change": drift.change,
        "verdict": drift.verdict,
    }


def _plan(plan: Plan) -> Fields:
    return {
        "verdict": plan.verdict,
        "gain_per_quarter": plan.gain_per_quarter,
        "needed": plan.needed,
        "per_period": plan.per_period,
    }


def _next(following: Proposal) -> Fields:
    return {
        "target": following.target,
        "needed": following.needed,
        "per_period": following.per_quarter,
        "why": following.why,
    }


def _guardrail(found: Guarded) -> Fields:
    at = found.standing
    return {
        "metric": at.aim.metric.id,
        "segment": dict(at.base.segment),
        "op": at.aim.op,
        "margin": at.aim.margin,
        "baseline": _baseline(at),
        "now": None if at.now is None else _figure(at.now),
        "change": found.change,
        **_verdict(found.verdict),
    }
