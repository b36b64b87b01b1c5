"""Metrics × segments → small integer totals that add up.

A total is a count, a sum or a sum of squares: totals of disjoint customers add up to the totals of
all, so segments, periods, partitions and engines agree by construction. Medians are the exception
and come in `quantiles`, from rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from csatkit.facts.build import Facts
from csatkit.facts.clocks import BUCKETS, bucket, clock_of
from csatkit.metrics.metric import (
    Conditions,
    Count,
    Family,
    Mean,
    Metric,
    Quantiles,
    Share,
    Survival,
)
from csatkit.settings import FAILURE_REASONS
from csatkit.stats.quantiles import quantile_ranks

__all__ = ["Key", "Ratings", "Selection", "quantiles", "query", "tag_list", "totals"]

Key = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Ratings:
    """How scores are read: codes of the scale that are satisfied, low, detractors."""

    codes: tuple[int, ...]
    satisfied: tuple[int, ...]
    low: tuple[int, ...]
    detractor: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows, cut how: applied after the facts."""

    dims: tuple[str, ...] = ()
    start: datetime | None = None
    """First instant, UTC; None for all time."""
    end: datetime | None = None
    """First instant after the period."""
    where: Mapping[Family, pl.Expr] | None = None
    """Family → condition."""
    undated: bool = False
    """The rows that no clock dates instead: what a period leaves behind."""


def _holds(conditions: Conditions) -> pl.Expr:
    parts = [~pl.col(c[1:]) if c.startswith("!") else pl.col(c) for c in conditions]
    return pl.all_horizontal(parts) if parts else pl.lit(value=True)


def _share(name: str, share: Share) -> list[pl.Expr]:
    return [
        _count(share.among).alias(f"{name}.n"),
        _count((*share.among, *share.of)).alias(f"{name}.k"),
    ]


def _count(conditions: Conditions) -> pl.Expr:
    return _holds(conditions).sum().cast(pl.Int64) if conditions else pl.len().cast(pl.Int64)


def _mean(name: str, mean: Mean) -> list[pl.Expr]:
    value = pl.col(mean.value).cast(pl.Int64)
    if mean.among:
        value = value.filter(_holds(mean.among))
    return [
        value.count().cast(pl.Int64).alias(f"{name}.n"),
        value.sum().alias(f"{name}.s"),
        (value * value).sum().alias(f"{name}.ss"),
    ]


def _survival(grid: int) -> list[pl.Expr]:
    subject, day = pl.col("is_km_subject"), pl.col("km_day")
    event, censored = subject & pl.col("has_repeat"), subject & ~pl.col("has_repeat")
    out = []
    for d in range(grid + 1):
        out.append((event & (day == d)).sum().cast(pl.Int64).alias(f"km.event.{d}"))
        out.append((censored & (day == d)).sum().cast(pl.Int64).alias(f"km.censored.{d}"))
    return out


def _aggregates(metric: Metric, grid: int) -> list[pl.Expr]:
    measure = metric.measure
    found: list[pl.Expr] = []
    if isinstance(measure, Share):
        found = _share(metric.id, measure)
    elif isinstance(measure, Mean):
        found = _mean(metric.id, measure)
    elif isinstance(measure, Count):
        found = [_count(measure.among).alias(f"{metric.id}.n")]
    elif isinstance(measure, Survival):
        found = _survival(grid)
        if measure.share is not None:
            found += _share(metric.id, measure.share)
    for reason, conditions in metric.held_back.items():
        found.append(_count(conditions).alias(f"{metric.id}.x.{reason}"))
    return found


