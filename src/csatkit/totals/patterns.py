"""Rows that are alike in every driver, counted: the additive totals behind a regression.

One aggregation; what comes out are a few thousand counts at most, however many rows went in, and
counts of parts add up to counts of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from csatkit.facts.adding import Adding, Collect, at_once

__all__ = ["Pattern", "patterns"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Rows alike in every driver and stratum; k of the n succeed."""

    strata: tuple[str | None, ...]
    levels: tuple[int | None, ...]
    """One per driver, None where it isn't known."""
    n: int
    k: int
    more: Mapping[str, int]
    """Further sums by name."""


def patterns(  # noqa: PLR0917 - as PLR0913: the number follows from the definitions
    rows: pl.LazyFrame,
    strata: Sequence[str],
    levels: Sequence[pl.Expr],
    success: pl.Expr,
    more: Mapping[str, pl.Expr],
    collect: Collect = at_once,
) -> list[Pattern]:
    """Count rows by strata and levels, in an order that doesn't depend on theirs.

    Args:
        rows: one per ticket.
        strata: columns that always enter.
        levels: one expression per driver.
        success: which rows succeed.
        more: further conditions to count, by name.
        collect: carries it out where the rows lie.
    """
    keys = [f"_s{i}" for i in range(len(strata))]
    drivers = [f"_l{i}" for i in range(len(levels))]
    narrow = rows.select(
        *(pl.col(c).cast(pl.String).alias(key) for c, key in zip(strata, keys, strict=True)),
        *(e.alias(name) for e, name in zip(levels, drivers, strict=True)),
        _k=success,
        **{f"_m.{name}": condition for name, condition in more.items()},
    )
    sums = [
        pl.len().cast(pl.Int64).alias("_n"),
        *(pl.col(c).sum().cast(pl.Int64) for c in ("_k", *(f"_m.{name}" for name in more))),
    ]
    by = [*keys, *drivers]
    plan = narrow.group_by(by).agg(sums) if by else narrow.select(sums)
    (counted,) = collect([plan], [Adding(tuple(by))])
    ordered = counted.sort(by) if by else counted
    found = ordered.select(*by, "_n", "_k", *(f"_m.{name}" for name in more))
    first, last = len(keys), len(by)
    # Rows without their names: of a million tickets there are tens of thousands of patterns.
    return [
        Pattern(
            row[:first],
            row[first:last],
            row[last],
            row[last + 1],
            dict(zip(more, row[last + 2 :], strict=True)),
        )
        for row in found.iter_rows()
        if row[last]
    ]
