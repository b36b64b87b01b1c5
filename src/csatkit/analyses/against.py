"""Which two periods are compared, per metric (`--against`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from csatkit import periods
from csatkit.analyses.maturing import lag_of, latest_judged
from csatkit.analyses.workspace import Workspace
from csatkit.errors import NothingToEvaluate, UsageError
from csatkit.metrics.metric import Metric
from csatkit.periods import GRAMMAR, Span
from csatkit.report import Period

__all__ = ["DEFAULT", "Pair", "pairs", "year_before"]

DEFAULT = "previous"

DAYS = 28
"""Four of each weekday; the same number as the change line of `report` (metrics.md §4)."""

_A_YEAR = {"day": 364, "week": 52, "month": 12, "quarter": 4, "year": 1}
"""Periods of a kind that make a year: 52 whole weeks, so that weekdays meet their like."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A period and the one that it is compared with."""

    now: Span
    before: Span

    @property
    def overlap(self) -> bool:
        """Return whether they share a day."""
        a, b = self.now.period, self.before.period
        return a.first <= b.last and b.first <= a.last


def year_before(span: Span, week_start: int = 0) -> Span:
    """Return the period a year before: the calendar one, or 52 weeks before some days."""
    if span.kind == "days":
        year = timedelta(days=_A_YEAR["day"])
        return periods.days(span.period.first - year, span.period.last - year)
    for _ in range(_A_YEAR[span.kind]):
        span = periods.previous(span, week_start)
    return span


def pairs(ws: Workspace, metrics: Sequence[Metric], against: str) -> dict[str, Pair]:
    """Return the two periods of each metric.

    Without a period these are the last 28 complete days; metrics that need follow-up take the last
    28 that are mature. A relative period is moved back to one that is mature, one asked for by name
    or by its days never is.

    Args:
        ws: the run.
        metrics: what is compared.
        against: `previous`, `year-ago`, two days as `A..B`, or the name of a period.

    Raises:
        NothingToEvaluate: no row carries an instant.
        UsageError: no such period, or it shares days with the one it is compared with.
    """
    if ws.data_end is None:
        raise NothingToEvaluate("no row carries an instant, so no period can be counted")
    fixed = None if against in ("previous", "year-ago") else _named(ws, against)
    found = {}
    for metric in metrics:
        now = _current(ws, metric)
        if fixed is not None:
            before = fixed
        elif against == "previous":
            before = periods.previous(now, ws.week_start)
        else:
            before = year_before(now, ws.week_start)
        found[metric.id] = Pair(replace(now, relative=False), replace(before, relative=False))
    if fixed is not None:
        _check_apart(ws.span or periods.complete_days(DAYS, ws.data_end, ws.zone), fixed, against)
    return found


def _check_apart(now: Span, before: Span, against: str) -> None:
    """Refuse periods that share days.

    Raises:
        UsageError: they do.
    """
    if Pair(now, before).overlap:
        raise UsageError(
            f"--against {against} shares days with {now.period.label}",
            "Compare periods that don't overlap.",
        )


def _current(ws: Workspace, metric: Metric) -> Span:
    asked = ws.span
    assert ws.data_end is not None
    if asked is None:
        return periods.complete_days(DAYS, ws.data_end, ws.zone, lag_of(ws, metric))
    return latest_judged(ws, metric, asked, ws.data_end) if asked.relative else asked


def _named(ws: Workspace, against: str) -> Span:
    """Return the period that `--against` names.

    Raises:
        UsageError: it is none.
    """
    assert ws.data_end is not None
    if two := re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", against):
        try:
            first, last = (date.fromisoformat(day) for day in two.groups())
        except ValueError:
            first, last = date.max, date.min
        if first > last:
            raise UsageError(
                f"--against {against!r}: no such days", "Write the first and last day, A..B."
            )
        return Span(Period(f"{first}..{last}", first, last), "days")
    try:
        return periods.named(against, ws.data_end, ws.zone, ws.week_start)
    except UsageError:
        raise UsageError(
            f"--against {against!r} is no period",
            f"Write previous, year-ago, 2026-01-01..2026-01-31, {GRAMMAR}.",
        ) from None
