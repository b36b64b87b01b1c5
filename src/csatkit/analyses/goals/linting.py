"""`goals`: is a target a plan, a dream, or noise, and how long until anybody can tell?

Judged against where things stand, at today's volume. It plans; whether a target is met is another
question, and a plan must never be read as a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csatkit import periods
from csatkit.analyses.aiming import cuts, narrowed
from csatkit.analyses.aims import Aim, aim_of
from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.choices import PERIOD_LENGTHS, period_length
from csatkit.analyses.goals.cycle import Cycle, cycle
from csatkit.analyses.goals_asked import refuse_by
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.remarks import remarks
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.metrics.metric import Share
from csatkit.periods import Span
from csatkit.report import Cell, Measure, Report, Section, Table
from csatkit.stats.power import POWER, judge_goal, months_until_visible, n_needed

__all__ = ["BASELINE_DAYS", "DEFAULT_LENGTH", "goals"]

BASELINE_DAYS = 91
"""Days that say where things stand: thirteen whole weeks, a quarter in which every weekday counts
alike."""

DAYS_A_MONTH = 365.25 / 12

DEFAULT_LENGTH = "quarter"

NOTHING_ASKED = "no target given, and no goal"

HOW_TO_ASK = "Write --min csat=80, or [[goal]] or [[target]] tables into csatkit.toml."

NOT_A_SHARE = "ratings needed are known for shares alone"


@dataclass(frozen=True, slots=True)
class _Baseline:
    """Where one segment stands, and over how many days."""

    measure: Measure
    days: int


def goals(
    ws: Workspace,
    targets: Sequence[Mapping[str, object]],
    options: Mapping[str, str] | None = None,
    asked: Sequence[Mapping[str, object]] = (),
) -> Report:
    """Return how each goal is coming on, and what each target asks for beside what is there.

    Args:
        ws: the run; the metrics of the targets must have been asked for.
        targets: `[[target]]` tables.
        options: `period_length`, `month` or `quarter` (default): how long a goal has; `history`,
            the file of past figures.
        asked: `[[goal]]` tables.

    Raises:
        NothingToEvaluate: the selection holds no row.
        UsageError: neither is given, or one names what doesn't exist.
    """
    if not targets and not asked:
        raise UsageError(NOTHING_ASKED, HOW_TO_ASK)
    given = options or {}
    refuse_by(ws.by, targets, asked)
    length = period_length(given.get("period_length", DEFAULT_LENGTH))
    found = cycle(ws, asked, length, given.get("history")) if asked else None
    aims = [aim_of(target) for target in targets]
    # What mustn't fall behind a baseline, or how full a column is, is nothing to plan for.
    aims = [a for a in aims if a.baseline is None and a.column is None]
    if not aims and found is None:
        raise UsageError("no target asks for a value", "Write --min csat=80.")
    planned = _planned(ws, aims, length) if aims else None
    shown = [*(planned.measures if planned else ()), *(found.measures if found else ())]
    _refuse_empty(found, planned)
    # Of a metric that both are about the later one counts: targets rest on the period asked for.
    noted = [*(found.present if found else ()), *(planned.measures if planned else ())]
    named = [m for m in noted if not m.segment]
    return Report(
        "goals",
        definitions(ws),
        inputs(ws),
        tuple(shown),
        (*(found.sections if found else ()), *(planned.sections if planned else ())),
        (*remarks(ws, named), *(found.notes if found else ())),
        goals=found.fields if found else (),
    )


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is said of targets."""

    sections: tuple[Section, ...]
    measures: tuple[Measure, ...]


def _refuse_empty(found: Cycle | None, planned: _Planned | None) -> None:
    """Refuse an answer in which nothing has a row.

    Raises:
        NothingToEvaluate: that is so.
    """
    no_plan = planned is None or all(
        m.status != "unavailable" and not m.denominator for m in planned.measures
    )
    if no_plan and (found is None or found.is_empty):
        raise NothingToEvaluate("the selection holds no row", "Widen --period or --where.")


def _planned(ws: Workspace, aims: Sequence[Aim], length: str) -> _Planned:
    """Return what each target asks for, beside what is there."""
    rows: list[dict[str, Cell]] = []
    shown: list[Measure] = []
    for aim in (cut for asked in aims for cut in cuts(ws, asked)):
        stands = _stands(ws, aim)
        shown += [b.measure for b in stands]
        rows += [_row(aim, b, PERIOD_LENGTHS[length]) for b in stands]
    section = Section("goals", "Targets", text=_text(rows, length), tables=(_grid(rows, length),))
    return _Planned((section,), tuple(shown))


# -- where things stand ---------------------------------------------------------------------------


