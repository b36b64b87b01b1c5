"""Which measures stand in one table: those that are of the same kind, metric and period.

Pages and workbooks share it, so that a row always says which segment and which days it is of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from csatkit.render import values
from csatkit.render.grids import heading

if TYPE_CHECKING:
    from csatkit.report import Measure, Period, Report

__all__ = ["Group", "grouped", "segmented"]

MOST_PERIODS = 3
"""Periods that get a table each; with more, a column tells them apart."""


class Group(NamedTuple):
    """Measures of one table; rows without dimension are told apart by their metric."""

    dims: tuple[str, ...]
    label: str | None
    """The metric of every row, None where rows differ in it."""
    period: Period | None
    """The period of every row, None where rows differ in it or have none."""
    against: str | None
    """What every change is against, None where rows differ in it or have none."""
    measures: tuple[Measure, ...]

    def title(self, section: str) -> str:
        """Return what the table is of: the metric and its dimensions, or the section; the days."""
        name = section
        if self.dims:
            name = f"{self.label} by {' and '.join(heading(d).lower() for d in self.dims)}"
        days = f": {values.period(self.period)}" if self.period else ""
        change = f", change against {values.against(self.against)}" if self.against else ""
        return f"{name}{days}{change}"

    @property
    def has_periods(self) -> bool:
        """Return whether a column has to say of which period a row is."""
        return self.period is None and any(m.period for m in self.measures)

    @property
    def has_againsts(self) -> bool:
        """Return whether a change has to say what it is against."""
        return self.against is None and any(m.difference for m in self.measures)


def grouped(measures: Sequence[Measure]) -> Iterator[Group]:
    """Yield the tables of measures in the order in which their first rows come."""
    parts: dict[tuple[tuple[str, ...], str | None], list[Measure]] = {}
    for m in measures:
        dims = tuple(m.segment)
        parts.setdefault((dims, m.label if dims else None), []).append(m)
    for (dims, label), rows in parts.items():
        for group in _by_period(rows):
            yield _group(dims, label, group)


def segmented(report: Report) -> Iterator[Group]:
    """Yield a table per metric and breakdown of what no section of the report shows."""
    shown = {id(m) for s in report.sections for m in s.measures}
    yield from grouped([m for m in report.measures if m.segment and id(m) not in shown])


def _by_period(rows: Sequence[Measure]) -> list[list[Measure]]:
    found: dict[object, list[Measure]] = {}
    for m in rows:
        found.setdefault((m.period, m.difference and m.difference.against), []).append(m)
    return list(found.values()) if len(found) <= MOST_PERIODS else [list(rows)]


def _group(dims: tuple[str, ...], label: str | None, rows: Sequence[Measure]) -> Group:
    periods = {m.period for m in rows}
    againsts = {m.difference.against if m.difference else None for m in rows}
    period = periods.pop() if len(periods) == 1 else None
    against = againsts.pop() if len(againsts) == 1 else None
    return Group(dims, label, period, against, tuple(rows))
