"""Ids for rows that have none: each such row is a ticket of its own (metrics.md §2).

They only serve to join a row to what belongs to it and never leave the program.
"""

from __future__ import annotations

import polars as pl

__all__ = ["OWN_ID", "own_survey_ids", "own_ticket_ids"]

OWN_ID = "\U0010ffff"
"""Begins the id of a row that has none. The last character there is, so that a missing id comes
last among equal instants, as everything missing does."""


def own_ticket_ids(frame: pl.DataFrame, part: int = 0) -> pl.DataFrame:
    """Return ticket rows with an id in each.

    Rows without one are numbered in the order of their values, so that the place of a row in the
    file decides nothing.

    Args:
        frame: ticket rows with `_row`.
        part: number of the part that they are of the whole; the ids of parts differ.
    """
    if "ticket_id" not in frame.columns:
        return frame.with_columns(ticket_id=pl.format(OWN_ID + "{}", pl.col("_row")))
    if not frame.get_column("ticket_id").null_count():
        return frame
    values = [c for c in frame.columns if c not in ("_row", "ticket_id")]
    nameless = frame.filter(pl.col("ticket_id").is_null()).sort([*values, "_row"], nulls_last=True)
    # Padded, so that the order of the texts is that of the numbers.
    number = pl.int_range(pl.len()).cast(pl.String).str.zfill(12)
    own = nameless.select("_row", own=pl.format(f"{OWN_ID}{part or ''}-{{}}", number))
    return (
        frame.join(own, on="_row", how="left", maintain_order="left")
        .with_columns(pl.coalesce("ticket_id", "own").alias("ticket_id"))
        .drop("own")
    )


def own_survey_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows of a survey file with an id in each; own ids differ from those of tickets."""
    own = pl.format(OWN_ID + "survey{}", pl.col("_row"))
    if "ticket_id" not in frame.columns:
        return frame.with_columns(ticket_id=own)
    if not frame.get_column("ticket_id").null_count():
        return frame
    return frame.with_columns(ticket_id=pl.coalesce("ticket_id", own))
