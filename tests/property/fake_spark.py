"""As much of Spark as csatkit uses, in one process: partitions are lists, a shuffle is a loop.

The tasks themselves are the real ones. What only Spark can get wrong, `tests/spark` tries there.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from unittest import mock

import polars as pl
import pyarrow as pa

from csatkit.engines.spark import work
from csatkit.engines.spark.cluster import Cluster
from csatkit.engines.spark.jobs import Table, Work
from csatkit.engines.spark.packing import Packet, packets_in, record_batch
from csatkit.engines.spark.tasks import Task

__all__ = ["FakeCluster"]

_NONE_OF = re.compile(r"kind not in \('(\w+)', '(\w+)'\)")
_IS = re.compile(r"kind = '([^']+)'")


@dataclass(eq=False)
class _Packets:
    """A table of packets."""

    parts: list[list[Packet]]

    def mapInArrow(self, task: Task, _: str) -> _Packets:  # noqa: N802 - as Spark calls it
        # Two packets to a batch, so that more than one batch comes.
        batches = [
            [record_batch(part[i : i + 2]) for i in range(0, len(part), 2)] for part in self.parts
        ]
        return _mapped(task, batches)

    def repartition(self, n: int, _: str) -> _Packets:
        parts: list[list[Packet]] = [[] for _ in range(n)]
        for packet in self._all():
            parts[packet.part % n].append(packet)
        return _Packets(parts)

    def filter(self, condition: str) -> _Packets:
        if found := _NONE_OF.fullmatch(condition):
            return self._only(lambda p: p.kind not in found.groups())
        found = _IS.fullmatch(condition)
        assert found is not None, condition
        kind = found[1]
        return self._only(lambda p: p.kind == kind)

    def _only(self, test: Any) -> _Packets:
        return _Packets([[p for p in part if test(p)] for part in self.parts])

    def _all(self) -> Iterator[Packet]:
        return (packet for part in self.parts for packet in part)

    def union(self, other: _Packets) -> _Packets:
        return _Packets([*self.parts, *other.parts])

    def limit(self, n: int) -> _Packets:
        return _Packets([list(self._all())[:n]])

    def persist(self) -> _Packets:
        return self

    def unpersist(self) -> None:
        """Nothing is kept."""

    def collect(self) -> list[tuple[int, int, str, int, bytes]]:
        return [(p.part, p.src, p.kind, p.n, p.body) for p in self._all()]

    toLocalIterator = collect  # noqa: N815 - as Spark calls it


@dataclass(eq=False)
class _Raw:
    """A table as Spark reads it, in pieces."""

    pieces: list[pa.Table]

    def select(self, *columns: str) -> _Raw:
        return _Raw([piece.select(list(columns)) for piece in self.pieces])

    def limit(self, n: int) -> _Raw:
        return _Raw([pa.concat_tables(self.pieces).slice(0, n)])

    def mapInArrow(self, task: Task, _: str) -> _Packets:  # noqa: N802 - as Spark calls it
        return _mapped(task, [piece.to_batches(max_chunksize=3) for piece in self.pieces])


def _mapped(task: Task, batches: Iterable[Sequence[pa.RecordBatch]]) -> _Packets:
    done = []
    for number, some in enumerate(batches):
        # Executors are processes, each with bindings of its own; here they share them.
        with _ONE, mock.patch.object(work, "partition_number", lambda number=number: number):
            done.append(list(packets_in(task(some))))
    return _Packets(done)


_ONE = threading.Lock()


@dataclass
class _Conf:
    values: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    def set(self, name: str, value: Any) -> None:
        self.values[name] = value

    def unset(self, name: str) -> None:
        self.values.pop(name, None)


class _Context:
    def __init__(self, n: int) -> None:
        self.defaultParallelism = n


class _Session:
    def __init__(self, n: int) -> None:
        self.conf = _Conf()
        self.sparkContext = _Context(n)

    def createDataFrame(  # noqa: N802 - as Spark calls it
        self, rows: Sequence[tuple[int, int, str, int, bytearray]], _: str
    ) -> _Packets:
        return _Packets([[Packet(*row[:4], bytes(row[4])) for row in rows]])


class FakeCluster(Cluster):
    """A cluster of lists.

    Args:
        buckets: how many buckets rows go into.
        pieces: into how many partitions a file is cut.
    """

    def __init__(self, buckets: int, pieces: int) -> None:
        self._pieces = pieces
        session = _Session(buckets)
        self.settings = session.conf.values
        """What is set on the session; whoever sets something takes it back."""
        self._work = Work(cast("Any", session))

    def files(self, name: str) -> Sequence[str]:
        return [name]

    def head(self, file: str, n_bytes: int) -> bytes:
        with Path(file).open("rb") as opened:
            return opened.read(n_bytes)

    def parquet(self, name: str) -> pl.LazyFrame:
        return self._cut(pl.read_parquet(name, glob=False), name)

    def text(
        self, files: Sequence[str], n_columns: int, delimiter: str, encoding: str
    ) -> pl.LazyFrame:
        schema = {f"c{i}": pl.String() for i in range(n_columns)}
        frames = [
            pl.read_csv(
                Path(file).read_bytes().decode(encoding).encode(), has_header=False, skip_rows=1,
                separator=delimiter, schema=schema, missing_columns="insert",
                truncate_ragged_lines=True,
            )
            for file in files
        ]  # fmt: skip
        return self._cut(pl.concat(frames), files[0])

    def _cut(self, frame: pl.DataFrame, shown: str) -> pl.LazyFrame:
        size = -(-frame.height // self._pieces) or 1
        renamed = frame.rename({c: f"c{i}" for i, c in enumerate(frame.columns)})
        cuts = [renamed.slice(i, size).to_arrow() for i in range(0, max(frame.height, 1), size)]
        return self._work.scan(Table(cast("Any", _Raw(cuts)), frame.clear(), shown))
