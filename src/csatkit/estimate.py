"""Totals → measures: value, interval, status, band. Plain Python on a handful of integers.

Nothing here sees a row. A figure that can't be computed is None with its reason, never 0 or 100.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from csatkit.metrics.metric import Count, Mean, Metric, Quantiles, Share, Survival
from csatkit.profiles import bands
from csatkit.report import Difference, Measure, Period, Status
from csatkit.settings import FAILURE_REASONS, Settings
from csatkit.stats.intervals import (
    Interval,
    Sums,
    events_per_ticket,
    mean_difference,
    mean_interval,
    newcombe,
    wilson,
    worst_case_bounds,
)
from csatkit.stats.survival import kaplan_meier_grid, product_share_survival

__all__ = ["Context", "Validity", "band_of", "difference", "estimate", "unavailable", "validity_of"]

VALID_FROM, CAUTION_FROM = 20.0, 15.0
"""Response rates from which answers are valid, and below which they are skewed (metrics.md §3)."""

NO_WINDOW = "the export ends before any window closed"
NOT_WATCHED = "no ticket without a repeat was watched for a whole window"
"""Kaplan-Meier is silent past its last censoring, unless everybody had the event before."""

Totals = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Validity:
    """What the surveys of a cell say about its answers."""

    judged: int
    answered: int
    surveyed_tickets: int
    rated_tickets: int

    @property
    def status(self) -> Status | None:
        """Return `skewed` or `caution`, None where valid or not yet known."""
        if self.judged == 0:
            return None
        rate = 100 * self.answered / self.judged
        if rate < CAUTION_FROM:
            return "skewed"
        return "caution" if rate < VALID_FROM else None


@dataclass(frozen=True, slots=True)
class Context:
    """Everything about a measure that isn't a count."""

    settings: Settings
    segment: Mapping[str, str | None]
    period: Period | None
    rule: str
    scale_bounds: tuple[float, float] | None = None
    score_labels: Mapping[int, str] | None = None
    rating_sources: tuple[str, ...] = ()
    validity: Validity | None = None
    measured: tuple[str, ...] = FAILURE_REASONS


def validity_of(totals: Totals | None) -> Validity | None:
    """Read the validity counts of a survey cell; None where nothing is known of what was sent."""
    if totals is None or "validity.n" not in totals:
        return None
    return Validity(
        totals["validity.n"], totals["validity.k"], totals["surveyed.n"], totals["surveyed.k"]
    )


def band_of(metric: str, low: float | None, high: float | None, profile: str) -> str | None:
    """Return the band that holds the whole interval, None where it spans two."""
    mine = [b for b in bands(profile) if b.metric == metric]
    if low is None or high is None or not mine:
        return None
    edges = [b.start for b in mine[1:]] + [float("inf")]
    for band, end in zip(mine, edges, strict=True):
        if band.start <= low and high < end:
            return band.name
    return None


