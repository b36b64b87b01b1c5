"""`goals`: is a target a plan, a dream, or noise, and how long until anybody can tell?

Judged against where things stand, at today's volume. It plans; whether a target is met is another
question, and a plan must never be read as a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from csatkit import periods
from csatkit.analyses.aims import Aim, aim_of
from csatkit.analyses.assembling import definitions, inputs
from csatkit.analyses.choices import PERIOD_LENGTHS, period_length
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.preparing import names_of
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

NOT_A_SHARE = "ratings needed are known for shares alone"


@dataclass(frozen=True, slots=True)
class _Baseline:
    """Where one segment stands, and over how many days."""

    measure: Measure
    days: int


def goals(
    ws: Workspace, targets: Sequence[Mapping[str, object]], options: Mapping[str, str] | None = None
) -> Report:
    """Return what each target asks for, beside what is there.

    Args:
        ws: the run; the metrics of the targets must have been asked for.
        targets: `[[target]]` tables.
        options: `period_length`, `month` or `quarter` (default): how long a goal has.

    Raises:
        NothingToEvaluate: the selection holds no row.
        UsageError: no target is given, or one names what doesn't exist.
    """
    if not targets:
        raise UsageError(
            "no target given", "Write --min csat=80, or [[target]] tables into csatkit.toml."
        )
    length = period_length((options or {}).get("period_length", DEFAULT_LENGTH))
    rows: list[dict[str, Cell]] = []
    shown: list[Measure] = []
    for aim in (cut for target in targets for cut in _cuts(ws, aim_of(target))):
        stands = _stands(ws, aim)
        shown += [b.measure for b in stands]
        rows += [_row(aim, b, PERIOD_LENGTHS[length]) for b in stands]
    if all(m.status != "unavailable" and not m.denominator for m in shown):
        raise NothingToEvaluate("the selection holds no row", "Widen --period or --where.")
    section = Section("goals", "Goals", text=_text(rows, length), tables=(_grid(rows, length),))
    named = [m for m in shown if not m.segment]
    return Report(
        "goals", definitions(ws), inputs(ws), tuple(shown), (section,), remarks(ws, named)
    )


def _cuts(ws: Workspace, aim: Aim) -> list[Aim]:
    """Return the target by every `--by`, where it has no breakdown of its own."""
    return [aim] if aim.by or not ws.by else [replace(aim, by=dims) for dims in ws.by]


# -- where things stand ---------------------------------------------------------------------------


def _stands(ws: Workspace, aim: Aim) -> list[_Baseline]:
    """Return where the segments of a target stand; one entry where it is about everything."""
    at = _narrowed(ws, aim)
    dims = at.by[0] if aim.by else ()
    span = _span(at, aim)
    (table,) = tabulate(at, [Request((aim.metric,), dims, span)])
    own = table.spans[aim.metric.id]
    found = measures(at, [table])
    days = BASELINE_DAYS if own is None else _days_with_data(at, own)
    return [_Baseline(m, days) for m in found]


def _narrowed(ws: Workspace, aim: Aim) -> Workspace:
    """Return the run with the target's own tickets, level and smallest denominator."""
    settings = replace(
        ws.settings,
        by=(aim.by,) if aim.by else (),
        where=aim.where,
        level=aim.level or ws.settings.level,
        min_n=aim.min_n or ws.settings.min_n,
    )
    names = names_of(ws.data, settings, ())
    return replace(
        ws,
        settings=replace(names.settings, where=ws.settings.where),
        by=names.by,
        asked=(*ws.asked, *names.where),
    )


def _span(ws: Workspace, aim: Aim) -> Span | None:
    """Return the period that says where things stand: the one asked for, else the last quarter."""
    if ws.span is not None or ws.data_end is None:
        return ws.span
    lag = [ws.facts.rules.window] if aim.metric.follow_up else []
    return periods.complete_days(BASELINE_DAYS, ws.data_end, ws.zone, *lag)


def _days_with_data(ws: Workspace, span: Span) -> int:
    """Return the days of a period from the first instant of the data on."""
    rows = [r.frame for r in (ws.canonical.tickets, ws.canonical.surveys) if r is not None]
    starts = [f.select(pl.col(pl.Datetime).min()).row(0) for f in rows if f.height]
    known = [v for row in starts for v in row if v is not None]
    if not known:
        return span.days
    first = max(span.period.first, periods.local_date(min(known), ws.zone))
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
    goals = "1 goal" if len(rows) == 1 else f"{len(rows)} goals"
    needed = (
        "Needed: tickets or ratings in each of two periods for a real change to be seen with "
        f"{100 * POWER:.0f} % chance. Months: how long today's volume takes to bring them."
    )
    return f"{goals} for the next {length}: {summary}.", needed


def _grid(rows: Sequence[dict[str, Cell]], length: str) -> Table:
    columns = {
        "name": "Goal", "metric": "Metric", "segment": "Segment", "op": "Op",
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
