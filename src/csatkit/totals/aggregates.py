"""A metric's declaration → the sums that its totals consist of.

Each expression yields one integer per cell, named `metric.part`; totals of disjoint rows add up.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from csatkit.metrics.metric import (
    Conditions,
    Count,
    Mean,
    Measurement,
    Metric,
    Quantiles,
    Share,
)
from csatkit.settings import FAILURE_REASONS
from csatkit.totals.selection import Ratings

__all__ = ["aggregates", "holds"]


def holds(conditions: Conditions) -> pl.Expr:
    """Return whether all named facts hold; `!name` must not."""
    parts = [~pl.col(c[1:]) if c.startswith("!") else pl.col(c) for c in conditions]
    return pl.all_horizontal(parts) if parts else pl.lit(value=True)


def _share(name: str, share: Share) -> list[pl.Expr]:
    return [
        _count(share.among).alias(f"{name}.n"),
        _count((*share.among, *share.of)).alias(f"{name}.k"),
    ]


def _count(conditions: Conditions) -> pl.Expr:
    return holds(conditions).sum().cast(pl.Int64) if conditions else pl.len().cast(pl.Int64)


def _mean(name: str, mean: Mean) -> list[pl.Expr]:
    value = pl.col(mean.value).cast(pl.Int64)
    if mean.among:
        value = value.filter(holds(mean.among))
    return [
        value.count().cast(pl.Int64).alias(f"{name}.n"),
        value.sum().alias(f"{name}.s"),
        (value * value).sum().alias(f"{name}.ss"),
    ]


def _survival(grid: int) -> list[pl.Expr]:
    """Return events and censorings by day, and how many had a full window of follow-up."""
    subject, day = pl.col("is_km_subject"), pl.col("km_day")
    event, censored = subject & pl.col("has_repeat"), subject & ~pl.col("has_repeat")
    found = [_sum(subject & pl.col("is_mature"), "km.full")]
    for d in range(grid + 1):
        found.append(_sum(event & (day == d), f"km.event.{d}"))
        found.append(_sum(censored & (day == d), f"km.censored.{d}"))
    return found


def _sum(condition: pl.Expr, name: str) -> pl.Expr:
    return condition.sum().cast(pl.Int64).alias(name)


def _measured(name: str, measure: Measurement, grid: int) -> list[pl.Expr]:
    if isinstance(measure, Share):
        return _share(name, measure)
    if isinstance(measure, Mean):
        return _mean(name, measure)
    if isinstance(measure, Count | Quantiles):
        return [_count(measure.among).alias(f"{name}.n")]
    share = measure.share
    subjects = _count(("is_km_subject",)).alias(f"{name}.n")
    return [*_survival(grid), *([subjects] if share is None else _share(name, share))]


def _companions(metrics: Sequence[Metric], ratings: Ratings | None) -> list[pl.Expr]:
    """Return what some metrics bring along: distribution, failures, quick repeats."""
    ids = {m.id for m in metrics}
    found: list[pl.Expr] = []
    if "csat" in ids and ratings is not None:
        rated, score = pl.col("is_rating"), pl.col("score")
        found += [_sum(rated & (score == code), f"score.{code}") for code in ratings.codes]
        found += [
            _sum(rated & (pl.col("score_scale") == name), f"source.{name}")
            for name in ratings.sources
        ]
    if "fcr" in ids:
        mature, failure = pl.col("is_mature"), pl.col("failure")
        found += [
            _sum(mature & (failure == number), f"fails.{reason}")
            for number, reason in enumerate(FAILURE_REASONS, start=1)
        ]
        found.append(_sum(mature & pl.col("is_quick_repeat"), "quick_repeats"))
    if "reopen_rate" in ids:
        found.append(_sum(pl.col("is_ever_resolved") & ~pl.col("is_mature"), "reopen_rate.young"))
    return found


def _validity() -> list[pl.Expr]:
    """Return what says whether the answers can speak for everybody (metrics.md §3)."""
    judged = pl.col("is_survey") & pl.col("is_judged_survey")
    first = pl.col("is_first_of_ticket")
    return [
        _sum(judged, "validity.n"),
        _sum(judged & pl.col("is_answered"), "validity.k"),
        _sum(first, "surveyed.n"),
        _sum(first & pl.col("is_rated_ticket"), "surveyed.k"),
    ]


def aggregates(
    metrics: Sequence[Metric], ratings: Ratings | None, grid: int, *, surveys: bool
) -> list[pl.Expr]:
    """Return all sums that these metrics of one family need, each once.

    Args:
        metrics: of one family.
        ratings: how scores are read.
        grid: the last day of the survival grid.
        surveys: whether the rows are surveys, which tell how valid answers are.
    """
    found: list[pl.Expr] = []
    for metric in metrics:
        found += _measured(metric.id, metric.measure, grid)
        for reason, conditions in metric.held_back.items():
            found.append(_count(conditions).alias(f"{metric.id}.x.{reason}"))
    found += _companions(metrics, ratings)
    found += _validity() if surveys else []
    found.append(pl.len().cast(pl.Int64).alias("rows"))
    return list({e.meta.output_name(): e for e in found}.values())