def _companions(metrics: Sequence[Metric], ratings: Ratings | None) -> list[pl.Expr]:
    """Return what some metrics bring along: distribution, failures, quick repeats."""
    ids = {m.id for m in metrics}
    found: list[pl.Expr] = []
    if "csat" in ids and ratings is not None:
        rated = pl.col("is_rating")
        found += [
            (rated & (pl.col("score") == code)).sum().cast(pl.Int64).alias(f"score.{code}")
            for code in ratings.codes
        ]
    if "fcr" in ids:
        mature = pl.col("is_mature")
        found += [
            (mature & (pl.col("failure") == number)).sum().cast(pl.Int64).alias(f"fails.{reason}")
            for number, reason in enumerate(FAILURE_REASONS, start=1)
        ]
        found.append(
            (mature & pl.col("is_quick_repeat")).sum().cast(pl.Int64).alias("quick_repeats")
        )
    if "reopen_rate" in ids:
        young = pl.col("is_ever_resolved") & ~pl.col("is_mature")
        found.append(young.sum().cast(pl.Int64).alias("reopen_rate.young"))
    return found


def _validity() -> list[pl.Expr]:
    """Return what says whether the answers can speak for everybody (metrics.md §3)."""
    judged = pl.col("is_survey") & pl.col("is_judged_survey")
    first = pl.col("is_first_of_ticket")
    return [
        judged.sum().cast(pl.Int64).alias("validity.n"),
        (judged & pl.col("is_answered")).sum().cast(pl.Int64).alias("validity.k"),
        first.sum().cast(pl.Int64).alias("surveyed.n"),
        (first & pl.col("is_rated_ticket")).sum().cast(pl.Int64).alias("surveyed.k"),
    ]


def _rating_facts(frame: pl.LazyFrame, columns: frozenset[str], ratings: Ratings | None) -> pl.LazyFrame:
    if ratings is None or "score" not in columns:
        return frame
    score = pl.col("score")

    def among(codes: Sequence[int]) -> pl.Expr:
        return score.is_in(list(codes)).fill_null(value=False)

    return frame.with_columns(
        is_satisfied=among(ratings.satisfied),
        is_low=among(ratings.low),
        is_detractor=among(ratings.detractor),
    )


def _survey_facts(frame: pl.LazyFrame, columns: frozenset[str], facts: Facts) -> pl.LazyFrame:
    settings = facts.rules.settings
    end = pl.lit(facts.rules.data_end, dtype=pl.Datetime("us"))
    sent = clock_of("surveys", "family", columns)
    old = (sent + pl.duration(seconds=round(settings.mature_days * 86400)) <= end).fill_null(
        value=False
    )
    counted = old if settings.mature_surveys else pl.lit(value=True)
    new = [old.alias("is_judged_survey"), counted.alias("is_counted_survey")]
    if {"sent_at", "resolution_at"} <= columns:
        delay = pl.col("sent_at") - pl.col("resolution_at")
        after = (delay >= pl.duration()).fill_null(value=False)
        new += [
            after.alias("is_sent_after_resolution"),
            (delay <= pl.duration(hours=2)).fill_null(value=False).alias("is_sent_within_2h"),
        ]
    return frame.with_columns(new)


def _family_frame(facts: Facts, family: Family, ratings: Ratings | None) -> pl.LazyFrame | None:
    if family in ("tickets", "invitations"):
        return facts.tickets
    if facts.surveys is None:
        return None
    columns = frozenset(facts.surveys.collect_schema().names())
    frame = _rating_facts(facts.surveys, columns, ratings)
    return _survey_facts(frame, columns, facts)


def _selected(
    facts: Facts, family: Family, selection: Selection, ratings: Ratings | None, week_start: int, zone: str
) -> pl.LazyFrame | None:
    """Return the rows of a family inside the selection, with its dimensions as `_d0`, `_d1` …"""
    frame = _family_frame(facts, family, ratings)
    if frame is None:
        return None
    columns = frozenset(frame.collect_schema().names())
    clock = clock_of(family, facts.rules.settings.clock, columns)
    if selection.where is not None and family in selection.where:
        frame = frame.filter(selection.where[family])
    if selection.undated:
        return frame.filter(clock.is_null())
    if facts.rules.settings.clock != "family":
        frame = frame.filter(clock.is_not_null())
    if selection.start is not None:
        frame = frame.filter(clock >= selection.start)
    if selection.end is not None:
        frame = frame.filter(clock < selection.end)
    dims = []
    for i, dim in enumerate(selection.dims):
        if dim in BUCKETS:
            dims.append(bucket(dim, clock, zone, week_start).alias(f"_d{i}"))
        elif dim == "tags":
            dims.append(tag_list(pl.col("tags")).alias(f"_d{i}"))
        else:
            dims.append(pl.col(dim).alias(f"_d{i}"))
    frame = frame.with_columns(dims) if dims else frame
    if "tags" in selection.dims:
        frame = frame.explode(f"_d{selection.dims.index('tags')}")
    return frame


