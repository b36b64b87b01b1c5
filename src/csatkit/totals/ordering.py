"""Medians and percentiles of durations: the one kind of figure that doesn't add up.

They are taken from sorted rows; a median of segments is never made from medians.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

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
        for key, values in _sorted_values(frame, measure, keys_of(selection)):
            found.setdefault(key, {}).update(_order_statistics(metric.id, values, level))
    return found


def _sorted_values(
    frame: pl.LazyFrame, measure: Quantiles, keys: Sequence[str]
) -> list[tuple[Key, pl.Series]]:
    """Return the values of each cell, lowest first."""
    value = pl.col(measure.value).filter(holds(measure.among)).sort()
    if not keys:
        return [((), frame.select(value).collect().to_series())]
    lists = frame.group_by(keys).agg(value.alias("value")).collect()
    names = lists.select(keys).with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    return list(zip(names.iter_rows(), lists["value"], strict=True))


def _order_statistics(metric: str, values: pl.Series, level: float) -> dict[str, float | None]:
    n = len(values)

    def at(p: float) -> float | None:
        return values.quantile(p, "linear") if n else None

    ranks = quantile_ranks(n, 0.5, level)
    low, high = (None, None) if ranks is None else (ranks.low, ranks.high)
    return {
        f"{metric}.n": n,
        f"{metric}.p50": at(0.5),
        f"{metric}.p90": at(0.9),
        f"{metric}.low": None if low is None else values[low - 1],
        f"{metric}.high": None if high is None else values[high - 1],
    }
