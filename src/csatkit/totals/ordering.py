"""Medians and percentiles of durations: the one kind of figure that doesn't add up.

They are taken from sorted rows, or from how often each value occurs where rows lie in many places;
a median of segments is never made from medians.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from csatkit.facts.adding import Adding, Collect, at_once
from csatkit.facts.build import Facts
from csatkit.metrics.metric import Metric, Quantiles
from csatkit.stats.quantiles import quantile_ranks
from csatkit.totals.aggregates import holds
from csatkit.totals.selection import Key, Selection, keys_of, selected

__all__ = ["quantiles"]


def quantiles(
    facts: Facts,
    metrics: Sequence[Metric],
    selection: Selection,
    level: float,
    *,
    week_start: int = 0,
    zone: str = "UTC",
) -> dict[Key, dict[str, float | None]]:
    """Return n, median with its interval and 90th percentile of durations, from sorted rows.

    Returns:
        By segment key: `metric.n`, `.p50`, `.p90`, `.low` and `.high` (of the median), hours.
    """
    frame = selected(facts, "tickets", selection, None, week_start=week_start, zone=zone)
    if frame is None:
        return {}
    found: dict[Key, dict[str, float | None]] = {}
    for metric in metrics:
        measure = metric.measure
        assert isinstance(measure, Quantiles)
        for key, values in _sorted_values(frame, measure, keys_of(selection), facts.collect):
            found.setdefault(key, {}).update(_order_statistics(metric.id, values, level))
    return found


def _sorted_values(
    frame: pl.LazyFrame, measure: Quantiles, keys: Sequence[str], collect: Collect
) -> Iterator[tuple[Key, _Sorted]]:
    """Yield the values of each cell, lowest first."""
    if collect is not at_once:
        yield from _counted_values(frame, measure, keys, collect)
        return
    value = pl.col(measure.value).filter(holds(measure.among)).sort()
    if not keys:
        yield (), _Sorted(frame.select(value).collect().to_series())
        return
    lists = frame.group_by(keys).agg(value.alias("value")).collect()
    names = lists.select(keys).with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    for key, values in zip(names.iter_rows(), lists["value"], strict=True):
        yield key, _Sorted(values)


def _counted_values(
    frame: pl.LazyFrame, measure: Quantiles, keys: Sequence[str], collect: Collect
) -> Iterator[tuple[Key, _Sorted]]:
    """Yield how often each value occurs in each cell: that adds up, as sorted rows don't."""
    rows = frame.select(*keys, _value=measure.value, _counts=holds(measure.among))
    text = rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    by = [*keys, "_value"]
    counted = text.group_by(by).agg(n=pl.col("_counts").sum().cast(pl.Int64))
    (found,) = collect([counted], [Adding(tuple(by))])
    found = found.sort(by)
    cells = found.partition_by(keys, as_dict=True, include_key=False) if keys else {(): found}
    for key, cell in cells.items():
        # A cell in which nothing counts has its place, too.
        some = cell.filter((pl.col("n") > 0) & pl.col("_value").is_not_null())
        yield key, _Sorted(some["_value"], some["n"].cum_sum())


class _Sorted:
    """Values in order, each as often as it occurs.

    Args:
        values: lowest first.
        until: how many values there are up to and including each; one each by default.
    """

    def __init__(self, values: pl.Series, until: pl.Series | None = None) -> None:
        self._values = values
        self._until = until
        self.n = len(values) if until is None else (int(until[-1]) if len(until) else 0)

    def __getitem__(self, place: int) -> float:
        """Return the value at a place, 0 for the lowest."""
        if self._until is not None:
            place = int(self._until.search_sorted(place, side="right"))
        return float(self._values[place])

    def quantile(self, p: float) -> float | None:
        """Return a quantile, between two values linearly."""
        if not self.n:
            return None
        if self._until is None:
            return self._values.quantile(p, "linear")
        place = p * (self.n - 1)
        low = int(place)
        pair = pl.Series([self[low], self[min(low + 1, self.n - 1)]])
        return pair.quantile(place - low, "linear")


def _order_statistics(metric: str, values: _Sorted, level: float) -> dict[str, float | None]:
    n = values.n
    ranks = quantile_ranks(n, 0.5, level)
    low, high = (None, None) if ranks is None else (ranks.low, ranks.high)
    return {
        f"{metric}.n": n,
        f"{metric}.p50": values.quantile(0.5),
        f"{metric}.p90": values.quantile(0.9),
        f"{metric}.low": None if low is None else values[low - 1],
        f"{metric}.high": None if high is None else values[high - 1],
    }
