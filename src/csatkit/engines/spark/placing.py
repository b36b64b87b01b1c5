"""Where rows belong: split by bucket, numbered over the whole input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from csatkit.engines.spark.orders import Starts
from csatkit.engines.spark.packing import Packet, packed
from csatkit.engines.spilling import bucket_of_row, bucket_of_ticket

__all__ = ["TO", "by_target", "moved", "rows_of", "split"]

TO: Final = "__to"
"""Column with the bucket that a row goes to, while rows are split."""


def split(rows: pl.DataFrame, kind: str, seats: Sequence[int], src: int) -> Iterator[Packet]:
    """Yield canonical rows by where they belong.

    Args:
        rows: tickets or surveys.
        kind: which of them; tickets go by their customer, surveys by their ticket.
        seats: bucket → key under which Spark keeps it.
        src: which stretch of the input they are.
    """
    of = bucket_of_row if kind == "tickets" else bucket_of_ticket
    numbered = rows.with_columns(of(len(seats), frozenset(rows.columns)).alias(TO))
    for bucket, some in by_target(numbered):
        yield from packed(some, kind, part=seats[bucket], src=src)


def by_target(rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield rows by the number in `TO`, without it."""
    for (to,), some in rows.partition_by(TO, as_dict=True, include_key=False).items():
        yield int(to), some


def moved(rows: pl.DataFrame, start: int) -> pl.DataFrame:
    """Return rows with `_row` counted from another start."""
    return rows.with_columns((pl.col("_row") + start).cast(pl.UInt32)) if start else rows


def rows_of(packet: Packet, starts: Starts) -> pl.DataFrame:
    """Return the rows of a packet, numbered over the whole input."""
    return moved(packet.frame(), starts.get((packet.kind, packet.src), 0))
