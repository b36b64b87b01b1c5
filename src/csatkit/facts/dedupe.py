"""One row per ticket: of rows with one `ticket_id` the latest stays (metrics.md §2).

The order is (`updated_at`, `closed_at`, `resolved_at`, `created_at`), a missing instant lowest,
and then the greatest row as text; file order never decides. Rows without an id are tickets of their
own.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from csatkit.facts.keys import rows_with_equal

__all__ = ["ORDER", "RowText", "superseded"]

ORDER = ("updated_at", "closed_at", "resolved_at", "created_at")

RowText = Callable[[pl.Series], pl.DataFrame]
"""Gives the rows of these `_row` numbers as text: columns `_row` and `text`."""


def superseded(frame: pl.DataFrame, row_text: RowText) -> pl.Series | None:
    """Return the `_row` of the rows that a later row of the same ticket replaces.

    Args:
        frame: canonical tickets with `_row`, `ticket_id` and those of `ORDER` that are mapped.
        row_text: reads whole rows again; called only where the instants leave a tie.

    Returns:
        Row numbers, or None where every ticket has one row.
    """
    if "ticket_id" not in frame.columns:
        return None
    mask = rows_with_equal(frame, pl.col("ticket_id").hash())
    if mask is None:
        return None
    order = [c for c in ORDER if c in frame.columns]
    rivals = frame.filter(mask).select("_row", "ticket_id", *order)
    keys = ["ticket_id", *order]
    tied = rivals.filter(rivals.select(keys).is_duplicated())
    if tied.height:
        rivals = rivals.join(row_text(tied.get_column("_row")), on="_row", how="left")
        keys.append("text")
    # `_row` settles only rows that are equal in every cell.
    ranked = rivals.sort([*keys, "_row"], descending=[False] + [True] * len(keys), nulls_last=True)
    losers = ranked.filter(
        (pl.col("ticket_id") == pl.col("ticket_id").shift(1)).fill_null(value=False)
    )
    return losers.get_column("_row") if losers.height else None
