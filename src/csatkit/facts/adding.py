"""What adds up: the results of parts, put together to the result of the whole.

An aggregation whose every column is a sum, a least or a greatest value can be carried out part by
part, wherever the parts lie. Who runs it says so with `Adding`; what carries it out is a `Collect`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

__all__ = ["Adding", "Collect", "added", "at_once"]


@dataclass(frozen=True, slots=True)
class Adding:
    """How the rows that several parts return become one result; all other columns are summed."""

    by: tuple[str, ...] = ()
    """Columns that say which rows belong together."""
    least: tuple[str, ...] = ()
    greatest: tuple[str, ...] = ()


Collect = Callable[[Sequence[pl.LazyFrame], Sequence[Adding]], "list[pl.DataFrame]"]
"""Aggregations and how their parts add up → the results over all rows."""


def at_once(plans: Sequence[pl.LazyFrame], how: Sequence[Adding]) -> list[pl.DataFrame]:  # noqa: ARG001 - there is one part, so nothing has to be put together
    """Carry out aggregations over rows that lie in one place."""
    return pl.collect_all(plans, engine="streaming")


def added(parts: Sequence[pl.DataFrame], how: Adding) -> pl.DataFrame:
    """Return the result of the whole.

    Args:
        parts: results of the parts, at least one.
        how: what their columns are.
    """
    whole = pl.concat(parts, how="vertical_relaxed")
    together = [_together(name, dtype, how) for name, dtype in whole.schema.items()]
    sums = [expression for expression in together if expression is not None]
    return whole.group_by(how.by).agg(sums) if how.by else whole.select(sums)


def _together(name: str, dtype: pl.DataType, how: Adding) -> pl.Expr | None:
    column = pl.col(name)
    if name in how.by:
        return None
    if name in how.least:
        return column.min()
    if name in how.greatest:
        return column.max()
    # Parts count in 32 bits, the whole may need more.
    return (column.cast(pl.Int64) if dtype.is_integer() else column).sum()
