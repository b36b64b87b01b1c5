"""Jobs: functions of `work` on the partitions of a table, and what comes back of them.

Leaves tie the two sides together: a plan over a leaf runs on the driver by streaming the rows of
the leaf, or in the executors on the packets that hold them.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from csatkit.engines.spark import orders as o
from csatkit.engines.spark.leaf import forget, leaf, leaves_of, shipped, stream_from
from csatkit.engines.spark.packing import COLUMNS, Packet, pack
from csatkit.engines.spark.session import Batches, spark_errors
from csatkit.engines.spark.tasks import Task
from csatkit.engines.spark.work import CHANGED, PARTITIONS, probe
from csatkit.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Dataset", "Table", "Work"]

_FEW = 8
"""Packets are large; so few of them may lie in memory at once."""

_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Table:
    """Raw rows as Spark reads them.

    Args:
        frame: columns `c0`, `c1` and so on.
        empty: what they are called and which types they have.
        shown: name for messages.
        n_bytes: their size as Spark estimates it, None where it doesn't know.
    """

    frame: DataFrame
    empty: pl.DataFrame
    shown: str
    n_bytes: int | None = 0

    def select(self, columns: Sequence[str]) -> tuple[DataFrame, pl.DataFrame]:
        """Return some columns, at least one so that rows can be counted."""
        names = [c for c in self.empty.columns if c in {*columns}] or self.empty.columns[:1]
        wanted = [f"c{self.empty.columns.index(c)}" for c in names]
        return self.frame.select(*wanted), self.empty.select(names)


@dataclass(frozen=True)
class Dataset:
    """Packets that Spark keeps, and which of them are the rows of which leaf."""

    frame: DataFrame
    kinds: Mapping[str, str]
    """Leaf → kind of packet."""
    empty: Mapping[str, pl.DataFrame]
    starts: o.Starts

    def inputs(self, leaves: Mapping[str, Collection[str]]) -> o.Inputs:
        """Return what plans read that look at these columns of these leaves."""
        # Rows of a stretch have to be numbered anew.
        beside = {"_row"} if self.starts else set()
        columns = {}
        for name, wanted in leaves.items():
            known = self.empty[name].columns
            columns[name] = [c for c in known if c in {*wanted, *beside}] or known[:1]
        return o.Inputs(
            {name: self.kinds[name] for name in leaves},
            {name: tuple(found) for name, found in columns.items()},
            {name: pack(self.empty[name].select(columns[name])) for name in leaves},
            self.starts,
        )


class Work:
    """Jobs of one session.

    Args:
        session: who carries them out.
        tables: raw rows by leaf, where others have scanned them before.
    """

    def __init__(self, session: SparkSession, tables: dict[str, Table] | None = None) -> None:
        self.session = session
        self._probe = probe()
        self._batches = Batches(session, _FEW)
        self._tables: dict[str, Table] = {} if tables is None else tables
        self._datasets: dict[str, Dataset] = {}
        self._cached: list[DataFrame] = []

    def fresh(self) -> Work:
        """Return jobs over the same tables that keep nothing yet."""
        return Work(self.session, self._tables)

    def greet(self) -> None:
        """Make sure that executors have csatkit and hash as this machine does.

        Raises:
            InputError: they don't.
        """
        one = self.session.range(1, numPartitions=1)
        list(self.packets(self.task(one, "hello", None), "csatkit can't run on the executors"))

    # -- leaves -------------------------------------------------------------------------------

    def scan(self, table: Table) -> pl.LazyFrame:
        """Return raw rows, not yet read."""
        name = f"spark-raw-{next(_NUMBERS)}"
        self._tables[name] = table

        def stream(
            columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None
        ) -> Iterator[pl.DataFrame]:
            return self._stream_table(name, columns, predicate, n_rows)

        return stream_from(name, table.empty, stream)

    def leaf_of(self, dataset: Dataset, kind: str, empty: pl.DataFrame) -> tuple[str, pl.LazyFrame]:
        """Return a scan of the rows of one kind, and its name."""
        name = f"spark-{kind}-{next(_NUMBERS)}"
        self._datasets[name] = replace(
            dataset,
            kinds={**dataset.kinds, name: kind},
            empty={**dataset.empty, name: empty},
        )

        def stream(
            columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None
        ) -> Iterator[pl.DataFrame]:
            return self._stream_dataset(name, columns, predicate, n_rows)

        return name, stream_from(name, empty, stream)

    def dataset_of(self, leaves: Sequence[str]) -> Dataset:
        """Return the packets that hold the rows of all these leaves."""
        found = max((self._datasets[name] for name in leaves), key=lambda d: len(d.kinds))
        missing = [name for name in leaves if name not in found.kinds]
        assert not missing, f"no dataset holds all of {leaves}"
        return found

    def sizes(self) -> list[int | None]:
        """Return the bytes of every table that was scanned, as Spark estimates them."""
        return [table.n_bytes for table in self._tables.values()]

    def now_in(self, name: str, dataset: Dataset) -> None:
        """Say that a leaf's rows lie in these packets, beside those of other leaves."""
        self._datasets[name] = dataset

    # -- jobs ---------------------------------------------------------------------------------

    def task(self, frame: DataFrame, name: str, order: object) -> DataFrame:
        """Return what a function of `work` makes of each partition."""
        import cloudpickle

        # Orders hold functions, which pickle alone doesn't take.
        what = cloudpickle.dumps((self._probe, order))
        return frame.mapInArrow(Task(name, what), COLUMNS)

    def kept(self, frame: DataFrame) -> DataFrame:
        """Return a frame that Spark works out once."""
        self._cached.append(frame.persist())
        return frame

    def let_go(self, frames: Sequence[DataFrame]) -> None:
        """Give back the room of kept frames."""
        for frame in frames:
            frame.unpersist()
        self._cached = [f for f in self._cached if not any(f is gone for gone in frames)]

    def keep_only(self, frame: DataFrame) -> None:
        """Give back the room of all kept frames but one."""
        self.let_go([other for other in self._cached if other is not frame])

    def close(self) -> None:
        """Give back everything."""
        for name in self._datasets:
            forget(name)
        with contextlib.suppress(Exception):  # the session may have ended before
            self.let_go(list(self._cached))

    def union(self, frames: Sequence[DataFrame]) -> DataFrame:
        """Return packets together."""
        first, *others = frames
        for other in others:
            first = first.union(other)
        return first

    def local(self, packets: Sequence[Packet]) -> DataFrame:
        """Return packets of the driver."""
        rows = [(p.part, p.src, p.kind, p.n, bytearray(p.body)) for p in packets]
        return self.session.createDataFrame(rows, COLUMNS)

    def packets(
        self, frame: DataFrame, what: str, *, raw: bool = False, stream: bool = False
    ) -> Iterator[Packet]:
        """Run a job and yield what comes out.

        Args:
            frame: packets.
            what: what an error says couldn't be done.
            raw: the job reads raw rows, which are many and small.
            stream: partition by partition instead of all at once.

        Raises:
            InputError: the job failed.
        """
        with spark_errors(what), contextlib.nullcontext() if raw else self._batches.few():
            found = frame.toLocalIterator() if stream else frame.collect()
            for row in found:
                yield Packet(row[0], row[1], row[2], row[3], bytes(row[4]))

    def _stream_table(
        self, name: str, columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        table = self._tables[name]
        needed = table.empty.columns if columns is None else list(columns)
        asked = [*needed, *([] if predicate is None else predicate.meta.root_names())]
        frame, empty = table.select(asked)
        if n_rows is not None and predicate is None:
            frame = frame.limit(n_rows)
        plan = _cut(leaf(name, empty), needed, predicate, n_rows)
        order = o.Stream(shipped(plan), None, name, pack(empty))
        job = self.task(frame, "stream", order)
        yield from self._frames(job, f"{table.shown} can't be read", n_rows, raw=True)

    def _stream_dataset(
        self, name: str, columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None
    ) -> Iterator[pl.DataFrame]:
        dataset = self._datasets[name]
        empty = dataset.empty[name]
        needed = empty.columns if columns is None else list(columns)
        plan = _cut(leaf(name, empty), needed, predicate, n_rows)
        asked = {*needed, *([] if predicate is None else predicate.meta.root_names())}
        order = o.Stream(shipped(plan), dataset.inputs({name: asked}))
        yield from self._frames(self.task(dataset.frame, "stream", order), _FAILED, n_rows)

    def _frames(
        self, job: DataFrame, what: str, n_rows: int | None, *, raw: bool = False
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        for packet in self.packets(job, what, raw=raw, stream=True):
            frame = packet.frame()
            yield frame if left is None else frame.head(left)
            if left is not None:
                left -= frame.height
                if left <= 0:
                    return

    def rows_of(
        self, plans: Sequence[pl.LazyFrame], starts: o.Starts, wanted: pl.Series
    ) -> pl.DataFrame:
        """Return some rows of an input, found where they lie.

        Args:
            plans: per part of the input, rows with `_row` counted from its start.
            starts: where its stretches begin.
            wanted: numbers of rows over the whole input.
        """
        found, lengths = [], {}
        wanted = wanted.sort()
        for number, plan in enumerate(plans):
            table = self.table_of([plan])
            if table is None:
                start = min(n for (_, src), n in starts.items() if src // PARTITIONS == number)
                mine = (pl.col("_row") + start).cast(pl.UInt32)
                found.append(plan.with_columns(mine).filter(mine.is_in(wanted.implode())).collect())
                continue
            name, raw, columns = table
            frame, empty = raw.select(sorted(columns))
            rows = pack(wanted.to_frame("_row"))
            order = o.Pick(shipped(plan), name, pack(empty), number, starts, rows)
            job = self.task(frame, "pick", order)
            for packet in self.packets(job, f"{raw.shown} can't be read", raw=True):
                if packet.kind == "rows":
                    found.append(packet.frame())
                else:
                    lengths[packet.src] = packet.n
        if not _agrees(starts, lengths):
            raise InputError(CHANGED, "Save it as a table or as files, and name these.")
        return pl.concat(found) if found else pl.DataFrame(schema=plans[0].collect_schema())

    def table_of(self, plans: Sequence[pl.LazyFrame]) -> tuple[str, Table, set[str]] | None:
        """Return the raw rows that plans read and the columns they need, None if they read none."""
        found = leaves_of(*plans)
        if not found:
            return None
        ((name, columns),) = found.items()  # a part of an input is one table
        return name, self._tables[name], columns


def _agrees(starts: o.Starts, lengths: Mapping[int, int]) -> bool:
    """Tell whether stretches that were read again are as long as they were."""
    begins = {src: n for (_, src), n in starts.items() if src in lengths}
    ends = {n + lengths[src] for src, n in begins.items()}
    return all(not n or n in ends for n in begins.values() if n != min(begins.values()))


_FAILED = "the cluster couldn't count"


def _cut(
    rows: pl.LazyFrame,
    columns: Sequence[str],
    predicate: pl.Expr | None,
    n_rows: int | None,
) -> pl.LazyFrame:
    if predicate is not None:
        rows = rows.filter(predicate)
    rows = rows.select(columns)
    return rows if n_rows is None else rows.head(n_rows)
