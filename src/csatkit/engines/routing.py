"""What belongs together across buckets: rows of one ticket, and surveys with their ticket.

Rows go by their customer, so two rows of one ticket that name different customers lie apart. All of
them move to the bucket of the row that stays, and so do the surveys. This is settled ticket by
ticket, in slices of the tickets' ids, from two hashes and a number per row.

Two different ids that agree in both 64-bit hashes would be taken for one: a chance of n² / 2¹²⁹,
for a billion rows about 1.5e-21.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from csatkit.engines.scratch import Scratch
from csatkit.engines.spilling import BUCKET, bucket_of_ticket, parts_of, spill, write
from csatkit.facts.keys import rows_with_equal

__all__ = ["HASHES", "Keys", "hashed", "homes_of", "moves_of", "resettle", "route_surveys"]

HASHES = ("_h", "_h2")

AT_ONCE = 2_000_000
"""Rows in dispute that are read together: their ids and instants take some 200 MB."""

Survivors = Callable[[pl.DataFrame], pl.DataFrame]
"""Ticket rows → those that stay when the data is replayed and each ticket has one row."""


def hashed() -> list[pl.Expr]:
    """Return the two hashes that stand for a ticket's id."""
    return [pl.col("ticket_id").hash(seed).alias(h) for seed, h in enumerate(HASHES)]


class Keys:
    """The ticket of each row in short, sliced by the hash of its id.

    Args:
        tickets: the parts of all buckets, by bucket.
        scratch: where the slices go.
    """

    def __init__(self, tickets: Sequence[pl.LazyFrame], scratch: Scratch) -> None:
        self.n = len(tickets)
        self._folder = scratch.folder("keys")
        narrow = [
            frame.filter(pl.col("ticket_id").is_not_null()).select(
                "_row", "ticket_id", pl.lit(bucket, dtype=pl.UInt16).alias(BUCKET)
            )
            for bucket, frame in enumerate(tickets)
        ]
        rows = pl.concat(narrow).with_columns(hashed()).rename({BUCKET: "bucket"})
        of_ticket = bucket_of_ticket(self.n, frozenset({"ticket_id"}))
        keys = rows.with_columns(slice=of_ticket).select("_row", *HASHES, "bucket", "slice")
        spill(keys, pl.col("slice"), self.n, scratch, "keys")

    def slice(self, number: int) -> pl.DataFrame:
        """Return `_row`, both hashes and `bucket` of the tickets of a slice."""
        parts = parts_of(self._folder, number)
        schema = {"_row": pl.UInt32, "_h": pl.UInt64, "_h2": pl.UInt64, "bucket": pl.UInt16}
        if not parts:
            return pl.DataFrame(schema=schema)
        return pl.read_parquet(parts, columns=[*schema])


def _disputed(keys: Keys) -> Iterator[pl.DataFrame]:
    """Yield the rows of tickets that lie in more than one bucket, whole tickets at a time."""
    found: list[pl.DataFrame] = []
    for number in range(keys.n):
        here = keys.slice(number)
        mask = rows_with_equal(here, pl.col("_h"))
        if mask is None:
            continue
        few = here.filter(mask)
        apart = few.filter(pl.col("bucket").n_unique().over(HASHES) > 1)
        if apart.height:
            found.append(apart)
        if sum(f.height for f in found) >= AT_ONCE:
            yield pl.concat(found)
            found = []
    if found:
        yield pl.concat(found)


def moves_of(
    keys: Keys, tickets: Sequence[pl.LazyFrame], columns: Sequence[str], survivors: Survivors
) -> pl.DataFrame:
    """Return the rows that have to leave their bucket.

    Args:
        keys: the ticket of each row.
        tickets: the parts of all buckets.
        columns: what `survivors` looks at.
        survivors: tells which row of a ticket stays.

    Returns:
        `_row`, `bucket` (where it lies), `to`.
    """
    empty = {"_row": pl.UInt32, "bucket": pl.UInt16, "to": pl.UInt16}
    found = [pl.DataFrame(schema=empty)]
    for disputed in _disputed(keys):
        rows = pl.concat(
            frame.select("_row", *columns).join(disputed.lazy().select("_row"), on="_row")
            for frame in tickets
        ).collect(engine="streaming")
        homes = homes_of(disputed, survivors(rows))
        found.append(homes.filter(pl.col("to") != pl.col("bucket")).select(*empty))
    return pl.concat(found)


def homes_of(disputed: pl.DataFrame, staying: pl.DataFrame) -> pl.DataFrame:
    """Return rows in dispute with `to`, the bucket of the row of their ticket that stays.

    Args:
        disputed: `_row`, both hashes of the ticket, `bucket`.
        staying: rows that stay; those of other tickets are ignored.
    """
    stays = staying.select("_row").join(disputed, on="_row").select(*HASHES, to="bucket")
    # Where an earlier `--as-of` leaves no row at all, any place will do.
    return disputed.join(stays, on=HASHES, how="left").with_columns(
        pl.coalesce("to", pl.col("bucket").min().over(HASHES))
    )


def resettle(
    tickets: Sequence[pl.LazyFrame], moves: pl.DataFrame, scratch: Scratch
) -> list[pl.LazyFrame]:
    """Return the buckets with the rows where they belong."""
    if not moves.height:
        return list(tickets)
    arrived: dict[int, list[pl.LazyFrame]] = {}
    settled = []
    for bucket, frame in enumerate(tickets):
        leaving = moves.filter(pl.col("bucket") == bucket).select("_row", "to").lazy()
        gone = frame.join(leaving, on="_row").collect(engine="streaming")
        for (to,), rows in gone.partition_by("to", as_dict=True, include_key=False).items():
            path = scratch.folder("moved") / f"{bucket}-{to}.parquet"
            write(rows, path, scratch)
            arrived.setdefault(int(to), []).append(pl.scan_parquet(path))
        settled.append(frame.join(leaving, on="_row", how="anti") if gone.height else frame)
    return [pl.concat([frame, *arrived.get(i, [])]) for i, frame in enumerate(settled)]


def route_surveys(
    keys: Keys,
    moves: pl.DataFrame,
    surveys: Sequence[pl.LazyFrame],
    scratch: Scratch,
) -> list[pl.LazyFrame]:
    """Return the surveys by the bucket of their ticket.

    Args:
        keys: the ticket of each row.
        moves: rows that left their bucket.
        surveys: rows by the slice of their ticket's id.
        scratch: where they are written anew.
    """
    folder = scratch.folder("routed")
    to = moves.select("_row", "to")
    for number, frame in enumerate(surveys):
        rows = frame.collect(engine="streaming")
        homes = (
            keys.slice(number)
            .join(to, on="_row", how="left")
            .select(*HASHES, **{BUCKET: pl.coalesce("to", "bucket")})
            .unique(HASHES)
        )
        placed = (
            rows.with_columns(hashed())
            .join(homes, on=HASHES, how="left")
            .with_columns(pl.col(BUCKET).fill_null(number))
            .drop(HASHES)
        )
        for (bucket,), part in placed.partition_by(BUCKET, as_dict=True, include_key=False).items():
            write(part, folder / f"{BUCKET}={bucket}" / f"{number}.parquet", scratch)
    empty = surveys[0].head(0)
    return [_scan(folder, bucket, empty) for bucket in range(keys.n)]


def _scan(folder: Path, bucket: int, empty: pl.LazyFrame) -> pl.LazyFrame:
    parts = parts_of(folder, bucket)
    return pl.scan_parquet(parts, glob=False) if parts else empty
