"""How one metric differs between two periods, with the interval that fits it.

Shares: Newcombe. Means: Welch. Medians and survival: from the intervals of both. Volumes: from the
spread between days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from csatkit.analyses.against import Pair
from csatkit.analyses.measuring import Request, Table, measures, tabulate
from csatkit.analyses.workspace import Workspace
from csatkit.estimate import difference
from csatkit.metrics.metric import Count, Metric
from csatkit.periods import Span
from csatkit.report import Difference, Measure
from csatkit.stats.intervals import Interval, mover
from csatkit.stats.volume import count_difference

__all__ = ["Change", "changed"]

Cell = Mapping[str, float | int | None]

_EPOCH = date(1970, 1, 1)
"""Day 0 of the buckets by day."""


@dataclass(frozen=True, slots=True)
class Change:
    """A metric in two periods."""

    metric: Metric
    now: Measure
    before: Measure
    measure: Measure
    """The later one, with its difference."""
    missing: str | None = None
    """Why there is none."""


def changed(ws: Workspace, metrics: Sequence[Metric], chosen: Mapping[str, Pair]) -> list[Change]:
    """Return how every metric changed, all of them counted in one go.

    Args:
        ws: the run.
        metrics: what is compared.
        chosen: by metric, the two periods.
    """
    groups: dict[Pair, list[Metric]] = {}
    for metric in metrics:
        groups.setdefault(chosen[metric.id], []).append(metric)
    requests = [
        Request(tuple(group), (), span)
        for pair, group in groups.items()
        for span in (pair.now, pair.before)
    ]
    volumes = [m for m in metrics if isinstance(m.measure, Count) and ws.lacks(m) is None]
    requests += [
        Request((m,), ("day",), span)
        for m in volumes
        for span in (chosen[m.id].now, chosen[m.id].before)
    ]
    tables = tabulate(ws, requests)
    by_day = {
        (table.request.metrics[0].id, table.request.span): table
        for table in tables[2 * len(groups) :]
    }
    found = {}
    for place, (pair, group) in enumerate(groups.items()):
        new, old = tables[2 * place : 2 * place + 2]
        for metric, now, before in zip(
            group, measures(ws, [new]), measures(ws, [old]), strict=True
        ):
            d = None
            missing = _missing(pair, now, before)
            if missing is None:
                cells = new.cells[metric.id][()], old.cells[metric.id][()]
                d = _difference(ws, metric, (now, before), cells, pair)
            if d is not None and isinstance(metric.measure, Count):
                d = _of_volume(d, metric, pair, by_day, ws.settings.level)
            found[metric.id] = Change(metric, now, before, replace(now, difference=d), missing)
    return [found[metric.id] for metric in metrics]


def _difference(
    ws: Workspace,
    metric: Metric,
    shown: tuple[Measure, Measure],
    cells: tuple[Cell, Cell],
    pair: Pair,
) -> Difference:
    """Return the difference from the totals where the metric has a test, else from intervals."""
    label = pair.before.period.label
    d = difference(metric, *cells, ws.settings.level, label)  # type: ignore[arg-type]
    if d is None or (d.low is None and not isinstance(metric.measure, Count)):
        return _from_intervals(*shown, label)
    return d


def _of_volume(
    d: Difference,
    metric: Metric,
    pair: Pair,
    by_day: Mapping[tuple[str, Span | None], Table],
    level: float,
) -> Difference:
    """Return the difference of two volumes with what the spread between days allows."""
    before, now = (_days(by_day[metric.id, s], metric, s) for s in (pair.before, pair.now))
    interval = count_difference(before, now, level)
    return d if interval is None else replace(d, low=interval.low, high=interval.high)


def _missing(pair: Pair, now: Measure, before: Measure) -> str | None:
    """Return why two measures can't be compared."""
    if now.status == "unavailable":
        return now.reason
    if pair.overlap:
        return (
            f"its latest mature period, {pair.now.period.label}, shares days with "
            f"{pair.before.period.label}"
        )
    for measure, span in ((now, pair.now), (before, pair.before)):
        if measure.value is None or not measure.denominator:
            return measure.reason or f"{span.period.label} has no data"
    return None


def _from_intervals(now: Measure, before: Measure, against: str) -> Difference:
    """Return a difference in the unit of the measures; without both intervals it has none."""
    assert now.value is not None
    assert before.value is not None
    value = now.value - before.value
    bounds = (now.low, now.high, before.low, before.high)
    if any(b is None for b in bounds):
        return Difference(value, None, None, against)
    low1, high1, low0, high0 = (b for b in bounds if b is not None)
    found = mover(now.value, Interval(low1, high1), before.value, Interval(low0, high0))
    return Difference(value, found.low, found.high, against)


def _days(table: Table, metric: Metric, span: Span) -> dict[int, int]:
    """Return the volume of every day of a period, days without a row being 0."""
    first = (span.period.first - _EPOCH).days
    days = dict.fromkeys(range(first, first + span.days), 0)
    for key, cell in table.cells.get(metric.id, {}).items():
        if key[0] is not None:
            days[int(key[0])] = int(cell[f"{metric.id}.n"] or 0)
    return days
