"""One aggregation per family and segmentation, all of them executed together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from csatkit.facts.adding import Adding, Collect, at_once
from csatkit.facts.build import Facts
from csatkit.metrics.metric import Family, Metric
from csatkit.totals.aggregates import aggregates
from csatkit.totals.selection import Key, Ratings, Selection, keys_of, selected

__all__ = ["query", "totals"]


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
    """Return the one aggregation that yields a family's totals for a selection.

    Args:
        facts: the run's facts.
        family: which rows.
        metrics: of this family.
        selection: which rows, cut how.
        ratings: how scores are read.
        week_start: 0 for Monday … 6 for Sunday.
        zone: where days begin.

    Returns:
        The plan, or None where the input has no such rows.
    """
    frame = selected(facts, family, selection, ratings, week_start=week_start, zone=zone)
    if frame is None:
        return None
    grid = facts.rules.window_grid
    sums = aggregates(metrics, ratings, grid, surveys=family == "surveys")
    keys = keys_of(selection)
    return frame.group_by(keys).agg(sums) if keys else frame.select(sums)


def _cells(frame: pl.DataFrame, n_dims: int) -> dict[Key, dict[str, int]]:
    """Return the totals of an executed query by segment key."""
    keys = [f"_d{i}" for i in range(n_dims)]
    names = [c for c in frame.columns if c not in keys]
    text = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    return {
        tuple(row[k] for k in keys): {n: row[n] for n in names}
        for row in text.iter_rows(named=True)
    }


def totals(
    queries: Iterable[tuple[pl.LazyFrame, int]], collect: Collect = at_once
) -> list[dict[Key, dict[str, int]]]:
    """Execute queries together and return the totals of each.

    Args:
        queries: what `query` returned, each with its number of dimensions.
        collect: carries them out where the rows lie.
    """
    pairs = list(queries)
    how = [Adding(by=tuple(f"_d{i}" for i in range(n))) for _, n in pairs]
    frames = collect([q for q, _ in pairs], how)
    return [_cells(f, n) for f, (_, n) in zip(frames, pairs, strict=True)]
