"""What belongs together: surveys follow their ticket, and rows of one ticket lie in one bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import polars as pl
import pyarrow as pa

from csatkit.engines.routing import HASHES, hashed
from csatkit.engines.spark import orders as o
from csatkit.engines.spark.packing import Packet, packed, packets_in, unpack
from csatkit.engines.spark.placing import TO, by_target, rows_of
from csatkit.engines.spilling import bucket_of_ticket
from csatkit.facts.build import as_of
from csatkit.facts.dedupe import ORDER
from csatkit.facts.dropped import Dropped

__all__ = ["find", "ordered", "relocate", "route"]


def find(order: o.Find, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Yield the tickets of a bucket in short, by slice of their ids."""
    for packet in packets_in(batches):
        if packet.kind != "tickets":
            continue
        rows = rows_of(packet, order.starts).filter(pl.col("ticket_id").is_not_null())
        known = rows.select(
            "_row",
            *hashed(),
            pl.lit(packet.part, dtype=pl.Int32).alias("bucket"),
            bucket_of_ticket(len(order.seats), frozenset({"ticket_id"})).alias(TO),
        ).join(_ranks(rows, order.at), on="_row", how="left", maintain_order="left")
        for number, some in by_target(known):
            yield from packed(some, "keys", part=order.seats[number])


def _ranks(rows: pl.DataFrame, at: datetime | None) -> pl.DataFrame:
    """Return what decides between the rows of a ticket, as one number."""
    shown = as_of(rows, at, Dropped())
    instants = [c for c in ORDER if c in shown.columns]
    return shown.select("_row", _rank=pl.struct("ticket_id", *instants).hash(2))


def route(_: object, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Send surveys after their ticket; tell which tickets lie in several buckets, or are tied."""
    keys, surveys = [], []
    for packet in packets_in(batches):
        if packet.kind == "keys":
            keys.append(packet.frame())
        elif packet.kind == "surveys":
            surveys.append(packet)
    if not keys:
        yield from surveys
        return
    known = pl.concat(keys)
    yield from _settled(known)
    homes = known.select(*HASHES, pl.col("bucket").alias(TO)).unique(HASHES)
    for packet in surveys:
        yield from _sent(packet, homes)


def _sent(packet: Packet, homes: pl.DataFrame) -> Iterator[Packet]:
    """Yield rows by the bucket of their ticket; those of unknown tickets stay."""
    rows = packet.frame()
    if "ticket_id" not in rows.columns:
        yield packet
        return
    placed = rows.with_columns(hashed()).join(homes, on=HASHES, how="left").drop(HASHES)
    for to, some in by_target(placed.with_columns(pl.col(TO).fill_null(packet.part))):
        yield from packed(some, packet.kind, part=to, src=packet.src)


def _settled(known: pl.DataFrame) -> Iterator[Packet]:
    several = known.filter(known.select(HASHES).is_duplicated())
    if not several.height:
        return
    apart = several.filter(pl.col("bucket").n_unique().over(HASHES) > 1)
    if apart.height:
        yield from packed(apart.select("_row", *HASHES, "bucket"), "apart")
    tied = several.filter(several.select(*HASHES, "_rank").is_duplicated())
    if tied.height:
        yield from packed(tied.select("_row", *HASHES, "_rank"), "tied")


def ordered(order: o.Ordered, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Yield the rows of the tickets in question."""
    asked = unpack(order.hashes)
    for packet in packets_in(batches):
        if packet.kind == "tickets":
            rows = rows_of(packet, order.starts).select("_row", *order.columns)
            found = rows.with_columns(hashed()).join(asked, on=HASHES, how="semi").drop(HASHES)
            if found.height:
                yield from packed(found, "rows")


def relocate(order: o.Relocate, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Let rows whose ticket lives elsewhere go there."""
    homes = unpack(order.homes)
    for packet in packets_in(batches):
        if packet.kind == order.kind:
            yield from _sent(packet, homes)
        else:
            yield packet
