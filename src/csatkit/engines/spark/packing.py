"""Frames as bytes: how rows travel through Spark and wait there.

A row of a Spark table holds thousands of rows of a frame. Spark moves and keeps them without
looking inside, so no type is lost on the way and nothing is converted twice.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyarrow as pa

__all__ = ["COLUMNS", "Packet", "pack", "packed", "packets_in", "record_batch", "unpack"]

COLUMNS = "part int, src bigint, kind string, n long, body binary"
"""A packet as Spark's schema names it."""

_SCHEMA = pa.schema(
    [
        ("part", pa.int32()), ("src", pa.int64()), ("kind", pa.string()), ("n", pa.int64()),
        ("body", pa.binary()),
    ]
)  # fmt: skip

MOST_ROWS = 250_000
"""Rows of one packet: some 20 MB, far from the 2 GB that a cell may hold."""


@dataclass(frozen=True, slots=True)
class Packet:
    """Some rows on their way.

    Args:
        part: where they go: the key of a bucket.
        src: which stretch of the input they come from; their `_row` counts from its start.
        kind: what they are.
        n: how many.
        body: the frame; empty where the number says it all.
    """

    part: int
    src: int
    kind: str
    n: int
    body: bytes

    def frame(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return the rows, or some of their columns."""
        return unpack(self.body, columns)


def pack(frame: pl.DataFrame) -> bytes:
    """Return a frame as bytes."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="lz4")
    return buffer.getvalue()


def unpack(body: bytes, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the frame that bytes hold, or some of its columns."""
    return pl.read_ipc(io.BytesIO(body), columns=None if columns is None else list(columns))


def packed(
    frame: pl.DataFrame, kind: str, *, part: int = 0, src: int = 0, most: int = MOST_ROWS
) -> Iterator[Packet]:
    """Yield a frame in packets; an empty frame too, so that its columns are known."""
    for start in range(0, max(frame.height, 1), most):
        some = frame.slice(start, most)
        yield Packet(part, src, kind, some.height, pack(some))


def record_batch(packets: Iterable[Packet]) -> pa.RecordBatch:
    """Return packets as Spark takes them."""
    rows = [(p.part, p.src, p.kind, p.n, p.body) for p in packets]
    columns: list[Any] = [list(c) for c in zip(*rows, strict=True)] if rows else [[]] * 5
    arrays = [pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)


def packets_in(batches: Iterable[pa.RecordBatch]) -> Iterator[Packet]:
    """Yield the packets that Spark hands over."""
    for batch in batches:
        columns = [batch.column(i) for i in range(5)]
        for i in range(batch.num_rows):
            yield Packet(*(column[i].as_py() for column in columns))
