"""What a `[[goal]]` asks for: from where, to where, by when, and what mustn't get worse meanwhile.

Read into an aim, so that its tickets and its verdict are those of a target. All that can be wrong
in a goal is said here, before a file is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from csatkit import periods
from csatkit.analyses.aims import DEFAULT_MARGIN, Aim, aim_of, columns_of
from csatkit.config_goals import check_goal
from csatkit.errors import UsageError
from csatkit.metrics import Metric, find
from csatkit.periods import Span

__all__ = [
    "SIX_MONTHS",
    "Goal",
    "Guardrail",
    "Known",
    "columns_of_goals",
    "goal_of",
    "metrics_of_goals",
    "months_after",
    "refuse_by",
    "refuse_history",
]

SIX_MONTHS = 6
"""How long a goal is watched after it was met: most gains that are lost are lost by then."""


@dataclass(frozen=True, slots=True)
class Known:
    """A baseline from elsewhere; without `n` it counts as exact."""

    value: float
    n: int | None


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A metric that mustn't get worse by its margin or more."""

    aim: Aim
    baseline: Span | Known


@dataclass(frozen=True, slots=True)
class Goal:
    """A metric of some tickets on its way from a baseline to a target."""

    aim: Aim
    baseline: Span | Known
    start: date
    """The first day that counts as progress."""
    due: date
    """The last day of the way."""
    guardrails: tuple[Guardrail, ...]

    @property
    def quarters(self) -> float:
        """Return how long the way is."""
        return ((self.due - self.start).days + 1) / (365.25 / 4)


def months_after(day: date, months: int) -> date:
    """Return the day so many months later, the month's last one where it has no such day.

    >>> months_after(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    at = day.year * 12 + day.month - 1 + months
    year, month = at // 12, at % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))


def refuse_by(by: Sequence[object], targets: Sequence[object], goals: Sequence[object]) -> None:
    """Refuse a breakdown where there is nothing but goals, which name their own tickets.

    Raises:
        UsageError: there is nothing that it could cut.
    """
    if by and goals and not targets:
        raise UsageError(
            "--by means nothing for a [[goal]]", "Write where into the goal, or [[target]] tables."
        )


def refuse_history(command: str) -> None:
    """Refuse a history where no goal could read it.

    Raises:
        UsageError: always.
    """
    raise UsageError(
        f"--history means nothing for {command} without a [[goal]]",
        "Targets are judged on the export alone; csatkit trend draws on a history as well.",
    )


def goal_of(table: Mapping[str, object], week_start: int = 0) -> Goal:
    """Return what a `[[goal]]` table asks for.

    Args:
        table: as written.
        week_start: first weekday, 0 for Monday, of a baseline that is a week.

    Raises:
        UsageError: an unknown key, metric or period, or figures and days that contradict each
            other.
    """
    here = f"goal {table.get('name') or table.get('metric') or ''}".rstrip()
    check_goal(table, here)
    (metric,) = find([str(table["metric"])])
    aim = _aim(table, metric, here)
    baseline = _baseline(table["baseline"], metric, f"{here}: baseline", week_start)
    due = _day(table["due"], week_start, is_last=True)
    start = _start(table, baseline, week_start)
    if due < start:
        raise UsageError(
            f"{here}: due {due} lies before {start}, from which progress counts",
            "Set a later day, or an earlier baseline.",
        )
    if isinstance(baseline, Span) and start <= baseline.period.last:
        raise UsageError(
            f"{here}: start {start} lies inside the baseline {baseline.period.label}",
            "What counts as baseline can't count as progress: leave start out.",
        )
    if isinstance(baseline, Known):
        _check_gain(baseline.value, aim, here)
    written = cast("Iterable[object]", table.get("guardrails", ()))
    guards = tuple(_guardrail(entry, table, baseline, here, week_start) for entry in written)
    return Goal(aim, baseline, start, due, guards)


def metrics_of_goals(tables: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Return the ids of the metrics that goals and their guardrails are about, each once."""
    goals = [goal_of(table) for table in tables]
    aims = [aim for g in goals for aim in (g.aim, *(r.aim for r in g.guardrails))]
    return tuple(dict.fromkeys(aim.metric.id for aim in aims))


