"""What runs in the executors: csatkit's own functions on the rows of one partition.

Each function takes an order and the batches that Spark hands over, and yields packets.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import polars as pl
import pyarrow as pa

from csatkit.engines.spark import orders as o
from csatkit.engines.spark.leaf import bound, plan_of
from csatkit.engines.spark.packing import Packet, pack, packed, packets_in, record_batch, unpack
from csatkit.engines.spilling import bucket_of_row, bucket_of_ticket
from csatkit.errors import InputError
from csatkit.facts.adding import added
from csatkit.facts.build import Facts, Rows, as_of, build
from csatkit.facts.dedupe import ORDER
from csatkit.facts.dropped import Dropped
from csatkit.facts.kept import InMemory

__all__ = ["HASHES", "LISTED", "carried_out", "hashed", "probe", "split"]

HASHES = ("_h", "_h2")

_TO = "__to"
"""Column with the bucket that a row goes to, while rows are split."""

_MOST_BYTES = 128 << 20
"""Bytes of raw rows that are cleaned together, whatever their number: comments may be long."""

_STREAMED = 100_000
"""Raw rows that travel to the driver together."""

LISTED = 1_000
"""Rows without effect that a bucket lists by number; all of them are counted."""

_PROBED = ("", "a", "customer-1", "\U0001f600")


def probe() -> tuple[int, ...]:
    """Return what tells whether two machines hash alike."""
    return tuple(pl.Series(_PROBED).hash(0).to_list())


def hashed() -> list[pl.Expr]:
    """Return the two hashes that stand for a ticket's id."""
    return [pl.col("ticket_id").hash(seed).alias(h) for seed, h in enumerate(HASHES)]


