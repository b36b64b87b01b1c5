"""The data end, and the data as it stood at an earlier instant (metrics.md §3 "Data end").

Nothing here looks at a clock: the present comes as an argument.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

__all__ = ["MOVES_DATA_END", "replayed"]

MOVES_DATA_END = (
    "created_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "reopened_at",
    "sent_at",
    "responded_at",
    "outreach_at",
)
"""Instants that say how far the export reaches."""


def replayed(
    frame: pl.DataFrame, as_of: datetime, *, born: pl.Expr
) -> tuple[pl.DataFrame, pl.Series | None]:
    """Return the rows that existed at `as_of`, without what hadn't happened yet.

    Args:
        frame: canonical rows with `_row`.
        as_of: the instant, naive UTC.
        born: when a row came into being; a row without it stays.

    Returns:
        The frame, and the `_row` of those that left (None where all stay).
    """
    columns = [c for c in frame.columns if frame.schema[c] == pl.Datetime]
    later = (
        frame.select(pl.any_horizontal(pl.col(columns) > as_of).any()).item() if columns else False
    )
    if not later:
        return frame, None
    unborn = (born > as_of).fill_null(value=False)
    gone = frame.filter(unborn).get_column("_row")
    happened = [pl.when(pl.col(c) <= as_of).then(pl.col(c)).alias(c) for c in columns]
    takes_back = []
    if "responded_at" in columns:
        takes_back = [
            pl.when((pl.col("responded_at") > as_of).fill_null(value=False))
            .then(None)
            .otherwise(pl.col(c))
            .alias(c)
            for c in ("score", "comment")
            if c in frame.columns
        ]
    if "second_score_at" in columns and "second_score" in frame.columns:
        takes_back.append(
            pl.when((pl.col("second_score_at") > as_of).fill_null(value=False))
            .then(None)
            .otherwise(pl.col("second_score"))
            .alias("second_score")
        )
    kept = frame.filter(~unborn).with_columns(*takes_back, *happened)
    return kept, (gone if len(gone) else None)
