"""The tickets a driver analysis rests on, counted by what they have in common.

Mature tickets alone: before the window has closed nobody knows whether a repeat will follow. After
this module nothing looks at a row, except for the lists of tickets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from csatkit.analyses.choices import Outcome
from csatkit.analyses.workspace import Workspace
from csatkit.facts.drivers import (
    DRIVERS,
    Driver,
    after_rating,
    lacking,
    levels,
    with_earlier_channel,
)
from csatkit.metrics import CATALOG, Metric
from csatkit.metrics.metric import Family
from csatkit.periods import Span
from csatkit.totals.patterns import Pattern, patterns

__all__ = ["NEEDED", "Gathered", "gather", "rows_of", "span_of", "usable"]

NEEDED = (
    "csat", "fcr", "reopen_rate", "transfer_rate", "first_response_within", "resolution_time",
    "response_rate",
)  # fmt: skip
"""Metrics whose columns and facts the drivers are made of."""

STRATA = ("issue_type", "channel")
"""What always enters: how hard a ticket is, whoever works on it (metrics.md §6)."""

_FAMILY: Mapping[Outcome, Family] = {"csat": "responses", "fcr": "tickets"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The counts of one outcome, and what couldn't be counted."""

    outcome: Outcome
    drivers: tuple[Driver, ...]
    lacking: Mapping[str, str]
    """Driver id → why it isn't measured."""
    strata: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    sums: Mapping[str, int]
    """Further sums over all rows, by name."""
    held_back: int
    """Rows left out because their window hasn't closed."""
    span: Span | None

    @property
    def n(self) -> int:
        """Return how many rows count."""
        return sum(p.n for p in self.patterns)

    @property
    def k(self) -> int:
        """Return how many of them succeed."""
        return sum(p.k for p in self.patterns)

    def more(self, name: str) -> int:
        """Return a further sum over all rows."""
        return self.sums.get(name, 0)

    def has(self, name: str) -> bool:
        """Tell whether a further sum was counted."""
        return name in self.sums

    def levels_of(self, driver: str) -> list[int | None]:
        """Return the level of one driver, pattern by pattern."""
        at = [d.id for d in self.drivers].index(driver)
        return [p.levels[at] for p in self.patterns]


def span_of(ws: Workspace) -> Span | None:
    """Return the period: of relative ones the latest whose follow-up is over."""
    fcr = CATALOG["fcr"]
    return ws.spans_for([fcr], ws.span)["fcr"]


def usable(ws: Workspace, outcome: Outcome) -> tuple[dict[str, Driver], dict[str, str]]:
    """Return the drivers that can be measured, and why the others can't."""
    found: dict[str, Driver] = {}
    missing: dict[str, str] = {}
    frame = ws.facts.tickets
    columns = frozenset() if frame is None else frozenset(frame.collect_schema().names())
    has = frozenset(c for d in DRIVERS.values() for group in d.needs for c in group if ws.has(c))
    for driver in DRIVERS.values():
        if outcome == "fcr" and (driver.reason is not None or driver.id == "late_survey"):
            continue
        reason = lacking(driver, has, columns)
        if reason is None:
            found[driver.id] = driver
        else:
            missing[driver.id] = reason
    return found, missing


def rows_of(
    ws: Workspace,
    metric: Metric,
    drivers: Mapping[str, Driver],
    span: Span | None,
    dims: Sequence[str] = (),
) -> pl.LazyFrame:
    """Return the rows that a metric counts inside the selection, with their drivers' levels.

    Args:
        ws: the run; there must be tickets.
        metric: CSAT or first contact resolution: which rows.
        drivers: what to tell of each.
        span: the period.
        dims: dimensions to stand beside them.
    """
    frame = ws.rows(metric.family, dims, span)
    assert frame is not None
    if metric.family == "responses":
        frame = frame.filter("is_rating")
    if "channel_change" in drivers:
        assert ws.facts.kept is not None
        frame = with_earlier_channel(frame, ws.facts.kept.lazy(), ws.facts.rules)
    return frame.with_columns(levels(drivers))


def gather(ws: Workspace, outcome: Outcome) -> Gathered:
    """Count the mature tickets of an outcome by drivers, issue type and channel."""
    drivers, missing = usable(ws, outcome)
    metric, span = CATALOG[outcome], span_of(ws)
    family = _FAMILY[outcome]
    rows = rows_of(ws, metric, drivers, span)
    strata = tuple(c for c in STRATA if ws.lacks_dimension(family, (c,)) is None)
    columns = frozenset(rows.collect_schema().names())
    success = pl.col("is_satisfied" if outcome == "csat" else "is_first_contact")
    more: dict[str, pl.Expr] = {}
    if outcome == "csat":
        for name, after in after_rating(columns).items():
            if name in drivers:
                affected = pl.col(f"level.{name}") >= drivers[name].first_affected
                more[f"later.{name}"] = after & affected.fill_null(value=False)
        if ws.lacks_fcr is None:
            more["fcr.n"] = pl.col("is_first_contact")
            more["fcr.k"] = pl.col("is_first_contact") & success
    mature = rows.filter("is_mature")
    levels = [pl.col(f"level.{d}") for d in drivers]
    found = patterns(mature, strata, levels, success, more, ws.facts.collect)
    young = ws.summed(rows.select((~pl.col("is_mature")).sum())).item()
    sums = {name: sum(p.more[name] for p in found) for name in more} if found else {}
    return Gathered(
        outcome, tuple(drivers.values()), missing, strata, tuple(found), sums, int(young or 0), span
    )
