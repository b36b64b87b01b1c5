"""Rules that need no model: many customers with one topic, a low FCR, many tickets per agent."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import polars as pl

from csatkit.analyses.diagnose.gathering import rows_of
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.privacy import masked
from csatkit.analyses.workspace import Workspace
from csatkit.facts.clocks import bucket, bucket_label, clock_of, local
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.report import Measure
from csatkit.stats.contrast import target_p_value
from csatkit.stats.multiplicity import holm

__all__ = ["CUSTOMERS", "SYSTEMIC", "Loads", "Topic", "is_systemic", "loads", "systemic", "topics"]

CUSTOMERS = 15
"""Distinct customers in a month with a low score on one issue type (metrics.md §7)."""

SYSTEMIC = 60.0
"""First contact resolution, in percent, below which the fault lies in the system (§7)."""

HEAVY = 1.5
"""Times the median load from which an agent's load is said beside their score."""


@dataclass(frozen=True, slots=True)
class Topic:
    """An issue type with many unhappy customers."""

    issue_type: str
    months: int
    """Months in which the rule holds."""
    worst_month: str
    customers: int
    """Distinct customers in that month."""


def topics(ws: Workspace, span: Span | None) -> tuple[Topic, ...] | None:
    """Return the issue types with 15 or more unhappy customers in a month; None if unknown."""
    if ws.facts.surveys is None or ws.ratings is None:
        return None
    rows = rows_of(ws, "csat", span)
    columns = frozenset(rows.collect_schema().names())
    if not {"customer_id", "issue_type"} <= columns:
        return None
    at = clock_of("responses", ws.settings.clock, columns)
    counted = (
        rows.filter("_low")
        .select(
            pl.col("issue_type").cast(pl.String),
            month=bucket("month", at, ws.zone, ws.week_start),
            customer=pl.col("customer_id"),
        )
        .drop_nulls()
        .group_by("issue_type", "month")
        .agg(pl.col("customer").n_unique().alias("customers"))
        .filter(pl.col("customers") >= CUSTOMERS)
        .sort("issue_type", pl.col("customers"), "month", descending=[False, True, False])
        .collect(engine="streaming")
    )
    found = [
        Topic(
            name,
            part.height,
            bucket_label("month", part["month"][0], 0) or "",
            part["customers"][0],
        )
        for (name,), part in counted.group_by("issue_type", maintain_order=True)
    ]
    return tuple(sorted(found, key=lambda t: (-t.customers, t.issue_type)))


def systemic(ws: Workspace, span: Span | None) -> tuple[Measure | None, tuple[Measure, ...]]:
    """Return overall FCR, and the issue types whose whole interval lies below 60 %.

    Types are tested together (Holm), so that a long list doesn't find one by chance.
    """
    fcr = CATALOG["fcr"]
    if ws.lacks(fcr) is not None:
        return None, ()
    requests = [Request((fcr,), (), span)]
    if ws.lacks_dimension("tickets", ("issue_type",)) is None:
        requests.append(Request((fcr,), ("issue_type",), span))
    shown = measures(ws, tabulate(ws, requests))
    overall = next((m for m in shown if not m.segment and m.status != "unavailable"), None)
    types = [m for m in shown if m.segment.get("issue_type") and m.status in ("ok", "caution")]
    if not types:
        return overall, ()
    p_values = [
        target_p_value(int(m.numerator or 0), m.denominator or 0, SYSTEMIC / 100) or 0.0
        for m in types
    ]
    kept = [
        m
        for m, p in zip(types, holm(p_values), strict=True)
        if p < 1 - ws.settings.level and m.value is not None and m.value < SYSTEMIC
    ]
    return overall, tuple(sorted(kept, key=lambda m: m.value or 0.0))


def is_systemic(overall: Measure | None) -> bool:
    """Tell whether the whole interval of FCR lies below 60 %."""
    return overall is not None and overall.high is not None and overall.high < SYSTEMIC


@dataclass(frozen=True, slots=True)
class Loads:
    """Tickets per agent and day on which they had any."""

    by_agent: dict[str, float]
    """By the agent's shown name."""
    median: float

    def is_heavy(self, agent: str) -> bool:
        """Tell whether an agent has far more tickets a day than the others."""
        return self.by_agent.get(agent, 0.0) >= HEAVY * self.median


def loads(ws: Workspace, span: Span | None) -> Loads | None:
    """Return the load of every agent; None where agents or instants aren't known."""
    if ws.facts.tickets is None or ws.lacks_dimension("tickets", ("agent",)) is not None:
        return None
    if ws.settings.privacy == "none":
        return None
    frame = ws.rows("tickets", (), span)
    assert frame is not None
    at = clock_of("tickets", "family", frozenset(frame.collect_schema().names()))
    day = local(at, ws.zone).dt.date()
    counted = (
        frame.select(agent=pl.col("agent").cast(pl.String), day=day)
        .drop_nulls()
        .group_by("agent")
        .agg(n=pl.len(), days=pl.col("day").n_unique())
        .sort("agent")
        .collect(engine="streaming")
    )
    found = {
        masked("agent", agent, ws.settings.privacy) or "": n / days
        for agent, n, days in counted.iter_rows()
    }
    return Loads(found, median(found.values())) if found else None
