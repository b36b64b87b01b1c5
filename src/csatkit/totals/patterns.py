"""Rows that are alike in every driver, counted: the additive totals behind a regression.

One aggregation; what comes out are a few thousand counts at most, however many rows went in, and
counts of parts add up to counts of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

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


def patterns(
    rows: pl.LazyFrame,
    strata: Sequence[str],
    levels: Sequence[pl.Expr],
    success: pl.Expr,
    more: Mapping[str, pl.Expr],
) -> list[Pattern]:
    """Count rows by strata and levels, in an order that doesn't depend on theirs.

    Args:
        rows: one per ticket.
        strata: columns that always enter.
        levels: one expression per driver.
        success: which rows succeed.
        more: further conditions to count, by name.
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
    plan = narrow.group_by(by).agg(sums).sort(by) if by else narrow.select(sums)
    found = plan.collect(engine="streaming")
    return [
        Pattern(
            strata=tuple(row[key] for key in keys),
            levels=tuple(row[name] for name in drivers),
            n=row["_n"],
            k=row["_k"],
            more={name: row[f"_m.{name}"] for name in more},
        )
        for row in found.iter_rows(named=True)
        if row["_n"]
    ]
