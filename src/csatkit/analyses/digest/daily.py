"""The daily digest: yesterday's number, what it rests on, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from csatkit import periods
from csatkit.analyses.digest.common import assembled
from csatkit.analyses.digest.figures import validity_words
from csatkit.analyses.digest.kinds import Kind
from csatkit.analyses.digest.next_steps import not_over_yet
from csatkit.analyses.gaps import Change
from csatkit.analyses.measuring import Request, measures, tabulate
from csatkit.analyses.wording import scores
from csatkit.analyses.workspace import Workspace
from csatkit.metrics import CATALOG
from csatkit.periods import Span
from csatkit.render.values import interval, number, period, quantity, ratio
from csatkit.report import Measure, Report, Section

__all__ = ["daily"]

VALIDITY_DAYS = 28
"""Days whose surveys say whether enough are answered: four of each weekday, as `report` takes."""

LOOKED_BACK = 28
"""Days before in which the latest rating is sought where the day has none."""


def daily(ws: Workspace, kind: Kind, span: Span) -> Report:
    """Return the number of a day.

    A day with tickets and without a rating is no empty day: it says so, and which day had the
    latest ratings.
    """
    metrics = (CATALOG["csat"], CATALOG["low_share"])
    csat, low = measures(ws, tabulate(ws, [Request(metrics, (), span)]))
    rate = _rate(ws, span)
    running = not_over_yet(ws, span)
    text = (*_number(ws, csat, low, span), *_answered(rate), *([running] if running else []))
    section = Section("headline", f"The {kind.noun} {period(span.period)}", text)
    return assembled(ws, (kind, span), (csat, low, rate), (section,))


def _number(ws: Workspace, csat: Measure, low: Measure, span: Span) -> Iterator[str]:
    if csat.status == "unavailable":
        yield f"CSAT is unavailable: {csat.reason}."
    elif not csat.denominator:
        yield f"No rating on {span.period.label}.{_latest(ws, span)}"
    else:
        assert ws.scale is not None
        assert ws.ratings is not None
        few = "; too few to judge" if csat.status == "small" else ""
        value = f"{quantity(csat.value, csat.unit)} ({interval(csat)})"
        of = f"{number(int(csat.numerator or 0))} of {number(csat.denominator)} ratings"
        best, worst = (scores(c, ws.scale) for c in (ws.ratings.satisfied, ws.ratings.low))
        yield f"CSAT {value}: {of} are {best} on {ws.scale.name}{few}."
        k = int(low.numerator or 0)
        yield f"{number(k)} low {'score' if k == 1 else 'scores'} ({worst})."


def _latest(ws: Workspace, span: Span) -> str:
    """Return what the latest day with ratings said, empty where there is none."""
    first = span.period.first - timedelta(days=LOOKED_BACK)
    before = periods.days(first, span.period.first - timedelta(days=1))
    (table,) = tabulate(ws, [Request((CATALOG["csat"],), ("day",), before)])
    rated = [m for m in measures(ws, [table]) if m.denominator and m.segment.get("day")]
    if not rated:
        return ""
    m = max(rated, key=lambda m: str(m.segment["day"]))
    value = quantity(m.value, m.unit)
    return f" The latest day with ratings is {m.segment['day']}: CSAT {value} ({ratio(m)})."


def _rate(ws: Workspace, span: Span) -> Measure:
    """Return the response rate over the latest days whose surveys are old enough to judge."""
    lag = timedelta(days=ws.settings.mature_days)
    last = span.period.last
    if span.relative:
        last -= lag
    days = periods.days(last - timedelta(days=VALIDITY_DAYS - 1), last)
    (m,) = measures(ws, tabulate(ws, [Request((CATALOG["response_rate"],), (), days)]))
    return m


def _answered(m: Measure) -> tuple[str, ...]:
    """Return whether enough surveys are answered for the number to be valid."""
    if not m.denominator:
        why = m.reason or "none was sent in the weeks that are old enough to judge"
        return (f"Whether enough surveys are answered isn't known: {why}.",)
    warning = validity_words(Change(CATALOG[m.metric], m, m, m))
    if warning:
        return warning
    span = "" if m.period is None else f" of {period(m.period)}"
    return (f"Valid: {ratio(m)} surveys{span} were answered ({quantity(m.value, m.unit)}).",)
