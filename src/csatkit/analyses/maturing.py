"""How old rows must be before two periods, or the points of a line, may be compared.

What young rows still have to do (a repeat, a reopen, an answer) makes the latest period look
better or worse than it will be; so it waits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from csatkit import periods
from csatkit.analyses.workspace import Workspace
from csatkit.metrics.metric import Metric, Share
from csatkit.periods import Span

__all__ = ["lag_of", "latest_judged", "matured"]

_REOPENS = frozenset({"reopen_rate", "never_reopened"})
"""Shares whose young tickets may still fail; elsewhere they are counted and a note says how many
are young (metrics.md §3)."""


def matured(metric: Metric) -> Metric:
    """Return the metric as it is compared over time: of reopens, over mature tickets alone."""
    measure = metric.measure
    if metric.id not in _REOPENS or not isinstance(measure, Share):
        return metric
    waiting = {
        "immature": (*measure.among, "has_clock", "!is_mature"),
        "no_clock": (*measure.among, "!has_clock"),
    }
    return replace(
        metric,
        measure=Share(of=measure.of, among=(*measure.among, "is_mature")),
        rule=f"{metric.rule}; {{window}} days or older",
        held_back=waiting,
        follow_up=True,
    )


def lag_of(ws: Workspace, metric: Metric) -> timedelta:
    """Return how long after a period's end the metric can be compared."""
    if metric.follow_up:
        return ws.facts.rules.window
    if metric.id == "response_rate":
        # Surveys sent yesterday are mostly unanswered, which says nothing about the week.
        return timedelta(days=ws.settings.mature_days)
    return timedelta(0)


def latest_judged(ws: Workspace, metric: Metric, span: Span, data_end: datetime) -> Span:
    """Return the latest period of the kind of `span` that is old enough for the metric."""
    return periods.latest_mature(span, data_end, ws.zone, lag_of(ws, metric), ws.week_start)