def _stands(ws: Workspace, aim: Aim) -> list[_Baseline]:
    """Return where the segments of a target stand; one entry where it is about everything."""
    at = narrowed(ws, aim)
    dims = at.by[0] if aim.by else ()
    span = _span(at, aim)
    (table,) = tabulate(at, [Request((aim.metric,), dims, span)])
    own = table.spans[aim.metric.id]
    found = measures(at, [table])
    days = BASELINE_DAYS if own is None else _days_with_data(at, own)
    return [_Baseline(m, days) for m in found]


def _span(ws: Workspace, aim: Aim) -> Span | None:
    """Return the period that says where things stand: the one asked for, else the last quarter."""
    if ws.span is not None or ws.data_end is None:
        return ws.span
    lag = [ws.facts.rules.window] if aim.metric.follow_up else []
    return periods.complete_days(BASELINE_DAYS, ws.data_end, ws.zone, *lag)


def _days_with_data(ws: Workspace, span: Span) -> int:
    """Return the days of a period from the first instant of the data on."""
    if ws.canonical.earliest is None:
        return span.days
    first = max(span.period.first, periods.local_date(ws.canonical.earliest, ws.zone))
    return max(1, (span.period.last - first).days + 1)


# -- what it would take ---------------------------------------------------------------------------


def _row(aim: Aim, at: _Baseline, months: int) -> dict[str, Cell]:
    m = at.measure
    row: dict[str, Cell] = {
        "name": aim.name,
        "metric": aim.metric.id,
        "segment": ", ".join(f"{k} {'(none)' if v is None else v}" for k, v in m.segment.items()),
        "op": aim.op,
        "threshold": aim.threshold,
        "value": m.value,
        "low": m.low,
        "high": m.high,
        "n": m.denominator,
        "status": m.status,
    }
    if m.value is None or m.denominator is None or not isinstance(aim.metric.measure, Share):
        reason = m.reason or ("no row" if not m.denominator else NOT_A_SHARE)
        return {**row, "verdict": None, "reason": reason}
    a_month = m.denominator / at.days * DAYS_A_MONTH
    before, after = m.value / 100, aim.threshold / 100
    goal = judge_goal(
        before, after, months / 3, int(a_month * months), higher_is_better=aim.is_upward
    )
    reached = goal.verdict == "reached"
    decide = n_needed(before, after, m.level)
    return {
        **row,
        "verdict": goal.verdict,
        "gain_per_quarter": None if reached else 100 * goal.gain_per_quarter,
        "needed": goal.ratings_needed,
        "per_period": int(a_month * months),
        "months": None if reached else months_until_visible(before, after, a_month),
        "n_to_decide": decide,
        "reason": _why(goal.verdict, goal.has_enough_ratings, _is_sure(aim, m)),
    }


def _is_sure(aim: Aim, m: Measure) -> bool:
    """Return whether the whole interval meets the target."""
    if m.low is None or m.high is None:
        return False
    return m.low >= aim.threshold if aim.is_upward else m.high <= aim.threshold


def _why(verdict: str, has_enough: bool | None, is_sure: bool) -> str:
    if verdict == "reached":
        if not is_sure:
            return "met so far, but not beyond noise"
        return "nothing left to gain: ask for more, or keep it as a guardrail"
    if verdict == "unrealistic":
        return "more than 5 points a quarter"
    enough = "a period has enough" if has_enough else "a period has too few to see it"
    return enough if verdict == "realistic" else f"less than 2 points a quarter; {enough}"


def _text(rows: Sequence[Mapping[str, Cell]], length: str) -> tuple[str, ...]:
    words = ("unrealistic", "realistic", "within noise", "reached", None)
    counts = [(w or "not judged", sum(r["verdict"] == w for r in rows)) for w in words]
    summary = ", ".join(f"{n} {w}" for w, n in counts if n)
    goals = "1 target" if len(rows) == 1 else f"{len(rows)} targets"
    needed = (
        "Needed: tickets or ratings in each of two periods for a real change to be seen with "
        f"{100 * POWER:.0f} % chance. Months: how long today's volume takes to bring them."
    )
    return f"{goals} for the next {length}: {summary}.", needed


def _grid(rows: Sequence[dict[str, Cell]], length: str) -> Table:
    columns = {
        "name": "Target", "metric": "Metric", "segment": "Segment", "op": "Op",
        "threshold": "Asked", "value": "Today", "low": "from", "high": "to", "n": "n",
        "gain_per_quarter": "A quarter", "needed": "Needed", "per_period": f"A {length}",
        "months": "Months", "n_to_decide": "To decide", "verdict": "Verdict", "reason": "Why",
        "status": "Status",
    }  # fmt: skip
    if not any(r["segment"] for r in rows):
        del columns["segment"]
    counts = ("n", "needed", "per_period", "months", "n_to_decide")
    return Table(
        columns,
        tuple({name: row.get(name) for name in columns} for row in rows),
        frozenset({"threshold", "value", "low", "high"}),
        {"gain_per_quarter": "points", **dict.fromkeys(counts, "count")},
    )