def tag_list(tags: pl.Expr) -> pl.Expr:
    """Split a cell of tags at commas, semicolons or bars, else at blanks."""
    text = tags.cast(pl.String).str.replace_all(r"[\[\]\"]", "")
    split = (
        pl.when(text.str.contains(r"[,;|]"))
        .then(text.str.replace_all(r"\s*[,;|]\s*", "\x1f"))
        .otherwise(text.str.replace_all(r"\s+", "\x1f"))
    )
    parts = split.str.strip_chars(" \x1f").str.split("\x1f")
    return parts.list.eval(pl.element().filter(pl.element() != "")).list.unique()


def query(
    facts: Facts,
    family: Family,
    metrics: Sequence[Metric],
    selection: Selection,
    ratings: Ratings | None,
    *,
    week_start: int = 0,
    zone: str = "UTC",
) -> pl.LazyFrame | None:
    """Return the one aggregation that yields a family's totals for a selection."""
    frame = _selected(facts, family, selection, ratings, week_start, zone)
    if frame is None:
        return None
    found: list[pl.Expr] = []
    for metric in metrics:
        found += _aggregates(metric, facts.rules.window_grid)
    found += _companions(metrics, ratings)
    if family == "surveys":
        found += _validity()
    found.append(pl.len().cast(pl.Int64).alias("rows"))
    unique = list({e.meta.output_name(): e for e in found}.values())
    keys = [f"_d{i}" for i in range(len(selection.dims))]
    return frame.group_by(keys).agg(unique) if keys else frame.select(unique)


def cells(frame: pl.DataFrame, n_dims: int) -> dict[Key, dict[str, int]]:
    """Return the totals of an executed query by segment key."""
    keys = [f"_d{i}" for i in range(n_dims)]
    names = [c for c in frame.columns if c not in keys]
    text = frame.with_columns(
        pl.col(k).cast(pl.String) for k in keys if frame.schema[k] in (pl.Categorical, pl.Enum)
    )
    out: dict[Key, dict[str, int]] = {}
    for row in text.iter_rows(named=True):
        out[tuple(row[k] for k in keys)] = {n: row[n] for n in names}
    return out


def totals(queries: Iterable[tuple[pl.LazyFrame, int]]) -> list[dict[Key, dict[str, int]]]:
    """Execute queries together and return the totals of each."""
    pairs = list(queries)
    frames = pl.collect_all([q for q, _ in pairs], engine="streaming")
    return [cells(f, n) for f, (_, n) in zip(frames, pairs, strict=True)]


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
    frame = _selected(facts, "tickets", selection, None, week_start, zone)
    if frame is None:
        return {}
    keys = [f"_d{i}" for i in range(len(selection.dims))]
    found: dict[Key, dict[str, float | None]] = {}
    for metric in metrics:
        measure = metric.measure
        assert isinstance(measure, Quantiles)
        value = pl.col(measure.value).filter(_holds(measure.among)).sort().alias("value")
        lists = (
            frame.group_by(keys).agg(value) if keys else frame.select(value.implode())
        ).collect()
        text = lists.with_columns(pl.col(pl.Categorical).cast(pl.String))
        for row in text.select(keys).iter_rows() if keys else [()]:
            found.setdefault(row, {})
        for i, row in enumerate(text.select(keys).iter_rows() if keys else [()]):
            found[row] |= _order_statistics(metric.id, lists["value"][i], level)
    return found


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
