"""In which order to act, and from when an effect can be seen: calendar and power, nothing more.

The order is fixed (fast fixes first, habits last); the data decides what each step is about and how
long it takes until anybody can tell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from csatkit import periods
from csatkit.analyses.drivers.associating import Association
from csatkit.analyses.measuring import Request, tabulate
from csatkit.analyses.workspace import Workspace
from csatkit.metrics import CATALOG
from csatkit.stats.power import ratings_per_period

__all__ = ["STEPS", "Planned", "Step", "a_day", "plan"]

RATE_DAYS = 28
"""Days that say what today's volume is: four of every weekday."""

COACHING_POINTS = 2.0
"""Percentage points that coaching is planned for: the least that is a realistic gain in a quarter
(metrics.md §9), as no driver says what it could bring."""

LONGEST = 730
"""Days after which waiting for a visible effect is no plan any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the sequence, in days from the data end."""

    title: str
    first: int
    last: int | None
    """None: it goes on."""
    modes: tuple[str, ...]


STEPS = (
    Step("Response time and routing", 0, 27, ("response-time", "channel-friction")),
    Step("Coaching", 7, None, ()),
    Step("First contact resolution", 14, 41, ("re-contact",)),
)
"""Response time and routing in the first month, coaching from week 2, first contact resolution in
weeks 3 to 6."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A step with its days, what it could be worth, and from when that can be seen."""

    step: Step
    first: date
    last: date | None
    points: float | None
    """Percentage points of CSAT associated with what it is about; None where none is named."""
    visible: date | None
    ratings: int | None
    """Ratings needed before and as many after."""


def a_day(ws: Workspace) -> float:
    """Return the ratings a day of the last four weeks."""
    if ws.data_end is None:
        return 0.0
    span = periods.complete_days(RATE_DAYS, ws.data_end, ws.zone)
    (table,) = tabulate(ws, [Request((CATALOG["csat"],), (), span)])
    cell = table.cells.get("csat", {}).get((), {})
    return float(cell.get("csat.n") or 0) / RATE_DAYS


def plan(
    ws: Workspace, value: float, named: Mapping[str, Association], rate: float
) -> tuple[Planned, ...]:
    """Return the sequence from the data end on.

    Args:
        ws: the run.
        value: CSAT now, percent.
        named: modes that are beyond noise, by id.
        rate: ratings a day.
    """
    assert ws.data_end is not None
    start = periods.local_date(ws.data_end, ws.zone)
    return tuple(_planned(ws, step, start, value, named, rate) for step in STEPS)


def _planned(  # noqa: PLR0917 - the facts of one row
    ws: Workspace,
    step: Step,
    start: date,
    value: float,
    named: Mapping[str, Association],
    rate: float,
) -> Planned:
    points: float | None = COACHING_POINTS
    if step.modes:
        mine = [a.points for m in step.modes if (a := named.get(m)) and a.points and a.points < 0]
        points = -100 * math.fsum(mine) if mine else None
    first = start + timedelta(days=step.first)
    last = None if step.last is None else start + timedelta(days=step.last)
    if points is None:
        return Planned(step, first, last, None, None, None)
    after = min(100.0, value + points)
    needed = ratings_per_period(value / 100, after / 100, level=ws.settings.level)
    days = None if needed is None or rate <= 0 else math.ceil(needed / rate)
    # What a step changes is there from its end on; coaching, which goes on, from its start on.
    begin = first if last is None else last + timedelta(days=1)
    visible = None if days is None or days > LONGEST else begin + timedelta(days=days)
    return Planned(step, first, last, points, visible, needed)
