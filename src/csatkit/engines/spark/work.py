"""What runs in the executors: csatkit's own functions on the rows of one partition.

Each function takes an order and the batches that Spark hands over, and yields packets.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import polars as pl
import pyarrow as pa

from csatkit.engines.spark import orders as o
from csatkit.engines.spark import settling
from csatkit.engines.spark.leaf import bound, plan_of
from csatkit.engines.spark.packing import Packet, pack, packed, packets_in, record_batch, unpack
from csatkit.engines.spark.placing import moved, rows_of, split
from csatkit.errors import InputError
from csatkit.facts.adding import added
from csatkit.facts.build import Facts, Rows, build
from csatkit.facts.kept import InMemory

__all__ = ["CHANGED", "LISTED", "PARTITIONS", "carried_out", "probe"]

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


def _read(order: o.Read, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Clean the rows of one part and split them by where they belong."""
    src = _stretch(order.part)
    plans = [plan_of(body) for body in order.plans]
    start = 0
    for raw in _chunks(batches, unpack(order.empty), order.rows_at_once):
        with bound({order.leaf: raw}):
            rows, counted, *left = pl.collect_all(plans)
        yield from split(moved(rows, start), order.kind, order.seats, src)
        for away in left:
            if away.height:
                yield from packed(moved(away, start), f"left|{order.kind}", src=src)
        start += int(counted.item())
    yield Packet(0, src, f"length|{order.kind}", start, b"")


def _pick(order: o.Pick, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Yield some raw rows, numbered over the whole input."""
    src = _stretch(order.part)
    begin = next((n for (_, of), n in order.starts.items() if of == src), None)
    wanted = unpack(order.wanted).get_column("_row")
    plan = plan_of(order.plan)
    if begin is None:
        raise InputError(CHANGED, "Save it as a table or as files, and name these.")
    start = begin
    for raw in _chunks(batches, unpack(order.empty), _STREAMED):
        with bound({order.leaf: raw}):
            rows = plan.collect()
        stop = start + rows.height
        first = wanted.search_sorted(start)
        here = wanted.slice(first, wanted.search_sorted(stop) - first).implode()
        found = moved(rows, start).filter(pl.col("_row").is_in(here))
        if found.height:
            yield from packed(found, "rows")
        start = stop
    yield Packet(0, src, "length", start - begin, b"")


CHANGED = "the input was cut otherwise when it was read again, so its rows can't be told apart"


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
    return int(context.partitionId())


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


# -- facts --------------------------------------------------------------------------------------


def _build(order: o.Build, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Compute the facts of the rows of this partition."""
    rows: dict[str, list[pl.DataFrame]] = {kind: [] for kind in order.has}
    part = 0
    for packet in packets_in(batches):
        if packet.kind in rows:
            part = packet.part
            rows[packet.kind].append(rows_of(packet, order.starts))
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
            name = wanted[packet.kind]
            rows = packet.frame(inputs.columns[name])
            start = inputs.starts.get((packet.kind, packet.src), 0)
            found[name].append(moved(rows, start))
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
        yield from packed(added(parts, order.how[number]), "result", part=number)


def _hello(_: object, batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Say that csatkit is here."""
    for batch in batches:
        yield Packet(0, 0, "hello", batch.num_rows, pl.__version__.encode())


_TASKS: Mapping[str, Callable[[Any, Iterable[pa.RecordBatch]], Iterator[Packet]]] = {
    "hello": _hello,
    "read": _read,
    "pick": _pick,
    "stream": _stream,
    "find": settling.find,
    "route": settling.route,
    "ordered": settling.ordered,
    "relocate": settling.relocate,
    "build": _build,
    "changed": _changed,
    "answer": _answer,
    "together": _together,
}