def carried_out(
    name: str, order: Any, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Run one of the functions below on one partition."""
    expected, what = order
    if tuple(expected) != probe():
        raise InputError(
            f"an executor's Polars {pl.__version__} hashes otherwise than the driver's",
            "Install the same version of Polars, for the same processor, everywhere.",
        )
    for packet in _TASKS[name](what, batches):
        yield record_batch([packet])


# -- reading ------------------------------------------------------------------------------------


def _chunks(
    batches: Iterable[pa.RecordBatch], empty: pl.DataFrame, n: int
) -> Iterator[pl.DataFrame]:
    """Yield raw rows, many at once, with the columns and types that the driver has seen."""
    held: list[pa.RecordBatch] = []
    n_held = n_bytes = 0
    for batch in batches:
        held.append(batch)
        n_held += batch.num_rows
        n_bytes += batch.nbytes
        if n_held >= n or n_bytes >= _MOST_BYTES:
            yield _frame(held, empty)
            held, n_held, n_bytes = [], 0, 0
    if n_held:
        yield _frame(held, empty)


def _frame(batches: list[pa.RecordBatch], empty: pl.DataFrame) -> pl.DataFrame:
    table = pa.Table.from_batches(batches).rename_columns(empty.columns)
    return pl.DataFrame(pl.from_arrow(table)).cast(empty.schema)


def split(rows: pl.DataFrame, kind: str, seats: Sequence[int], src: int) -> Iterator[Packet]:
    """Yield canonical rows by where they belong.

    Args:
        rows: tickets or surveys.
        kind: which of them; tickets go by their customer, surveys by their ticket.
        seats: bucket → key under which Spark keeps it.
        src: which stretch of the input they are.
    """
    of = bucket_of_row if kind == "tickets" else bucket_of_ticket
    numbered = rows.with_columns(of(len(seats), frozenset(rows.columns)).alias(_TO))
    for bucket, some in _by_target(numbered):
        yield from packed(some, kind, part=seats[bucket], src=src)


def _by_target(rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    for (to,), some in rows.partition_by(_TO, as_dict=True, include_key=False).items():
        yield int(to), some


def _read(order: o.Read, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Clean the rows of one part and split them by where they belong."""
    src = _stretch(order.part)
    plans = [plan_of(body) for body in order.plans]
    start = 0
    for raw in _chunks(batches, unpack(order.empty), order.rows_at_once):
        with bound({order.leaf: raw}):
            rows, counted, *left = pl.collect_all(plans)
        yield from split(_moved(rows, start), order.kind, order.seats, src)
        for away in left:
            if away.height:
                yield from packed(_moved(away, start), f"left|{order.kind}", src=src)
        start += int(counted.item())
    yield Packet(0, src, f"length|{order.kind}", start, b"")


def _pick(order: o.Pick, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Yield some raw rows, numbered over the whole input."""
    src = _stretch(order.part)
    start = next((n for (_, of), n in order.starts.items() if of == src), 0)
    wanted = unpack(order.wanted).get_column("_row").implode()
    plan = plan_of(order.plan)
    for raw in _chunks(batches, unpack(order.empty), _STREAMED):
        with bound({order.leaf: raw}):
            rows = plan.collect()
        found = _moved(rows, start).filter(pl.col("_row").is_in(wanted))
        if found.height:
            yield from packed(found, "rows")
        start += rows.height


def _moved(rows: pl.DataFrame, start: int) -> pl.DataFrame:
    return rows.with_columns((pl.col("_row") + start).cast(pl.UInt32)) if start else rows


PARTITIONS: Final = 1 << 20
"""More partitions than any input has: Spark's scheduler doesn't cope with a million."""


def _stretch(part: int) -> int:
    """Return the number of the stretch that this task reads: a partition of a part."""
    return part * PARTITIONS + partition_number()


def partition_number() -> int:
    """Return which partition of its table this task reads."""
    from pyspark import TaskContext

    context = TaskContext.get()
    assert context is not None
    return context.partitionId()


def _stream(order: o.Stream, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Select rows for the driver."""
    plan = plan_of(order.plan)
    if order.inputs is not None:
        rows = _bound_rows(order.inputs, batches)
        if rows is not None:
            with bound(rows):
                yield from packed(plan.collect(), "rows")
        return
    for raw in _chunks(batches, unpack(order.empty), _STREAMED):
        with bound({order.leaf: raw}):
            yield from packed(plan.collect(), "rows")


# -- settling what belongs together -------------------------------------------------------------


def _rows_of(packet: Packet, starts: o.Starts) -> pl.DataFrame:
    """Return the rows of a packet, numbered over the whole input."""
    return _moved(packet.frame(), starts.get((packet.kind, packet.src), 0))


def _find(order: o.Find, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Yield the tickets of a bucket in short, by slice of their ids."""
    for packet in packets_in(batches):
        if packet.kind != "tickets":
            continue
        rows = _rows_of(packet, order.starts).filter(pl.col("ticket_id").is_not_null())
        known = rows.select(
            "_row",
            *hashed(),
            pl.lit(packet.part, dtype=pl.Int32).alias("bucket"),
            bucket_of_ticket(len(order.seats), frozenset({"ticket_id"})).alias(_TO),
        ).join(_ranks(rows, order.at), on="_row", how="left", maintain_order="left")
        for number, some in _by_target(known):
            yield from packed(some, "keys", part=order.seats[number])


def _ranks(rows: pl.DataFrame, at: datetime | None) -> pl.DataFrame:
    """Return what decides between the rows of a ticket, as one number."""
    shown = as_of(rows, at, Dropped())
    instants = [c for c in ORDER if c in shown.columns]
    return shown.select("_row", _rank=pl.struct("ticket_id", *instants).hash(2))


def _route(_: object, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
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
    homes = known.select(*HASHES, pl.col("bucket").alias(_TO)).unique(HASHES)
    for packet in surveys:
        yield from _sent(packet, homes)


def _sent(packet: Packet, homes: pl.DataFrame) -> Iterator[Packet]:
    """Yield rows by the bucket of their ticket; those of unknown tickets stay."""
    rows = packet.frame()
    if "ticket_id" not in rows.columns:
        yield packet
        return
    placed = rows.with_columns(hashed()).join(homes, on=HASHES, how="left").drop(HASHES)
    for to, some in _by_target(placed.with_columns(pl.col(_TO).fill_null(packet.part))):
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
        yield from packed(tied.select("_row"), "tied")


def _ordered(order: o.Ordered, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Yield the rows of the tickets in question."""
    asked = unpack(order.hashes)
    for packet in packets_in(batches):
        if packet.kind == "tickets":
            rows = _rows_of(packet, order.starts).select("_row", *order.columns)
            found = rows.with_columns(hashed()).join(asked, on=HASHES, how="semi").drop(HASHES)
            if found.height:
                yield from packed(found, "rows")


def _relocate(order: o.Relocate, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Let rows whose ticket lives elsewhere go there."""
    homes = unpack(order.homes)
    for packet in packets_in(batches):
        if packet.kind == order.kind:
            yield from _sent(packet, homes)
        else:
            yield packet


# -- facts --------------------------------------------------------------------------------------


def _build(order: o.Build, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Compute the facts of the rows of this partition."""
    rows: dict[str, list[pl.DataFrame]] = {kind: [] for kind in order.has}
    part = 0
    for packet in packets_in(batches):
        if packet.kind in rows:
            part = packet.part
            rows[packet.kind].append(_rows_of(packet, order.starts))
    if not any(rows.values()):
        return
    texts = unpack(order.texts)
    inputs = {
        kind: Rows(
            pl.concat([*found, unpack(order.empty[kind])]).drop("_bad", strict=False),
            order.has[kind],
            lambda numbers: texts.filter(pl.col("_row").is_in(numbers.implode())),
        )
        for kind, found in rows.items()
    }
    facts = build(
        inputs.get("tickets"), inputs.get("surveys"), order.rules.settings, order.data_end,
        order.recipe, rules=order.rules, part=part,
    )  # fmt: skip
    yield from _facts_packed(facts, part)


def _facts_packed(facts: Facts, part: int) -> Iterator[Packet]:
    frames = {
        "tickets": None if facts.kept is None else facts.kept.collect(),
        "surveys": None if facts.surveys is None else facts.surveys.collect(),
        "unmatched": facts.unmatched,
    }
    for kind, frame in frames.items():
        if frame is not None:
            yield from packed(frame, kind, part=part)
    for kind, dropped in facts.dropped.items():
        for reason, numbers in dropped.rows.items():
            listed = numbers.sort().head(LISTED).to_frame("_row")
            yield Packet(part, 0, f"dropped|{kind}|{reason}", len(numbers), pack(listed))
    rest = replace(facts, kept=None, tickets=None, surveys=None, unmatched=None, dropped={})
    yield Packet(part, 0, "rest", 0, pickle.dumps(rest))


def _changed(order: o.Changed, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Change the kept tickets of a partition, which hold whole customers."""
    found = []
    for packet in packets_in(batches):
        yield packet
        if packet.kind == order.kind:
            found.append(packet)
    if found:
        kept = InMemory(pl.concat([packet.frame() for packet in found]))
        changed = kept.mapped(order.change).collect()
        yield from packed(changed, order.becomes, part=found[0].part)


# -- counting -----------------------------------------------------------------------------------


def _bound_rows(
    inputs: o.Inputs, batches: Iterable[pa.RecordBatch]
) -> dict[str, pl.DataFrame] | None:
    """Return the rows of this partition by leaf, None where there is none."""
    wanted = {kind: name for name, kind in inputs.kinds.items()}
    found: dict[str, list[pl.DataFrame]] = {name: [] for name in inputs.kinds}
    for packet in packets_in(batches):
        if packet.kind in wanted:
            found[wanted[packet.kind]].append(_rows_of(packet, inputs.starts))
    if not any(found.values()):
        return None
    return {
        name: pl.concat(frames) if frames else unpack(inputs.empty[name])
        for name, frames in found.items()
    }


def _answer(order: o.Answer, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Carry out aggregations over the rows of this partition."""
    rows = _bound_rows(order.inputs, batches)
    if rows is None:
        return
    with bound(rows):
        found = pl.collect_all([plan_of(body) for body in order.plans], engine="streaming")
    for number, frame in enumerate(found):
        # Categories are numbers of this process; what leaves it is text.
        plain = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
        yield Packet(number, 0, "result", plain.height, pack(plain))


def _together(order: o.Together, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Add up the results of several partitions."""
    found: dict[int, list[pl.DataFrame]] = {}
    for packet in packets_in(batches):
        found.setdefault(packet.part, []).append(packet.frame())
    for number, parts in found.items():
        whole = added(parts, order.how[number])
        yield Packet(number, 0, "result", whole.height, pack(whole))


def _hello(_: object, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Say that csatkit is here."""
    for batch in batches:
        yield Packet(0, 0, "hello", batch.num_rows, pl.__version__.encode())


_TASKS: Mapping[str, Callable[[Any, Iterable[pa.RecordBatch]], Iterator[Packet]]] = {
    "hello": _hello,
    "read": _read,
    "pick": _pick,
    "stream": _stream,
    "find": _find,
    "route": _route,
    "ordered": _ordered,
    "relocate": _relocate,
    "build": _build,
    "changed": _changed,
    "answer": _answer,
    "together": _together,
}
