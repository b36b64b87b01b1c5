"""Coverage: the share of tickets that have a value in a column.

A check of the export itself: a help desk that stops filling in a field makes every breakdown by it
wrong without making any number look wrong.
"""

from __future__ import annotations

import polars as pl

from csatkit.analyses.aims import COVERAGE
from csatkit.analyses.wording import rule
from csatkit.analyses.workspace import Workspace
from csatkit.estimate import estimate, unavailable
from csatkit.metrics.metric import Metric
from csatkit.periods import BUCKETS, Span
from csatkit.report import Measure
from csatkit.totals.selection import Key, keys_of

__all__ = ["coverage_measures"]

_NOTHING = {f"{COVERAGE}.n": 0, f"{COVERAGE}.k": 0}


def coverage_measures(
    ws: Workspace, metric: Metric, column: str, dims: tuple[str, ...], span: Span | None
) -> list[Measure]:
    """Return the coverage of a column, overall or per segment."""
    (own,) = ws.spans_for([metric], span).values()
    period = None if own is None else own.period
    text = rule(metric, ws)
    lacks = ws.lacks(metric) or ws.lacks_dimension("tickets", (column, *dims))
    selection = ws.selection(dims, own)
    frame = None
    if lacks is None:
        frame = ws.selected("tickets", selection)
    if frame is None:
        return [unavailable(metric, ws.context(text, {}, period, None), lacks or "no tickets")]
    keys = keys_of(selection)
    counts = [pl.len().alias("n"), pl.col(column).is_not_null().sum().alias("k")]
    grouped = frame.group_by(keys).agg(counts) if keys else frame.select(counts)
    plain = grouped.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    rows = ws.summed(plain, *keys)
    found = []
    for row in rows.iter_rows(named=True):
        key = tuple(row[name] for name in keys)
        totals = {f"{COVERAGE}.n": row["n"], f"{COVERAGE}.k": row["k"]}
        measure = estimate(metric, totals, ws.context(text, ws.label(dims, key), period, None))
        found.append((_order(dims, key, row["n"]), measure))
    if not found:
        return [estimate(metric, _NOTHING, ws.context(text, {}, period, None))]
    return [m for _, m in sorted(found, key=lambda pair: pair[0])]


def _order(dims: tuple[str, ...], key: Key, n: int) -> tuple[object, ...]:
    """Time buckets in time order, else denominator descending, then name; no value comes last."""
    pairs = list(zip(dims, key, strict=True))
    when = tuple((v is None, v or 0) for d, v in pairs if d in BUCKETS)
    return (when, -n, tuple((v is None, str(v)) for d, v in pairs if d not in BUCKETS))