def columns_of_goals(tables: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Return the columns that goals and their guardrails name in `where`."""
    goals = [goal_of(table) for table in tables]
    aims = [aim for g in goals for aim in (g.aim, *(r.aim for r in g.guardrails))]
    found = [c for aim in aims for c in columns_of({"where": list(aim.where)})]
    return tuple(dict.fromkeys(found))


def _aim(table: Mapping[str, object], metric: Metric, here: str) -> Aim:
    """Return the target of a goal as `check` would read it."""
    op = _op(metric, here)
    shared = {k: table[k] for k in ("where", "level", "min_n", "action") if k in table}
    name = str(table.get("name") or metric.label)
    given = {"name": name, "metric": metric.id, op: table["target"], "kind": "goal", **shared}
    try:
        return aim_of(given)
    except UsageError as error:
        # The figure is called min or max there and target here.
        raise UsageError(
            f"{here}: {error.message}".replace(f"{op} ", "target "), error.hint
        ) from None


def _op(metric: Metric, here: str) -> str:
    """Return the side on which the target is reached."""
    if not metric.better:
        raise UsageError(
            f"{here}: neither more nor fewer {metric.label.lower()} is better",
            "Watch it with a [[target]] instead, min or max.",
        )
    return "min" if metric.better == "up" else "max"


def _check_gain(stood: float, aim: Aim, here: str) -> None:
    gain = aim.threshold - stood if aim.is_upward else stood - aim.threshold
    if gain > 0:
        return
    side = "above" if aim.is_upward else "below"
    raise UsageError(
        f"{here}: target {aim.threshold:g} doesn't lie {side} the baseline {stood:g}",
        "A goal asks for more than there is; keep what is there as a guardrail.",
    )


def _baseline(given: object, metric: Metric, origin: str, week_start: int) -> Span | Known:
    if isinstance(given, str):
        return _calendar(given, week_start)
    table = given if isinstance(given, Mapping) else {"value": given}
    n = None if "n" not in table else int(cast("int", table["n"]))
    value = float(cast("float", table["value"]))
    if metric.unit == "percent" and not 0 <= value <= 100:
        raise UsageError(
            f"{origin}: {value:g} isn't a percentage",
            'Write 72.4 for 72.4 %; a year stands in quotes, "2025".',
        )
    # A scale may have negative scores; hours, events and counts begin at 0.
    if metric.unit != "score" and value < 0:
        raise UsageError(f"{origin}: {metric.label} can't be {value:g}", "Write 0 or more.")
    if n is not None and metric.unit != "percent":
        raise UsageError(
            f"{origin}: n says how sure a percentage is, and {metric.label} is none",
            f"Write baseline = {value:g}, which then counts as exact.",
        )
    return Known(value, n)


def _calendar(name: str, week_start: int) -> Span:
    """Return a period of the calendar, which no data end moves."""
    return periods.calendar(name.strip().upper(), week_start)


def _day(given: object, week_start: int, *, is_last: bool) -> date:
    """Return a day, or the first or last one of a period."""
    if isinstance(given, date):
        return given
    period = _calendar(str(given), week_start).period
    return period.last if is_last else period.first


def _start(table: Mapping[str, object], baseline: Span | Known, week_start: int) -> date:
    if "start" in table:
        return _day(table["start"], week_start, is_last=False)
    assert isinstance(baseline, Span)
    return baseline.period.last + timedelta(days=1)


def _guardrail(
    entry: object,
    goal: Mapping[str, object],
    baseline: Span | Known,
    here: str,
    week_start: int,
) -> Guardrail:
    """Return a guardrail; what it doesn't say is as the goal has it."""
    table = dict(entry) if isinstance(entry, Mapping) else {"metric": entry}
    origin = f"{here}: guardrail {table['metric']}"
    (metric,) = find([str(table["metric"])])
    op = _op(metric, origin)
    own = baseline
    if "baseline" in table:
        own = _baseline(table["baseline"], metric, f"{origin}: baseline", week_start)
    shared = {k: goal[k] for k in ("where", "level", "min_n") if k in goal}
    margin = {"margin": table["margin"]} if "margin" in table else {}
    where = {"where": table["where"]} if "where" in table else {}
    # Against a known figure the figure is the target; against a period what is measured there.
    asked = {op: own.value} if isinstance(own, Known) else {"no_worse_than": own.period.label}
    given = {"name": metric.label, "metric": metric.id, "mode": "noninferior", "kind": "guardrail",
             **asked, **shared, **where, **margin}  # fmt: skip
    if isinstance(own, Known) and not margin and metric.unit == "percent":
        given["margin"] = DEFAULT_MARGIN
    try:
        aim = aim_of(given)
    except UsageError as error:
        raise UsageError(f"{origin}: {error.message}", error.hint) from None
    return Guardrail(aim, own)