def unavailable(metric: Metric, context: Context, reason: str) -> Measure:
    """Return the measure of a metric that can't be computed, with why."""
    return Measure(
        metric=metric.id, label=metric.label, rule=context.rule, unit=metric.unit,
        segment=context.segment, period=context.period, value=None, numerator=None,
        denominator=None, low=None, high=None, level=context.settings.level, method=None,
        status="unavailable", reason=reason,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Estimate:
    value: float | None
    k: int | float | None
    n: int
    interval: Interval | None
    method: str | None


def _share(metric: str, totals: Totals, level: float) -> _Estimate:
    k, n = totals[f"{metric}.k"], totals[f"{metric}.n"]
    interval = wilson(k, n, level)
    return _Estimate(k / n if n else None, k, n, interval, "wilson" if n else None)


def _mean(metric: Metric, measure: Mean, totals: Totals, context: Context) -> _Estimate:
    n, s, ss = (totals[f"{metric.id}.{x}"] for x in ("n", "s", "ss"))
    level = context.settings.level
    value = s / n if n else None
    if measure.clip != "zero":
        bounds = context.scale_bounds if measure.clip == "scale" else measure.clip
        interval = mean_interval(n, s, ss, level, bounds)
        found = _Estimate(value, s, n, interval, "t" if interval else None)
        return found if measure.spread is None else _spread(found, measure, context)
    if metric.unit == "percent" and s == ss and s <= n:
        # Nobody was counted twice, so the mean is a plain share.
        return _Estimate(value, s, n, wilson(s, n, level), "wilson" if n else None)
    interval = events_per_ticket(n, s, ss, level)
    return _Estimate(value, s, n, interval, "t" if interval else None)


def _spread(found: _Estimate, measure: Mean, context: Context) -> _Estimate:
    """Return a mean as a share of the way from the value that is 0 % to the one that is 100 %."""
    ends = context.scale_bounds if isinstance(measure.spread, str) else measure.spread
    assert ends is not None
    assert isinstance(found.k, int)
    zero, full = (0.0, ends[1]) if measure.spread == "top" else ends
    interval = found.interval
    if interval is not None:
        interval = Interval(*((bound - zero) / (full - zero) for bound in interval))
    k = (found.k - zero * found.n) / (full - zero)
    return replace(found, value=k / found.n if found.n else None, k=k, interval=interval)


def _curve(totals: Totals) -> tuple[list[int], list[int]]:
    days = itertools.takewhile(lambda d: f"km.event.{d}" in totals, itertools.count())
    grid = list(days)
    return [totals[f"km.event.{d}"] for d in grid], [totals[f"km.censored.{d}"] for d in grid]


def _survival(metric: Metric, measure: Survival, totals: Totals, level: float) -> _Estimate:
    events, censored = _curve(totals)
    at_risk = sum(events) + sum(censored)
    point = kaplan_meier_grid(events, censored, level)
    # Without anybody watched for a full window, the curve's last days rest on repeats alone.
    if point is None or not totals["km.full"]:
        return _Estimate(None, None, at_risk, None, None)
    if measure.share is None:
        flipped = (
            None
            if point.interval is None
            else Interval(1 - point.interval.high, 1 - point.interval.low)
        )
        return _Estimate(1 - point.survival, sum(events), at_risk, flipped, "kaplan-meier")
    k, n = totals[f"{metric.id}.k"], totals[f"{metric.id}.n"]
    if n == 0:
        return _Estimate(None, None, 0, None, None)
    interval = product_share_survival(k, n, point.survival, point.variance, level)
    return _Estimate(k / n * point.survival, None, n, interval, "kaplan-meier")


def _estimate(metric: Metric, totals: Totals, context: Context) -> _Estimate:
    measure = metric.measure
    if isinstance(measure, Share):
        return _share(metric.id, totals, context.settings.level)
    if isinstance(measure, Mean):
        return _mean(metric, measure, totals, context)
    if isinstance(measure, Survival):
        return _survival(metric, measure, totals, context.settings.level)
    if isinstance(measure, Quantiles):
        return _quantiles(metric.id, totals)
    n = totals[f"{metric.id}.n"]
    return _Estimate(float(n), n, n, None, None)


def _quantiles(metric: str, totals: Mapping[str, float | None]) -> _Estimate:
    n = int(totals[f"{metric}.n"] or 0)
    low, high = totals.get(f"{metric}.low"), totals.get(f"{metric}.high")
    interval = None if low is None or high is None else Interval(low, high)
    method = "order statistics" if interval else None
    return _Estimate(totals[f"{metric}.p50"] if n else None, None, n, interval, method)


def _status(metric: Metric, found: _Estimate, context: Context) -> Status:
    if isinstance(metric.measure, Count):
        return "ok"
    if found.n == 0:
        return "empty"
    judged = context.validity.status if context.validity and metric.family == "responses" else None
    if judged == "skewed":
        return "skewed"
    if found.n < context.settings.min_n:
        return "small"
    return judged or "ok"


def _extra(metric: Metric, found: _Estimate, totals: Totals, context: Context) -> dict[str, object]:
    extra: dict[str, object] = {}
    if metric.id == "csat":
        labels = context.score_labels or {}
        extra["distribution"] = {label: totals[f"score.{code}"] for code, label in labels.items()}
        if context.rating_sources:
            extra["sources"] = {s: totals[f"source.{s}"] for s in context.rating_sources}
        seen = context.validity
        if seen is not None and seen.surveyed_tickets and found.value is not None:
            r = seen.rated_tickets / seen.surveyed_tickets
            low, high = worst_case_bounds(r, found.value)
            extra["bounds"] = [100 * low, 100 * high]
            extra["response"] = {
                "rated_tickets": seen.rated_tickets,
                "surveyed_tickets": seen.surveyed_tickets,
                "mature_sent": seen.judged,
                "mature_answered": seen.answered,
            }
    if metric.id == "fcr":
        extra["failures"] = {
            r: totals[f"fails.{r}"] for r in FAILURE_REASONS if r in context.measured
        }
        extra["quick_repeat"] = totals["quick_repeats"]
    if metric.id == "reopen_rate":
        extra["young"] = totals["reopen_rate.young"]
    if isinstance(metric.measure, Quantiles):
        extra["p90"] = totals[f"{metric.id}.p90"] if found.n else None
    return extra


def _held(metric: Metric, totals: Totals) -> dict[str, int]:
    return {reason: totals[f"{metric.id}.x.{reason}"] for reason in metric.held_back}


def _left_out(metric: Metric, totals: Totals, more: Mapping[str, int]) -> dict[str, int]:
    counts = Counter(_held(metric, totals))
    counts.update(more)
    return {reason: n for reason, n in counts.items() if n}


def _too_young(metric: Metric, found: _Estimate, totals: Totals) -> str | None:
    """Return why a metric that lacks only time can't be computed; None where it can."""
    waiting = _held(metric, totals).get("immature", 0)
    if not isinstance(metric.measure, Survival):
        return NO_WINDOW if metric.follow_up and found.n == 0 and waiting else None
    if found.value is not None:
        return None
    events, censored = _curve(totals)
    if sum(events) + sum(censored) == 0:
        return NO_WINDOW if waiting else None
    if not totals["km.full"]:
        return NO_WINDOW
    if kaplan_meier_grid(events, censored) is None:
        return NOT_WATCHED
    return NO_WINDOW if waiting else None


def estimate(
    metric: Metric,
    totals: Totals,
    context: Context,
    excluded: Mapping[str, int] | None = None,
) -> Measure:
    """Return the measure of one cell.

    Args:
        metric: what to estimate.
        totals: the cell's totals, named as in `totals.query`.
        context: segment, period, rule text, scale, validity.
        excluded: further exclusions of the whole run, for the overall row.

    Returns:
        The measure; percentages are 0-100.
    """
    found = _estimate(metric, totals, context)
    left = _left_out(metric, totals, excluded or {})
    if (reason := _too_young(metric, found, totals)) is not None:
        return replace(unavailable(metric, context, reason), excluded=left)
    factor = 100.0 if metric.unit == "percent" else 1.0
    status = _status(metric, found, context)
    low = high = None
    if found.interval is not None:
        low, high = factor * found.interval.low, factor * found.interval.high
    judged = status in ("ok", "caution")
    return Measure(
        metric=metric.id,
        label=metric.label,
        rule=context.rule,
        unit=metric.unit,
        segment=context.segment,
        period=context.period,
        value=None if found.value is None else factor * found.value,
        numerator=found.k,
        denominator=found.n,
        low=low,
        high=high,
        level=context.settings.level,
        method=found.method,
        status=status,
        band=band_of(metric.id, low, high, context.settings.profile) if judged else None,
        excluded=left,
        extra=_extra(metric, found, totals, context),
    )


def difference(
    metric: Metric, now: Totals, before: Totals, level: float, against: str
) -> Difference | None:
    """Return how a metric changed between two cells, in its unit; None where it has no test."""
    measure = metric.measure
    if isinstance(measure, Share):
        k1, n1 = now[f"{metric.id}.k"], now[f"{metric.id}.n"]
        k0, n0 = before[f"{metric.id}.k"], before[f"{metric.id}.n"]
        if not n1 or not n0:
            return None
        interval = newcombe(k1, n1, k0, n0, level)
        assert interval is not None
        return Difference(
            100 * (k1 / n1 - k0 / n0), 100 * interval.low, 100 * interval.high, against
        )
    if isinstance(measure, Mean):
        first, second = _sums(metric.id, now), _sums(metric.id, before)
        # What a spread over the scale is worth depends on the scale, which totals don't know.
        if not first.n or not second.n or isinstance(measure.spread, str):
            return None
        factor = 100.0 if metric.unit == "percent" else 1.0
        if measure.spread is not None:
            factor /= measure.spread[1] - measure.spread[0]
        interval = mean_difference(first, second, level)
        value = factor * (first.total / first.n - second.total / second.n)
        low, high = (None, None) if interval is None else (factor * b for b in interval)
        return Difference(value, low, high, against)
    if isinstance(measure, Count):
        value = float(now[f"{metric.id}.n"] - before[f"{metric.id}.n"])
        return Difference(value, None, None, against)
    if isinstance(measure, Quantiles):
        new, old = now.get(f"{metric.id}.p50"), before.get(f"{metric.id}.p50")
        return None if new is None or old is None else Difference(new - old, None, None, against)
    return None


def _sums(metric: str, totals: Totals) -> Sums:
    return Sums(*(totals[f"{metric}.{x}"] for x in ("n", "s", "ss")))


def measured_reasons(fail_on: Sequence[str], missing: Sequence[str]) -> tuple[str, ...]:
    """Return the failure reasons that could be looked for."""
    return tuple(r for r in FAILURE_REASONS if r in fail_on and r not in missing)
