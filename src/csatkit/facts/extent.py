"""What all rows of one input say together: how many, since when, until when, what is filled in.

Small enough to travel: a run that never holds all rows at once settles with it what is global. It
adds nothing to the rows themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from csatkit.facts.adding import Adding, Collect, at_once
from csatkit.facts.outcome import RESOLUTION
from csatkit.facts.replay import MOVES_DATA_END

__all__ = ["Extent", "extent_of"]

_TOLERANCE = timedelta(days=1)
"""How far ahead of the machine's clock an instant may lie: the export's zone may be ahead of it."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an input reaches."""

    n_rows: int
    earliest: datetime | None
    """The earliest instant of any column."""
    latest: datetime | None
    """The latest instant that moves the data end and isn't in the future."""
    future: Mapping[str, int]
    """Column → instants more than a day ahead of the clock."""
    filled: frozenset[str]
    """Columns that can decide "resolved" and hold a value in any row."""


def extent_of(
    frame: pl.DataFrame | pl.LazyFrame, now: datetime, collect: Collect = at_once
) -> Extent:
    """Return how far rows reach, in one pass (two where instants lie in the future).

    Args:
        frame: canonical rows.
        now: the clock, naive UTC.
        collect: carries it out where the rows lie.
    """
    rows = frame.lazy()
    schema = rows.collect_schema()
    instants = [c for c, dtype in schema.items() if dtype == pl.Datetime]
    moving = [c for c in MOVES_DATA_END if c in instants]
    deciding = [c for c in RESOLUTION if c in schema]
    limit = now + _TOLERANCE
    found = _row(
        rows,
        [
            pl.len().alias("n"),
            *(pl.col(c).min().alias(f"min|{c}") for c in instants),
            *(pl.col(c).max().alias(f"max|{c}") for c in moving),
            *((pl.col(c) > limit).sum().alias(f"future|{c}") for c in moving),
            *(pl.col(c).count().alias(f"count|{c}") for c in deciding),
        ],
        collect,
    )
    future = {c: found[f"future|{c}"] for c in moving if found[f"future|{c}"]}
    tops = [found[f"max|{c}"] for c in moving if c not in future]
    if future:
        # Rare, so the second pass costs nothing on sound data.
        past = [pl.col(c).filter(pl.col(c) <= limit).max().alias(f"max|{c}") for c in future]
        tops += _row(rows, past, collect).values()
    return Extent(
        n_rows=found["n"],
        earliest=_least([found[f"min|{c}"] for c in instants]),
        latest=max((t for t in tops if t is not None), default=None),
        future=future,
        filled=frozenset(c for c in deciding if found[f"count|{c}"]),
    )


def _row(rows: pl.LazyFrame, expressions: Sequence[pl.Expr], collect: Collect) -> dict[str, Any]:
    names = [expression.meta.output_name() for expression in expressions]
    how = Adding(
        least=tuple(n for n in names if n.startswith("min|")),
        greatest=tuple(n for n in names if n.startswith("max|")),
    )
    (found,) = collect([rows.select(expressions)], [how])
    return found.row(0, named=True)


def _least(instants: Sequence[datetime | None]) -> datetime | None:
    return min((i for i in instants if i is not None), default=None)
