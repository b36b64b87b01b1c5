"""What a judged line says, in words: signals with their dates, level, and direction.

Nothing is drawn on into the future, and what chance explains isn't given a name.
"""

from __future__ import annotations

from collections import Counter

from csatkit.analyses.following import Followed
from csatkit.metrics.metric import Mean, Share
from csatkit.render.values import number, period, quantity, span
from csatkit.stats.charts import Signal
from csatkit.stats.false_alarms import false_alarms

__all__ = ["alarm_words", "direction_words", "headline_words", "line_words", "signal_words"]

_MARKS = {
    "incomplete": "cover only part of their days",
    "immature": "haven't had their whole follow-up yet",
    "skewed": "have too few answered surveys",
}


def headline_words(found: Followed, every: str) -> str:
    """Return one sentence on a line: signals first, then level and direction."""
    name = found.line.metric.label
    judged = [p for p in found.line.judged if p.measure.value is not None]
    if not judged:
        return f"{name}: no {every} can be judged yet."
    last = judged[-1]
    level = f"{quantity(last.measure.value, last.measure.unit)} in {last.period.label}"
    if found.chart is None:
        kind = f"{len(judged)} {every}s judged, too few for limits"
        return f"{name}: {level}; {kind if _can_chart(found) else 'no limits for this kind'}."
    kinds = Counter(s.kind for s in found.signals)
    signals = ", ".join(kind if n == 1 else f"{kind} ×{n}" for kind, n in kinds.items())
    state = f"signals: {signals}" if signals else f"stable over {len(judged)} {every}s"
    return f"{name}: {level}; {state}; {_slope(found)}."


def _can_chart(found: Followed) -> bool:
    return isinstance(found.line.metric.measure, Share | Mean)


def line_words(found: Followed, every: str) -> tuple[str, ...]:
    """Return what has to be known about one line: signals with dates, direction, marks."""
    lines = [signal_words(found, signal) for signal in found.signals]
    if found.chart is not None:
        centre = quantity(found.factor * found.chart.centre, found.line.metric.unit)
        if not lines:
            lines.append(f"No signal: it varies around {centre} as chance makes it.")
        if found.chart.is_trial:
            lines.append(f"Trial limits: fewer than 12 {every}s are judged.")
    if found.slope is not None:
        lines.append(direction_words(found, every))
    marks = Counter(p.mark for p in found.line.points if p.mark is not None)
    lines += [
        f"Not judged: {n} {every}{'s' if n > 1 else ''} that {_singular(mark, n)}."
        for mark, n in marks.items()
    ]
    return tuple(lines)


def _singular(mark: str, n: int) -> str:
    words = _MARKS[mark]
    if n > 1:
        return words
    return (
        words.replace("cover ", "covers ")
        .replace("their", "its")
        .replace("haven't", "hasn't")
        .replace("have too", "has too")
    )


def signal_words(found: Followed, signal: Signal) -> str:
    """Return a signal with its periods, values and limits."""
    assert found.chart is not None
    points = found.line.judged
    unit = found.line.metric.unit
    first, last = points[signal.first], points[signal.last]
    if signal.first == signal.last:
        limits = _limits(found, signal)
        value = quantity(first.measure.value, unit)
        return f"{signal.kind.capitalize()}: {period(first.period)}, {value} against {limits}."
    n = sum(p.sums.n > 0 for p in points[signal.first : signal.last + 1])
    centre = quantity(found.factor * found.chart.centre, unit)
    labels = f"{first.period.label} to {last.period.label}"
    days = f"{labels} ({first.period.first} to {last.period.last})"
    if signal.kind.startswith("run"):
        side = signal.kind.removeprefix("run ")
        return f"Run {side}: {n} in a row {side} the centre, {centre}, {days}."
    ends = f"{quantity(first.measure.value, unit)} to {quantity(last.measure.value, unit)}"
    return f"{signal.kind.capitalize()}: {n} in a row, {ends}, {days}."


def _limits(found: Followed, signal: Signal) -> str:
    assert found.chart is not None
    point = found.chart.points[signal.first]
    assert point is not None
    low, high = (found.factor * x for x in point.limits)
    return f"limits {span(low, high, found.line.metric.unit)}"


def _per_month(found: Followed) -> str:
    """Return the slope with its interval: `+1.2 points a month (+0.3 … +2.1)`."""
    assert found.slope is not None
    low, high = (100 * x for x in found.slope.interval)
    bounds = span(low, high, "points")
    return f"{number(100 * found.slope.per_unit, 1, signed=True)} points a month ({bounds})"


def _slope(found: Followed) -> str:
    if found.slope is None:
        is_share = isinstance(found.line.metric.measure, Share)
        return "too few periods for a slope" if is_share else "slopes are for shares alone"
    if found.direction is None:
        return f"no direction beyond noise, {_per_month(found)}"
    return f"{found.direction} {_per_month(found)}{_verdict(found)}"


def _verdict(found: Followed) -> str:
    """Return whether a direction is good or bad news."""
    better = found.line.metric.better
    if not better:
        return ""
    is_good = (found.direction == "rising") == (better == "up")
    return ", getting better" if is_good else ", getting worse"


def direction_words(found: Followed, every: str) -> str:
    """Return the slope with what it means beside the level: rising 68 beats stuck 77."""
    over = f"over {found.n_slope} {every}s"
    if found.direction is None:
        return f"Slope {_per_month(found)} {over}: no direction beyond noise; the level counts."
    text = f"{found.direction.capitalize()} {_per_month(found)} {over}"
    better = found.line.metric.better
    if not better:
        return f"{text}."
    is_good = (found.direction == "rising") == (better == "up")
    return (
        f"{text}: getting better, worth more than a better level that stands still."
        if is_good
        else f"{text}: getting worse, whatever the level says today."
    )


def alarm_words(n_charts: int, per_year: int, every: str) -> tuple[str, ...]:
    """Return how often charts without any change still signal."""
    if not n_charts:
        return ()
    one = false_alarms(per_year).either
    years = f"{100 * one:.0f} % of years"
    text = f"A chart of {per_year} {every}s without any change still signals in {years}"
    if n_charts == 1:
        return (f"{text}.",)
    any_of = 1 - (1 - one) ** n_charts
    return (f"{text}; at least one of {n_charts} such charts in {100 * any_of:.0f} %.",)
